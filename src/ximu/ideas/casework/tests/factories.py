"""People and small procedures for tests; all made up."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from ximu.ideas.casework.services import Upload, keep
from ximu.kernel.actor import Actor, Grant

T0 = datetime(2018, 5, 7, 2, 0, tzinfo=UTC)
OFFICE, SOURCE, SUBJECT, OTHER = "unitoffice000001", "unitsource000001", "unitsubject00001", "unitother0000001"
STAFF = frozenset({"casework.handle", "casework.hand_over", "casework.open_any", "casework.effects", "casework.effects_see"})
ALL = STAFF | {"casework.see_all", "casework.terms", "casework.calendar"}


def person(name: str, unit: str, rights: frozenset[str] = STAFF, *, city: bool = False) -> Actor:
    return Actor(name, unit, (Grant("staff", rights, None if city else unit),), name)


COORDINATOR = person("coordinator", OFFICE, ALL, city=True)
CLERK, SECOND = person("clerk", SOURCE), person("second", SOURCE)
STRANGER = person("stranger", OTHER)


def table(**changes: Any) -> dict[str, Any]:
    """A correct declaration to start from."""
    made = {
        "zh": "程序", "en": "Procedure", "row": "M2.2", "basis": "依据", "start": "a",
        "state": {"a": {"zh": "甲", "en": "A", "holder": "office"}, "b": {"zh": "乙", "en": "B", "final": True}},
        "move": [{"verb": "go", "zh": "办理", "en": "Go", "from": ["a"], "to": "b", "who": ["holder"], "permission": "casework.handle"}],
    }
    return {**made, **changes}


def upload(content: bytes = b"paper", name: str = "材料.pdf") -> Upload:
    digest, size = keep([content])
    return Upload(digest, size, name)
