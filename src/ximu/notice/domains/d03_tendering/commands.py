"""`ximu d03`: verify a credit report, use one in a section, score by the scale; files come in by `ximu events load`."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from ximu.foundation import clock
from ximu.ideas.credit import services as credit
from ximu.ideas.credit.rules import statement
from ximu.kernel.actor import SYSTEM
from ximu.notice.domains.d03_tendering import services

COMMANDS = {"d03": "d03_group"}
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
JSON = click.option("--json", "as_json", is_flag=True, help="JSON output")


def _say(told: Any, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, default=str))
        return
    if isinstance(told, list):
        click.echo("\n".join("\t".join("" if value is None else str(value) for value in one.values()) for one in told))
        return
    click.echo("\n".join(f"{name}\t{value}" for name, value in told.items() if value not in ("", None, [])))


def _digest(pdf: Path | None) -> str:
    return statement.document_of([pdf.read_bytes()]) if pdf else ""


@click.group("d03")
def d03_group() -> None:
    """招标投标 tendering."""


@d03_group.command("verify-report")
@click.argument("file", type=FILE)
@click.option("--pdf", type=FILE, help="报告文件 the report's file: is it the one that was signed?")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="按哪一天核验 as of which day, today if not given")
@JSON
def verify_report(file: Path, pdf: Path | None, on: datetime | None, as_json: bool) -> None:
    """核验机构签名的报告声明，不登记 verify an issuer's signed statement; nothing is kept. Exit 2 when it may not be used."""
    day = on.date() if on else clock.today()
    told = credit.verify(file.read_bytes(), document=_digest(pdf), on=day)
    _say(told, as_json)
    if told["faults"]:
        raise credit.refused(told["faults"][0], told["number"], day)


@d03_group.command("use")
@click.argument("report")
@click.argument("section")
@click.option("--pdf", required=True, type=FILE, help="报告文件 the report's file")
@JSON
def use(report: str, section: str, pdf: Path, as_json: bool) -> None:
    """在标段中使用报告，当日核验 use a report in a section; it is checked now."""
    made = services.use_report(report, section, document=_digest(pdf), by=SYSTEM, at=clock.now())
    _say({"use": made.uid, "section": made.about, "used_on": made.used_on}, as_json)


@d03_group.command("score")
@click.argument("file", type=FILE)
@click.option("--standard", default="", help="标准版本，空为施行中的 version; the one in force if not given")
@JSON
def score(file: Path, standard: str, as_json: bool) -> None:
    """按标准评分（CSV或XLSX，首行为列名），不登记 score rows by the scale; nothing is kept."""
    _say([{"row": one.place, "score": one.score, "grade": one.grade, "until": one.until}
          for one in services.score_table(standard, file.read_bytes(), on=clock.today())], as_json)
