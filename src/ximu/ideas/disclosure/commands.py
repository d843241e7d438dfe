"""`ximu records` and `ximu disclosure`: what a role sees of a record, and why. For the operator at the machine itself."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

import click

from ximu.foundation import clock
from ximu.foundation.scrubbing import scrub
from ximu.ideas.accounts import queries as accounts
from ximu.ideas.accounts.rules import grant_of
from ximu.ideas.disclosure import queries, services
from ximu.ideas.records import queries as record_queries
from ximu.ideas.records import services as records
from ximu.kernel.actor import SYSTEM, Actor
from ximu.kernel.given import day_or_none
from ximu.kernel.refusal import Refusal

COMMANDS = {"records": "records_group", "disclosure": "disclosure_group"}


def _json(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, default=lambda v: v.isoformat() if isinstance(v, date | datetime) else str(v)))


@click.group("records")
def records_group() -> None:
    """记录 Records, as a role may see them."""


def _actor(role: str, unit: str) -> Actor:
    """Somebody at the machine who looks as this role: the purpose is asked for and the trace is left as for everybody."""
    if role not in accounts.roles():
        raise Refusal("ROLE-NONE", field="as", value=role, rule=" ".join(accounts.roles()), zh=f"没有“{role}”这种身份。",
                      en=f"There is no role “{role}”.")
    return Actor("operator", unit or None, (grant_of(role, unit, accounts.permissions()),), channel="cli")


def _seen(number: str, role: str, purpose: str, unit: str, days: tuple[str, str]) -> tuple[queries.PolicyView, record_queries.History]:
    known_on = day_or_none(days[1], "known-at")
    known = clock.end_of(known_on) if known_on and known_on < clock.today() else clock.now()
    return services.look(number, by=_actor(role, unit), purpose=purpose, as_of=day_or_none(days[0], "as-of"),
                                          known_at=known, at=clock.now())


def _options(command: Any) -> Any:
    for option in (
        click.option("--json", "as_json", is_flag=True, help="JSON output"),
        click.option("--known-at", default="", help="按当时所知 as known at the end of that day"),
        click.option("--as-of", default="", help="截至 as of that day"),
        click.option("--unit", default="", help="所在单位或主体标识 uid of the unit, for roles that are bound to one"),
        click.option("--purpose", default="", help="用途 purpose, from the policy"),
        click.option("--as", "role", default="public", show_default=True, help="身份 role"),
        click.argument("number"),
    ):
        command = option(command)
    return command


@records_group.command("show")
@_options
def show(number: str, role: str, purpose: str, unit: str, as_of: str, known_at: str, as_json: bool) -> None:
    """一条记录（按某身份所见） one record as a role sees it; the public sees publications only."""
    if role == "public":
        found = queries.public_record(number, on=day_or_none(as_of, "as-of") or clock.today())
        return _json(found) if as_json else _lines(found | found["fields"])
    view, history = _seen(number, role, purpose, unit, (as_of, known_at))
    version, at, fields = history.versions[-1]
    if as_json:
        return _json({"record": history.number, "state": history.state, "version": version, "known_at": at, "as_of": history.as_of,
                      "view": view.name, "policy": view.policy.version,
                      "fields": {s.name: {"outcome": s.outcome, "value": s.value, "rule": s.rule} for s in fields}})
    return _lines({"记录 record": history.number, "状态 state": history.state, "版本 version": version,
                   **{s.name: s.value for s in fields if s.outcome != "absent" and s.value not in (None, "")}})


def _lines(values: dict[str, Any]) -> None:
    for name, value in values.items():
        if not isinstance(value, dict):
            click.echo(f"{name}\t{value}")


@records_group.command("history")
@_options
def history(number: str, role: str, purpose: str, unit: str, as_of: str, known_at: str, as_json: bool) -> None:
    """一条记录的全部版本和办理 all versions and steps of a record on both clocks."""
    _, found = _seen(number, role, purpose, unit, (as_of, known_at))
    versions = [{"version": v, "known_at": at} for v, at, _ in found.versions]
    steps = [{"what": s.what, "version": s.version, "before": s.before, "after": s.after, "known_at": s.known_at, "detail": dict(s.detail)}
             for s in found.stages]
    if as_json:
        return _json({"record": found.number, "state": found.state, "as_of": found.as_of, "known_at": found.known_at,
                      "versions": versions, "steps": steps})
    for one in versions:
        click.echo(f"{one['known_at'].isoformat()}\t第{one['version']}版 version {one['version']}")
    for step in steps:
        click.echo(f"{step['known_at'].isoformat()}\t{step['what']}\t{step['before']} → {step['after']}")
    return None


@records_group.command("sweep")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def sweep(as_json: bool) -> None:
    """每日清理：期满、删除已撤销、关闭到期公开 expire, erase what was revoked, close publications that are over."""
    now = clock.now()
    done = {"expired": records.expire_due(by=SYSTEM, at=now), "erased": records.erase_due(by=SYSTEM, at=now),
            "closed": services.close_due(by=SYSTEM, at=now), "register": records.complete_register(at=now)}
    if done["erased"]:
        scrub()
    _json(done) if as_json else _lines(done)


@records_group.command("scrub")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def scrub_command(as_json: bool) -> None:
    """删除之后重写数据库文件 after an erasure: rewrite the database without its free pages; takes time and room for a copy."""
    noted = records.complete_register(at=clock.now())
    scrub()
    if as_json:
        _json({"scrubbed": True, "register": noted})


@click.group("disclosure")
def disclosure_group() -> None:
    """公开策略 Disclosure: who sees what, and why."""


@disclosure_group.command("explain")
@click.argument("number")
@click.option("--as", "role", required=True, help="身份 role")
@click.option("--purpose", default="", help="用途 purpose")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def explain(number: str, role: str, purpose: str, as_json: bool) -> None:
    """逐字段说明结果和规则 each field's outcome and the rule that made it; no values are printed."""
    told = queries.explain_as(number, role, purpose=purpose, at=clock.now())
    if as_json:
        return _json(told)
    click.echo(f"{told['record']} · {told['as']} · {told['purpose'] or '—'} · 策略 policy {told['policy']}")
    for one in told["fields"]:
        click.echo(f"{one['field']}\t{one['level']}\t{one['outcome']}\t{one['rule']}\t{one['zh']}（{one['law']}）")
    return None


@disclosure_group.command("policy")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def policy(as_json: bool) -> None:
    """当前公开策略 the policy in force."""
    now = queries.policy_on(clock.today())
    rows = [{"rule": r.id, "outcome": r.outcome, "law": r.law, "zh": r.why.zh, "en": r.why.en, "personal": r.personal,
             **{name: sorted(values) for name, values in r.sets.items()}} for r in now.rules]
    if as_json:
        return _json({"version": now.version, "since": now.since, "source": now.source, "rules": rows})
    for row in rows:
        click.echo(f"{row['rule']}\t{row['outcome']}\t{row['zh']}（{row['law']}）")
    return None


@disclosure_group.command("whatif")
@click.argument("file", type=click.File("rb"))
@click.option("--on", default="", help="生效之日 the day to ask for; today unless given")
@click.option("--against", type=click.File("rb"), help="与另一策略文件比较，默认与当日策略 another policy file instead of the one in force")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def whatif(file: Any, on: str, against: Any, as_json: bool) -> None:
    """采用另一策略会改变什么 what another policy would change over the whole register; nothing is adopted."""
    found = queries.compare_policies(queries.proposed_policy(file.read()), on=day_or_none(on, "on") or clock.today(),
                                     old=queries.proposed_policy(against.read()) if against else None)
    if as_json:
        return _json(found.plain())
    click.echo(f"{found.old.version} → {found.new.version} · {found.on.isoformat()} · 记录 records {found.records} · "
               f"放开 opens {found.opened} · 收紧 closes {len(found.changes) - found.opened} · "
               f"将关闭的公开 publications to be closed {found.ended}")
    for one in found.endings:
        click.echo(f"x {one.family}\t{one.stage}\t{one.what}（{one.rule}）\t{one.publications}\t{one.why.zh}")
    for number in found.numbers:
        click.echo(f"x {number}")
    for c in found.changes:
        click.echo(f"{'+' if c.opens else '-'} {c.audience}\t{c.purpose or '—'}\t{c.item} {c.state} {c.kind}\t{c.field}\t"
                   f"{c.before}（{c.rule_before}）→ {c.after}（{c.rule_after}）\t{c.records}")
    return None
