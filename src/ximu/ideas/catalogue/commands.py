"""`ximu lists`: the published editions, one edition or item, what changed, and files."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from ximu.ideas.catalogue import queries
from ximu.ideas.catalogue.rules import LISTS, sheets

COMMANDS = {"lists": "lists_group"}


def _print(value: Any, lines: list[str], *, as_json: bool) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, default=str) if as_json else "\n".join(lines))


def _value(view: queries.EditionView) -> dict[str, Any]:
    return {key: getattr(view, key) for key in ("number", "state", "in_force", "until", "published_at", "previous", "digest", "log_index")}


@click.group("lists")
def lists_group() -> None:
    """数据、行为、应用清单 The three lists in numbered editions."""


@lists_group.command("editions")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def lists_editions(as_json: bool) -> None:
    """已发布的版本 The published editions."""
    found = queries.editions()
    _print([_value(e) for e in found], [f"{e.number}\t{e.in_force} — {e.until or ''}\t{e.digest}" for e in found], as_json=as_json)


@lists_group.command("show")
@click.argument("number")
@click.argument("item", required=False, default="")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def lists_show(number: str, item: str, as_json: bool) -> None:
    """一个版本，或其中一个条目 An edition, or one item of it."""
    canonical, view = queries.canonical_edition(number), queries.edition(number)
    chosen = [i for i in canonical["items"] if not item or i["code"] == item]
    if not chosen:
        queries.must_be_listed(item, number)
    if item:
        _print(chosen[0], [json.dumps(chosen[0], ensure_ascii=False, indent=1)], as_json=as_json)
        return
    lines = [f"{number}\t{view.in_force} — {view.until or ''}\t{view.digest}"]
    lines += [f"{LISTS[i['list']].zh}\t{i['code']}\t{i['body']['name']['zh']}\t{i['owner_name']}" for i in chosen]
    _print({**_value(view), "items": chosen, "bases": canonical["bases"]}, lines, as_json=as_json)


@lists_group.command("diff")
@click.argument("old")
@click.argument("new")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def lists_diff(old: str, new: str, as_json: bool) -> None:
    """两个版本之间的变化 What changed between two editions, per field."""
    head, rows = sheets.changes_table(queries.compare(old, new))
    _print([dict(zip(head, row)) for row in rows], ["\t".join(row) for row in [head, *rows]], as_json=as_json)


@lists_group.command("export")
@click.argument("number")
@click.option("--format", "form", default="xlsx", help=" ".join(queries.FORMATS))
@click.option("--list", "list_", default="data", help="用于CSV for CSV: data, behaviour, application")
@click.option("--out", default="", help="文件，“-”为标准输出 file, - for standard output")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def lists_export(number: str, form: str, list_: str, out: str, as_json: bool) -> None:
    """导出一个版本 Write an edition as a file that states its digest."""
    made = queries.edition_file(number, form, list_=list_)
    if out == "-":
        sys.stdout.buffer.write(made.content)
        return
    path = Path(out or made.name)
    path.write_bytes(made.content)
    _print({"file": str(path), "bytes": len(made.content)}, [str(path)], as_json=as_json)
