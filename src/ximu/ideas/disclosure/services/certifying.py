"""A certified search: what was effective about a subject on a day, signed so that it verifies offline, also after later additions."""

from __future__ import annotations

import os
from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction

from ximu.foundation import clock
from ximu.ideas.disclosure.models import SearchCertificate
from ximu.ideas.disclosure.queries.certificates import CERTIFIED, certified_body
from ximu.ideas.disclosure.queries.views import PolicyView
from ximu.ideas.disclosure.services.looking import look_archive
from ximu.ideas.ledger.queries import size
from ximu.ideas.ledger.rules import Entry, commitment
from ximu.ideas.ledger.services import append
from ximu.ideas.records import queries as records
from ximu.ideas.records.rules import LIVE
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal

SALT, MOST_RECORDS = 32, 5000


@transaction.atomic
def certify(
    subject: str, *, named: str, subjects: Collection[str] = (), by: Actor, purpose: str = "", as_of: date | None = None, at: datetime,
) -> SearchCertificate:
    """Certify what, as far as this viewer may see, was in effect about `subject` (with its forebears in `subjects`) at the end of `as_of`.

    A record counts in the state that it had then. The certificate says how far the log had grown,
    so that what is added later does not make it wrong. It leaves the trace of a read.
    Errors: `PERM-DENIED`, `PURPOSE`, `TIME-FUTURE`, `CERT-LONG`.
    """
    day = as_of or clock.city_day(at)
    if day > clock.city_day(at):
        raise Refusal("TIME-FUTURE", field="as_of", value=day.isoformat(), rule=f"≤ {clock.city_day(at).isoformat()}",
                      zh="不能证明将来的情况。", en="What is to come cannot be certified.")
    wanted, then = list(subjects or [subject]), min(at, clock.end_of(day))
    view, found = look_archive(wanted, by=by, purpose=purpose, as_of=day, known_at=then, size=records.MOST, at=at)
    if found.timeline.total > MOST_RECORDS:
        raise Refusal("CERT-LONG", field="subject", value=found.timeline.total, rule=MOST_RECORDS,
                      zh=f"该主体有{found.timeline.total}条记录，超过一份证明的上限{MOST_RECORDS}条。",
                      en=f"There are {found.timeline.total} records, more than the {MOST_RECORDS} of one certificate.")
    rows = list(found.timeline.rows)
    for page in range(2, found.timeline.pages + 1):
        rows += records.records_of(wanted, view=view, known_at=then, as_of=day, page=page, size=records.MOST).rows
    live = [row.facts for row in rows if row.facts.state in LIVE]
    payload = {
        "certificate": "信用记录查询证明", "subject": subject, "name": named, "as_of": day.isoformat(), "asked_at": at.isoformat(),
        "purpose": view.purpose, "known_at": then.isoformat(), "audience": view.name, "policy": view.policy.version,
        "scope": _scope(view), "log_size": size(),
        "result": "found" if live else "none",
        "records": [{"number": f.number, "family": f.family, "state": f.state, "event_date": f.event_date.isoformat()} for f in live],
    }
    salt = os.urandom(SALT)
    sealed = commitment(salt, payload)
    index = append([Entry(CERTIFIED, certified_body(sealed))], at=at)[0]
    return SearchCertificate.objects.create(
        subject=subject, actor=by.uid, unit=by.unit or "", log_index=index, payload=payload, salt=salt, commitment=sealed, issued_at=at,
        numbers=[f.number for f in live])


def _scope(view: PolicyView) -> list[str]:
    """The families of which this audience may learn that a record exists: a certificate speaks of no others."""
    return sorted({family for clause in view.clauses() for family in clause.families if clause.states & LIVE})
