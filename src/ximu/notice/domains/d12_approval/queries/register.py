"""What the registers say of intermediaries and approvals, which pairs share a sign, and what is still open."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from typing import Any

from ximu.foundation import clock, signs
from ximu.ideas.casework import queries as cases
from ximu.ideas.events import queries as events
from ximu.kernel.signs import Match
from ximu.notice.domains.d12_approval.rules.catalogue import NO_TIE

DATASET, SERVICES, REGISTER = DATASETS = ("approvals", "intermediary_services", "intermediaries")


def _listed(name: str, at: datetime) -> list[dict[str, Any]]:
    """Rows that hold on the day."""
    day = clock.city_day(at)
    return [row for row in events.rows_of(name, known_at=at) if row["since"] <= day and (row["until"] is None or row["until"] > day)]


def services(*, at: datetime) -> dict[str, dict[str, Any]]:
    """The listed services of intermediaries by code."""
    return {row["service"]: row for row in _listed(SERVICES, at)}


def intermediaries(*, at: datetime) -> dict[str, dict[str, Any]]:
    """By credit code."""
    return {row["provider"]: row for row in _listed(REGISTER, at)}


def tied(*, at: datetime) -> list[dict[str, Any]]:
    """What the register declares: ties that must be cut."""
    return [{**row, "key": f"{row['provider']}:{row['unit']}:{row['tie']}"} for row in _listed(REGISTER, at)
            if row["tie"] != NO_TIE]


def undeclared(*, at: datetime) -> list[Match]:
    """Pairs of an intermediary on the register and a body that share a sign, neither declared nor asked about before."""
    known = {(row["provider"], row["unit"]) for row in tied(at=at)}
    known |= {(case.values["provider"], case.key.split(":")[1]) for case in cases.cases_of("undeclared_tie") if case.key}
    return signs.shared(REGISTER, mine="provider", theirs="unit", known=known, owners=intermediaries(at=at))


def approvals(*, known_at: datetime, as_of: date) -> list[dict[str, Any]]:
    return [row for row in events.rows_of(DATASET, known_at=known_at) if row["applied_on"] <= as_of]


def open_items(at: datetime) -> Counter[str]:
    """By item: applications that are not decided, and reports that are not."""
    sql = f"SELECT item, count(*) AS n FROM {DATASET} WHERE decided_on IS NULL GROUP BY item"  # noqa: S608  our own name
    found = Counter({row["item"]: row["n"] for row in events.ask(sql, {}, dataset=DATASET, known_at=at).to_dicts()})
    found.update(case.about for case in cases.open_cases(("off_catalogue",)) if case.about)
    return found
