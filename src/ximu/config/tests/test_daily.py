"""What packs do every day stands each by itself."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ximu.config import timetable
from ximu.faces.operator import doctor
from ximu.foundation import apart, duties
from ximu.foundation.models import Duty
from ximu.ideas.casework import jobs
from ximu.ideas.casework.services import conduct
from ximu.ideas.disclosure import services as publications
from ximu.ideas.records import services as records
from ximu.kernel.actor import SYSTEM

AT = datetime(2018, 5, 2, 1, tzinfo=UTC)


@pytest.mark.django_db
def test_one_pack_s_fault_stops_no_other_s_day_and_is_told_and_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A row that cannot be worked stays for the next run; its fellows are done, and of the fault only its type is told."""
    done: list[str] = []

    def poisoned(*, at: datetime) -> int:
        return apart.each("rows", ["a", "bad", "c"], one)

    def one(name: str) -> None:
        Duty.objects.get_or_create(name=f"made-{name}", defaults={"due_at": AT})
        if name == "bad":
            raise ValueError("personal words that must not be told")
        done.append(name)

    works = {"first_pack": poisoned, "second_pack": lambda *, at: done.append("second") or 1}
    monkeypatch.setattr(conduct, "_daily", works)
    monkeypatch.setattr(duties, "_jobs", {})
    timetable.declare_all()
    runs = {run.name: run for run in duties.run_due(by=SYSTEM, at=AT)}
    assert done == ["a", "c", "second"] and not Duty.objects.filter(name="made-bad").exists() and runs["second_pack"].outcome == "done"
    assert (runs["first_pack"].outcome, runs["first_pack"].said) == ("failed", "rows: 1/3 ValueError")
    assert {c.name.en: c for c in doctor.examine(at=AT)}["Failed jobs"].found == "first_pack rows: 1/3 ValueError"
    assert [run.name for run in duties.run_due(by=SYSTEM, at=AT + duties.RETRY) if run.name.endswith("_pack")] == ["first_pack"]
    with pytest.raises(apart.PartlyError, match="cases: 1/3 first_pack rows: 1/3 ValueError"):
        jobs.sweep(at=AT)
    assert done[-1] == "second", "also by hand, all at once"


@pytest.mark.django_db
def test_a_fault_in_one_work_on_records_stops_none_of_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**_: object) -> int:
        raise KeyError("personal words that must not be told")

    done = list[str]()
    monkeypatch.setattr(records, "expire_due", broken)
    monkeypatch.setattr(records, "erase_due", lambda **_: done.append("erased") or 2)
    monkeypatch.setattr(timetable, "scrub", lambda: done.append("scrubbed"))
    monkeypatch.setattr(publications, "follow_policy", lambda **_: done.append("tightened") or 0)
    with pytest.raises(apart.PartlyError, match=r"^records: 1/6 expired KeyError$"):
        timetable.sweep_records(by=SYSTEM, at=AT)
    assert done == ["erased", "tightened", "scrubbed"]
