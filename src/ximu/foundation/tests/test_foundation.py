"""Files appear whole; announcements have their effect once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from django.db import OperationalError, transaction
from django.test import RequestFactory

from ximu.foundation import errors, files, outbox
from ximu.foundation.models import Outbox
from ximu.foundation.uid import ALPHABET, new_uid
from ximu.kernel.refusal import Refusal

AT = datetime(2018, 5, 2, tzinfo=UTC)


@dataclass(frozen=True)
class SomethingHappened:
    what: str


SEEN: list[str] = []
FAIL = {"now": False}


def remember(event: SomethingHappened, *, at: datetime) -> None:
    if FAIL["now"]:
        raise OSError("down")
    SEEN.append(event.what)


@pytest.fixture
def connected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "_handlers", {})
    monkeypatch.setattr(outbox, "_classes", {})
    SEEN.clear()
    FAIL["now"] = False
    outbox.connect(SomethingHappened, remember)


@pytest.mark.django_db
def test_a_file_is_kept_by_its_digest() -> None:
    digest, size = files.keep([b"one", b"two"])
    assert files.path_of(digest).read_bytes() == b"onetwo"
    assert size == 6


def test_a_file_over_the_limit_leaves_nothing() -> None:
    before = set(files.root().rglob("*")) if files.root().exists() else set()
    with pytest.raises(Refusal) as refused:
        files.keep([b"x" * 11], most_bytes=10)
    assert refused.value.code == "FILE-SIZE"
    assert {p for p in files.root().rglob("*") if p.is_file()} == {p for p in before if p.is_file()}


def test_outside_names_are_random_and_readable() -> None:
    names = {new_uid() for _ in range(1000)}
    assert len(names) == 1000
    assert all(set(n) <= set(ALPHABET) and len(n) == 16 for n in names)


@pytest.mark.django_db(transaction=True)
def test_an_announcement_is_delivered_after_the_commit_and_once(connected: None) -> None:
    with transaction.atomic():
        outbox.announce(SomethingHappened("a"), at=AT)
        assert SEEN == []
    assert SEEN == ["a"]
    row = Outbox.objects.get()
    assert outbox.deliver(row.pk, at=AT)
    assert SEEN == ["a"]


@pytest.mark.django_db(transaction=True)
def test_a_failure_is_tried_again_and_then_parked(connected: None) -> None:
    FAIL["now"] = True
    outbox.announce(SomethingHappened("b"), at=AT)
    row = Outbox.objects.get()
    assert (row.state, row.attempts, row.error) == ("pending", 1, "OSError")
    for _ in range(outbox.MOST_ATTEMPTS):
        outbox.deliver(row.pk, at=AT)
    row.refresh_from_db()
    assert row.state == "parked"


@pytest.mark.django_db(transaction=True)
def test_the_sweep_delivers_what_is_due(connected: None) -> None:
    FAIL["now"] = True
    outbox.announce(SomethingHappened("c"), at=AT)
    FAIL["now"] = False
    assert outbox.sweep(at=AT) == 0
    assert outbox.sweep(at=datetime(2018, 5, 3, tzinfo=UTC)) == 1
    assert SEEN == ["c"]


@pytest.mark.parametrize(("words", "status"), [("database is locked", 503), ("database or disk is full", 507)])
def test_a_fault_of_the_database_outside_the_views_is_told_as_such(words: str, status: int) -> None:
    request = RequestFactory().get("/api/v1/x")
    try:
        raise OperationalError(words)
    except OperationalError:
        answer = errors.broken(request)
    assert answer.status_code == status
    assert errors.broken(request).status_code == 500
