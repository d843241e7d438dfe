"""Every process as it stood at a time: releases compiled by the standard's rules, with flags, facts and payments."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from ximu.ideas.events import queries as events
from ximu.kernel.refusal import absent
from ximu.kernel.words import Text
from ximu.notice.domains.d01_procurement.queries import disputed
from ximu.notice.domains.d01_procurement.queries.challenged import challenges_on
from ximu.notice.domains.d01_procurement.rules import announcing, compiling, flags, government, law, payments
from ximu.notice.domains.d01_procurement.rules import release as ocds
from ximu.notice.domains.d01_procurement.rules.announcing import Notice
from ximu.notice.domains.d01_procurement.rules.challenges import Challenge
from ximu.notice.domains.d01_procurement.rules.government import Finding
from ximu.notice.domains.d01_procurement.rules.payments import Payment
from ximu.notice.domains.d01_procurement.rules.settings import KNOWN, Settings

DATASET = "procurement"
RELEASES = "SELECT ocid, release, released_on, released_at, stage, unit, body FROM procurement ORDER BY released_at, release"
ASKED = Settings({code: {} for code in KNOWN if code != "G003"})
"""G003 needs a limit that each city publishes for itself (集中采购目录及标准); without it, it is said to be not computed."""


@dataclass(frozen=True, slots=True)
class Process:
    """`codes` flag code → value; `findings` those with facts; `releases` (id, day, tags) in the order of their moment."""

    ocid: str
    unit: str
    compiled: dict[str, Any]
    releases: tuple[tuple[str, date, str], ...]
    codes: dict[str, float]
    findings: tuple[Finding, ...]
    payments: tuple[Payment, ...]
    notices: tuple[Notice, ...] = ()
    challenges: tuple[Challenge, ...] = ()

    @property
    def title(self) -> str:
        return ocds.text(self.compiled, "tender", "title") or self.ocid

    @property
    def last_day(self) -> date:
        return max(day for _, day, _ in self.releases)


@dataclass(frozen=True, slots=True)
class Book:
    """`tenderers` and `buyers`: flags by identifier, as the published guide groups them; `unsaid` what could not be computed and why."""

    on: date
    processes: tuple[Process, ...]
    buyers: dict[str, dict[str, float]]
    tenderers: dict[str, dict[str, float]]
    fences: dict[str, dict[str, float]]
    unsaid: tuple[Text, ...]
    manifest: events.Manifest

    @property
    def payments(self) -> list[Payment]:
        return [payment for process in self.processes for payment in process.payments]

    def of(self, units: Collection[str] | None) -> Book:
        """What concerns these units only; fences stay those of the whole city."""
        if units is None:
            return self
        kept = tuple(one for one in self.processes if one.unit in units)
        ids = {ocds.text(one.compiled, "buyer", "id") for one in kept}
        return Book(self.on, kept, {k: v for k, v in self.buyers.items() if k in ids}, {}, self.fences, self.unsaid, self.manifest)


def book(on: date, *, known_at: datetime | None = None, units: Collection[str] | None = None) -> Book:
    """As of a day (for what is due) from what was known at a time."""
    manifest = events.manifest(DATASET, known_at=known_at)
    known = _with_disputes(_book(manifest, on), disputed.open_on(on, known_at=known_at))
    return _with_challenges(known, challenges_on(on, known_at=known_at)).of(units)


def _with_disputes(known: Book, named: Mapping[tuple[str, str, str], str]) -> Book:
    processes = {ocid for ocid, _, _ in named}
    return known if not named else replace(known, processes=tuple(one if one.ocid not in processes else replace(one, payments=tuple(
        replace(p, dispute=named.get((p.ocid, p.contract, p.milestone), "")) for p in one.payments)) for one in known.processes))


def _with_challenges(known: Book, named: Mapping[str, tuple[Challenge, ...]]) -> Book:
    return known if not named else replace(known, processes=tuple(
        replace(one, challenges=named[one.ocid]) if one.ocid in named else one for one in known.processes))


def one_process(ocid: str, on: date, *, known_at: datetime | None = None, units: Collection[str] | None = None) -> tuple[Book, Process]:
    """Errors: `D01-NONE`, also for a process of a unit that one may not see."""
    whole = book(on, known_at=known_at, units=units)
    for one in whole.processes:
        if one.ocid == ocid:
            return whole, one
    raise absent("D01-NONE", field="ocid", value=ocid[:80], zh="个采购过程", en="procurement process")


@lru_cache(maxsize=4)
def _book(manifest: events.Manifest, on: date) -> Book:
    """The manifest pins the releases: as long as nothing new came in, the answer is the same."""
    rows = events.ask(RELEASES, {}, dataset=DATASET, known_at=None, manifest=manifest).rows()
    documents: list[Any] = []
    told: dict[str, list[tuple[str, date, str]]] = {}
    given: dict[str, list[tuple[date, Any]]] = {}
    unit_of: dict[str, str] = {}
    for ocid, release, day, _, stage, unit, body in rows:
        if day <= on:
            documents.append(json.loads(body))
            given.setdefault(ocid, []).append((day, documents[-1]))
            told.setdefault(ocid, []).append((release, day, stage))
            unit_of[ocid] = unit
    compiled = compiling.compiled(documents)
    tally = flags.evaluate(compiled, ASKED)
    found, unsaid = government.evaluate(compiled, ASKED, as_of=on)
    facts: dict[str, list[Finding]] = {}
    for one in found:
        facts.setdefault(one.ocid, []).append(one)
        tally.flag("OCID", one.ocid, one.code, one.value)
    missing = Text("G003未计算：尚未载入本市采购限额标准。", "G003 was not computed: the city's purchase limits are not loaded.")
    processes = tuple(Process(
        ocid, unit_of[ocid], one, tuple(told[ocid]), tally.results["OCID"].get(ocid, {}), tuple(facts.get(ocid, ())),
        tuple(payments.payments(one, unit_of[ocid], on=on, per_day=law.interest_per_day)),
        tuple(announcing.notices(one, given[ocid], on=on)),
    ) for one in compiled if (ocid := one["ocid"]))
    return Book(on, processes, tally.results["Buyer"], tally.results["Tenderer"], tally.meta, (missing, *unsaid), manifest)
