"""How do records move? Only along the edges of `rules.states`; each move is a step with its entry in the log.

Every verb takes one number or many; all move or none. A right that is held for a unit reaches what that unit delivered; all else is
`REC-NONE`, as if it did not exist.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from ximu.foundation import clock
from ximu.foundation.outbox import announce
from ximu.ideas.ledger.queries import must_be_fresh
from ximu.ideas.records import queries
from ximu.ideas.records.hooks import RecordsMoved
from ximu.ideas.records.models import Step, Version
from ximu.ideas.records.rules import move_refused, no_way, parse, window_end
from ximu.ideas.records.rules.terms import oldest_end
from ximu.ideas.records.services import steps
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal
from ximu.kernel.workdays import BUNDLED, Calendar

Numbers = str | Sequence[str]

EXAMINABLE = ("draft", "held", "checked", "notified", "disputed")
"""States before any effect, in which the grounds of exemption can still be examined."""


def numbers_of(given: Numbers) -> list[str]:
    return [parse(n) for n in ([given] if isinstance(given, str) else given)]


def move(
    given: Numbers, after: str, *, by: Actor, at: datetime, detail: Mapping[str, Any] | None = None,
    guard: Callable[[Version], None] | None = None, excepted: Callable[[Version], bool] = lambda version: False,
) -> int:
    """Move all or none. `guard` refuses what the edges alone would let pass.

    Errors: `STATE-EDGE`, `STATE-RACE`, `REC-NONE`, `CLOCK-BACK`.
    """
    with transaction.atomic():
        versions = steps.newest(numbers_of(given))
        for version in versions:
            _may(version, after, at, excepted=excepted(version))
            if guard is not None:
                guard(version)
        steps.advance(versions, after)
        steps.write([
            steps.Done(v.number, v.version, Step.What.MOVE, v.state, after, dict(detail or {})) for v in versions
        ], by=by.human, at=at)
        for before in sorted({v.state for v in versions}):
            announce(RecordsMoved([v.number for v in versions if v.state == before], before, after), at=at)
    return len(versions)


def _may(version: Version, after: str, at: datetime, *, excepted: bool) -> None:
    if refused := move_refused(version.state, after, excepted=excepted):
        raise refused
    if at < version.known_at:
        raise Refusal("CLOCK-BACK", status=409, field="at", value=at.isoformat(), rule="≥ known_at",
                      zh="办理时间早于记录入库时间，请检查系统时钟。", en="This is earlier than the record became known; check the clock.")


def said(reason: str, field: str = "reason") -> str:
    if not reason.strip():
        raise Refusal("REASON", field=field, value="", rule="required", zh="请说明理由或依据。", en="Give a reason or a basis.")
    return reason.strip()


def _not_enterer(by: Actor) -> Callable[[Version], None]:
    def guard(version: Version) -> None:
        if version.by == by.human:
            raise Refusal("DUAL", status=403, field="by", value=version.number, rule="录入与审核分离",
                          zh="录入人不能审核自己报送的记录。", en="Who entered a record may not check it.")
    return guard


def check(given: Numbers, *, by: Actor, at: datetime) -> int:
    """A second person finds the record in order. Errors: `DUAL`, `STATE-EDGE`; `FIN-OPEN` for a held record."""
    queries.must_reach(given, "records.check", by)
    distinct = _not_enterer(by)

    def guard(version: Version) -> None:
        if version.state == "held":
            raise Refusal("FIN-OPEN", status=409, field="final_date", value=version.number, rule="文书确定后方可入档",
                          zh="文书尚未确定（生效），记录暂存，不产生效力。",
                          en="The document is not final; the record is held and has no effect.")
        distinct(version)

    return move(given, "checked", by=by, at=at, guard=guard)


def confirm_final(given: Numbers, *, by: Actor, at: datetime, ground: str = "") -> int:
    """The document has become final: held → checked. Errors: `FIN-EARLY` before its date without a ground."""
    queries.must_reach(given, "records.confirm", by)
    today = queries.city_day(at)

    def guard(version: Version) -> None:
        if version.state == "held" and not ground.strip() and (version.final_date is None or today < version.final_date):
            raise Refusal("FIN-EARLY", status=409, field="final_date", value=str(version.final_date or ""), rule="文书确定日期",
                          zh="文书确定日期未到，提前确认须写明依据。", en="The day on which it becomes final has not come; give a ground.")

    def held(version: Version) -> None:
        if version.state != "held":
            raise no_way(version.state, "checked")
        guard(version)

    return move(given, "checked", by=by, at=at, detail={"ground": ground}, guard=held)


def send_back(given: Numbers, *, reason: str, by: Actor, at: datetime) -> int:
    """Return drafts to their source with a reason; they stay drafts. Errors: `REASON`, `STATE-EDGE`."""
    queries.must_reach(given, "records.check", by)
    words = said(reason)
    with transaction.atomic():
        versions = steps.newest(numbers_of(given))
        for version in versions:
            if version.state != "draft":
                raise no_way(version.state, "draft")
        steps.write([
            steps.Done(v.number, v.version, Step.What.RETURN, v.state, v.state, {"reason": words}) for v in versions
        ], by=by.human, at=at)
    return len(versions)


def examine(given: Numbers, *, answers: Mapping[str, str], reason: str, by: Actor, at: datetime) -> int:
    """Signed: no lawful ground of exemption holds. `answers` has each ground asked, by its code, with what was found.

    Without it a record that speaks against somebody takes no effect. Errors: `REASON`, `STATE-EDGE`, `REC-NONE`.
    """
    queries.must_reach(given, "records.check", by)
    words = said(reason)
    with transaction.atomic():
        versions = steps.newest(numbers_of(given))
        for version in versions:
            if version.state not in EXAMINABLE:
                raise no_way(version.state, "effective")
        detail = {"answers": dict(sorted(answers.items())), "reason": words}
        steps.write([
            steps.Done(v.number, v.version, Step.What.EXAMINE, v.state, v.state, detail) for v in versions
        ], by=by.human, at=at)
    return len(versions)


def notify(given: Numbers, *, served_at: datetime, manner: str, by: Actor, at: datetime) -> int:
    """Notice was served on the subject, by `manner`; the objection window starts. Errors: `NOTICE-NONE`, `TIME-FUTURE`."""
    queries.must_reach(given, "records.notify", by)
    if not manner.strip():
        raise Refusal("NOTICE-NONE", field="manner", value="", rule="送达证明", zh="没有送达方式和证明，期限不开始计算。",
                      en="Without proof of service the clock does not start.")
    if served_at > at:
        raise Refusal("TIME-FUTURE", field="served_at", value=served_at.isoformat(), rule=f"≤ {at.isoformat()}",
                      zh="送达时间在现在之后。", en="The time of service lies in the future.")
    return move(given, "notified", by=by, at=at, detail={"served_at": served_at.isoformat(), "manner": manner})


def make_effective(given: Numbers, *, by: Actor, at: datetime, calendar: Calendar = BUNDLED) -> int:
    """From now on the record has effects (I3). Errors: `NOTICE-NONE`, `EFFECT-EARLY` until the objection window has passed,
    `EXM-ASK` until somebody answered for the grounds of exemption, unless a dated rule excepts the family from notice;
    `OBJ-OPEN` while an objection is undecided."""
    queries.must_reach(given, "records.decide", by)
    given = numbers_of(given)
    unasked = queries.unexamined(given, on=queries.city_day(at))
    today = queries.city_day(at)
    parameters = queries.parameters()
    days = int(parameters.on("objection_window", today)["value"])

    def excepted(version: Version) -> bool:
        return parameters.exception(version.family, today) is not None

    def guard(version: Version) -> None:
        if version.state == "disputed":
            raise Refusal("OBJ-OPEN", status=409, field="state", value=version.number, rule="异议未决",
                          zh="异议尚未作出决定，记录不能生效。", en="The objection is undecided; the record cannot take effect.")
        if not excepted(version):
            _window_passed(version, at, days, calendar)
        if version.number in unasked:
            raise queries.not_examined(version.number)

    return move(given, "effective", by=by, at=at, guard=guard, excepted=lambda v: excepted(v) or _unserved(v))


def _unserved(version: Version) -> bool:
    """Checked but not notified: let through to the guard, which answers with the missing notice."""
    return version.state == "checked"


def _window_passed(version: Version, at: datetime, days: int, calendar: Calendar) -> None:
    served = queries.served_at(version.number, version.version)
    if served is None:
        raise Refusal("NOTICE-NONE", status=409, field="served_at", value=version.number, rule="告知在先",
                      zh="尚未告知主体，记录不能生效。", en="The subject has not been notified; the record cannot take effect.")
    due = window_end(queries.city_day(served), days, calendar)
    if at <= clock.end_of(due.day):
        raise Refusal("EFFECT-EARLY", status=409, field="at", value=at.isoformat(), rule=f"{days} 个工作日，至 {due.day.isoformat()}",
                      zh=f"异议期至{due.day.isoformat()}止，期满前记录不能生效。",
                      en=f"The objection window runs until {due.day.isoformat()}; before that the record cannot take effect.")


def dispute(given: Numbers, *, case: str, by: Actor, at: datetime) -> int:
    """An objection within the window: 异议中 everywhere at once."""
    queries.must_reach(given, "records.dispute", by, or_subject=True)
    return move(given, "disputed", by=by, at=at, detail={"case": said(case, "case")})


def settle(given: Numbers, *, case: str, reason: str, by: Actor, at: datetime) -> int:
    """The objection was not upheld: back to 已告知 (the window that has passed stays passed)."""
    queries.must_reach(given, "records.decide", by)
    detail = {"case": said(case, "case"), "reason": said(reason)}
    return move(given, "notified", by=by, at=at, detail=detail, guard=_only("disputed", "notified"))


def _only(before: str, after: str) -> Callable[[Version], None]:
    def guard(version: Version) -> None:
        if version.state != before:
            raise no_way(version.state, after)
    return guard


def flag(given: Numbers, *, case: str, by: Actor, at: datetime) -> int:
    """A late objection to an effective record: it stays, marked as disputed."""
    queries.must_reach(given, "records.dispute", by, or_subject=True)
    return move(given, "flagged", by=by, at=at, detail={"case": said(case, "case")})


def unflag(given: Numbers, *, case: str, reason: str, by: Actor, at: datetime) -> int:
    queries.must_reach(given, "records.decide", by)
    detail = {"case": said(case, "case"), "reason": said(reason)}
    return move(given, "effective", by=by, at=at, detail=detail, guard=_only("flagged", "effective"))


def repair(given: Numbers, *, proof: str, by: Actor, at: datetime) -> int:
    """Repaired (art. 38): hidden from query at once, kept in the database. Errors: `LOG-STALE`."""
    queries.must_reach(given, "records.decide", by)
    must_be_fresh(at=at)
    return move(given, "repaired", by=by, at=at, detail={"proof": said(proof, "proof")})


def revoke(given: Numbers, *, reason: str, by: Actor, at: datetime) -> int:
    """The act beneath is void (art. 37): shown nowhere from now on; `erase_due` destroys the content in time."""
    queries.must_reach(given, "records.decide", by)
    return move(given, "revoked", by=by, at=at, detail={"reason": said(reason)})


def expire_due(*, by: Actor, at: datetime, most: int = 10_000) -> int:
    """The query period has run out since the end of the act (art. 35): records that no view shows any more get the state too."""
    today = queries.city_day(at)
    years = int(queries.parameters().on("retention_years", today)["value"])
    due = Version.objects.filter(newest=True, state__in=["effective", "flagged", "repaired"], end_date__lt=oldest_end(years, today))
    numbers: Sequence[str] = list(due.order_by("log_index").values_list("number", flat=True)[:most])
    return move(numbers, "expired", by=by, at=at, detail={"years": years}) if numbers else 0
