"""Shares over rows, versions on two clocks, and a file from the page."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from ximu.ideas.accounts.tests.factories import account, with_password
from ximu.ideas.events import queries, services
from ximu.ideas.events.rules import added, shares
from ximu.ideas.events.tests.factories import AT, LATER, frame, ticket
from ximu.kernel.actor import SYSTEM
from ximu.kernel.refusal import Refusal

pytestmark = pytest.mark.row("D5")
SPEC = {"share": [{"top": ["a", "-b"], "base": ["c"]}]}


def test_what_is_missing_is_never_zero_and_takes_the_whole_with_it() -> None:
    rows = [{"unit": "u", "a": Decimal(3), "b": Decimal(1), "c": Decimal(8)}, {"unit": "v", "a": None, "b": Decimal(0), "c": Decimal(1)},
            {"unit": "w", "a": Decimal(1), "b": Decimal(0), "c": Decimal(0)}]
    found = shares(SPEC, rows)
    assert {unit: (None if one.value is None else str(one.value), one.excluded) for unit, one in found.items()} == {
        "u": ("25.00", ""), "v": (None, "missing"), "w": (None, "no-base"), "": (None, "missing")}
    assert shares(SPEC, []) == {"": found[""]}
    assert added(["a", "-b"], rows[:1]) == 2


@given(st.lists(st.tuples(st.integers(0, 10**9), st.integers(1, 10**9)), min_size=1, max_size=8))
def test_the_whole_lies_between_the_parts(pairs: list[tuple[int, int]]) -> None:
    spec = {"share": [{"top": ["a"], "base": ["c"]}]}
    rows = [{"unit": str(n), "a": Decimal(a), "c": Decimal(c)} for n, (a, c) in enumerate(pairs)]
    found = shares(spec, rows)
    whole, values = found.pop("").value, [one.value for one in found.values()]
    assert whole is not None and min(v for v in values if v is not None) <= whole <= max(v for v in values if v is not None)


@pytest.fixture
def home(db: None, settings: Any, tmp_path: Path) -> Path:
    settings.XIMU_HOME = tmp_path
    return tmp_path


def test_rows_come_as_known_and_every_version_with_the_moment_it_was_learned(home: Path) -> None:
    services.append("hotline", frame(ticket("1", topic="05"), ticket("2")), batch="a", by=SYSTEM, at=AT)
    services.append("hotline", frame(ticket("1", topic="06")), batch="b", by=SYSTEM, at=LATER)
    assert [row["topic"] for row in queries.rows_of("hotline", known_at=AT, ticket="1")] == ["05"]
    assert [row["topic"] for row in queries.rows_of("hotline", known_at=LATER, ticket="1")] == ["06"]
    every = queries.rows_of("hotline", known_at=LATER, every=True, ticket="1")
    assert [(row["topic"], row["_known"]) for row in every] == [("05", AT), ("06", LATER)]
    with pytest.raises(Refusal) as caught:
        queries.rows_of("hotline", known_at=AT, colour="red")
    assert caught.value.code == "EVT-PARAM"


def test_a_file_comes_in_by_the_page_for_those_who_may(home: Path, client: Client) -> None:
    def send(**how: Any) -> Any:
        content = how.pop("content", b"unit_name\n")
        return client.post("/console/events/deliver", {
            "dataset": "debt_figures", "batch": "one", "file": SimpleUploadedFile("a.csv", content), **how})

    client.force_login(with_password(account("looker", "supervisor")), backend="django.contrib.auth.backends.ModelBackend")
    assert send().status_code == 403
    client.force_login(with_password(account("sender", "coordinator")), backend="django.contrib.auth.backends.ModelBackend")
    assert "debt_figures" in client.get("/console/events/").content.decode()
    assert client.post("/console/events/deliver", {"dataset": "debt_figures"}).refusal.code == "FILE-NONE"
    assert send(content=b"").refusal.code == "FILE-SIZE"
    assert send(dataset="hotline_marks").refusal.code == "EVT-LOADER"
    assert send(dataset="none").refusal.code == "EVT-SET"
