"""Which policy is in force? Read once from the dated files of `policy/`."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache
from pathlib import Path

from ximu.ideas.disclosure.rules import Policy, in_force, policy_of

FOLDER = Path(__file__).parents[1] / "policy"


@cache
def policies() -> tuple[Policy, ...]:
    return tuple(policy_of(tomllib.loads(path.read_text("utf-8"))) for path in sorted(FOLDER.glob("*.toml")))


def policy_mark(day: date) -> str:
    """The version with the day of its last change: a rule may begin or end within one version."""
    policy = policy_on(day)
    days = [one for rule in policy.rules for one in (rule.since, rule.until) if one is not None and one <= day]
    return f"{policy.version}@{max([policy.since, *days])}"


def policy_on(day: date) -> Policy:
    return in_force(policies(), day)
