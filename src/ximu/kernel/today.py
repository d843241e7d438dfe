"""What waits for a person today? Rooms answer with these; the console's home page shows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ximu.kernel.words import Text


@dataclass(frozen=True, slots=True)
class TodayItem:
    """One line. A room offers `queries.today(actor, at) -> list[TodayItem]`; `state` is the colour of its light.

    `kind` says what is wanted (“待审核”), `title` which thing, `url` where to do it; `count` when it stands for many.
    """

    kind: Text
    title: Text
    url: str
    due: date | None = None
    count: int = 0
    state: str = "pending"
