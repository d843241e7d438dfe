"""`ximu intake`: check a delivery; JSON with --json, exit 2 when anything is refused."""

from __future__ import annotations

import json
import sys
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import click

from ximu.foundation import clock
from ximu.ideas.catalogue import queries as catalogue
from ximu.ideas.intake import queries, services
from ximu.ideas.intake.reader.report import faults_of, write_report
from ximu.ideas.intake.reader.running import Job, run
from ximu.ideas.intake.rules.schema import read_schema
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import SYSTEM
from ximu.kernel.refusal import Refusal

COMMANDS = {"intake": "intake_group"}
SHOWN_FAULTS = 20


@click.group("intake")
def intake_group() -> None:
    """归集 Deliveries: check, load, coverage."""


def schema_from(path: str) -> dict[str, Any]:
    """Errors: `SCHEMA-BAD`."""
    try:
        raw = json.loads(Path(path).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise Refusal(
            "SCHEMA-BAD", field="schema", value=path, rule="Table Schema",
            zh="字段表文件不能读取，应为UTF-8的JSON。", en="The schema file cannot be read; it must be JSON in UTF-8.",
        ) from error
    read_schema(raw)
    return raw


def schema_of_item(item: str, on: date) -> dict[str, Any]:
    """Errors: `LIST-NONE`, `SCHEMA-BAD`."""
    raw = catalogue.item(item, on=on).body.get("schema")
    read_schema(raw)
    return dict(raw or {})


def day_from(text: str | None) -> date:
    """Errors: `DATE-FORM`."""
    if not text:
        return clock.today()
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Refusal(
            "DATE-FORM", field="--on", value=text, rule="YYYY-MM-DD",
            zh=f"日期“{text}”无效，应为YYYY-MM-DD。", en=f"The date “{text}” is not valid; write YYYY-MM-DD.",
        ) from error


@intake_group.command("check")
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@click.option("--schema", "schema_path", type=click.Path(exists=True, dir_okay=False), help="数据项字段表 item schema (JSON)")
@click.option("--item", "item", help="数据项代码 code of an item of the lists")
@click.option("--on", "on", help="按哪一天判断 the day that counts as today (YYYY-MM-DD)")
@click.option("--report", type=click.Path(dir_okay=False), help="问题报告 report file: .xlsx, .csv or .json")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def check_command(
    file: str, schema_path: str | None, item: str | None, on: str | None, report: str | None, as_json: bool,
) -> None:
    """校验 FILE 而不入库 check FILE without loading it; exit 2 if any row is refused. Give --item or --schema."""
    today = day_from(on)
    raw = schema_of_item(item, today) if item else schema_from(schema_path or "")
    schema = read_schema(raw)
    with tempfile.TemporaryDirectory(prefix="ximu-check-") as folder:
        out = Path(folder)
        with progress_bar(quiet=as_json) as tick:
            summary = run(Job(Path(file).resolve(), raw, today, out), progress=tick)
        faults = faults_of(out, schema)
        if report:
            write_report(Path(report), out, schema, summary)
    if as_json:
        click.echo(json.dumps({**summary, "faults": faults}, ensure_ascii=False))
    else:
        say_summary(summary, faults)
    if summary["bad"]:
        sys.exit(2)


class progress_bar:
    """Rows done, on a terminal's error stream only."""

    def __init__(self, *, quiet: bool) -> None:
        self.quiet = quiet or not sys.stderr.isatty()

    def __enter__(self) -> Any:
        return (lambda rows: None) if self.quiet else (lambda rows: click.echo(f"\r已校验 {rows:,} 行 rows", nl=False, err=True))

    def __exit__(self, *error: object) -> None:
        if not self.quiet:
            click.echo("", err=True)


def say_summary(summary: dict[str, Any], faults: list[dict[str, Any]]) -> None:
    for note in summary["notes"]:
        click.echo(f"{note['zh']} {note['en']}")
    click.echo(f"共 rows {summary['rows']}，合格 good {summary['good']}，不合格 bad {summary['bad']}，"
               f"重复 repeated {summary['same_in_file']}，提示 warnings {summary['warnings']}，待生效 held {summary['held']}")
    for fault in faults[:SHOWN_FAULTS]:
        click.echo(f"[{fault['code']}] {fault['message_zh']} {fault['message_en']}")
    if len(faults) > SHOWN_FAULTS:
        click.echo(f"……另有 and {len(faults) - SHOWN_FAULTS} more")


@intake_group.command("load")
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@click.option("--item", required=True, help="数据项代码 code of the item")
@click.option("--source", required=True, help="报送单位（名称、代码或标识） delivering unit: name, code or uid")
@click.option("--partial", is_flag=True, help="只入库合格部分 load the good part only")
@click.option("--reason", default="", help="部分入库的理由 reason for a part")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def load_command(file: str, item: str, source: str, partial: bool, reason: str, as_json: bool) -> None:
    """校验并入库 FILE check FILE and make records of it; all rows or none, unless --partial --reason."""
    if partial and not reason.strip():
        raise Refusal("ROWS-REASON", field="--reason", rule="required", zh="部分入库须说明理由。", en="Loading a part needs a reason.")
    at = clock.now()
    unit = source if registry.unit(source, as_of=clock.today()) else registry.find(source, as_of=clock.today())
    with Path(file).open("rb") as stream:
        receipt = services.receive(stream, item=item, source=unit, by=SYSTEM, at=at, channel="cli")
    done_before = receipt.again and queries.delivery(receipt.uid).state == "committed"
    if not done_before:
        services.check(receipt.uid, by=SYSTEM, at=at)
        services.commit(receipt.uid, by=SYSTEM, at=at, partial_reason=reason if partial else "")
    found = {**queries.receipt(queries.delivery(receipt.uid)), "again": done_before}
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
    elif done_before:
        click.echo(f"已收，回执 #{receipt.uid}，新增 0 received before, receipt #{receipt.uid}, 0 new")
    else:
        click.echo(f"回执 receipt #{found['receipt']}: 共 rows {found['rows']}，新增 new {found['new']}，"
                   f"更正 corrected {found['corrected']}，相同 same {found['same']}，"
                   f"待辨认 doubtful {found['waiting']}，退回 refused {found['refused']}")


@intake_group.command("purge")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def purge_command(as_json: bool) -> None:
    """清除超过留存期限的原文件与校验底稿 remove uploads past their period of retention; records stay."""
    count = services.purge(by=SYSTEM, at=clock.now())
    click.echo(json.dumps({"purged": count}) if as_json else f"已清除 removed {count}")


@intake_group.command("coverage")
@click.option("--month", required=True, help="YYYY-MM")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def coverage_command(month: str, as_json: bool) -> None:
    """归集情况 what each unit returned for a month; missing is never zero."""
    cells = queries.coverage(month, today=clock.today())
    if as_json:
        click.echo(json.dumps([
            {"unit": c.unit, "family": c.family, "state": c.state, "rows": c.rows, "due": c.due.isoformat()} for c in cells
        ], ensure_ascii=False))
        return
    for cell in cells:
        rows = "" if cell.rows is None else f" {cell.rows}"
        click.echo(f"{cell.unit}\t{cell.family}\t{cell.words.zh} {cell.words.en}{rows}")
