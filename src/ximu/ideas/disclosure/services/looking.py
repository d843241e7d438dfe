"""How is something that is not public read? With a purpose, through a view, leaving a trace."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date, datetime

from django.db import transaction

from ximu.ideas.disclosure.models import Use
from ximu.ideas.disclosure.queries.views import PolicyView, view_for
from ximu.ideas.records import queries as records
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal

Ground = Callable[[Collection[str], str, Actor, datetime], bool]
"""ground(subjects, purpose, by, at): is there a procedure that lets this person read all of them for this purpose now?"""
_grounds: dict[str, Ground] = {}


def register_ground(purpose: str, ground: Ground) -> None:
    """Called by `config/packed.py` only: from then on the purpose alone does not open an archive."""
    _grounds[purpose] = ground


def _must_be_grounded(view: PolicyView, subjects: Collection[str], by: Actor, at: datetime) -> None:
    ground = _grounds.get(view.purpose)
    if ground is not None and not ground(subjects, view.purpose, by, at):
        raise Refusal("PURPOSE", status=403, field="purpose", value=view.purpose, rule="procedure",
                      zh="此用途只限于正在进行的录用、晋升或评优程序所列人员，且须已告知本人。",
                      en="This purpose is for those whom a running recruitment, promotion or award names, and who were told.")


@transaction.atomic
def look(
    number: str, *, by: Actor, purpose: str = "", as_of: date | None = None, known_at: datetime | None = None, at: datetime,
) -> tuple[PolicyView, records.History]:
    """One record with its history, and the trace of having read it. Errors: `PERM-DENIED`, `PURPOSE`, `REC-NONE`."""
    by.must("disclosure.read")
    view = view_for(by, purpose=purpose, at=at)
    found = records.record_history(number, view=view, known_at=known_at or at, as_of=as_of)
    facts = records.facts_of(number, view=view, known_at=known_at or at, as_of=as_of)
    _must_be_grounded(view, [facts.subject], by, at)
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
    _must_be_grounded(view, subjects, by, at)
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
