"""How is something that is not public read? With a purpose, through a view, leaving a trace."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction

from ximu.ideas.disclosure.models import Use
from ximu.ideas.disclosure.queries.views import PolicyView, view_for
from ximu.ideas.records import queries as records
from ximu.kernel.actor import Actor


@transaction.atomic
def look(
    number: str, *, by: Actor, purpose: str = "", as_of: date | None = None, known_at: datetime | None = None, at: datetime,
) -> tuple[PolicyView, records.History]:
    """One record with its history, and the trace of having read it. Errors: `PERM-DENIED`, `PURPOSE`, `REC-NONE`."""
    by.must("disclosure.read")
    view = view_for(by, purpose=purpose, at=at)
    found = records.record_history(number, view=view, known_at=known_at or at, as_of=as_of)
    facts = records.facts_of(number, view=view, known_at=known_at or at, as_of=as_of)
    _trace(view, facts.number, [facts.subject], by, at)
    return view, found


@transaction.atomic
def look_archive(
    subjects: Collection[str], *, by: Actor, purpose: str = "", as_of: date | None = None, known_at: datetime | None = None,
    family: str = "", page: int = 1, size: int = records.PAGE, at: datetime,
) -> tuple[PolicyView, records.Archive]:
    """An archive, and the trace of having opened it. Errors: `PERM-DENIED`, `PURPOSE`."""
    by.must("disclosure.read")
    view = view_for(by, purpose=purpose, at=at)
    found = records.archive(subjects, view=view, known_at=known_at or at, as_of=as_of, family=family, page=page, size=size)
    _trace(view, "", list(subjects), by, at)
    return view, found


def look_work(
    state: str, *, by: Actor, batch: str = "", source: str = "", page: int = 1, at: datetime,
) -> tuple[PolicyView, records.Page]:
    """The list of records that wait in a state, for those whose work it is. Errors: `PERM-DENIED`, `PURPOSE`."""
    by.must("disclosure.read")
    view = view_for(by, at=at)
    return view, records.work_list(state, view=view, at=at, batch=batch, source=source, page=page)


def _trace(view: PolicyView, number: str, subjects: list[str], by: Actor, at: datetime) -> None:
    """Reading one's own records leaves no trace; every other read of what is not public does."""
    Use.objects.bulk_create([
        Use(number=number, subject=subject, actor=by.uid, unit=by.unit or "", role=hat.audience, purpose=hat.purpose,
            policy=view.policy.version, used_at=at)
        for subject in subjects for hat in view.hats[:1] if hat.audience not in {"public", "subject"}
    ])
