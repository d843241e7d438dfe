"""The log grows inside the caller's transaction, and its tree is the tree of its entries."""

from __future__ import annotations

import logging
import random
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from django.db import transaction

from ximu.ideas.ledger import queries, services
from ximu.ideas.ledger.models import Hashes, Head, Run
from ximu.ideas.ledger.rules import EMPTY_ROOT, Entry, Even, claimed_form, entry_bytes, leaf_hash, node_hash
from ximu.ideas.ledger.services import growth
from ximu.ideas.ledger.tests import naive
from ximu.kernel.refusal import Refusal
from ximu_verify import verify_consistency, verify_inclusion

NOON = datetime(2018, 5, 4, 12, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def grow(*batches: int, at: datetime = NOON) -> list[bytes]:
    """Append batches of entries of these sizes; all bytes of the log."""
    for batch in batches:
        start = queries.size()
        bodies = [entry_bytes("test.entry", {"n": start + n}, at) for n in range(batch)]
        with transaction.atomic():
            assert services.append_many(bodies, at=at) == start
    return [entry for _, entry in queries.tree.entries_between(0, queries.size())]


def test_the_empty_log_has_the_empty_root() -> None:
    assert (queries.size(), queries.head().root) == (0, EMPTY_ROOT)


@pytest.mark.parametrize("seed", range(6))
def test_the_tree_equals_the_naive_one_for_random_batches(seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(dice.randint(2, 9)):
        entries = grow(dice.choice([1, 1, 2, 255, 256, 257, dice.randint(1, 700)]))
        head = queries.head()
        assert head.size == len(entries)
        assert head.root == naive.root(entries)
        assert queries.root_at(head.size) == head.root
    for _ in range(40):
        size = dice.randint(1, head.size)
        index, old = dice.randrange(size), dice.randint(1, size)
        root = naive.root(entries[:size])
        assert queries.root_at(size) == root
        verify_inclusion(leaf_hash(entries[index]), index, size, queries.inclusion(index, size=size), root)
        verify_consistency(old, size, queries.root_at(old), root, queries.consistency(old, size))


def even(count: int, at: datetime, *, seed: int) -> tuple[Even, list[bytes]]:
    """Entries that differ in a middle of eight letters, and what they are one by one."""
    before, _, behind = entry_bytes("test.entry", {"n": "_" * 8}, at).partition(b"_" * 8)
    middles = [b"%08d" % (seed * 1_000_000 + n) for n in range(count)]
    return Even(before, np.frombuffer(b"".join(middles), dtype=np.uint8).reshape(-1, 8), behind), [before + one + behind for one in middles]


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("back", [timedelta(0), timedelta(seconds=90)])
def test_a_log_grown_in_parts_that_are_hashed_ahead_is_the_log_of_single_appends(seed: int, back: timedelta) -> None:
    dice = random.Random(seed)
    first = len(grow(dice.randrange(1, 700)))
    at, bodies = NOON - back, []
    with transaction.atomic():
        log = services.Growing(at=at)
        ahead = None
        for part in range(dice.randrange(1, 6)):
            made, plain = even(dice.choice([1, 3, 255, 256, 257, 600, 1025]), at, seed=part)
            bodies += plain
            following = log.hashed(made)
            if ahead is not None:
                log.write(ahead)
            ahead = following
        log.write(ahead)
    grow(dice.randrange(1, 300))
    entries = [entry for _, entry in queries.tree.entries_between(0, queries.size())]
    assert [claimed_form(entry) for entry in entries[first:ahead.size]] == bodies
    assert (queries.head().root, queries.head().size) == (naive.root(entries), len(entries))
    assert all(verify_log_tiles(level) for level in range(2))


def verify_log_tiles(level: int) -> bool:
    """The stored hashes of a level are those that the level below gives."""
    below = [leaf_hash(entry) for _, entry in queries.tree.entries_between(0, queries.size())]
    for _ in range(8 * level):
        below = [node_hash(left, right) for left, right in zip(below[::2], below[1::2])]
    stored = b"".join(bytes(one) for one in Hashes.objects.filter(level=level).order_by("first").values_list("data", flat=True))
    return stored == b"".join(below)


def test_a_grown_part_is_refused_when_somebody_else_was_first() -> None:
    with transaction.atomic():
        log = services.Growing(at=NOON)
        made = log.hashed(even(3, NOON, seed=1)[0])
        services.append([Entry("test.entry")], at=NOON)
        with pytest.raises(Refusal, match="LOG-RACE"):
            log.write(made)


def test_even_entries_are_no_longer_than_an_entry_may_be() -> None:
    with pytest.raises(ValueError, match="65535"):
        Even(b"x" * 65_530, np.zeros((1, 8), dtype=np.uint8), b"")


def test_single_appends_cross_a_tile_boundary() -> None:
    entries = grow(250, *[1] * 10)
    assert queries.head().root == naive.root(entries)
    assert [(h.level, h.first) for h in Hashes.objects.filter(level=1)] == [(1, 0)]
    assert queries.inclusion(255) == naive.inclusion(255, entries)


def test_bulk_keeps_few_rows() -> None:
    grow(70_000)
    assert Run.objects.count() + Hashes.objects.count() < 600
    assert len(queries.tile(1, 0) or b"") == 256 * 32
    assert len(queries.tile(1, 1, 17) or b"") == 17 * 32
    assert len(queries.tile(2, 0, 1) or b"") == 32
    assert queries.tile(1, 1, 18) is None


def test_append_tells_indices_and_keeps_the_body() -> None:
    with transaction.atomic():
        assert services.append([Entry("record.version", {"item": "CF"}), Entry("list.published")], at=NOON) == [0, 1]
    assert queries.entry_value(0) == {"item": "CF", "kind": "record.version", "time": "2018-05-04T12:00:00.000000Z"}
    assert services.append([], at=NOON) == []


def test_rollback_leaves_no_trace() -> None:
    grow(300)
    before = (queries.head(), Run.objects.count(), Hashes.objects.count())
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        services.append([Entry("test.entry")], at=NOON)
        raise ZeroDivisionError
    assert (queries.head(), Run.objects.count(), Hashes.objects.count()) == before


def test_times_never_go_back_and_a_long_jump_is_reported(caplog: pytest.LogCaptureFixture) -> None:
    grow(1)
    with caplog.at_level(logging.WARNING), transaction.atomic():
        services.append([Entry("test.entry")], at=NOON - timedelta(minutes=4))
        assert not caplog.records
        services.append([Entry("test.entry")], at=NOON - timedelta(minutes=6))
        assert "behind the last log entry" in caplog.text
    moved = queries.entry_value(2)
    assert (moved["time"], moved["clock"]) == ("2018-05-04T12:00:00.000000Z", "2018-05-04T11:54:00.000000Z")


def test_a_lost_race_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    grow(3)
    stale = Head.objects.get(pk=1)
    grow(1)
    monkeypatch.setattr(growth, "_locked", lambda: stale)
    with pytest.raises(Refusal) as caught, transaction.atomic():
        services.append([Entry("test.entry")], at=NOON)
    assert caught.value.code == "LOG-RACE"
    assert queries.size() == 4


@pytest.mark.parametrize("code", ["LOG-ENTRY", "LOG-SIZE"])
def test_bad_entries_are_refused(code: str) -> None:
    with pytest.raises(Refusal) as caught, transaction.atomic():
        if code == "LOG-ENTRY":
            services.append([Entry("test.entry", {"time": 1})], at=NOON)
        services.append_many([b"x" * 65_536], at=NOON)
    assert caught.value.code == code


@pytest.mark.parametrize(("code", "ask"), [
    ("LOG-INDEX", lambda: queries.entry(5)), ("LOG-INDEX", lambda: queries.inclusion(-1)),
    ("LOG-TREE", lambda: queries.inclusion(0, size=6)), ("LOG-TREE", lambda: queries.consistency(6)),
    ("LOG-TREE", lambda: queries.root_at(-1)),
])
def test_what_is_not_there_is_refused(code: str, ask) -> None:
    grow(5)
    with pytest.raises(Refusal) as caught:
        ask()
    assert (caught.value.code, caught.value.status) == (code, 404)


def test_missing_hashes_are_reported_not_guessed() -> None:
    grow(5)
    Hashes.objects.all().delete()
    with pytest.raises(Refusal) as caught:
        queries.inclusion(0)
    assert caught.value.code == "LOG-BROKEN"


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_nothing_is_written() -> None:
    with pytest.raises(Refusal) as caught:
        services.append([Entry("test.entry")], at=NOON)
    assert caught.value.code == "LOG-OPEN"
    assert queries.size() == 0
