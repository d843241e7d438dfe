"""Pages of a list whose rows were already cut by a query: the shape that `foundation/pages.html` shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Paginator:
    count: int
    num_pages: int


@dataclass(frozen=True, slots=True)
class Pages:
    number: int
    paginator: Paginator

    @property
    def has_other_pages(self) -> bool:
        return self.paginator.num_pages > 1

    @property
    def has_previous(self) -> bool:
        return self.number > 1

    @property
    def has_next(self) -> bool:
        return self.number < self.paginator.num_pages

    @property
    def previous_page_number(self) -> int:
        return min(self.number - 1, self.paginator.num_pages)

    @property
    def next_page_number(self) -> int:
        return self.number + 1


def pages_of(number: int, size: int, count: int) -> Any:
    return Pages(number, Paginator(count, max(1, -(-count // size))))
