"""Loads the registry's part of a city profile: `registry/*.csv` in its folder."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from ximu.foundation.profiles import city_of, rows_of, uid_of
from ximu.ideas.registry import queries, services
from ximu.ideas.registry.rules.book import Holding, Member, Official, Post
from ximu.ideas.registry.services import Line, NewName, NewUnit
from ximu.kernel.actor import Actor

Row = dict[str, str]


def load_profile(folder: Path, *, by: Actor, at: datetime) -> dict[str, int]:
    """What was added; units, reforms, posts, officials and terms that are there already are left alone."""
    city, home = folder.name, folder / "registry"
    since = city_of(folder)["known_since"]
    return {
        "units": _units(city, rows_of(home / "units.csv"), since, by=by, at=at),
        "reforms": _reforms(city, rows_of(home / "reforms.csv"), by=by, at=at),
        "members": _members(city, rows_of(home / "members.csv"), since, by=by, at=at),
        "posts": _posts(city, rows_of(home / "posts.csv"), since, by=by, at=at),
        "officials": _officials(city, rows_of(home / "officials.csv"), by=by, at=at),
        "terms": _terms(city, rows_of(home / "terms.csv"), by=by, at=at),
    }


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _sure(row: Row, day: str) -> bool:
    """A day that is missing or marked `no` is still to be confirmed."""
    return bool(row[day]) and row.get("sure", "") != "no"


def _uid(city: str, key: str) -> str:
    return uid_of(city, key) if key else ""


def _units(city: str, rows: list[Row], since: date, *, by: Actor, at: datetime) -> int:
    known = queries.book().units
    new = [
        NewUnit(
            kind=r["kind"], level=r["level"], full=r["full"], short=r["short"], aliases=tuple(filter(None, r["aliases"].split("|"))),
            code=r["code"], division=r["division"], since=_day(r["since"]) or since, sure=_sure(r, "since"), key=r["key"],
            parent=_uid(city, r["parent"]), district=_uid(city, r["district"]), basis=r["basis"], uid=uid_of(city, r["key"]),
        )
        for r in rows if uid_of(city, r["key"]) not in known
    ]
    return len(services.register(new, by=by, at=at)) if new else 0


def _reforms(city: str, rows: list[Row], *, by: Actor, at: datetime) -> int:
    known = {e.reform for e in queries.book().edges}
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row["key"], []).append(row)
    added = 0
    for key, lines in sorted(groups.items(), key=lambda item: item[1][0]["on"]):
        uid = uid_of(city, f"reform:{key}")
        if uid in known:
            continue
        first, on = lines[0], date.fromisoformat(lines[0]["on"])
        names = [
            NewName(uid_of(city, r["successor"]), role, text, on)
            for r in lines for role in ("full", "short", "alias") for text in filter(None, r[role].split("|"))
        ]
        services.reform(
            first["kind"], on=on, basis=first["basis"], sure=_sure(first, "on"), uid=uid, names=names, by=by, at=at,
            lines=[Line(_uid(city, r["predecessor"]), _uid(city, r["successor"]), r["principal"] != "no", r["scope"]) for r in lines],
        )
        added += 1
    return added


def _members(city: str, rows: list[Row], since: date, *, by: Actor, at: datetime) -> int:
    known = set(queries.book().members)
    asked = [
        Member(uid_of(city, r["group"]), uid_of(city, r["unit"]), _day(r["since"]) or since, _day(r["until"])) for r in rows
    ]
    new = [member for member in asked if member not in known]
    return services.enrol(new, by=by, at=at) if new else 0


def _posts(city: str, rows: list[Row], since: date, *, by: Actor, at: datetime) -> int:
    known, units = queries.book().posts, queries.book().units
    new = [
        Post(uid_of(city, f"post:{r['key']}"), unit, r["title"], r["role"], _day(r["since"]) or max(since, units[unit].since))
        for r in rows if uid_of(city, f"post:{r['key']}") not in known and (unit := uid_of(city, r["unit"]))
    ]
    return len(services.open_posts(new, by=by, at=at)) if new else 0


def _officials(city: str, rows: list[Row], *, by: Actor, at: datetime) -> int:
    known = queries.book().officials
    new = [
        Official(uid_of(city, f"official:{r['number']}"), r["number"], r["name"])
        for r in rows if uid_of(city, f"official:{r['number']}") not in known
    ]
    return len(services.recruit(new, by=by, at=at)) if new else 0


def _terms(city: str, rows: list[Row], *, by: Actor, at: datetime) -> int:
    known = {(h.post, h.official, h.since) for h in queries.book().holdings}
    asked = [
        Holding("", uid_of(city, f"post:{r['post']}"), uid_of(city, f"official:{r['official']}"), date.fromisoformat(r["since"]),
                _day(r["until"]))
        for r in rows
    ]
    new = [term for term in asked if (term.post, term.official, term.since) not in known]
    return len(services.appoint(new, by=by, at=at)) if new else 0
