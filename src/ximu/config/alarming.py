"""The alarms of all packs: raised every day, tried on history every month, with what is silent told apart."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from functools import partial

from ximu.foundation import apart, clock
from ximu.ideas.areas import queries as areas
from ximu.ideas.events import queries as events
from ximu.ideas.registry import queries as registry
from ximu.ideas.warnings import queries as alarms_kept
from ximu.ideas.warnings import services as alarms
from ximu.ideas.warnings.hooks import AlarmConfirmed
from ximu.ideas.warnings.rules import bands
from ximu.ideas.warnings.services import Raised, Silent, Tried
from ximu.kernel.actor import SYSTEM
from ximu.notice.domains.d01_procurement import queries as procurement
from ximu.notice.domains.d13_hotline import queries as hotline
from ximu.notice.domains.d13_hotline.rules import WARNINGS
from ximu.notice.domains.d14_enterprise import queries as enterprise
from ximu.notice.mechanisms.m2_joint_action import services as joint
from ximu.notice.mechanisms.m2_joint_action.services.raising import Problem

HOTLINE, BUYING = "D13", "D1"


def name_rules() -> None:
    """What the rules of the packs are called, on every page that tells of an alarm."""
    alarms_kept.register_rules({one.code: one.name for one in enterprise.warning_rules()})
    alarms_kept.register_rules({rule: hotline.rule_words(rule) for rule in hotline.RULES})
    alarms_kept.register_rules({code: words for code, (_, words) in procurement.FLAGS.items()})
    alarms_kept.register_rules({procurement.rule_of(check): words for check, words in procurement.CHECKS.items()})
    alarms_kept.register_rules({name: bands.words_of(name) for name in bands.names()})


def raise_alarms(*, at: datetime) -> int:
    """The warning rules of the packs, for this year and the last: what is new is kept, the grave ones open a case.

    A pack whose data cannot be read keeps no other's alarms back. Errors: `PartlyError`.
    """
    day, tries = clock.city_day(at), apart.Apart("alarms")
    asked: dict[str, Callable[[], Iterable[Raised]]] = {
        HOTLINE: partial(_calls, at), BUYING: partial(_purchases, day, at), f"{BUYING}+": partial(_doubts, day, at)}
    for year in (day.year - 1, day.year):
        asked[f"D14:{year}"] = partial(_demands, year, day, at)
        asked |= {f"{code}:{year}": partial(areas.raised, area, year, today=day, known_at=at) for code, area in areas.areas().items()}
    found: list[Raised] = []
    for name, ask in asked.items():
        found += tries.run(partial(_whole, ask), name=name) or []
    made = alarms.keep(found, by=SYSTEM, at=at)
    tries.tell()
    return made


def _whole(ask: Callable[[], Iterable[Raised]]) -> list[Raised]:
    return list(ask())


def _demands(year: int, day: date, at: datetime) -> list[Raised]:
    return [Raised("D14", a.rule, a.level, a.unit, a.about, str(year), a.reason)
            for a in enterprise.warned(enterprise.sheet(year, today=day, known_at=at))]


def _calls(at: datetime) -> list[Raised]:
    span = events.span("hotline")
    weak = hotline.warned(span[1], known_at=at).alarms if span is not None else ()
    return [Raised(HOTLINE, a.rule, a.level, a.unit, a.subject, str(a.period), a.words, a.basis()) for a in weak]


def _purchases(day: date, at: datetime) -> list[Raised]:
    """Flags on the government itself; the others stay on the procurement pages."""
    known = procurement.book(day, known_at=at)
    return [Raised(BUYING, code, "yellow", one.unit, one.ocid, str(one.last_day.year), procurement.alarm_words(one, code),
                   procurement.alarm_basis(one, code)) for one in known.processes
            for code in sorted(procurement.GOVERNMENT & set(one.codes))]


def _doubts(day: date, at: datetime) -> list[Raised]:
    """What should be asked about the figures of a buyer's purchases: a question, so always the lowest level."""
    return [Raised(BUYING, procurement.rule_of(one.finding.check), "yellow", unit, procurement.doubt_subject(one), str(day.year),
                   procurement.words_of(one), {"observed": one.finding.n, "p_value": one.finding.p_value, "sample": list(one.ocids[:5])})
            for unit, one in procurement.doubts(day, known_at=at) if one.finding.suspicious]


def rectify_alarm(event: AlarmConfirmed, *, at: datetime) -> None:
    """What was found true is put right by the unit that carries it now and checked by others (M2.2); one that is open stays the one."""
    row = alarms_kept.alarm(event.alarm)
    name = alarms_kept.rule_words(event.rule).zh
    owner = registry.owner_of(event.unit, clock.city_day(at))
    problem = Problem(owner, f"预警属实：{name} {row.period}".strip()[:120], event.level, "warning", event.alarm)
    joint.raise_or_join(problem, reason=f"预警“{name}”经核实属实，须整改并经核销。", at=at)


def note_silences(*, at: datetime) -> int:
    """Days without tickets, units that fell silent; those that spoke again are ended."""
    found = [Silent(HOTLINE, one.kind, one.unit, "hotline", one.first, one.last, one.words)
             for one in hotline.silences(clock.city_day(at), known_at=at)]
    told = alarms.keep_silences(HOTLINE, found, by=SYSTEM, at=at)
    return told["opened"] + told["ended"]


def try_rules(*, at: datetime) -> int:
    """Once in `[back_test] days` each rule is run over the whole history, so that its false-alarm rate stands beside its alarms."""
    found: list[Tried] = []
    if _is_due("hotline", HOTLINE) and (heard := hotline.tried(alarms_kept.confirmed(HOTLINE), known_at=at)) is not None:
        found += [Tried(HOTLINE, one.rule, heard.first, heard.last, one.judged, one.alarms, one.per_year, heard.manifest)
                  for one in heard.rung]
    today = clock.city_day(at)
    if _is_due("procurement", BUYING) and (bought := procurement.tried(alarms_kept.confirmed(BUYING), today, known_at=at)) is not None:
        found += [Tried(BUYING, one.rule, bought.first, bought.last, one.judged, one.alarms, one.per_year, bought.manifest)
                  for one in bought.rung]
    return alarms.keep_back_tests(found, by=SYSTEM, at=at)


def _is_due(dataset: str, source: str) -> bool:
    """Whether there are data, and enough that are newer than what was tried last."""
    span = events.span(dataset)
    newest = max((row.last for row in alarms_kept.back_tests() if row.source == source), default=None)
    return span is not None and (newest is None or span[1] >= newest + timedelta(days=WARNINGS["back_test"]["days"]))
