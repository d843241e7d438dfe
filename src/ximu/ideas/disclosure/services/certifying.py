"""A certified search: what was effective about a subject on a day, signed so that it verifies offline, also after later additions."""

from __future__ import annotations

import os
from collections.abc import Collection
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction

from ximu.foundation import clock
from ximu.foundation.parameters import value_on
from ximu.foundation.web import ANONYMOUS
from ximu.ideas.catalogue import queries as catalogue
from ximu.ideas.disclosure.models import SearchCertificate
from ximu.ideas.disclosure.queries.certificates import CERTIFIED, certified_body
from ximu.ideas.disclosure.queries.opened import public_latest
from ximu.ideas.disclosure.queries.policy import policy_on
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
        raise _future(day, clock.city_day(at))
    wanted, then = list(subjects or [subject]), min(at, clock.end_of(day))
    view, found = look_archive(wanted, by=by, purpose=purpose, as_of=day, known_at=then, size=records.MOST, at=at)
    _not_too_long(found.timeline.total)
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
    return _issue(subject, payload, by, at)


@transaction.atomic
def certify_public(subject: str, *, named: str, subjects: Collection[str], by: Actor = ANONYMOUS, as_of: date | None = None,
                   at: datetime) -> SearchCertificate:
    """Certify for anybody what is public about `subject` and was so at the end of `as_of`.

    What was public once and is not any more (repaired, expired, revoked) is not told: the certificate says no more than the page does.
    Errors: `TIME-FUTURE`, `CERT-LONG`, `CERT-BUSY` when the hour's share is used up.
    """
    day, today = as_of or clock.city_day(at), clock.city_day(at)
    if day > today:
        raise _future(day, today)
    most = int(value_on(Path(__file__).parents[1], "public_certificates_an_hour", today))
    if SearchCertificate.objects.filter(actor=ANONYMOUS.uid, issued_at__gt=at - timedelta(hours=1)).count() >= most:
        raise Refusal("CERT-BUSY", status=429, field="certificate", value="", rule=f"{most}/h",
                      zh="目前申请查询证明的人过多，请一小时后再试。",
                      en="Too many certificates are asked for at present; please try again in an hour.")
    rows = [row for row in public_latest(on=today, subjects=subjects, limit=MOST_RECORDS + 1) if clock.city_day(row["opened_at"]) <= day]
    _not_too_long(len(rows))
    return _issue(subject, {
        "certificate": "公开信用记录查询证明", "subject": subject, "name": named, "as_of": day.isoformat(), "asked_at": at.isoformat(),
        "known_at": at.isoformat(), "audience": "public", "policy": policy_on(today).version, "edition": _edition(day), "log_size": size(),
        "result": "found" if rows else "none",
        "records": [{"number": row["record"], "family": row["family"], "event_date": row["event_date"]} for row in rows],
    }, by, at)


def _edition(day: date) -> str:
    return found.number if (found := catalogue.edition_in_force(day)) else ""


def _not_too_long(found: int) -> None:
    if found > MOST_RECORDS:
        raise Refusal("CERT-LONG", field="subject", value=found, rule=MOST_RECORDS,
                      zh=f"该主体有{found}条记录，超过一份证明的上限{MOST_RECORDS}条。",
                      en=f"There are {found} records, more than the {MOST_RECORDS} of one certificate.")


def _future(day: date, today: date) -> Refusal:
    return Refusal("TIME-FUTURE", field="as_of", value=day.isoformat(), rule=f"≤ {today.isoformat()}", zh="不能证明将来的情况。",
                   en="What is to come cannot be certified.")


def _issue(subject: str, payload: dict[str, Any], by: Actor, at: datetime) -> SearchCertificate:
    salt = os.urandom(SALT)
    sealed = commitment(salt, payload)
    index = append([Entry(CERTIFIED, certified_body(sealed))], at=at)[0]
    return SearchCertificate.objects.create(
        subject=subject, actor=by.uid, unit=by.unit or "", log_index=index, payload=payload, salt=salt, commitment=sealed, issued_at=at,
        numbers=[row["number"] for row in payload["records"]])


def _scope(view: PolicyView) -> list[str]:
    """The families of which this audience may learn that a record exists: a certificate speaks of no others."""
    return sorted({family for clause in view.clauses() for family in clause.families if clause.states & LIVE})
