"""The registry of a city profile as a plain value, without a database: for tools that only check names."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from ximu.foundation.profiles import city_of, rows_of, uid_of
from ximu.ideas.registry.rules import book as rules
from ximu.ideas.registry.rules.matching import Index, speller_of

ROLES = ("full", "short", "aliases")


def profile_index(folder: Path) -> Index:
    """Units, names, places and reforms of `folder/registry`, ready for `rules.resolution.resolve`."""
    city, since = folder.name, city_of(folder)["known_since"]
    rows = rows_of(folder / "registry" / "units.csv")
    days = {r["key"]: date.fromisoformat(r["since"]) if r["since"] else since for r in rows}
    units = {uid: rules.Unit(uid, r["kind"], days[r["key"]], r["code"], r["division"], bool(r["since"]), r["key"])
             for r in rows if (uid := uid_of(city, r["key"]))}
    reforms = rows_of(folder / "registry" / "reforms.csv")
    names = tuple(
        rules.Name(uid_of(city, r["key"]), role.removesuffix("es"), text, days[r["key"]])
        for r in rows for role in ROLES for text in r[role].split("|") if text
    ) + tuple(
        rules.Name(uid_of(city, r["successor"]), role, text, date.fromisoformat(r["on"]))
        for r in reforms for role in ("full", "short", "alias") for text in r[role].split("|") if text
    )
    places = tuple(rules.Place(uid_of(city, r["key"]), days[r["key"]], r["level"], *(
        uid_of(city, r[c]) if r[c] else "" for c in ("parent", "district"))) for r in rows)
    edges = tuple(
        rules.Edge(r["key"], r["kind"], date.fromisoformat(r["on"]), *(uid_of(city, r[c]) if r[c] else "" for c in (
            "predecessor", "successor")), r["principal"] != "no", r["scope"], basis=r["basis"])
        for r in reforms
    )
    book = rules.named_for_its_city(rules.Book("", units, names, places, edges))
    return Index(book, speller_of(book))
