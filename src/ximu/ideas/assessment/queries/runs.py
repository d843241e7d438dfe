"""Methods, runs, their replay and their reasons; the sources that answer a method's columns."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date
from typing import Any

from ximu.ideas.assessment.models import Act, MethodVersion, Run
from ximu.ideas.assessment.rules import frozen, loading
from ximu.ideas.assessment.rules.data import read
from ximu.ideas.assessment.rules.frozen import Asked, Value
from ximu.ideas.assessment.rules.method import Method, Warn
from ximu.ideas.casework import queries as cases
from ximu.ideas.ledger.rules import entry_bytes
from ximu.kernel.refusal import Refusal

KINDS = ("score.", "grade.decided")
Source = Callable[[str, Asked], Mapping[str, Value]]
_sources: dict[str, Source] = {}


def register_source(name: str, provider: Source) -> None:
    """Called by `config/wiring.py`: `provider(argument, asked)` answers the columns whose source is `name:argument`."""
    _sources[name] = provider


def method_row(uid: str) -> MethodVersion:
    """By uid or digest. Errors: `METH-NONE`."""
    found = MethodVersion.objects.filter(uid=uid).first() or MethodVersion.objects.filter(digest=uid).first()
    if found is None:
        raise Refusal("METH-NONE", status=404, field="method", value=uid[:64], rule="uid", zh="没有这个评价方法版本。",
                      en="There is no such version of a method.")
    return found


def warned(row: MethodVersion) -> list[Warn]:
    """What a reader of the method should know: indicators without an owner, rules under which silence could pay."""
    return list(loading.load(row.text).warnings)


def run_row(uid: str) -> Run:
    """Errors: `SCORE-NONE`."""
    found = Run.objects.select_related("method").filter(uid=uid).first()
    if found is None:
        raise Refusal("SCORE-NONE", status=404, field="run", value=uid[:64], rule="uid", zh="没有这次考核计算。",
                      en="There is no such run.")
    return found


def replaced(run: Run) -> list[Run]:
    """The runs that this one stands for, newest first."""
    found: list[Run] = []
    here = run
    while here.replaces:
        here = run_row(here.replaces)
        found.append(here)
    return found


def newest(run: Run) -> Run:
    """The run that stands for this one now."""
    here: Run | None = run
    while here is not None:
        run, here = here, Run.objects.select_related("method").filter(replaces=here.uid).first()
    return run


def objection_days(on: date) -> int:
    """Working days in which an objection to a draft is examined."""
    return cases.terms().on("SCORE-OBJECT", on).value


def year(period: str) -> tuple[date, date]:
    """First and last day of a period. Errors: `SCORE-PERIOD`."""
    if not (period.isascii() and period.isdigit() and len(period) == 4 and int(period) >= 1949):
        raise Refusal("SCORE-PERIOD", field="period", value=period[:20], rule="YYYY", zh="考核期应为四位年份。",
                      en="The period must be a year of four digits.")
    return date(int(period), 1, 1), date(int(period), 12, 31)


def gathered(method: Method, attached: str, asked: Asked) -> tuple[str, dict[str, dict[str, list[str]]]]:
    """The frozen data of a run, and column → unit → what each value rests on."""
    cells: dict[str, Mapping[str, Value]] = {}
    for column, source in frozen.wanted(method).items():
        name, colon, argument = source.partition(":")
        if colon and name in _sources:
            cells[column] = _sources[name](argument, asked)
    data = frozen.with_columns(attached, method, cells)
    return data, {c: {u: list(v.refs) for u, v in told.items() if v.refs and u in asked.units} for c, told in cells.items()}


def asked_of(method: Method, attached: str, period: str, clocks: tuple[date, Any]) -> Asked:
    units = read(attached, unit=method.columns.unit, label=method.columns.label).units
    return Asked(units, *year(period), *clocks)


def pins(run: Run) -> dict[str, Any]:
    """What a result was computed from; stands in the result's own bytes, so a moment is written in one way, whoever gave it."""
    known_at = run.known_at.astimezone(UTC).isoformat()
    return {"period": run.period, "as_of": run.as_of.isoformat(), "known_at": known_at, "log_size": run.log_size,
            "draws": run.draws, "seed": run.seed, "data": run.data_digest}


def replay(uid: str) -> dict[str, Any]:
    """The run once more, its sources asked again by its own clocks: are the bytes those that were kept?"""
    run = run_row(uid)
    method = loading.load(run.method.text)
    data, _ = gathered(method, run.attached, asked_of(method, run.attached, run.period, (run.as_of, run.known_at)))
    again = frozen.outcome(method, data, {**pins(run), "data": loading.digest_of(data)})
    found = loading.digest_of(again.decode())
    return {"run": run.uid, "same": again == run.result.encode() and found == run.digest, "digest": found, "kept": run.digest,
            "same_data": data == run.data}


def explained(uid: str, unit: str) -> dict[str, Any]:
    """Score → indicator → rule step → what each value rests on, with the rank's interval. Errors: `INDEX-UNIT`."""
    run = run_row(uid)
    told = json.loads(run.result)
    if unit not in told["reasons"]:
        raise Refusal("INDEX-UNIT", status=404, field="unit", value=unit[:80], rule="unit of the run", zh="本次计算没有这个单位。",
                      en="The run has no such unit.")
    return {"run": run.uid, "method": told["method"], "pins": told["pins"], **told["reasons"][unit],
            "interval": told.get("uncertainty", {}).get("units", {}).get(unit),
            "facts": {column: facts[unit] for column, facts in run.facts.items() if unit in facts}}


def previous(run: Run) -> Run:
    """The final run of the year before by the same code of method. Errors: `SCORE-EARLIER` when there is none."""
    before = Run.objects.select_related("method").filter(
        method__code=run.method.code, period=str(int(run.period) - 1), state__in=[Run.State.FINAL,
                                                                                  Run.State.PUBLISHED]).order_by("-pk").first()
    if before is None:
        raise Refusal("SCORE-EARLIER", status=404, field="run", value=run.period, rule="final run of the year before",
                      zh="上一年没有已定稿的考核。", en="There is no final result of the year before.")
    return before


def same_rule(uid: str, unit: str) -> dict[str, Any]:
    """Was it at this place last year by the same rule? The earlier data, scored by this run's own method.

    `published` is the rank of then by the rule of then. Errors: `SCORE-EARLIER` when there is no final run of the year before.
    """
    run = run_row(uid)
    before = previous(run)
    now, then = json.loads(run.result), json.loads(before.result)
    result = frozen.rescored(loading.load(run.method.text), before.data)
    keys, ranks = result.table.keys(), result.ranks[result.method.root]
    place = keys.index(unit) if unit in keys else None
    rank = None if place is None or ranks[place] != ranks[place] else int(ranks[place])
    return {"unit": unit, "period": run.period, "rank": now["published"].get(unit, {}).get("rank"), "before": before.period,
            "rank_before_same_rule": rank, "rank_before_published": then["published"].get(unit, {}).get("rank"),
            "same_method": before.method.digest == run.method.digest}


def entry_of(act: Act) -> tuple[str, dict[str, Any]]:
    """What the log says of an act: derived from the texts themselves, so that a changed byte shows."""
    body: dict[str, Any] = {"by": act.by}
    if act.method is not None:
        body |= {"method": act.method.uid, "digest": loading.digest_of(act.method.text)}
    if act.kind == "score.adopted" and act.method is not None:
        body["resolution"] = act.method.resolution
    if act.run is not None:
        body |= {"run": act.run.uid, "result": loading.digest_of(act.run.result), "data": loading.digest_of(act.run.data)}
    return act.kind, body


def evidence(first: int, last: int) -> Iterator[tuple[int, bytes, str]]:
    """(log index, entry bytes, label) with first ≤ index < last."""
    for act in Act.objects.filter(log_index__gte=first, log_index__lt=last).select_related("method", "run").order_by("log_index"):
        kind, body = entry_of(act)
        yield act.log_index, entry_bytes(kind, body, act.at), f"考核 {kind}"
