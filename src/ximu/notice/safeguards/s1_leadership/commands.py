"""`ximu leadership`: gaps, and the proof that no duty is without a living owner."""

from __future__ import annotations

import json
import sys
from datetime import datetime

import click

from ximu.foundation import clock
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import SYSTEM
from ximu.notice.safeguards.s1_leadership import queries, services

COMMANDS = {"leadership": "leadership_group"}
DAY = click.DateTime(["%Y-%m-%d"])


@click.group("leadership")
def leadership_group() -> None:
    """组织领导 leadership: who answers, and for what."""


@leadership_group.command("gaps")
@click.option("--as-of", type=DAY, help="基准日 day (default: today)")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def gaps(as_of: datetime | None, as_json: bool) -> None:
    """没有第一责任人、分管领导的单位 units without a first responsible person or a leader in charge."""
    found = queries.gaps(as_of.date() if as_of else clock.today())
    if as_json:
        click.echo(json.dumps({k: [{"unit": one.unit, "name": one.name} for one in v] for k, v in found.items()}, ensure_ascii=False))
        return
    for role, words in (("first", "第一责任人 first responsible person"), ("charge", "分管领导 leader in charge")):
        click.echo(f"{words}: {len(found[role])}")
        for one in found[role]:
            click.echo(f"  {one.name}")


@leadership_group.command("prove")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def prove(as_json: bool) -> None:
    """今日核验：每项职责都有存续单位承担 prove that each duty is carried by a living unit; exit code 2 when one is not."""
    row = services.prove_day(by=SYSTEM, at=clock.now())
    body = queries.day_body(row) | {"log_index": row.log_index, "exceptions": row.exceptions}
    if as_json:
        click.echo(json.dumps(body, ensure_ascii=False))
    else:
        click.echo(f"{row.day} 职责 duties {row.duties}, 单位 units {row.units}, 无主 ownerless {row.ownerless}, "
                   f"由上级承担 carried up {row.carried_up}")
        for kind, unit, count, _, _, code in row.exceptions:
            click.echo(f"  {queries.kind_words(kind).zh} {registry.name(unit, as_of=row.day) if unit else '—'} × {count} {code}")
    if row.ownerless:
        sys.exit(2)
