"""Two writers queue for the head: every entry is in the tree once, in one order."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection, connections, transaction
from django.db.utils import OperationalError

from ximu.ideas.ledger import queries, services
from ximu.ideas.ledger.rules import Entry
from ximu.ideas.ledger.tests import naive
from ximu.ideas.ledger.tests.test_services import NOON

WRITERS, ROUNDS = 4, 15


@pytest.mark.django_db(transaction=True)
def test_writers_at_the_same_time_neither_lose_nor_double_an_entry() -> None:
    indices: list[list[int]] = []

    def write(name: int) -> None:
        try:
            for number in range(ROUNDS):
                moment = NOON + timedelta(seconds=(number * 7 + name) % 5)
                indices.append(until_free(lambda n=number, at=moment: act(name, n, at)))
        finally:
            connections.close_all()

    def act(name: int, number: int, at) -> list[int]:
        with transaction.atomic():
            return services.append([Entry("test.entry", {"writer": name, "n": number, "part": part}) for part in (0, 1)], at=at)

    threads = [threading.Thread(target=write, args=(name,)) for name in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    count = WRITERS * ROUNDS * 2
    assert sorted(index for pair in indices for index in pair) == list(range(count))
    entries = [entry for _, entry in queries.tree.entries_between(0, count)]
    assert len(set(entries)) == count
    assert queries.head().root == naive.root(entries)
    assert queries.verify_log().ok


def until_free(act):
    """SQLite in memory is shared by the threads of a test and says at once that it is locked; a file waits."""
    while True:
        try:
            return act()
        except OperationalError as error:
            if connection.vendor != "sqlite" or "locked" not in str(error):
                raise
