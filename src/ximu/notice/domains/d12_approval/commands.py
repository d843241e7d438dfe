"""`ximu approvals`: the catalogue, digests of intermediaries, ties that nobody declared. Figures: `ximu areas figures d12`."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import click

from ximu.foundation import clock
from ximu.kernel.actor import SYSTEM
from ximu.notice.domains.d12_approval.queries import catalogue
from ximu.notice.domains.d12_approval.services import register

COMMANDS = {"approvals": "approvals_group"}


@click.group("approvals")
def approvals_group() -> None:
    """行政审批目录与中介机构 the catalogue of approvals, and intermediaries."""


@approvals_group.command("catalogue")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="当日有效的版本 the version in force on a day")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def show(on: datetime | None, as_json: bool) -> None:
    """有效的目录版本 the version in force."""
    row = catalogue.in_force(on.date() if on else clock.today())
    items = catalogue.search(row) if row else []
    lines = (f"{one['code']}\t{one['name']}\t{one['unit_name']}" for one in items)
    click.echo(json.dumps({"number": row and row.number, "items": items}, ensure_ascii=False) if as_json else "\n".join(lines))


@approvals_group.command("signs")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def take_signs(file: Path, as_json: bool) -> None:
    """报送比对线索并比对 take in signs (only digests are kept) and compare."""
    told = register.load_signs(file.read_bytes(), by=SYSTEM, at=clock.now()) | {"found": register.find_ties(at=clock.now())}
    click.echo(json.dumps(told) if as_json else "  ".join(f"{name}: {number}" for name, number in told.items()))
