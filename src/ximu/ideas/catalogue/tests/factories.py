"""People and editions for tests, of this room and of those above it. All made up."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from ximu.foundation.tests.loaded import loaded
from ximu.ideas.catalogue import jobs, rules, services
from ximu.kernel.actor import Actor, Grant

AT = datetime(2017, 6, 1, 2, tzinfo=UTC)
ONE, TWO = "unit-one", "unit-two"


def person(name: str, *permissions: str, unit: str | None = None) -> Actor:
    return Actor(name, unit, (Grant("test", frozenset(f"catalogue.{p}" for p in permissions), unit),), person=name)


CLERK = person("clerk", "draft", "object")
OTHER = person("other", "draft", "object", unit=TWO)
REVIEWER = person("reviewer", "review")
COORDINATOR = person("coordinator", "merge")
PUBLISHER = person("publisher", "publish")


def register_bases() -> None:
    for code, values in jobs.library_bases().items():
        services.register_basis(code, values=values, by=COORDINATOR, at=AT)


def body_of(code: str) -> dict[str, Any]:
    """The built-in definition of an item, free to be changed."""
    return copy.deepcopy(jobs.library()[code][1])


def drafted(number: str, code: str, *, body: dict[str, Any] | None = None, owner: str = ONE, by: Actor = CLERK, at: datetime = AT) -> str:
    list_, built_in = jobs.library()[code]
    return services.draft(number, list_=list_, code=code, body=built_in if body is None else body, owner=owner, owner_name=f"示例{owner}",
                          by=by, at=at)


def accepted(number: str, code: str, *, body: dict[str, Any] | None = None, at: datetime = AT) -> str:
    uid = drafted(number, code, body=body, at=at)
    services.submit(uid, by=CLERK, at=at)
    services.accept(uid, by=REVIEWER, at=at)
    return uid


def published(
    number: str, in_force: date, codes: Iterable[str], *, bodies: dict[str, dict[str, Any]] | None = None, at: datetime = AT,
) -> str:
    """An edition with built-in items (or the bodies given), in force from a day; its digest. The first of a database is published once."""
    listed = list(codes)

    def all_steps() -> str:
        register_bases()
        services.open_edition(number, in_force=in_force, by=COORDINATOR, at=at)
        for code in listed:
            accepted(number, code, body=(bodies or {}).get(code), at=at)
        services.merge(number, by=COORDINATOR, at=at)
        return services.publish(number, by=PUBLISHER, at=at, backdated="补录")

    return loaded(f"edition {number} {in_force} {listed} {bodies} {at}", all_steps, home=True)


def raw_schema(**changes: Any) -> dict[str, Any]:
    """The smallest proper schema."""
    return {"fields": [{"name": "A", "title": "甲", "title_en": "A", "type": "string"},
                       {"name": "B", "title": "乙", "title_en": "B", "type": "date"}], "primaryKey": ["A"], **changes}


def item(list_: str, code: str, **changes: Any) -> rules.Item:
    return rules.Item(list_, code, ONE, "示例", "2018-1", {**body_of(code), **changes})
