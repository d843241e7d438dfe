"""A partial index must be one that both databases can use for a prepared statement."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db.models import Index, Q


def compared(condition: Q) -> Iterator[Any]:
    for child in condition.children:
        if isinstance(child, Q):
            yield from compared(child)
        else:
            yield child[1]


def partial() -> list[tuple[str, Index]]:
    return [(model._meta.label, index) for model in apps.get_models() for index in model._meta.indexes if index.condition is not None]


def test_there_are_partial_indexes() -> None:
    assert partial()


@pytest.mark.parametrize(("label", "index"), partial(), ids=lambda found: found if isinstance(found, str) else found.name)
def test_the_condition_of_a_partial_index_compares_with_no_value(label: str, index: Index) -> None:
    """SQLite cannot know that a parameter is not the excluded value, and reads the whole table; `IS NULL`, true and false it knows."""
    assert index.condition is not None
    assert all(isinstance(value, bool) for value in compared(index.condition)), (label, index.name)
