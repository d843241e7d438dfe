"""`ximu plan`: read the notice into the plan, show how it stands."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import click
from django.db import DatabaseError

from ximu.foundation import clock, documents
from ximu.foundation.rooms import SRC
from ximu.kernel.actor import SYSTEM
from ximu.kernel.given import day_of
from ximu.kernel.refusal import Refusal
from ximu.notice.plan import queries
from ximu.notice.plan.services import checking, importing

BY = replace(SYSTEM, channel="cli")
COMMANDS = {"plan": "plan_group"}
CITIES = SRC / "config" / "cities"
DEFAULT_CITY = "shanghai"
"""The city of the notice: its units are known without any database."""


def _day(text: str | None, field: str) -> date | None:
    return None if text is None else day_of(text, field)


def _content(file: str) -> bytes:
    if file == "-":
        return sys.stdin.buffer.read()
    path = Path(file)
    if not path.is_file():
        raise Refusal("FILE-NONE", field="FILE", value=path.name, rule="exists", zh="没有这个文件。", en="There is no such file.")
    return path.read_bytes()


@click.group("plan")
def plan_group() -> None:
    """任务分工 the plan of the notice."""


@plan_group.command("import")
@click.argument("file")
@click.option("--dry-run", is_flag=True, help="只读不写 read without writing; needs no database")
@click.option("--on", "on", help="核对单位的日期 day on which unit names are checked (default: day of issue, else the first day due)")
@click.option("--city", default="", help="核对单位所用的城市配置 profile whose units are checked in a dry run (default: the loaded city)")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def plan_import(file: str, dry_run: bool, on: str | None, city: str, as_json: bool) -> None:
    """导入通知（文本、CSV、XLSX、DOCX，- 读标准输入） import the notice's table."""
    content, asked, today = _content(file), _day(on, "--on"), clock.today()
    if dry_run:
        found = importing.read_plan(Path(file).name, content, as_of=today, asked=asked, resolve=_resolver(city))
    else:
        found = importing.import_plan(Path(file).name, content, by=SYSTEM, at=clock.now(), on=today, asked=asked)
    if as_json:
        click.echo(json.dumps(found.envelope(), ensure_ascii=False))
    else:
        _show_import(found.envelope())
    if found.problems:
        sys.exit(2)


def _resolver(city: str) -> importing.Resolver:
    """The loaded city's registry; without one (no database, no units) the profile of the real city."""
    try:
        loaded = not city and queries.has_registry()
    except DatabaseError:
        loaded = False
    if loaded:
        return importing.by_registry
    folder = CITIES / (city or DEFAULT_CITY)
    if not (folder / "city.toml").is_file():
        raise Refusal("CITY-NONE", field="--city", value=city, rule="profile", zh=f"没有名为“{city}”的城市配置。",
                      en=f"There is no city profile named “{city}”.")
    return importing.by_profile(folder)


def _show_import(shown: dict[str, Any]) -> None:
    counts = shown["counts"]
    click.echo(f"{shown['number']} {shown['title']}")
    click.echo(f"{counts['rows']} 行 rows, {counts['items']} 事项 items, {counts['own_deadlines']} 有期限 with own deadline, "
               f"{counts['ambiguous']} 待读定 to be read, {counts['new']} 新增 new, {counts['same']} 已有 known")
    for row in shown["rows"]:
        click.echo(f"{row['row']:6}{row['area'][:12]:14}{'、'.join(row['lead'] + row['others'])[:40]}  {row['schedule']}"
                   + (f"  → {row['due']}" if row["due"] else "") + ("  ?" if row["needs_reading"] else ""))
    for problem in shown["problems"]:
        where = f"第{problem['line']}行 line {problem['line']} [{problem['code']}]"
        click.echo(f"{where} {problem['message_zh']} {problem['message_en']}", err=True)


@plan_group.command("status")
@click.option("--as-of", help="状态日 the day judged (YYYY-MM-DD)")
@click.option("--known-at", help="截至何日已知 what was known by the end of this day")
@click.option("--plan", "uid", default="", help="哪一份 which plan (default: the newest)")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def plan_status(as_of: str | None, known_at: str | None, uid: str, as_json: bool) -> None:
    """各项任务的状态灯 the light of each row, its due day and the reason."""
    day = _day(as_of, "--as-of") or clock.today()
    known = _day(known_at, "--known-at")
    lines = queries.status(queries.plan(uid), as_of=day, known_at=clock.end_of(known) if known else clock.now())
    if as_json:
        click.echo(json.dumps([queries.envelope(line) for line in lines], ensure_ascii=False))
        return
    for line in lines:
        click.echo(f"{line['row']:6}{line['light_words'].zh:6}{line['due'] or '—':12}{line['reason'].zh}")


@plan_group.command("checks")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def plan_checks(as_json: bool) -> None:
    """检查考核一览 all checks and whether the figures of their reports have gone stale."""
    rows = [{"uid": c.uid, "year": c.year, "half": c.half, "as_of": c.as_of.isoformat(), "state": c.state, "digest": c.digest,
             "missing": queries.missing(c), "stale": [{"key": f.key, "value": f.value, "now": now} for f, now in queries.stale_figures(
                 c, known_at=clock.now())]} for c in queries.checks()]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        click.echo(f"{row['uid']} {row['year']} {row['half']} {row['state']} 待核查 to examine {row['missing']}, "
                   f"过时数据 stale figures {len(row['stale'])}")


@plan_group.group("check")
def check_group() -> None:
    """年中检查、年底考核 one check: open, freeze, show its sheet; findings and signatures are made by persons at the console."""


@check_group.command("open")
@click.option("--year", type=int, required=True, help="年度 year")
@click.option("--half", required=True, help="mid 年中 | end 年底")
@click.option("--plan", "uid", default="", help="哪一份 which plan (default: the newest)")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def check_open(year: int, half: str, uid: str, as_json: bool) -> None:
    """开始自查 open it; once per plan, year and kind."""
    made = checking.open_check(uid, year=year, half=half, by=BY, at=clock.now())
    told = {"uid": made.uid, "year": made.year, "half": made.half, "as_of": made.as_of.isoformat(), "state": made.state}
    click.echo(json.dumps(told, ensure_ascii=False) if as_json else " ".join(str(word) for word in told.values()))


@check_group.command("freeze")
@click.argument("check")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def check_freeze(check: str, as_json: bool) -> None:
    """冻结 keep the inputs as they are known now; prints their digest."""
    found = checking.freeze(check, by=BY, at=clock.now())
    click.echo(json.dumps({"uid": check, "digest": found}, ensure_ascii=False) if as_json else found)


@check_group.command("show")
@click.argument("check")
@click.option("--unit", default="", help="只看一个单位 one unit only")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def check_show(check: str, unit: str, as_json: bool) -> None:
    """检查表 the sheet: what the unit says, what the evidence and the examiner say, what became of the mid-year finding."""
    row = queries.check(check)
    lines = [{"row": one.row, "unit": one.unit, "name": one.name, "role": one.role, "light": one.light, "claim": one.claim,
              "system": one.finding.system, "verdict": one.finding.verdict, "mark": one.finding.mark, "words": one.finding.words,
              "mid_year": {"verdict": one.before.verdict, "words": one.before.words} if one.before else None, "became": one.became}
             for one in queries.lines(row, unit=unit)]
    if as_json:
        click.echo(json.dumps({"uid": row.uid, "state": row.state, "digest": row.digest, "log_index": row.log_index, "lines": lines},
                              ensure_ascii=False))
        return
    click.echo(f"{row.year} {row.half} {row.state} {row.digest}")
    for line in lines:
        click.echo(f"{line['row']:6}{line['name']:16}{line['claim'] or '—':12}{line['system']:10}{line['verdict'] or '—':10}"
                   + line["became"])


@plan_group.command("report")
@click.argument("check")
@click.option("--out", default="", help="写到（.pdf或.docx） write to a .pdf or .docx")
@click.option("--check", "only_check", is_flag=True, help="只核对数据是否过时 only say which figures have gone stale")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def plan_report(check: str, out: str, only_check: bool, as_json: bool) -> None:
    """检查报告（GB/T 9704版式，每个数据注明来源） the report of a check; exit code 2 when a figure has gone stale."""
    row, path = queries.check(check), Path(out)
    if not row.inputs or (not only_check and path.suffix not in {".pdf", ".docx"}):
        raise Refusal("CHECK-STATE", status=409, field="check", value=check, rule="frozen; .pdf | .docx",
                      zh="检查尚未冻结，或者文件名不是.pdf、.docx。", en="The check is not frozen, or the file is neither .pdf nor .docx.")
    if not only_check:
        made = queries.letter(row, on=clock.today())
        path.write_bytes(documents.pdf(made) if path.suffix == ".pdf" else documents.docx(made))
    stale = queries.stale_figures(row, known_at=clock.now())
    if as_json:
        told = [{"key": figure.key, "value": figure.value, "now": now, "source": figure.source} for figure, now in stale]
        click.echo(json.dumps({"uid": row.uid, "figures": len(queries.report_figures(row)), "stale": told}, ensure_ascii=False))
    for figure, now in [] if as_json else stale:
        click.echo(f"过时 stale: {figure.key} {figure.value} → {now} ({figure.source})", err=True)
    if stale:
        sys.exit(2)
    if not as_json:
        click.echo(f"{len(queries.report_figures(row))} 个数据均与现在所知一致 all figures agree with what is known now")
