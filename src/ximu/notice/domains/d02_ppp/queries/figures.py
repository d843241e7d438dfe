"""The lines behind the four indicators, what else is warned of, and what everybody reads of the area."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from django.urls import reverse

from ximu.foundation import packs
from ximu.foundation.parameters import row_on
from ximu.ideas.areas.rules import Area, Line, Period, Section, figure
from ximu.ideas.commitments.rules import Judged
from ximu.ideas.registry import queries as registry
from ximu.ideas.warnings.rules import bands
from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text
from ximu.kernel.workdays import BUNDLED
from ximu.notice.domains.d02_ppp import rules
from ximu.notice.domains.d02_ppp.queries import register

SEE, BAND = "d02.see", "ppp-share"
PARTS = ("equity", "subsidy", "risk", "support")


def _project(code: str) -> str:
    return reverse("d02:project", args=[code])


def _link(one: Judged) -> str:
    return reverse("commitments:one", args=[one.uid])


def _unit(found: register.Book, row: register.Row) -> str:
    return register.answers(found.owner(row, row["initiated_on"]), found.as_of)


def _term(day: date) -> date:
    """The last day on which an item may become public; where no calendar is known the day itself counts."""
    row = row_on(register.HERE, "ppp_publish_days", day)
    try:
        return BUNDLED.due(max(day, row["since"]), row["value"]).day
    except Refusal:
        return max(day, row["since"])


def _spending(found: register.Book, year: int) -> list[rules.Spending]:
    return [rules.Spending(found.owner(one, one["stated_on"]), one["project"], found.projects.get(one["project"], {}).get("title", ""),
                           sum((Decimal(str(one[part])) for part in PARTS), Decimal(0)), Decimal(str(one["budgeted"])),
                           _project(one["project"])) for one in found.rows(register.SPENDING, year=year)]


def lines(period: Period) -> Mapping[str, Sequence[Line]]:
    """Behind each indicator."""
    found = register.book(period.as_of, known_at=period.known_at)
    owed = [one for one in found.judged if found.breach_of(one) == "1"]
    paid = {one.uid: found.payments.get(one.reference, []) for one in owed}
    public = [line for code, row in found.projects.items() for line in rules.published(
        register.sets(), row, found.acts.get(code, []), found.disclosures.get(code, []), period, due=_term,
        unit=_unit(found, row), link=_project(code))]
    return {
        "D02-1": rules.duty_lines(found.judged, period, kind=found.breach_of, link=_link),
        "D02-2": rules.payment_lines(owed, period, paid, link=_link),
        "D02-3": _shares(found, period),
        "D02-4": public,
    }


def things(period: Period) -> Sequence[Line]:
    """Bands of the share, spending that is not in the budget, unlawful promises, final breaches, projects that cannot be traced."""
    found = register.book(period.as_of, known_at=period.known_at)
    return [*_banded(found, period), *rules.budget_things(_spending(found, period.year), period.year),
            *rules.unlawful(found.judged, link=_link), *_final(period), *_untraced(found, period)]


def _banded(found: register.Book, period: Period) -> list[Line]:
    """Judged by the bands of the last day of the year."""
    shares = _shares(found, period)
    values = [(one.unit, date(period.year, 12, 31), figure("share", [one]).value) for one in shares if not one.why]
    return [Line(f"{one.unit}-{period.year}", registry.name(one.unit, as_of=period.as_of), one.unit, "share", f"share-{one.level}",
                 words=one.words) for one in bands.judged(BAND, values) if one.level in ("yellow", "orange", "red")]


def _shares(found: register.Book, period: Period) -> list[Line]:
    budgets: dict[str, Decimal] = {}
    for one in found.rows(register.BUDGETS, year=period.year):
        unit = found.owner(one, one["stated_on"])
        budgets[unit] = budgets.get(unit, Decimal(0)) + Decimal(str(one["spending"]))
    return rules.shares(_spending(found, period.year), budgets, period.year, lambda unit: registry.name(unit, as_of=period.as_of))


def _final(period: Period) -> list[Line]:
    kinds = register.kinds_of_breach()
    return [Line(one.uid, f"{one.project} {kinds[one.kind].zh}",
                 register.answers(registry.owner_of(one.unit, period.as_of), period.as_of), one.kind, "final", on=one.final_on,
                 words=Text(one.document, one.document), link=reverse("casework:case", args=[one.case]))
            for one in register.final_breaches(period.first, period.as_of, known_at=period.known_at)]


def _untraced(found: register.Book, period: Period) -> list[Line]:
    made = []
    for code, row in found.projects.items():
        if row["ended_on"] and row["ended_on"] < period.first:
            continue
        if lacking := register.gaps(found, code, on=period.as_of, today=period.as_of):
            steps = [register.step_name(step) for step in dict.fromkeys(one.step for one in lacking)]
            made.append(Line(code, row["title"], _unit(found, row), "trace", "untraced", link=_project(code),
                             words=Text(f"缺项{len(lacking)}：{'、'.join(one.zh for one in steps)}",
                                        f"{len(lacking)} gaps: {', '.join(one.en for one in steps)}")))
    return made


def public(period: Period) -> Sequence[Section]:
    """What everybody reads: projects with their stage, what of each is due, kept and public; final breaches by kind, without a name."""
    found = register.book(period.as_of, known_at=period.known_at)
    owed, public = {}, {}
    for one in rules.duty_lines(found.judged, period, kind=found.breach_of, link=lambda one: one.reference):
        if not one.why:
            owed.setdefault(one.link.split("/")[0], []).append(one.part)
    for one in lines(period)["D02-4"]:
        if not one.why:
            public.setdefault(one.uid.rsplit("-", 1)[0], []).append(one)
    rows = [[code, row["title"], found.owner(row, row["initiated_on"]),
             rules.now_in(register.sets(), row, found.acts.get(code, []), found.as_of).name, register.PAYS[row["payment"]],
             f"{sum(owed.get(code, []))}/{len(owed.get(code, []))}", figure("share", public.get(code, [])).value]
            for code, row in found.projects.items() if not row["ended_on"] or row["ended_on"] >= period.first]
    return [
        Section(Text("合作项目", "Projects"), (Text("编号", "Number"), Text("项目", "Project"), Text("实施机构", "Implementing body"),
                Text("阶段", "Stage"), Text("回报机制", "Who pays"), Text("按期履行/到期义务", "Kept in time / due"),
                Text("应公开信息已公开（%）", "Due information that is public (%)")), rows, unit_column=2),
        Section(Text("终局认定的政府方违约", "Final breaches of the public side"), (Text("违约类型", "Kind"), Text("件数", "Number")),
                [[name, sum(one.kind == code for one in _final(period))] for code, name in register.kinds_of_breach().items()],
                note=Text("记录依一般程序形成和公开", "Records are made and published in the ordinary way")),
    ]


AREA = Area(
    here=register.HERE, see=SEE, lines=lines, states=rules.STATES, things=things,
    open_to_all=packs.load(register.HERE).manifest.indicators, public_sections=public,
    tabs=(("d02:projects", Text("项目登记与责任回溯", "Projects and who answered"), SEE),))
"""Connected by `config/packed.py`, which looks into every pack."""
