"""Matters for tests, in the made-up city."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ximu.ideas.casework import queries as cases
from ximu.ideas.casework import services as casework
from ximu.ideas.casework.rules import Given
from ximu.ideas.places.tests.factories import AT, OFFICE
from ximu.kernel.actor import Actor
from ximu.notice.domains.d07_urban import services

ENTER, HANDLE, CHECK = "d07.enter", "d07.handle", "d07.check"


def found(place: str = "甲区中和街道和平路3号", kind: str = "illegal", *, by: Actor = OFFICE, at: datetime = AT, **more: Any) -> str:
    new = services.NewMatter(kind, more.pop("title", "搭建彩钢棚"), place, more.pop("found_at", at), more.pop("origin", "patrol"), **more)
    return services.report(new, by=by, at=at)


def case(matter: str, procedure: str = "urban_matter") -> Any:
    """The newest case of a matter."""
    return cases.cases_of(procedure, about=matter)[0]


def paper(words: str = "照片") -> list[casework.Upload]:
    digest, size = casework.keep([words.encode()])
    return [casework.Upload(digest, size, f"{words}.txt")]


def move(matter: str, verb: str, *, by: Actor, at: datetime = AT, procedure: str = "urban_matter", files: bool = False, **values: str) -> str:
    given = Given(values.pop("reason", "说明"), values=values)
    return casework.move(case(matter, procedure).uid, verb, given=given, files=paper() if files else [], by=by, at=at)
