"""How do the built-in definitions and a city's profile become editions? Through the ordinary verbs, with three people.

`library/` has the definitions; `lists/*.toml` of a profile says what an edition takes, leaves out (`without`) and changes.
An edition that a profile brings was made elsewhere: the loader speaks for its drafter, its reviewer and its publisher.
"""

from __future__ import annotations

import copy
import json
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from ximu.foundation.profiles import rows_of, uid_of
from ximu.ideas.catalogue import queries, rules, services
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal

LIBRARY = Path(__file__).parent / "library"
SUBJECTS = {"bodies": list(rules.BODIES), "official": ["official"], "all": [*rules.BODIES, "official"]}
HEAD_KEYS = {"in_force", "backdated", "publish", "without", "units", "owners", "change"}
Definition = tuple[str, dict[str, Any]]


def library() -> dict[str, Definition]:
    """code → (list, body) of every built-in item."""
    data = {p.stem: ("data", json.loads(p.read_text("utf-8"))) for p in sorted((LIBRARY / "items").glob("*.json"))}
    behaviours = {r["code"]: ("behaviour", _behaviour(r)) for r in rows_of(LIBRARY / "behaviours.csv")}
    applications = {r["code"]: ("application", _application(r)) for r in rows_of(LIBRARY / "applications.csv")}
    return {**data, **behaviours, **applications}


def library_bases(path: Path = LIBRARY / "bases.csv") -> dict[str, dict[str, Any]]:
    """code → values for `register_basis`."""
    return {
        r["code"]: {
            "title": r["title"], "title_en": r["title_en"], "number": r["number"], "level": r["level"],
            "in_force_on": date.fromisoformat(r["in_force"]),
            "repealed_on": date.fromisoformat(r["repealed"]) if r["repealed"] else None, "to_be_confirmed": r["sure"] != "yes",
        }
        for r in rows_of(path)
    }


def load_profile(folder: Path, *, by: Actor, at: datetime) -> dict[str, int]:
    """Register the legal texts and make the editions of a profile; a second load adds nothing."""
    added = {"依据 bases": 0, "版本 editions": 0, "条目 items": 0}
    if not (folder / "lists").exists():
        return added
    bases = {**library_bases(), **library_bases(folder / "lists" / "bases.csv")}
    added["依据 bases"] = sum(services.register_basis(code, values=values, by=by, at=at) for code, values in bases.items())
    known = {e.number for e in queries.editions(drafts=True)}
    paths = [p for p in (folder / "lists").glob("*.toml") if p.stem not in known]
    for path in sorted(paths, key=lambda p: rules.number_parts(p.stem)):
        added["条目 items"] += make_edition(path.stem, tomllib.loads(path.read_text("utf-8")), city=folder.name, by=by, at=at)
        added["版本 editions"] += 1
    return added


@transaction.atomic
def make_edition(number: str, head: dict[str, Any], *, city: str, by: Actor, at: datetime) -> int:
    """One edition from its profile file; how many items it has."""
    if strangers := set(head) - HEAD_KEYS:
        raise _bad(number, sorted(strangers)[0])
    drafter, reviewer, publisher = (replace(by, person=f"{by.human}-{part}") for part in ("draft", "review", "publish"))
    services.open_edition(number, in_force=head["in_force"], by=by, at=at)
    count = 0
    for list_, code, body, owner in items_for(number, head, city=city):
        uid = services.draft(number, list_=list_, code=code, body=body, owner=uid_of(city, head["units"][owner]), owner_name=owner,
                             by=drafter, at=at)
        count += 1
        if head.get("publish", True):
            services.submit(uid, by=drafter, at=at)
            services.accept(uid, by=reviewer, at=at)
    if head.get("publish", True):
        services.merge(number, by=by, at=at)
        services.publish(number, by=publisher, at=at, backdated=head.get("backdated", ""))
    return count


def items_for(number: str, head: dict[str, Any], *, city: str) -> Iterator[tuple[str, str, dict[str, Any], str]]:
    """(list, code, body, owner's short name): the library without what the edition leaves out, with its changes."""
    without = set(head.get("without", ()))
    chosen = {code: copy.deepcopy(d) for code, d in library().items() if code not in without}
    for change in head.get("change", ()):
        if change["item"] not in chosen:
            raise _bad(number, change["item"])
        _apply(chosen[change["item"]][1], change, number)
    for code, (list_, body) in chosen.items():
        if list_ == "behaviour":
            body["documents"] = [d for d in body["documents"] if d in chosen]
        if list_ == "application":
            body["behaviours"] = [b for b in body["behaviours"] if b == rules.ANY or b in chosen]
            body["implementers"] = [u if u == rules.ANY else uid_of(city, head["units"][u]) for u in body["implementers"]]
        yield list_, code, body, head["owners"].get(code, head["owners"]["*"])


def _apply(body: dict[str, Any], change: dict[str, Any], number: str) -> None:
    if "field" not in change:
        body.update(change["set"])
        return
    found = [f for f in body["schema"]["fields"] if f["name"] == change["field"]]
    if not found:
        raise _bad(number, change["field"])
    found[0].update(change["set"])


def _bad(number: str, word: str) -> Refusal:
    return Refusal("LIST-PROFILE", field=number, value=word, rule="lists/*.toml",
                   zh=f"城市配置的清单文件{number}中“{word}”无法识别。", en=f"“{word}” in the profile's list file {number} is not known.")


def _refs(text: str) -> list[dict[str, str]]:
    return [{"basis": basis, "article": article} for basis, _, article in (part.partition(":") for part in text.split("|"))]


def _some(text: str) -> list[str]:
    return [part for part in text.split("|") if part]


def _common(row: dict[str, str]) -> dict[str, Any]:
    body: dict[str, Any] = {"name": {"zh": row["zh"], "en": row["en"]}, "direction": row["direction"], "bases": _refs(row["bases"]),
                            "subject_kinds": SUBJECTS[row["subjects"]], "period": {"years": int(row["period_years"]), "from": "end"}}
    return body if row["sure"] == "yes" else {**body, "to_be_confirmed": True}


def _behaviour(row: dict[str, str]) -> dict[str, Any]:
    body = {**_common(row), "counts": {"zh": row["counts_zh"], "en": row["counts_en"]}, "documents": _some(row["documents"]),
            "areas": _some(row["areas"]), "repairable": row["repairable"] == "yes"}
    return {**body, "grade": row["grade"]} if row["grade"] else body


def _application(row: dict[str, str]) -> dict[str, Any]:
    body = {**_common(row), "matter": {"zh": row["matter_zh"], "en": row["matter_en"]},
            "means": {"zh": row["means_zh"], "en": row["means_en"]}, "measure_class": row["class"],
            "implementers": _some(row["implementers"]), "behaviours": _some(row["behaviours"])}
    return {**body, "grades": _some(row["grades"])} if row["grades"] else body
