"""`ximu d03`: use a credit report in a section, score by the scale; `ximu credit verify` verifies one."""

from __future__ import annotations

from pathlib import Path

import click

from ximu.foundation import clock
from ximu.ideas.credit.commands import FILE, JSON, digest_of, say
from ximu.kernel.actor import SYSTEM
from ximu.notice.domains.d03_tendering import services

COMMANDS = {"d03": "d03_group"}


@click.group("d03")
def d03_group() -> None:
    """招标投标 tendering."""


@d03_group.command("use")
@click.argument("report")
@click.argument("section")
@click.option("--pdf", required=True, type=FILE, help="报告文件 the report's file")
@JSON
def use(report: str, section: str, pdf: Path, as_json: bool) -> None:
    """在标段中使用报告，当日核验 use a report in a section; it is checked now."""
    made = services.use_report(report, section, document=digest_of(pdf), by=SYSTEM, at=clock.now())
    say({"use": made.uid, "section": made.about, "used_on": made.used_on}, as_json)


@d03_group.command("score")
@click.argument("file", type=FILE)
@click.option("--standard", default="", help="标准版本，空为施行中的 version; the one in force if not given")
@JSON
def score(file: Path, standard: str, as_json: bool) -> None:
    """按标准评分（CSV或XLSX，首行为列名），不登记 score rows by the scale; nothing is kept."""
    say([{"row": one.place, "score": one.score, "grade": one.grade, "until": one.until}
          for one in services.score_table(standard, file.read_bytes(), on=clock.today())], as_json)
