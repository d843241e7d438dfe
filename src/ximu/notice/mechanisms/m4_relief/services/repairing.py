"""How is a record repaired? Conditions proved one by one, applied for, decided by another, certified by the log."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from ximu.foundation import clock
from ximu.ideas.casework import queries as cases
from ximu.ideas.casework import services as casework
from ximu.ideas.casework.rules import Given
from ximu.ideas.casework.rules.machine import belongs
from ximu.ideas.casework.services import Upload
from ximu.ideas.ledger.rules import Entry, commitment
from ximu.ideas.ledger.services import append
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal
from ximu.notice.mechanisms.m4_relief import queries
from ximu.notice.mechanisms.m4_relief.models import Certificate, Fulfilment
from ximu.notice.mechanisms.m4_relief.rules import first_unmet
from ximu.notice.mechanisms.m4_relief.services.noticing import opening_for

SALT = 32
ISSUER = "政务诚信平台"


def fulfil(number: str, what: str, *, proof: str, on: date, by: Actor, at: datetime, digest: str = "") -> None:
    """Prove a condition: performance by the source, the commitment by the subject, training by the office.

    Errors: `FULFIL-KIND`, `SUBJ-NOT`, `PERM-DENIED`, `DUAL`, `EVID-DIGEST` without proof, `TIME-FUTURE`.
    """
    if what not in Fulfilment.What.values:
        raise Refusal("FULFIL-KIND", field="what", value=what[:20], rule=" ".join(Fulfilment.What.values), zh="没有这种修复条件。",
                      en="There is no such condition.")
    if what == Fulfilment.What.COMMITMENT:
        record = queries.of_subject(number, by)
    else:
        if belongs(by, queries.or_nobodys(number).subject):
            raise Refusal("DUAL", status=403, field="by", value=what, rule="subject", zh="主体不能为自己确认履行或培训。",
                          en="The subject may not confirm its own performance or training.")
        record = queries.of_source(number, by)
    if not proof.strip():
        raise Refusal("EVID-DIGEST", field="proof", value="", rule=what,
                      zh="须写明证明文书或附材料。", en="Name the proof or hand in a paper.")
    if on > clock.city_day(at):
        raise Refusal("TIME-FUTURE", field="on", value=on.isoformat(), rule="≤ 今天",
                      zh="日期在今天之后。", en="The day lies in the future.")
    Fulfilment.objects.get_or_create(number=record.number, what=what, defaults={
        "on": on, "proof": proof.strip()[:300], "digest": digest, "by": by.human, "at": at})


@transaction.atomic
def apply_for_repair(number: str, *, reason: str, by: Actor, at: datetime, files: Sequence[Upload] = ()) -> str:
    """The subject applies; the case. Errors: `SUBJ-NOT`, `REP-BAR`, `REP-EARLY`, `REP-OBL`, `STATE-EDGE`, `CASE-DUP`."""
    record = queries.of_subject(number, by)
    if refused := first_unmet(queries.conditions(number, at=at)):
        raise refused
    return casework.open_case("repair", opening=opening_for(record, record.number), given=Given(reason), files=files, by=by, at=at,
                              checked=True)


@transaction.atomic
def issue_certificate(case: str, *, by: Actor, at: datetime) -> Certificate:
    """A certificate as of now: what was repaired, and which effects have confirmed their stop. Errors: `CASE-NONE`, `STATE-EDGE`."""
    seen = cases.case(case, actor=by, at=at)
    if (seen.row.procedure, seen.row.state) != ("repair", "repaired"):
        raise Refusal("STATE-EDGE", status=409, field="state", value=seen.row.state, rule="repaired", zh="尚未准予修复，不能签发证明。",
                      en="Nothing is repaired yet; there is nothing to certify.")
    effects = [{"kind": e.kind.zh, "target": e.target, "state": "已停止" if e.state == "stopped" else "未确认", "receipt": e.receipt}
               for e in cases.effects_of(seen.row.about)]
    payload = {
        "certificate": "信用修复证明", "issuer": ISSUER, "record": seen.row.about, "case": seen.row.number, "state": "已修复",
        "decided_on": clock.city_day(seen.row.closed_at or at).isoformat(), "issued_on": clock.city_day(at).isoformat(),
        "effects": effects, "unconfirmed": sum(e["state"] == "未确认" for e in effects),
    }
    salt = os.urandom(SALT)
    sealed = commitment(salt, payload)
    index = append([Entry(queries.ENTRY, {"commitment": sealed})], at=at)[0]
    return Certificate.objects.create(case=case, number=seen.row.about, log_index=index, payload=payload, salt=salt, commitment=sealed,
                                      at=at)
