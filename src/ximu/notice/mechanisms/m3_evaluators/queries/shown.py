"""What is shown of an evaluation: beside the official result, the gap split, every note; to the public what left the checks."""

from __future__ import annotations

import json
import socket
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.urls import reverse

from ximu.foundation import clock
from ximu.ideas.assessment import queries as assessment
from ximu.ideas.assessment.rules import frozen, loading
from ximu.ideas.assessment.rules.causes import Side, Split, causes
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor
from ximu.kernel.health import Check
from ximu.kernel.today import TodayItem
from ximu.kernel.view import View
from ximu.kernel.words import Text
from ximu.notice.mechanisms.m3_evaluators import reader, rules
from ximu.notice.mechanisms.m3_evaluators.models import Act, Evaluation
from ximu.notice.mechanisms.m3_evaluators.queries import book

STATES = {"computed": Text("已算出", "computed"), "sent": Text("征求意见", "out for comments"), "published": Text("已公布", "published"),
          "unstable": Text("不可复算，不得公布", "not reproducible, not to be published")}
SIDES = ("only_official", "only_evaluator")
TABLES = {"run": Text("年度评价", "yearly assessment")}
TOGETHER = Text("隐去的各列合计", "withheld columns together")


def told(of: Evaluation) -> dict[str, Any]:
    """What left the checks."""
    found: dict[str, Any] = json.loads(of.result)
    return found


def notes(of: Evaluation) -> list[dict[str, Any]]:
    """Every note with who wrote it: the units assessed, and the city (unit empty)."""
    day = clock.today()
    return [{"unit": a.unit, "name": registry.name(a.unit, as_of=day) if a.unit else "", "words": a.words, "late": a.late, "at": a.at,
             "kind": a.kind} for a in of.acts.all() if a.words]


def acts(of: Evaluation) -> list[Act]:
    return list(of.acts.all())


def compared(of: Evaluation) -> list[dict[str, Any]]:
    """Each unit that both rate: official and third-party score, the gap and its causes (adding up exactly); [] without an official run.

    Errors: `SCORE-NONE`.
    """
    official = of.snapshot.engagement.official
    if not official:
        return []
    run = assessment.run_row(official)
    inner, shown = json.loads(of.inner), told(of)
    method, measures = rules.load(of.method)
    used = frozen.wanted(method)
    split = _split(official, of.method, inner["data"])
    gone = {(one["column"], one["unit"]) for one in shown["withheld"] if one["what"] == "cell"}
    hidden = {row["unit"] for row in shown["ranking"] if row["withheld"]}
    facts = _facts(of, inner, [one for one in measures if one.column in used])
    return [{**_line(found, {c for c, u in gone if u == unit}), "label": shown["labels"][unit],
             "records": _apart(run, facts, unit)} for unit, found in split.items() if unit not in hidden]


@lru_cache(maxsize=16)
def _split(official: str, method: str, data: str) -> dict[str, Split]:
    """What is compared never changes: computed once."""
    run = assessment.run_row(official)
    return causes(Side(loading.load(run.method.text), run.data), Side(rules.load(method)[0], data))


def _line(found: Split, gone: set[str]) -> dict[str, Any]:
    """A split whose withheld columns are told together: one by one they would give their values away."""
    line = found.plain()
    open_causes = [one for one in line["causes"] if one["column"] not in gone]
    together = sum((c.points for c in found.causes if c.column in gone and c.column), start=found.change * 0)
    if together:
        open_causes.append({"kind": "records", "what_zh": TOGETHER.zh, "what_en": TOGETHER.en, "column": "", "points": str(together),
                            "name_zh": TOGETHER.zh, "name_en": TOGETHER.en})
    return {**line, "causes": open_causes}


def _facts(of: Evaluation, inner: dict[str, Any], measures: Any) -> dict[str, dict[str, set[str]]]:
    """Item → unit → the records that the measures of the score counted."""
    found: dict[str, dict[str, set[str]]] = {}
    for one in measures:
        for unit, cell in inner["measures"][one.column].items():
            numbers = {of.snapshot.refs[one.item][k] for k in cell["rows"]}
            found.setdefault(one.item, {}).setdefault(unit, set()).update(numbers)
    return found


def _apart(run: Any, facts: dict[str, dict[str, set[str]]], unit: str) -> list[dict[str, Any]]:
    """By item: the records that only one of the two counted."""
    found = []
    for item, by_unit in facts.items():
        column = next((c for c in run.facts if c == f"records:{item}"), "")
        columns = [column] if column else [c for c, s in _sources(run).items() if s == f"records:{item}"]
        official = {ref.partition(":")[2] for c in columns for ref in run.facts.get(c, {}).get(unit, ())}
        own = by_unit.get(unit, set())
        found.append({"item": item, "both": len(own & official),
                      "only_official": sorted(official - own), "only_evaluator": sorted(own - official)})
    return found


def _sources(run: Any) -> dict[str, str]:
    return {i.code: i.source for i in loading.load(run.method.text).indicators}


def _few(of: Evaluation, count: int) -> int | None:
    """A number of records, or None when it is a small cell itself."""
    return None if 0 < count < book.limits(clock.city_day(of.at)).least else count


def counts_only(of: Evaluation, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The comparison without record numbers: how many records only one of the two counted, small numbers withheld."""
    return [{**line, "records": [{"item": r["item"], **{side: _few(of, len(r[side])) for side in SIDES}} for r in line["records"]]}
            for line in lines]


def records_opened(of: Evaluation, lines: list[dict[str, Any]], *, by: Actor, at: datetime) -> list[dict[str, Any]]:
    """The comparison with the records that this person may open; the others are a number, withheld (None) when it is small."""
    def opened(numbers: list[str]) -> dict[str, Any]:
        seen = assessment.opened({"": [f"record:{n}" for n in numbers]}, by=by, at=at)[""]
        return {"numbers": [ref.partition(":")[2] for ref in seen["refs"]], "hidden": _few(of, seen["hidden"])}

    return [{**line, "records": [{"item": r["item"], **{side: opened(r[side]) for side in SIDES}} for r in line["records"]]}
            for line in lines]


def public_evaluations(view: View) -> dict[str, Any]:
    """The provider `evaluations`: published ones, and the institutes with what they declared."""
    rows = [{"uid": e.uid, "title": e.snapshot.engagement.title, "period": e.snapshot.engagement.period, "published_at": e.published_at,
             "evaluator": e.snapshot.engagement.evaluator.name} for e in book.evaluations(state="published")]
    return {"view": view.name, "rows": rows, "evaluators": [_institute(one) for one in book.evaluators()]}


def _institute(one: Any) -> dict[str, Any]:
    said = book.declared(one)
    day = clock.today()
    names = {unit: _name(unit, day) for unit in {*said.funders, *(u for u, _ in said.interests)}}
    return {"uid": one.uid, "name": one.name, "kind": rules.KINDS[one.kind], "methods": list(said.methods),
            "funders": [names[f] for f in said.funders], "interests": [(names[u], rules.LINKS[k]) for u, k in said.interests]}


def _name(text: str, day: Any) -> str:
    found = registry.unit(text, as_of=day)
    return found.name if found else text


def public_evaluation(view: View, *, uid: str) -> dict[str, Any]:
    """The provider `evaluation`: one published evaluation, whole, as it left the checks. Errors: `EVAL-NONE`."""
    row = book.evaluation(uid)
    if row.state != "published":
        row = book.evaluation("")
    about, called = row.snapshot.engagement, _called(row.method)
    day = clock.today()
    return {
        "view": view.name, "uid": row.uid, "title": about.title, "period": about.period, "institute": _institute(about.evaluator),
        "commissioner": registry.name(about.commissioner, as_of=day), "payer": registry.name(about.payer, as_of=day), "fee": about.fee,
        "contract": about.contract, "granted": about.granted, "snapshot": row.snapshot.digest, "digest": row.digest,
        "published_at": row.published_at, "method": row.method, "result": told(row), "notes": notes(row),
        "fields": [(TABLES.get(item, Text(item, item)), [called.get(one, Text(one, one)) for one in some])
                   for item, some in about.granted.items()],
        "surveys": [{**_survey(s, day), "name": called.get(f"survey:{s.code}", Text(s.code, s.code))} for s in book.surveys(about)],
        "compared": counts_only(row, compared(row)), "official": _official(about.official)}


def _called(method: str) -> dict[str, Text]:
    """What the evaluator's method calls its columns."""
    return {one.code: one.name for one in rules.load(method)[0].indicators}


def _survey(of: Any, day: Any) -> dict[str, Any]:
    lines = [{**line, "name": registry.name(line["unit"], as_of=day)} for line in of.lines]
    return {"code": of.code, "kind": of.kind, "frame": of.frame, "population": of.population, "lines": lines}


def _official(uid: str) -> dict[str, Any]:
    if not uid:
        return {}
    run = assessment.run_row(uid)
    return {"period": run.period, "name": run.method.name_zh, "ranks": {row["unit"]: row["rank"] for row in assessment.ranking(run)}}


def today(actor: Actor, at: datetime) -> list[TodayItem]:
    """A unit's evaluation that is out for comments."""
    found = []
    for row in book.evaluations(state="sent"):
        if actor.unit and actor.unit in row.snapshot.engagement.units and actor.can("evaluators.comment", actor.unit):
            found.append(TodayItem(Text("第三方评价待说明", "third-party evaluation to comment on"),
                                   Text(row.snapshot.engagement.title, row.snapshot.engagement.title),
                                   reverse("m3_evaluators:evaluation", args=[row.uid])))
    return found


def doctor(at: datetime) -> list[Check]:
    """Does a connection out of the sandbox fail? Tried against a door that is open."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        both, kernel = (reader.closed_to_network("127.0.0.1", port, how) for how in ("both", "namespace"))
    state = "ok" if both and kernel else "warn" if both else "broken"
    found = f"both={both} namespace={kernel}"
    mend = Text("允许非特权用户命名空间（unshare），使内核也隔断网络。",
                "Allow unprivileged user namespaces (unshare), so that the kernel closes the network too.")
    name = Text("第三方评价隔离环境不能联网", "the evaluators' sandbox has no network")
    return [Check(name, state, found, None if state == "ok" else mend)]
