"""An archive is asked for in a procedure, once, after the person was told; when the procedure ends, nothing of the results is left."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction

from ximu.foundation import apart, clock, files
from ximu.foundation.parameters import value_on
from ximu.ideas.disclosure import services as disclosure
from ximu.ideas.ledger import services as ledger
from ximu.ideas.ledger.rules import Entry
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import SYSTEM, Actor
from ximu.kernel.given import must_have_been
from ximu.kernel.refusal import Refusal
from ximu.notice.safeguards.s4_training import queries, rules
from ximu.notice.safeguards.s4_training.models import Named, Procedure


@dataclass(frozen=True, slots=True)
class NewProcedure:
    number: str
    kind: str
    unit: str
    title: str
    basis: str
    opened_on: date
    ends_on: date


def open_procedure(new: NewProcedure, *, by: Actor, at: datetime) -> str:
    """The uid. Errors: `PERM-DENIED`, `S4-KIND`, `S4-FIELD`, `PURPOSE` without a legal basis, `S4-SPAN`, `ORG-ENDED`, `S4-DUP`."""
    by.must("s4.check", new.unit)
    rules.must_be_kind(new.kind, rules.KINDS)
    for name, words, most in (("number", new.number, 80), ("title", new.title, 200), ("basis", new.basis or "—", 400)):
        rules.must_say(name, words, most)
    if not new.basis.strip():
        raise Refusal("PURPOSE", field="basis", value="", rule="required", zh="查询诚信档案须写明法律依据。",
                      en="Archives are asked for on a legal basis only; name it.")
    rules.must_fit(new.opened_on, new.ends_on, value_on(queries.HERE, "procedure_days", new.opened_on))
    registry.must_live(new.unit, new.opened_on)
    try:
        with transaction.atomic():
            row = Procedure.objects.create(
                number=new.number.strip(), kind=new.kind, unit=new.unit, title=new.title.strip(), basis=new.basis.strip(),
                opened_on=new.opened_on, ends_on=new.ends_on, opened_at=at, opened_by=by.uid)
            row.log_index = ledger.append([Entry(queries.OPENED, queries.opened_body(row))], at=at)[0]
            row.save(update_fields=["log_index"])
    except IntegrityError as error:
        raise Refusal("S4-DUP", status=409, field="number", value=new.number[:40], rule="unique", zh="该编号的程序已登记。",
                      en="A procedure of this number is on record.") from error
    return row.uid


def name_official(procedure: str, number: str, *, notified_on: date, manner: str, by: Actor, at: datetime) -> str:
    """A civil servant whom the procedure concerns, by internal number, told before. A candidate from outside is nobody for this register.

    Errors: `PERM-DENIED`, `STATE-EDGE`, `OFFICIAL-NONE`, `NOTICE-NONE`, `TIME-FUTURE`, `S4-DUP`.
    """
    row = queries.procedure(procedure)
    by.must("s4.check", row.unit)
    _must_run(row, at)
    who = registry.official_of(number.strip())
    if who is None:
        raise Refusal("OFFICIAL-NONE", status=404, field="number", value=number[:32], rule="registry",
                      zh="登记簿中没有这个内部编号的公务员；本平台不查询公务员以外的人。",
                      en="The register has no civil servant of this number; nobody else can be asked for here.")
    if not 0 < len(manner.strip()) <= 80:
        raise Refusal("NOTICE-NONE", field="manner", value=manner[:20], rule="1–80", zh="须写明怎样告知了本人（不超过80字）。",
                      en="Say how the person was told, in at most 80 characters.")
    must_have_been(notified_on, clock.city_day(at), "notified_on")
    try:
        with transaction.atomic():
            told = {"notified_on": notified_on, "manner": manner.strip(), "added_at": at, "added_by": by.uid}
            made = Named.objects.create(procedure=row, official=who.uid, **told)
            ledger.append([Entry("training.named", {"procedure": row.uid, "named": made.uid, "by": by.uid})], at=at)
    except IntegrityError as error:
        raise Refusal("S4-DUP", status=409, field="number", value=number[:32], rule="unique", zh="该程序已列有此人。",
                      en="The procedure names this person already.") from error
    return str(made.uid)


@transaction.atomic
def check(named: str, *, by: Actor, at: datetime) -> str:
    """Ask for the archive, once; the uid of the certificate. What has expired or was repaired is not in it.

    Errors: `PERM-DENIED`, `STATE-EDGE`, `CHECK-ONCE`, `PURPOSE` (a role that may not read for this purpose).
    """
    row = queries.named(named)
    by.must("s4.check", row.procedure.unit)
    _must_run(row.procedure, at)
    if not Named.objects.filter(pk=row.pk, checked_at=None).update(checked_at=at, checked_by=by.uid):
        raise Refusal("CHECK-ONCE", status=409, field="official", value=row.uid, rule="1", zh="该程序对此人已查询过一次。",
                      en="This procedure has asked for this person once already.")
    made = disclosure.certify(row.official, named=registry.called(row.official, as_of=clock.city_day(at)), by=by,
                              purpose=rules.PURPOSES[row.procedure.kind], at=at)
    Named.objects.filter(pk=row.pk).update(certificate=made.uid)
    return str(made.uid)


def end(procedure: str, *, hires: int | None = None, checked: int | None = None, proof: bytes = b"", by: Actor, at: datetime) -> int:
    """The procedure is over: results are destroyed at once, what is left is who asked about whom and when. How many were destroyed.

    A recruitment says how many were hired and how many of them were checked before. Errors: `PERM-DENIED`, `STATE-EDGE`, `S4-COUNT`,
    `EVID-DIGEST`.
    """
    row = queries.procedure(procedure)
    by.must("s4.check", row.unit)
    if row.kind == "recruit":
        if hires is None or checked is None or min(hires, checked) < 0:
            raise Refusal("S4-COUNT", field="hires", value="", rule="≥ 0", zh="录用程序结束时须填写录用人数和查询人数。",
                          en="A recruitment ends with how many were hired and how many of them were checked.")
        rules.must_count(hires, checked, bool(proof))
    digest = files.keep([proof], most_bytes=queries.LARGEST_BYTES)[0] if proof else ""
    counts = {"hires": hires, "checked": checked, "proof": digest} if row.kind == "recruit" else {}
    return _end(row, by, at, **counts)


def _end(row: Procedure, by: Actor, at: datetime, **counts: object) -> int:
    with transaction.atomic():
        if not Procedure.objects.filter(pk=row.pk, ended_at=None).update(ended_at=at, ended_by=by.uid, **counts):
            raise _edge(row)
        gone = disclosure.forget_certificates([one for one in row.named.values_list("certificate", flat=True) if one])
        row.refresh_from_db()
        row.purged = gone
        row.end_log_index = ledger.append([Entry(queries.ENDED, queries.ended_body(row))], at=at)[0]
        row.save(update_fields=["purged", "end_log_index"])
    return gone


def end_due(*, at: datetime) -> int:
    """Every day: a procedure past its last day is ended, so that no result outlives its purpose. How many."""
    due = list(Procedure.objects.filter(ended_at=None, ends_on__lt=clock.city_day(at)))
    return apart.each("procedures", due, lambda row: (_end(row, SYSTEM, at), 1)[1])


def is_grounded(subjects: Collection[str], purpose: str, by: Actor, at: datetime) -> bool:
    """Whether a running procedure of a unit of this person names all of them for this purpose, each told by today.

    A body is nobody's candidate: its records are read for other purposes.
    """
    today, wanted = clock.city_day(at), set(subjects)
    kinds = [kind for kind, given in rules.PURPOSES.items() if given == purpose]
    rows = Named.objects.filter(official__in=wanted, notified_on__lte=today, procedure__kind__in=kinds, procedure__ended_at=None,
                                procedure__opened_on__lte=today, procedure__ends_on__gte=today).select_related("procedure")
    return bool(wanted) and {row.official for row in rows if by.can("s4.check", row.procedure.unit)} == wanted


def _must_run(row: Procedure, at: datetime) -> None:
    if row.ended_at is not None or not row.opened_on <= clock.city_day(at) <= row.ends_on:
        raise _edge(row)


def _edge(row: Procedure) -> Refusal:
    return Refusal("STATE-EDGE", status=409, field="procedure", value=row.number[:40], rule="open", zh="该程序尚未开始、已到期或已结束。",
                   en="The procedure has not begun, is past its last day or has ended.")
