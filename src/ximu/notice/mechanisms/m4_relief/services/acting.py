"""In which capacity does a decision move the record? The declaration gave the right; records ask for theirs."""

from __future__ import annotations

from dataclasses import replace

from ximu.kernel.actor import Actor, Grant

MOVES = frozenset({"records.decide", "records.dispute", "records.notify"})


def acting(by: Actor) -> Actor:
    """The same person, carrying out in `records` what a case has decided; separation was checked by the case."""
    return replace(by, grants=(*by.grants, Grant("m4_relief", MOVES)))
