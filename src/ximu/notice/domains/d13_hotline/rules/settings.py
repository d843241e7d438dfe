"""The pack's numbers: dated terms, topics, rules of the warning."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

from ximu.kernel.words import Text

_HOME = Path(__file__).parents[1]
LIMITS: dict[str, Any] = tomllib.loads((_HOME / "limits.toml").read_text("utf-8"))
WARNINGS: dict[str, Any] = tomllib.loads((_HOME / "warnings.toml").read_text("utf-8"))
TOPICS: dict[str, str] = LIMITS["topics"]
OTHER = "12"


def terms_on(day: date) -> dict[str, Any]:
    """The terms in force on a day; the first ones for days before."""
    known = sorted(LIMITS["terms"], key=lambda t: t["since"])
    return ([t for t in known if t["since"] <= day] or known[:1])[-1]


def topic_words(code: str) -> Text:
    return Text(TOPICS.get(code, code), LIMITS["topics_en"].get(code, code))


def rule_words(rule: str) -> Text:
    return Text(WARNINGS[rule]["zh"], WARNINGS[rule]["en"])
