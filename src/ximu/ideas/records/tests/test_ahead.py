"""A delivery that is written while its next chunk is being sealed becomes the same records, however it is cut."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import polars as pl
import pytest
from django.db import transaction

from ximu.ideas.ledger.queries.tree import head
from ximu.ideas.records import services
from ximu.ideas.records.models import Step, Version
from ximu.ideas.records.services import admission, ahead
from ximu.ideas.records.tests.factories import CLERK, SCHEMA, T0, deliver, row
from ximu.ideas.records.tests.test_admission import verify_differences
from ximu.kernel.refusal import Refusal

pytestmark = [pytest.mark.django_db, pytest.mark.row("M1.2")]
SAID: dict[str, Any] = {"item": "CF", "source": "unit000000000009", "batch": "batch1", "by": CLERK}


def frame(rows: list[dict[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema_overrides={k: v for k, v in SCHEMA.items() if k in rows[0]})


def given(dice: random.Random, count: int) -> list[dict[str, Any]]:
    """Rows of which some come twice and some contradict each other; some values need an escape."""
    return [row(f"示罚{dice.randrange(count)}号", {"n": dice.randrange(2), "t": dice.choice(["甲", '引"号\\', "行\n", ""])}, line=n,
                grade=dice.choice(["一般", "严重"])) for n in range(2, count + 2)]


def standing() -> list[tuple[Any, ...]]:
    """What the table says, without what is drawn at random."""
    columns = ("natural_key", "digest", "version", "newest", "state", "entered", "line", "payload", "grade", "batch", "source")
    return sorted(Version.objects.values_list(*columns), key=repr)


def in_one(rows: list[dict[str, Any]], later: list[dict[str, Any]]) -> tuple[Any, ...]:
    point = transaction.savepoint()
    deliver(rows)
    done = deliver(later, at=T0 + timedelta(days=1), source="court00000000001", batch="batch2")
    told = standing(), Step.objects.filter(what="source").count(), done.lines["outcome"].to_list()
    transaction.savepoint_rollback(point)
    return told


@pytest.mark.parametrize("seed", range(10))
def test_however_it_is_cut_the_records_are_the_same(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    dice = random.Random(seed)
    rows = given(dice, 30)
    later = [*given(dice, 25), *dice.sample(rows, 12)]
    dice.shuffle(later)
    expected = in_one(rows, later)
    monkeypatch.setattr(admission, "CHUNK", dice.randrange(1, 9))
    assert in_one(rows, later) == expected
    cut = dice.randrange(1, 30)
    distinct = len({one["natural_key"] for one in rows}) == len(rows)
    first = services.admit_parts([("2018-1", frame(rows[:cut])), ("2018-1", frame(rows[cut:]))], at=T0, distinct=distinct, **SAID)
    assert first.new == Version.objects.filter(version=1).count() and first.lines.is_empty()
    second = services.admit_parts([("2018-1", frame(later))], at=T0 + timedelta(days=1), distinct=False,
                                  **SAID | {"source": "court00000000001", "batch": "batch2"})
    assert (standing(), Step.objects.filter(what="source").count()) == expected[:2]
    for name in ("new", "corrected", "same", "second_source", "barred"):
        assert getattr(second, name) == expected[2].count(name)
    assert verify_differences() == []


def test_distinct_rows_of_a_new_item_are_not_looked_up_and_others_are(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    true = admission._known
    monkeypatch.setattr(admission, "_known", lambda keys: asked.append(len(keys)) or true(keys))
    monkeypatch.setattr(admission, "CHUNK", 4)
    rows = frame([row(f"k{n}", line=n) for n in range(10)])
    services.admit_parts([("2018-1", rows[:5]), ("2018-1", rows[5:])], at=T0, distinct=True, **SAID)
    assert asked == [0, 0, 0, 0]
    again = services.admit_parts([("2018-1", rows)], at=T0, distinct=True, **SAID | {"batch": "batch2"})
    assert (asked[4:], again.same, again.new) == ([4, 4, 2], 10, 0)


def test_what_is_called_distinct_and_is_not_adds_nothing() -> None:
    rows = [row("k", line=1), row("other", line=2), row("k", {"n": 5}, line=3)]
    with pytest.raises(Refusal, match="REC-RACE"):
        services.admit_parts([("2018-1", frame(rows[:2])), ("2018-1", frame(rows[2:]))], at=T0, distinct=True, **SAID)
    assert not Version.objects.exists()


@pytest.mark.parametrize("place", [1, 2, 3])
def test_a_fault_while_sealing_adds_nothing_at_all(place: int, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []
    true = ahead.sealing.sealed_entries

    def failing(*args: Any, **kwargs: Any) -> Any:
        calls.append(1)
        if len(calls) == place:
            raise MemoryError
        return true(*args, **kwargs)

    monkeypatch.setattr(ahead.sealing, "sealed_entries", failing)
    monkeypatch.setattr(admission, "CHUNK", 2)
    size = head().size
    with pytest.raises(MemoryError):
        deliver([row(f"k{n}", line=n) for n in range(8)])
    assert not Version.objects.exists() and head().size == size
    assert deliver([row(f"k{n}", line=n) for n in range(8)]).new == 8
