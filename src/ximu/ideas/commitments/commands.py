"""`ximu promises`: the register of promises from the command line."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

import click

from ximu.foundation import clock
from ximu.ideas.commitments import queries, rules, services
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import SYSTEM
from ximu.kernel.refusal import Refusal

COMMANDS = {"promises": "promises_group"}
json_option = click.option("--json", "as_json", is_flag=True, help="JSON output")


class Day(click.ParamType):
    name = "date"

    def convert(self, value: Any, param: Any, ctx: Any) -> date:
        return rules.day_of(value, "as_of") or clock.today()


def _moment(text: str) -> datetime:
    """The last moment of a day, or the moment written; city time without a zone. Errors: `DATE-FORM`."""
    if not text:
        return clock.now()
    try:
        if len(text) <= len("2018-02-13"):
            return clock.end_of(date.fromisoformat(text))
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise Refusal("DATE-FORM", field="known_at", value=text[:40], rule="ISO 8601", zh="时间应为2018-02-13或2018-02-13T10:00的样式。",
                      en="Write the time as 2018-02-13 or 2018-02-13T10:00.") from error
    return found if found.tzinfo else found.replace(tzinfo=clock.CITY)


@click.group("promises")
def promises_group() -> None:
    """承诺登记册 The register of promises."""


@promises_group.command("list")
@click.option("--kind", default="", help="种类 kind")
@click.option("--state", default="", help="状态 state")
@click.option("--unit", default="", help="单位名称 name of the unit, with what its forebears promised")
@click.option("--domain", default="", help="领域 area, like D4")
@click.option("--limit", type=click.IntRange(1, 100_000), default=100, show_default=True, help="最多几条 at most")
@json_option
def list_command(kind: str, state: str, unit: str, domain: str, limit: int, as_json: bool) -> None:
    """列出承诺 List promises."""
    on = clock.today()
    uid = registry.named(unit, as_of=on) if unit else ""
    rows = queries.commitments(kind=kind, state=state, unit=uid, domain=domain, on=on)[:limit]
    found = [
        {"uid": r.uid, "kind": r.kind, "unit": registry.name(queries.owner(r, on), as_of=on), "title": r.title, "due": r.due,
         "state": r.state, "progress": r.progress, "disputed": r.disputed, "flags": r.flags} for r in rows
    ]
    _echo(found, [f"{f['uid']}\t{f['due']}\t{rules.STATES[f['state']].zh}\t{f['unit']}\t{f['title']}" for f in found], as_json=as_json)


@promises_group.command("status")
@click.argument("uid")
@click.option("--as-of", type=Day(), default=None, help="基准日 the day asked about; default today")
@click.option("--known-at", default="", help="获知时间 what was known by then; default now")
@json_option
def status_command(uid: str, as_of: date | None, known_at: str, as_json: bool) -> None:
    """一项承诺在某日的状态 The state of a promise on a day, as known at a time."""
    found = queries.status(uid, as_of=as_of or clock.today(), known_at=_moment(known_at))
    value = {
        "uid": uid, "as_of": found.as_of, "known_at": found.known_at, "state": found.state, "version": found.version, "due": found.due,
        "disputed": found.disputed, **asdict(found.judgement),
    }
    lines = [f"{found.as_of}\t{rules.STATES[found.state].zh}", *(r.zh for r in found.judgement.reasons)]
    _echo(value, lines, as_json=as_json)


@promises_group.command("evaluate")
@json_option
def evaluate_command(as_json: bool) -> None:
    """每日判定：全部承诺一次集合运算 Judge every promise as of today in one pass."""
    done = services.evaluate(by=SYSTEM, at=clock.now())
    lines = [f"{done.on}\t变动 {done.turned}\t逾期 {done.overdue}", *(f"{rules.STATES[s].zh}\t{n}" for s, n in sorted(done.counts.items()))]
    _echo(asdict(done), lines, as_json=as_json)


def _echo(value: Any, lines: list[str], *, as_json: bool) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, default=str) if as_json else "\n".join(lines))
