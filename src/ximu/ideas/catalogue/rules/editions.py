"""Which edition judges a day, may this one follow the last, and what changed between two?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from ximu.kernel.canonical import digest
from ximu.kernel.refusal import Refusal

NUMBER = re.compile(r"(20\d\d)-([1-9]\d?)")
Key = TypeVar("Key")


def number_parts(number: str) -> tuple[int, int]:
    """`2018-1` → (2018, 1). Errors: `LIST-NUMBER`."""
    match = NUMBER.fullmatch(number)
    if not match:
        raise Refusal("LIST-NUMBER", field="number", value=number, rule="YYYY-n",
                      zh=f"版本号“{number}”无效，应为“年份-序号”，如2018-1。",
                      en=f"The edition number “{number}” is not valid; write year-number such as 2018-1.")
    return int(match[1]), int(match[2])


def in_force(days: Mapping[Key, date], *, on: date) -> Key | None:
    """The edition with the latest day in force not after `on`; none before the first."""
    begun = [(day, key) for key, day in days.items() if day <= on]
    return max(begun, key=lambda pair: pair[0])[1] if begun else None


def must_follow(number: str, day: date, published: Mapping[str, date]) -> None:
    """An edition begins after all published ones began, so that no past day changes its judge. Errors: `LIST-OVERLAP`."""
    for other, begun in published.items():
        if day <= begun or number_parts(number) <= number_parts(other):
            raise Refusal(
                "LIST-OVERLAP", status=409, field="in_force", value=day.isoformat(), rule=f"> {begun.isoformat()} ({other})",
                zh=f"版本{number}（{day}起）与已发布的版本{other}（{begun}起）重叠。",
                en=f"Edition {number} from {day} overlaps the published edition {other} from {begun}.",
            )


def digest_of(canonical_edition: Mapping[str, Any]) -> str:
    return digest(canonical_edition)


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one item: `kind` is added, changed or removed; `fields` are (path, before, after)."""

    kind: str
    list: str
    code: str
    name: Mapping[str, str]
    fields: tuple[tuple[str, Any, Any], ...] = ()


def compare(old: Iterable[Mapping[str, Any]], new: Iterable[Mapping[str, Any]]) -> list[Change]:
    """Per item and per field, by (list, code). Both sides are `items` of a canonical edition."""
    before = {(i["list"], i["code"]): i for i in old}
    after = {(i["list"], i["code"]): i for i in new}
    changes = []
    for key in sorted(before.keys() | after.keys()):
        one, two = before.get(key), after.get(key)
        name = (two or one)["body"]["name"]
        if one is None or two is None:
            changes.append(Change("removed" if two is None else "added", *key, name))
        elif one != two:
            flat_one, flat_two = dict(_leaves("", one)), dict(_leaves("", two))
            fields = tuple(
                (path, flat_one.get(path), flat_two.get(path))
                for path in sorted(flat_one.keys() | flat_two.keys()) if flat_one.get(path) != flat_two.get(path)
            )
            changes.append(Change("changed", *key, name, fields))
    return changes


def _leaves(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Every leaf with its path; lists of named things are keyed by their name, other lists are one leaf."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _leaves(f"{path}.{key}" if path else key, inner)
    elif isinstance(value, list) and value and all(isinstance(x, Mapping) and "name" in x for x in value):
        for inner in value:
            yield from _leaves(f"{path}.{inner['name']}", inner)
    else:
        yield path, value
