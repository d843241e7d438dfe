"""Does one thing that fails stop its fellows? Each stands in its own transaction; what failed is told by its type and tried again."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from functools import partial
from typing import TypeVar

from django.db import transaction

from ximu.kernel.refusal import Refusal

T, R = TypeVar("T"), TypeVar("R")
log = logging.getLogger(__name__)


class PartlyError(Exception):
    """Some of it failed; the rest is done and stays. `said` has names of works and types of faults, never a person's words."""

    def __init__(self, said: str, done: int = 0) -> None:
        super().__init__(said)
        self.said, self.done = said, done


class Apart:
    """Runs one thing after the other and keeps what failed; `tell` at the end says it to whoever runs the job."""

    def __init__(self, name: str) -> None:
        self.name, self.failed, self.tried, self.done = name, list[str](), 0, 0

    def run(self, work: Callable[[], R], *, name: str = "", whole: bool = True) -> R | None:
        """What the work answers, None when it failed. `whole`: then nothing of it was written; else it keeps its own transactions."""
        self.tried += 1
        try:
            with transaction.atomic() if whole else nullcontext():
                return work()
        except PartlyError as partly:
            said = partly.said
        except Refusal as refusal:
            said = refusal.code
        except Exception as error:
            said = type(error).__name__
        self.failed.append(f"{name} {said}".strip())
        log.warning("%s: one failed (%s)", self.name, self.failed[-1])
        return None

    def tell(self) -> None:
        """Errors: `PartlyError` when one failed."""
        if self.failed:
            kinds = ", ".join(dict.fromkeys(self.failed))
            raise PartlyError(f"{self.name}: {len(self.failed)}/{self.tried} {kinds}", self.done)


def each(name: str, items: Iterable[T], work: Callable[[T], int | None]) -> int:
    """How many were done, as the works count; one that counts nothing is one. Errors: `PartlyError` at the end, when some failed."""
    apart = Apart(name)
    for item in items:
        failed, done = len(apart.failed), apart.run(partial(work, item))
        if len(apart.failed) == failed:
            apart.done += done if isinstance(done, int) else 1
    apart.tell()
    return apart.done
