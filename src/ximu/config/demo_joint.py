"""What units of the made-up city did about the measures and problems that followed from its records. For the demonstration only."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from ximu.foundation import outbox
from ximu.ideas.casework import queries as cases
from ximu.ideas.casework import services as casework
from ximu.ideas.casework.rules import Given
from ximu.ideas.casework.services import Upload
from ximu.kernel.actor import Actor, Grant
from ximu.kernel.refusal import Refusal

SENT, DROPPED, PROBLEMS = 18, 4, 30
DAY = timedelta(days=1)
WHY = Given("（示例）与所记行为直接相关，期限与程度相当。")
DROP = Given("（示例）该单位已依其他决定采取同样措施。", ground="done_already")


def act(*, coordinator: Actor, checker: Actor, at: datetime) -> None:
    """Some proposals are sent and some dropped; most units sign, answer and feed back; most problems are put right and checked."""
    while outbox.sweep(at=at, most=1000):
        pass
    waiting = cases.open_cases(("joint_proposal",))
    if not waiting or cases.cases_of("joint_action"):
        return
    for case in waiting[:SENT]:
        first = case.values["measures"][0]["item"]
        _try(case.uid, "send", Given(WHY.reason, values={"items": first}), by=coordinator, at=at)
    for case in waiting[SENT:SENT + DROPPED]:
        _try(case.uid, "drop", DROP, by=coordinator, at=at)
    for place, case in enumerate(cases.open_cases(("joint_action",))):
        _answer(place, case, at=at)
    for place, case in enumerate(cases.open_cases(("rectification",))[:PROBLEMS]):
        _rectify(place, case, checker=checker, at=at)


def _answer(place: int, case: Any, *, at: datetime) -> None:
    """One in nine stays silent, one in six declines, one in five accepts a part, two of three feed back."""
    if place % 9 == 8:
        return
    unit = _of(case.source, "joint.respond")
    _try(case.uid, "sign", Given(), by=unit, at=at + 2 * DAY)
    if place % 6 == 5:
        _try(case.uid, "decline", Given("（示例）不在本单位实施范围。", ground="not_applicable"), by=unit, at=at + 6 * DAY)
        return
    part = Given("（示例）部分措施与情节不相当。", ground="disproportionate", values={"scope": "（示例）仅本年度"})
    verb, given = ("accept_part", part) if place % 5 == 4 else ("accept", Given("（示例）采纳。"))
    _try(case.uid, verb, given, by=unit, at=at + 6 * DAY)
    if place % 3 != 2:
        _try(case.uid, "feed_back", Given("（示例）已实施。"), by=unit, at=at + 9 * DAY, paper="实施情况")


def _rectify(place: int, case: Any, *, checker: Actor, at: datetime) -> None:
    """Two of three report, three of four of these are checked by somebody else."""
    if place % 3 == 2:
        return
    unit, day = _of(case.source, "joint.respond"), at + (10 + place % 7) * DAY
    _try(case.uid, "report_done", Given("（示例）已整改到位。"), by=unit, at=day, paper="整改情况")
    if place % 4 != 3:
        _try(case.uid, "verify", Given("（示例）凭证核对无误。"), by=checker, at=day + 4 * DAY)


def _of(unit: str, right: str) -> Actor:
    name = f"demo-{unit}"
    return Actor(name, unit, (Grant("entry", frozenset({right}), unit),), name)


def _try(case: str, verb: str, given: Given, *, by: Actor, at: datetime, paper: str = "") -> None:
    """A measure that the list or the cap does not allow is simply not sent: the story goes on."""
    files = []
    if paper:
        digest, size = casework.keep([f"（示例）{paper}".encode()])
        files = [Upload(digest, size, f"{paper}.txt")]
    try:
        casework.move(case, verb, given=given, files=files, by=by, at=at)
    except Refusal as refusal:
        if refusal.code not in ("MEAS-CAP", "MEAS-END", "MEAS-DUP", "LIST-ULTRA", "STATE-EDGE", "CONFLICT"):
            raise
