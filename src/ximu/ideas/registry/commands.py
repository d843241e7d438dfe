"""`ximu registry`: ask the register of units."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from typing import Any

import click

from ximu.foundation import clock
from ximu.ideas.registry import queries
from ximu.ideas.registry.queries import Resolution
from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text

COMMANDS = {"registry": "registry_group"}


class Day(click.ParamType):
    """An ISO day; anything else is a refusal, not a usage error."""

    name = "date"

    def convert(self, value: Any, param: Any, ctx: Any) -> date:
        try:
            return value if isinstance(value, date) else date.fromisoformat(value)
        except ValueError as error:
            raise Refusal("DATE-FORM", field="as_of", value=value, rule="YYYY-MM-DD", zh=f"“{value}”不是日期，应为2018-02-13的样式。",
                          en=f"“{value}” is no day; write it as 2018-02-13.") from error


as_of_option = click.option("--as-of", type=Day(), default=None, help="基准日，缺省为今天 the day asked about; default today")
json_option = click.option("--json", "as_json", is_flag=True, help="JSON output")


def shown(answer: Resolution) -> dict[str, Any]:
    return asdict(answer)


def _echo(value: Any, lines: list[str], *, as_json: bool) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, default=_plain) if as_json else "\n".join(lines))


def _plain(value: Any) -> Any:
    return asdict(value) if isinstance(value, Text) else str(value)


@click.group("registry")
def registry_group() -> None:
    """机构名录 The register of units."""


@registry_group.command("resolve")
@click.argument("name")
@click.option("--code", default="", help="统一社会信用代码 credit code")
@as_of_option
@json_option
def resolve_command(name: str, code: str, as_of: date | None, as_json: bool) -> None:
    """按某日识别名称 Which unit is meant as of a day? Never guessed."""
    answer = queries.resolve(name, as_of=as_of or clock.today(), code=code)
    lines = [answer.status, *([answer.note.zh] if answer.note else [])]
    lines += [f"{c.uid}\t{c.score:.2f}\t{c.name}\t{'；'.join(r.zh for r in c.reasons)}" for c in answer.candidates]
    _echo(shown(answer), lines, as_json=as_json)


@registry_group.command("search")
@click.argument("text")
@click.option("--limit", default=20, show_default=True)
@as_of_option
@json_option
def search_command(text: str, limit: int, as_of: date | None, as_json: bool) -> None:
    """按名称、曾用名、拼音、首字母或代码查找 Instant search."""
    found = queries.search(text, as_of=as_of or clock.today(), limit=limit)
    _echo([asdict(f) for f in found], [f"{f.uid}\t{f.name}\t{f.matched}" for f in found], as_json=as_json)


@registry_group.command("unit")
@click.argument("name")
@as_of_option
@json_option
def unit_command(name: str, as_of: date | None, as_json: bool) -> None:
    """一个单位在某日的情况与沿革 A unit as of a day: names, heirs, reforms, posts. NAME may be a uid."""
    on = as_of or clock.today()
    uid = name if queries.unit(name, as_of=on) else queries.named(name, as_of=on)
    view = queries.unit(uid, as_of=on)
    edges = queries.lineage(uid)
    value = {
        "unit": asdict(view) if view else None, "owner": queries.owner_of(uid, on), "lineage": [asdict(e) for e in edges],
        "successors": [asdict(h) for _, h in queries.successors(uid, on=on)], "forebears": queries.forebears(uid, on),
        "posts": [asdict(p) for p in queries.posts(uid, as_of=on)],
    }
    lines = [f"{field}\t{content}" for field, content in (value["unit"] or {}).items()]
    lines += [
        f"{e.on}\t{e.kind}\t{queries.name(e.predecessor, as_of=e.on)}→{queries.name(e.successor, as_of=e.on)}\t{e.scope}" for e in edges
    ]
    _echo(value, lines, as_json=as_json)


@registry_group.command("units")
@click.option("--kind")
@click.option("--level")
@as_of_option
@json_option
def units_command(kind: str | None, level: str | None, as_of: date | None, as_json: bool) -> None:
    """列出某日存续的单位 Units that live on a day."""
    views = queries.units(as_of=as_of or clock.today(), kind=kind, level=level)
    _echo([asdict(v) for v in views], [f"{v.uid}\t{v.code}\t{v.name}" for v in views], as_json=as_json)


@registry_group.command("expand")
@click.argument("phrase")
@click.option("--named", multiple=True, help="同一句已点名的单位 a unit named in the same sentence")
@as_of_option
@json_option
def expand_command(phrase: str, named: tuple[str, ...], as_of: date | None, as_json: bool) -> None:
    """集合称谓在某日所指的单位 Which units does a phrase mean as of a day?"""
    on = as_of or clock.today()
    reading = queries.reading(phrase, as_of=on, named=[queries.find(n, as_of=on) for n in named])
    listed = [{"uid": uid, "name": queries.name(uid, as_of=on)} for uid in reading.units]
    _echo({"phrase": phrase, "as_of": on, "reason": reading.reason, "units": listed},
          [reading.reason.zh, *(f"{u['uid']}\t{u['name']}" for u in listed)], as_json=as_json)


@registry_group.command("vacancies")
@as_of_option
@json_option
def vacancies_command(as_of: date | None, as_json: bool) -> None:
    """某日缺第一责任人的单位 Units without a first responsible person."""
    found = queries.vacancies(as_of or clock.today())
    _echo([asdict(v) for v in found], [f"{v.unit}\t{v.name}\t{v.reason.zh}" for v in found], as_json=as_json)
