"""`ximu procurement`: what the platform has stored of purchases; releases come in by `ximu events load procurement FILE`."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import click

from ximu.foundation import clock
from ximu.kernel.actor import SYSTEM
from ximu.kernel.given import day_of
from ximu.notice.domains.d01_procurement import queries, services

COMMANDS = {"procurement": "procurement_group"}


def _day(text: str | None, field: str) -> date:
    return clock.today() if text is None else day_of(text, field)


def _say(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, default=str))


@click.group("procurement")
def procurement_group() -> None:
    """政府采购：已入库的发布 procurement as stored."""


@procurement_group.command("processes")
@click.option("--on", "on", help="截至日 as of this day (default: today)")
@click.option("--all", "every", is_flag=True, help="含没有标记的 those without a flag too")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def list_processes(on: str | None, every: bool, as_json: bool) -> None:
    """采购过程及其标记 processes and their flags."""
    found = queries.book(_day(on, "--on"), known_at=clock.now())
    rows: list[dict[str, Any]] = [
        {"ocid": one.ocid, "unit": one.unit, "title": one.title, "releases": len(one.releases), "flags": one.codes}
        for one in found.processes if one.codes or every]
    if as_json:
        _say(rows)
        return
    for row in rows:
        click.echo(f"{row['ocid']}  {row['unit']}  {row['title']}  " + " ".join(f"{c}={v:g}" for c, v in sorted(row["flags"].items())))
    for said in found.unsaid:
        click.echo(f"{said.zh} {said.en}", err=True)


@procurement_group.command("quality")
@click.option("--on", "on", help="截至日 as of this day (default: today)")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def list_quality(on: str | None, as_json: bool) -> None:
    """报送数据核查 doubts about the delivered figures: first digits, round amounts, purchases told twice, sums."""
    rows = [one.plain() for one in queries.examined(_day(on, "--on"), known_at=clock.now())]
    if as_json:
        _say(rows)
        return
    for row in rows:
        mark = {True: "存疑 doubtful", False: "通过 passes", None: "未判 not judged"}[row["suspicious"]]
        click.echo(f"{row['check']}\t{row['what_zh']}\t{mark}\t{row['zh']} {row['en']}\t{' '.join(row['processes'])}")


@procurement_group.command("payments")
@click.option("--on", "on", help="截至日 as of this day (default: today)")
@click.option("--state", type=click.Choice(["paid", "late", "overdue", "open"]), help="付款状态 only these")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def list_payments(on: str | None, state: str | None, as_json: bool) -> None:
    """应付款、逾期天数与中小企业利息 what was due, days late, interest to small firms."""
    rows = [p.plain() for p in queries.book(_day(on, "--on"), known_at=clock.now()).payments if state in (None, p.state)]
    if as_json:
        _say(rows)
        return
    for row in rows:
        click.echo("\t".join(str(row[name]) for name in ("ocid", "contract", "milestone", "due", "met", "state", "days_late", "amount",
                                                          "currency", "interest")))


@procurement_group.command("responsible")
@click.argument("unit")
@click.option("--on", "on", help="哪一天 on which day (default: today)")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def list_responsible(unit: str, on: str | None, as_json: bool) -> None:
    """各环节负责岗位 which post answers for each step."""
    rows = [{**row, "words": row["words"].zh} for row in queries.responsible_of(unit, _day(on, "--on"))]
    if as_json:
        _say(rows)
        return
    for row in rows:
        click.echo(f"{row['words']}  {row['post'] or '无负责岗位 nobody'}  {row['since'] or ''}  {row['basis']}")


@procurement_group.command("assign")
@click.argument("unit")
@click.option("--step", required=True, help="环节 need tender evaluation award contract acceptance payment")
@click.option("--post", required=True, help="岗位标识 the post's uid")
@click.option("--since", required=True, help="起始日 from this day on")
@click.option("--basis", required=True, help="指定文件 the document that assigns it")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def assign_post(unit: str, step: str, post: str, since: str, basis: str, as_json: bool) -> None:
    """登记负责岗位 assign the post that answers for a step."""
    uid = services.assign(unit, step=step, post=post, since=day_of(since, "--since"), basis=basis, by=SYSTEM, at=clock.now())
    _say({"uid": uid}) if as_json else click.echo(uid)
