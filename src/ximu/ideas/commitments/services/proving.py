"""Evidence: offered by one person with its digest, accepted by another; or measured values from a named source."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from ximu.foundation.uid import new_uid
from ximu.ideas.commitments import queries, rules
from ximu.ideas.commitments.models import Commitment
from ximu.ideas.commitments.services import steps
from ximu.kernel.actor import Actor
from ximu.kernel.canonical import digest as digest_of
from ximu.kernel.refusal import Refusal, absent


@dataclass(frozen=True, slots=True)
class Reading:
    """One value of a series: on `day` the indicator stood at `value`; None: the data of that day are insufficient."""

    day: date
    value: Decimal | None
    valid_until: date | None = None


@transaction.atomic
def offer(
    uid: str, *, day: date, digest: str, by: Actor, at: datetime, value: Decimal = rules.terms.ONE, valid_until: date | None = None,
    name: str = "", note: str = "",
) -> str:
    """Offer a document that shows how far the promise was kept on `day`; the uid of the evidence.

    `value` is the measured value of the target, or the share of the deliverable (1: all of it).
    Errors: `EVID-DIGEST`, `TIME-FUTURE`, `TIME-ORDER`, `NUM-FORM`, `STATE-EDGE`, `PROM-NONE`, `PROM-SOURCE` where data alone decide.
    """
    row, _, deeds = steps.begun(uid, "offer", at=at)
    by.must("commitments.prove", row.unit)
    _must_take_papers(row)
    _check_day(row, day, valid_until, queries.city_day(at))
    if row.terms["target"] is None and not 0 <= value <= 1:
        raise Refusal("NUM-FORM", field="value", value=str(value), rule="0–1", zh="成果完成的比例应在0与1之间。",
                      en="The share of the deliverable lies between 0 and 1.")
    evidence = new_uid()
    detail = {"evidence": evidence, **_said(day, value, valid_until), "digest": steps.need_digest(digest), "name": name[:200],
              "note": note[:500]}
    steps.take(row, deeds, "offer", detail=detail, by=by, at=at)
    return evidence


@transaction.atomic
def accept(uid: str, *, evidence: str, by: Actor, at: datetime) -> str:
    """Let a piece of evidence count; the state that follows. Errors: `DUAL`, `EVID-NONE`, `STATE-EDGE`."""
    row, facts, deeds = steps.begun(uid, "accept", at=at)
    by.must("commitments.accept")
    steps.apart(_waiting(facts, evidence).by, by.human, rule="offer≠accept")
    return steps.take(row, deeds, "accept", detail={"evidence": evidence}, by=by, at=at)


@transaction.atomic
def reject(uid: str, *, evidence: str, reason: str, by: Actor, at: datetime) -> str:
    """Errors: `DUAL`, `EVID-NONE`, `REASON`, `STATE-EDGE`."""
    row, facts, deeds = steps.begun(uid, "reject", at=at)
    by.must("commitments.accept")
    steps.apart(_waiting(facts, evidence).by, by.human, rule="offer≠reject")
    return steps.take(row, deeds, "reject", detail={"evidence": evidence, "reason": steps.need_words(reason)}, by=by, at=at)


@transaction.atomic
def measure(uid: str, readings: Sequence[Reading], *, source: str, by: Actor, at: datetime) -> str:
    """Enter values of the target's series from a system that measures; the state that follows. Values known already add nothing;
    a day whose data turn out insufficient takes its value back.

    Errors: `PROM-TARGET` for a promise without a measurable target, `PROM-SOURCE` for another source than the promised one,
    `TIME-FUTURE`, `TIME-ORDER`, `STATE-EDGE`.
    """
    by.must("commitments.measure")
    state = ""
    for reading in sorted(readings, key=lambda r: r.day):
        row, facts, deeds = steps.begun(uid, "measure", at=at)
        _must_be_series(row, source)
        _check_day(row, reading.day, reading.valid_until, queries.city_day(at))
        said = _said(reading.day, reading.value, reading.valid_until)
        held = [o.proof.value for o in facts.offers.values() if o.proof.day == reading.day and o.state == "accepted"]
        known = reading.value in held or (reading.value is None and not held)
        state = row.state
        if not known:
            detail = {"evidence": new_uid(), **said, "source": source, "digest": digest_of({**said, "source": source, "promise": uid})}
            state = steps.take(row, deeds, "measure", detail=detail, by=by, at=at)
    return state


@transaction.atomic
def measure_parts(
    uid: str, parts: Mapping[date, Decimal], *, source: str, by: Actor, at: datetime, gone: Collection[date] = (),
) -> str:
    """A sum that is given in parts: what came on each day. Days of `gone` on which nothing came after all lose their value.

    The last day goes first: whoever gave the whole in parts is at no moment told to have broken the promise.
    Errors: those of `measure`, `PROM-OVER` where more came than was promised.
    """
    total, readings = Decimal(0), list[Reading]()
    for day in sorted(parts):
        total += parts[day]
        readings.append(Reading(day, total))
    row = queries.row(uid)
    if row.amount is None or total > row.amount:
        raise Refusal("PROM-OVER", field="amount", value=str(total), rule=f"≤ {row.amount}",
                      zh=f"“{row.title}”累计{total}元，超过承诺金额{row.amount or 0}元；金额变动须按程序变更。",
                      en=f"“{row.title}”: {total} in all, more than the {row.amount or 0} promised; an amount changes by procedure.")
    readings = [*reversed(readings), *(Reading(day, None) for day in sorted(gone) if day not in parts)]
    return [measure(uid, [one], source=source, by=by, at=at) for one in readings][-1] if readings else row.state


def _said(day: date, value: Decimal | None, valid_until: date | None) -> dict[str, str | None]:
    return {"day": day.isoformat(), "value": None if value is None else format(value, "f"),
            "valid_until": valid_until.isoformat() if valid_until else None}


def _must_take_papers(row: Commitment) -> None:
    if rules.grades_itself(queries.kind(row.kind), rules.from_json(row.terms)):
        raise Refusal("PROM-SOURCE", field="source", value=row.series, rule="series", zh="该承诺只按数据序列判定，不接受以材料代替数据。",
                      en="Only its series of data decides on this promise; no paper takes its place.")


def _must_be_series(row: Commitment, source: str) -> None:
    target = row.terms["target"]
    if target is None:
        raise Refusal("PROM-TARGET", field="target", value=row.uid, rule="measurable", zh="该承诺没有可度量的目标，不能写入监测值。",
                      en="This promise has no measurable target; no values can be entered.")
    if target["source"] and target["source"] != source:
        raise Refusal("PROM-SOURCE", field="source", value=source[:80], rule=target["source"][:80], zh="数据来源与承诺时约定的不一致。",
                      en="The source is not the one named in the promise.")


def _check_day(row: Commitment, day: date, valid_until: date | None, today: date) -> None:
    steps.not_future(day, today, "day")
    if day < row.made_on or (valid_until and valid_until < day):
        raise Refusal("TIME-ORDER", field="day", value=day.isoformat(), rule=f"≥ {row.made_on}",
                      zh="证据日期早于承诺日，或者晚于其有效期。", en="The evidence is older than the promise, or expired before its day.")


def _waiting(facts: rules.Facts, evidence: str) -> rules.steps.Offer:
    found = facts.offers.get(evidence)
    if found is None or found.state != "offered":
        raise absent("EVID-NONE", field="evidence", value=evidence[:40], zh="份待采信的证据", en="evidence that waits for a decision")
    return found
