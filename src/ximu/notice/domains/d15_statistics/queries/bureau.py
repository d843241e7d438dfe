"""Which office keeps the statistics of the city, and who acts for it?"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from ximu.foundation import city, clock
from ximu.ideas.filings import queries as filings
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal

HERE = Path(__file__).parents[1]
SEE = "d15.see"


def bureau(on: date) -> str:
    """The statistics bureau as the profile names it, or what carries its duties that day; empty when it names none or none lived yet."""
    uid = city.office("statistics")
    try:
        return registry.owner_of(uid, on) if uid in registry.book().units else ""
    except Refusal:
        return ""


def works(actor: Actor, permission: str, on: date) -> bool:
    """Does this person act for the bureau? A right for the whole city does not make one its member."""
    office = bureau(on)
    return bool(office) and filings.of_unit(actor, permission, office, on)


def sees(actor: Actor, unit: str) -> bool:
    """The bureau and who may see the whole city; others what concerns the unit for which they act."""
    today = clock.today()
    return actor.can(SEE, registry.owner_of(unit, today)) or works(actor, SEE, today)
