"""`ximu warnings`: which alarms are open, how good each rule is."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click

from ximu.foundation import clock
from ximu.ideas.warnings import queries, services
from ximu.ideas.warnings.rules import bands
from ximu.kernel.actor import SYSTEM
from ximu.kernel.refusal import Refusal

COMMANDS = {"warnings": "warnings_group"}


@click.group("warnings")
def warnings_group() -> None:
    """预警 alarms: which are open, how good each rule is."""


@warnings_group.command("list")
@click.option("--all", "every", is_flag=True, help="含已核实的 decided ones too")
@click.option("--source", default="", help="来源包，如 D4、D13 the pack that raised it")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def list_alarms(every: bool, source: str, as_json: bool) -> None:
    """预警清单，最严重的在前 alarms, the gravest first."""
    found = [queries.plain(row) for row in queries.alarms(open_only=not every, source=source)]
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    for one in found:
        rule = f"{one['rule_zh']} {one['rule_en']} ({one['rule']})"
        click.echo(f"{one['level']:<7}{rule}  {one['unit']}  {one['period']}  {one['words_zh']} {one['words_en']}  {one['outcome']}")
    if not found:
        click.echo("没有待核实的预警；没有预警不等于没有问题。No open alarm, which is not the same as calm.")


@warnings_group.command("rules")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def list_rules(as_json: bool) -> None:
    """各规则的查准率及95%区间 precision of each rule, with its 95% interval."""
    found = [asdict(one) | {"retire": one.retire} for one in queries.records()]
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    for one in found:
        share = "—" if one["precision"] is None else f"{one['precision']:.2f} ({one['low']:.2f}–{one['high']:.2f})"
        click.echo(f"{one['rule']}  {one['true']}/{one['decided']}  {share}{'  建议停用 retire' if one['retire'] else ''}")


@warnings_group.command("false-alarms")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def list_false_alarms(as_json: bool) -> None:
    """各规则在平静期的误报率 how often each rule rings in quiet times, by back-test."""
    found = queries.rule_rates()
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    for one in found:
        share = "未知 not known" if one["rate"] is None else f"{one['rate']:.4%} ({one['low']:.4%}–{one['high']:.4%})"
        click.echo(f"{one['source']} {one['rule']}  {one['alarms']}/{one['judged']}  {share}  {one['first']}–{one['last']}")
    if not found:
        click.echo("还没有回测，误报率未知。No rule was tried yet: its false-alarm rate is not known.")


@warnings_group.command("silences")
@click.option("--all", "every", is_flag=True, help="含已恢复的 ended ones too")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def list_silences(every: bool, as_json: bool) -> None:
    """无数据与沉默的序列 where there are no data, or a series fell silent."""
    found = [queries.plain_silence(row) for row in queries.silences(open_only=not every)]
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    for one in found:
        click.echo(f"{one['kind']:<8}{one['source']}  {one['unit'] or '全市 city'}  {one['first']}–{one['last']}  {one['words_zh']} "
                   f"{one['words_en']}")
    if not found:
        click.echo("没有发现无数据的期间。No period without data was noticed.")


@warnings_group.command("bands")
@click.argument("source", metavar="FIGURES.csv")
@click.option("--rule", default="", help="门限规则 the threshold rule: " + " ".join(bands.names()))
@click.option("--keep", is_flag=True, help="登记各单位最近的黄、橙、红为预警 raise the newest of each unit as an alarm")
@click.option("--pack", default="D5", help="预警来源包 the pack that raises it")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def judge_bands(source: str, rule: str, keep: bool, pack: str, as_json: bool) -> None:
    """门限预警（如债务率）figures (unit, date, value; `-` reads stdin) against dated bands, each by those of its own day."""
    try:
        raw = sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()
        lines = raw.decode("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise Refusal("BAND-DATA", field="FIGURES.csv", value=Path(source).name, rule="a readable CSV file in UTF-8",
                      zh="无法读取表格（须为 UTF-8 编码的 CSV 文件）。", en="The table cannot be read as a CSV file in UTF-8.") from error
    told = bands.judged(rule, bands.figures(lines))
    new = services.keep_bands(rule, told, pack=pack, by=SYSTEM, at=clock.now()) if keep else None
    if as_json:
        click.echo(json.dumps({"figures": [one.plain() for one in told], "alarms_new": new}, ensure_ascii=False))
        return
    for one in told:
        click.echo(f"{one.unit}\t{one.day}\t{one.level}\t{one.words.zh} {one.words.en}")
    if new is not None:
        click.echo(f"新登记预警 new alarms: {new}")
