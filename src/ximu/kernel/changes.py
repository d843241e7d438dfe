"""What changed from one version of a list to the next? By key, field by field."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Change:
    """`kind`: added, removed or changed; `row` is the newer one, of a removed the older; `fields` are (field, before, after)."""

    key: str
    kind: str
    row: Mapping[str, Any]
    fields: tuple[tuple[str, str, str], ...] = ()


def changes(
    old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]], *, key: str, fields: Iterable[str],
    shown: Callable[[Mapping[str, Any], str], str] = lambda row, name: str(row[name]),
) -> list[Change]:
    """In the order of the keys; a field counts as it is `shown`."""
    before, after, names = {row[key]: row for row in old}, {row[key]: row for row in new}, [name for name in fields if name != key]
    found = [Change(code, "added", row) for code, row in after.items() if code not in before]
    found += [Change(code, "removed", row) for code, row in before.items() if code not in after]
    for code, row in after.items():
        if code in before:
            pairs = [(name, shown(before[code], name), shown(row, name)) for name in names]
            told = tuple(pair for pair in pairs if pair[1] != pair[2])
            found += [Change(code, "changed", row, told)] if told else []
    return sorted(found, key=lambda one: one.key)
