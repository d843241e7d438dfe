"""Is everything in order? Rooms answer with these; `ximu doctor` prints them."""

from __future__ import annotations

from dataclasses import dataclass

from ximu.kernel.words import Text


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the doctor. A room offers `queries.doctor(at) -> list[Check]`.

    `state` is `ok`, `warn` or `broken`; `found` is what was seen; `mend` says what to do when it is not ok.
    """

    name: Text
    state: str
    found: str
    mend: Text | None = None
