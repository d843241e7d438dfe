"""What may an evaluator try a method on? A made-up twin: the same schema, the same marginal distributions, no real row.

Each column is shuffled by itself, so that its values are the real ones in number and kind while nothing joins them as in life
(the marginal synthesis of Rubin, 1993, in its simplest form). Values that would tell whose they are (units, bodies, and text that is
different in nearly every row) are replaced by made-up ones of the same form. Rows that still equal a real one are shuffled again.
"""

from __future__ import annotations

import random
import string
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

ROUNDS = 200
TELLING = 0.9
"""Share of different values from which a text column identifies its rows."""


def twin(content: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """A made-up data set in the form of a snapshot's content."""
    draw = random.Random(seed)  # noqa: S311 - no secret: a shuffle that can be repeated
    order = list(range(len(content["units"])))
    draw.shuffle(order)
    names = {row["unit"]: f"twin{k + 1:03}" for k, row in zip(order, content["units"], strict=True)}
    units = shuffled([{k: v for k, v in row.items() if k not in ("unit", "name")} for row in content["units"]], draw)
    made = [{"unit": f"twin{k + 1:03}", "name": f"仿真单位{k + 1:03}", **row} for k, row in enumerate(units)]
    facts = {item: _facts(rows, names, draw) for item, rows in content["facts"].items()}
    return {**content, "units": made, "facts": facts, "synthetic": True}


def _facts(rows: Sequence[Mapping[str, Any]], names: Mapping[str, str], draw: random.Random) -> list[dict[str, Any]]:
    bodies = {body: f"仿真主体{k + 1:04}" for k, body in enumerate(dict.fromkeys(row["body"] for row in rows))}
    plain = shuffled([{k: v for k, v in row.items() if k not in ("unit", "body")} for row in rows], draw)
    holders = [(names[row["unit"]], bodies[row["body"]]) for row in rows]
    draw.shuffle(holders)
    return [{"unit": unit, "body": body, **row} for (unit, body), row in zip(holders, plain, strict=True)]


def shuffled(rows: Sequence[Mapping[str, Any]], draw: random.Random) -> list[dict[str, Any]]:
    """Rows with every column shuffled by itself, as far from the real rows as the columns allow."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    columns = {name: [row.get(name) for row in rows] for name in names}
    made = {name: _forged(values, draw) if _telling(values) else values[:] for name, values in columns.items()}
    for values in made.values():
        draw.shuffle(values)
    real = Counter(tuple(columns[name][k] for name in names) for k in range(len(rows)))
    for _ in range(ROUNDS):
        same = [k for k in range(len(rows)) if tuple(made[name][k] for name in names) in real]
        if not same or len(names) < 2:
            break
        for k in same:
            other, name = draw.randrange(len(rows)), draw.choice(names)
            made[name][k], made[name][other] = made[name][other], made[name][k]
    return [{name: made[name][k] for name in names} for k in range(len(rows))]


def _telling(values: Sequence[Any]) -> bool:
    words = [v for v in values if isinstance(v, str) and v and not _numeric(v)]
    return len(words) > len(values) / 2 and len(set(words)) >= TELLING * len(words) and len(words) > 1


def _numeric(text: str) -> bool:
    """Numbers and days keep their values: shuffled, they tell nothing of a row."""
    return not set(text) - set("0123456789.-+")


def _forged(values: Sequence[Any], draw: random.Random) -> list[Any]:
    """Texts of the same form: each digit and letter another one, each other character kept if it is punctuation."""
    def one(char: str) -> str:
        if char.isdigit():
            return draw.choice(string.digits)
        if char.isascii() and char.isalpha():
            return draw.choice(string.ascii_uppercase if char.isupper() else string.ascii_lowercase)
        return "某" if "\u4e00" <= char <= "\u9fff" else char

    return ["".join(map(one, v)) if isinstance(v, str) else v for v in values]
