"""Did an inspector walk past what citizens saw? Two tests, each with its own false-alarm rate; a doubt is a question, never a finding.

Contradicted: of the visits made within some days of a citizen's report on the place, too many found nothing. Silent: too few of all visits
found anything, though citizens reported. Inspectors of the same level elsewhere are the measure. Their share is not known for sure:
with `x` of `m` of theirs and Jeffreys' prior it is Beta(x + ½, m − x + ½), and the chance of what was seen is the tail of a beta-binomial
(Gelman et al., Bayesian Data Analysis, 2.4 and 2.8). All are judged together: Benjamini, Hochberg, JRSS B 57 (1995) 289-300.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import scipy

from ximu.ideas.warnings.rules.multiplicity import benjamini_hochberg
from ximu.kernel.words import Text

CONTRADICTED, SILENT = "contradicted", "silent"
TESTS = {CONTRADICTED: Text("查看未发现问题而群众有反映", "found nothing where citizens reported"),
         SILENT: Text("只查不报", "visits that never report")}
SEED = 20180213
"""The shuffles of one set of data are always the same, so that anybody gets the same rate."""


@dataclass(frozen=True, slots=True)
class Visit:
    """`who` is an inspector at a place, `level` with whom that one is compared."""

    uid: str
    who: str
    place: str
    level: str
    on: date
    found: bool


@dataclass(frozen=True, slots=True)
class Report:
    """A citizen's report that was located at a place."""

    uid: str
    place: str
    on: date


@dataclass(frozen=True, slots=True)
class Settings:
    """`near` days on either side; at least so many visits, reports and visits of others; the false discovery rate; the days looked at."""

    near: int
    least: int
    reports: int
    others: int
    q: float
    days: int
    shuffles: int


@dataclass(frozen=True, slots=True)
class Doubt:
    """A test of one inspector at one place: `seen` of `of`, with `expected`; `p` the chance of it or worse if all were alike.

    `judged` False where there was too little to judge (then it says nothing, and is no calm either). `rings`: it stands together with all
    other tests. `visits` and `reports` are those behind it.
    """

    test: str
    who: str
    place: str
    level: str
    seen: int
    of: int
    expected: float
    p: float
    judged: bool
    rings: bool
    near: int
    visits: tuple[str, ...]
    reports: tuple[str, ...]

    @property
    def words(self) -> Text:
        if not self.judged:
            return Text(f"次数太少，不作判断（{self.of}次查看，{len(self.reports)}件群众反映）",
                        f"too little to judge ({self.of} visits, {len(self.reports)} reports)")
        level_zh = f"{self.expected:.1f}次，出现这样或更差结果的机会为{self.p:.2g}"
        level_en, chance = f"{self.expected:.1f} at the level of others; ", f"the chance of this or worse is {self.p:.2g}"
        if self.test == CONTRADICTED:
            return Text(f"群众反映前后{self.near}天内查看{self.of}次，{self.seen}次未发现问题；同级其他人的水平为{level_zh}",
                        f"{self.of} visits within {self.near} days of a report, {self.seen} found nothing; {level_en}{chance}")
        return Text(f"查看{self.of}次，{self.seen}次发现问题，同期群众反映{len(self.reports)}件；同级其他人的水平为{level_zh}",
                    f"{self.of} visits, {self.seen} found something, {len(self.reports)} reports meanwhile; {level_en}{chance}")


@dataclass(frozen=True, slots=True)
class Rate:
    """How often a test rang where it should not: on shuffled visits (nobody differs), and on history where nothing was confirmed."""

    test: str
    shuffled: int
    shuffled_rang: int
    history: int
    history_rang: int
    confirmed: int


def tested(visits: Iterable[Visit], reports: Iterable[Report], settings: Settings, *, last: date) -> list[Doubt]:
    """Both tests of everybody, over the days up to `last`; each test is judged together with its like."""
    some, heard = _within(visits, reports, settings, last)
    exposed = _exposed(some, heard, settings)
    return (_judged(CONTRADICTED, some, [v for v in some if v.uid in exposed], heard, settings)
            + _judged(SILENT, some, some, heard, settings))


def _within(visits: Iterable[Visit], reports: Iterable[Report], settings: Settings, last: date
            ) -> tuple[list[Visit], dict[str, list[Report]]]:
    first = last - timedelta(days=settings.days - 1)
    heard: dict[str, list[Report]] = {}
    for report in sorted(reports, key=lambda r: (r.on, r.uid)):
        if first - timedelta(days=settings.near) <= report.on <= last:
            heard.setdefault(report.place, []).append(report)
    return sorted((v for v in visits if first <= v.on <= last), key=lambda v: (v.who, v.on, v.uid)), heard


def _exposed(visits: Iterable[Visit], heard: Mapping[str, Sequence[Report]], settings: Settings) -> set[str]:
    """Visits on whose place somebody reported within `near` days."""
    return {v.uid for v in visits if any(abs((v.on - r.on).days) <= settings.near for r in heard.get(v.place, ()))}


def _judged(test: str, every: Sequence[Visit], counted: Sequence[Visit], heard: Mapping[str, Sequence[Report]], settings: Settings
            ) -> list[Doubt]:
    hit = test == SILENT
    levels: dict[str, tuple[int, int]] = {}
    own: dict[str, list[Visit]] = {}
    for visit in counted:
        hits, total = levels.get(visit.level, (0, 0))
        levels[visit.level] = hits + (visit.found is hit), total + 1
        own.setdefault(visit.who, []).append(visit)
    found = []
    for visit in {v.who: v for v in every}.values():
        mine, reports = own.get(visit.who, []), heard.get(visit.place, [])
        hits, (others, total) = sum(v.found is hit for v in mine), levels.get(visit.level, (0, 0))
        a, b = others - hits + 0.5, total - others - len(mine) + hits + 0.5
        enough = len(mine) >= settings.least and total - len(mine) >= settings.others and len(reports) >= settings.reports
        p = _tail(hits, len(mine), a, b, upper=not hit) if enough else 1.0
        found.append(Doubt(test, visit.who, visit.place, visit.level, hits, len(mine), len(mine) * a / (a + b), p, enough, False,
                           settings.near, tuple(v.uid for v in mine if not v.found), tuple(r.uid for r in reports)))
    return _stand(found, settings)


def _tail(k: int, n: int, a: float, b: float, *, upper: bool) -> float:
    """Beta-binomial: the chance of `k` or more (`upper`), or of `k` or fewer, of `n`."""
    x = np.arange(k, n + 1) if upper else np.arange(k + 1)
    betaln, gammaln = scipy.special.betaln, scipy.special.gammaln
    logs = gammaln(n + 1) - gammaln(x + 1) - gammaln(n - x + 1) + betaln(x + a, n - x + b) - betaln(a, b)
    return float(min(1.0, np.exp(logs).sum()))


def _stand(doubts: Sequence[Doubt], settings: Settings) -> list[Doubt]:
    values = np.array([one.p if one.judged else np.nan for one in doubts], float)
    if not doubts:
        return []
    stands = benjamini_hochberg(values, q=settings.q).stands
    return [replace(one, rings=bool(rings)) for one, rings in zip(doubts, stands, strict=True)]


def rates(visits: Sequence[Visit], reports: Sequence[Report], settings: Settings, *, ends: Sequence[date],
          true: Collection[tuple[str, str]] = ()) -> list[Rate]:
    """How often each test rings without cause.

    Shuffled: what the visits of the last span found is dealt anew among those of one level (with a report near, and without), so that by
    construction nobody differs. History: every span that ends on one of `ends`; `true` are (test, who) whose alarm was found true, and
    these count neither way.
    """
    draw, tally = np.random.default_rng(SEED), {test: [0, 0, 0, 0] for test in TESTS}
    if ends:
        some, heard = _within(visits, reports, settings, ends[-1])
        strata: dict[tuple[str, bool], list[int]] = {}
        exposed = _exposed(some, heard, settings)
        for at, visit in enumerate(some):
            strata.setdefault((visit.level, visit.uid in exposed), []).append(at)
        for _ in range(settings.shuffles):
            for one in tested(_dealt(some, strata.values(), draw), reports, settings, last=ends[-1]):
                tally[one.test][0] += one.judged
                tally[one.test][1] += one.rings
    for end in ends:
        for one in tested(visits, reports, settings, last=end):
            if one.judged and (one.test, one.who) not in true:
                tally[one.test][2] += 1
                tally[one.test][3] += one.rings
    return [Rate(test, judged, rang, history, loud, sum(name == test for name, _ in true))
            for test, (judged, rang, history, loud) in tally.items()]


def _dealt(visits: Sequence[Visit], strata: Iterable[list[int]], draw: np.random.Generator) -> list[Visit]:
    dealt = list(visits)
    for places in strata:
        for at, other in zip(places, draw.permutation(places), strict=True):
            dealt[at] = replace(visits[at], found=visits[int(other)].found)
    return dealt


def by_week(visits: Iterable[Visit], reports: Iterable[Report]) -> list[tuple[str, date, int, int, int]]:
    """Place and week: reports of citizens, visits, and how many of these found nothing. Weeks with neither are left out."""
    cells: dict[tuple[str, date], list[int]] = {}
    for place, on, what in [*((r.place, r.on, (1, 0, 0)) for r in reports), *((v.place, v.on, (0, 1, int(not v.found))) for v in visits)]:
        cell = cells.setdefault((place, on - timedelta(days=on.weekday())), [0, 0, 0])
        for at, number in enumerate(what):
            cell[at] += number
    return [(*key, cells[key][0], cells[key][1], cells[key][2]) for key in sorted(cells)]
