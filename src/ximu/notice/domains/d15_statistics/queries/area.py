"""The lines behind each indicator of a year, what is asked of its figures, and the tables that everybody may read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.urls import reverse

from ximu.foundation import clock
from ximu.foundation.parameters import value_on
from ximu.ideas.areas import queries as areas
from ximu.ideas.areas.rules import Area, Line, Period, Section
from ximu.ideas.casework.queries import stood
from ximu.ideas.filings import queries as filings
from ximu.ideas.filings.queries import Filing, Held
from ximu.ideas.filings.rules.figures import EVERY, KINDS, Table, untraced, values
from ximu.ideas.filings.rules.lineage import STATES, VERBS
from ximu.ideas.registry import queries as registry
from ximu.ideas.warnings.rules import reported
from ximu.ideas.warnings.rules.reported import CHECKS, Question, Reported, Revised
from ximu.kernel.refusal import absent
from ximu.kernel.view import View
from ximu.kernel.words import Text
from ximu.notice.domains.d15_statistics import rules
from ximu.notice.domains.d15_statistics.models import Check, Finding, Pledge
from ximu.notice.domains.d15_statistics.queries.bureau import HERE, SEE, bureau, works

ROLES = ("first", "charge")
"""Posts that answer for figures: who leads the unit and who is in charge (防范和惩治统计造假责任制)."""


def bound(name: str, on: date) -> Decimal:
    return Decimal(str(value_on(HERE, name, on)))


def year(period: Period) -> list[Held]:
    """What is due in the year, of periods that have ended."""
    return filings.held(period.first, date(period.year, 12, 31), as_of=period.as_of, known_at=period.known_at)


def lines(period: Period) -> dict[str, list[Line]]:
    """Units are those that carry the matter on the day."""
    listed, checks, on = year(period), checked(period), period.as_of
    names = areas.names({one.unit for one in listed}, on)
    owner = {unit: registry.owner_of(unit, on) for unit in names}

    def called(one: Held) -> str:
        return f"{names.get(one.unit, one.unit)} {one.table.title} {one.span.name}"

    duties = [rules.Duty(f"{one.table.code}:{one.span.name}:{one.unit}", called(one), owner[one.unit], one.due, one.reported_on, link(one))
              for one in listed]
    refuted = {(one.filing, one.figure) for one in checks if not one.traced}
    figures = [made for one in listed if one.filing for made in _figures(one, called(one), owner[one.unit], refuted)]
    cases, closed = findings(period), {case.uid: day for case, _, _, day in stood("stat_fabrication", period.as_of, period.known_at)}
    of = filings.filings_of([*(one.filing for one in checks), *(one.check_of.filing for one in cases)])
    told = [rules.Checked(one.uid, one.filing, f"{name(of[one.filing])} {figure_of(of[one.filing], one.figure).zh}",
                          registry.owner_of(of[one.filing].unit, on),
                          one.checked_on, one.reported, one.checked, address(of[one.filing])) for one in checks]
    found = [rules.Found(one.uid, one.check_of.filing, f"{name(of[one.check_of.filing])}：{one.offence}", registry.owner_of(one.unit, on),
                         clock.city_day(one.found_at), one.upheld if day else None, one.final_on if day else None,
                         reverse("casework:case", args=[one.case]), day)
             for one in cases for day in [closed.get(one.case)]]
    return {"D15-1": rules.accurate(told, period.first, on, bound("error_bound", on)), "D15-2": rules.in_time(duties, period.first, on),
            "D15-3": rules.signed(posts(on, period.known_at), on), "D15-4": rules.fabricated(found, told, period.first, on),
            "D15-5": rules.traceable(figures, period.first, on)}


def _figures(one: Held, title: str, unit: str, refuted: set[tuple[str, str]]) -> Iterable[rules.Figure]:
    content, loose, uid = one.content, set(untraced(one.content)), one.filing.uid if one.filing else ""
    for column in one.table.columns:
        blank = content.get("figures", {}).get(column.code) is None
        yield rules.Figure(f"{uid}:{column.code}", f"{title} {column.name.zh}", unit, one.due, one.approved is not None, blank,
                              column.code not in loose, (uid, column.code) in refuted, link(one))


def link(one: Held) -> str:
    return reverse("d15:filing", args=[one.table.code, one.span.name, one.unit])


def address(filing: Filing) -> str:
    return reverse("d15:filing", args=[filing.form.code, filing.period, filing.unit])


def name(filing: Filing) -> str:
    return f"{filing.unit_name} {filings.table_of(filing.form).title} {filing.period}"


def figure_name(table: Table, code: str) -> Text:
    return next((one.name for one in table.columns if one.code == code), Text(code, code))


def figure_of(filing: Filing, code: str) -> Text:
    return figure_name(filings.table_of(filing.form), code)


def checked(period: Period) -> list[Check]:
    rows = Check.objects.filter(entered_at__lte=period.known_at, checked_on__lte=period.as_of)
    return list(rows.order_by("checked_on", "pk"))


def findings(period: Period) -> list[Finding]:
    rows = Finding.objects.filter(found_at__lte=min(period.known_at, clock.end_of(period.as_of)))
    return list(rows.select_related("check_of").order_by("found_at", "pk"))


def posts(on: date, known_at: datetime) -> list[rules.Post]:
    """The leading posts of every unit that reports a table that day, from the register, so that none is left out."""
    letters: dict[str, list[tuple[date, date | None]]] = {}
    for row in Pledge.objects.filter(entered_at__lte=known_at).order_by("signed_on"):
        letters.setdefault(row.post, []).append((row.signed_on, row.until))
    units = registry.in_order({unit for form in filings.forms(on) for unit in filings.reporters(filings.table_of(form), on)})
    names, found = areas.names(units, on), []
    for unit in units:
        for post in (one for one in registry.posts(unit, as_of=on) if one.role in ROLES):
            held_by = registry.holders(post.uid, on)
            since = max((holding.since for holding, _ in held_by), default=None)
            found.append(rules.Post(post.uid, f"{names.get(unit, unit)} {post.title}", unit, since, tuple(letters.get(post.uid, ()))))
    return found


def questions(period: Period) -> list[tuple[Table, Question]]:
    """The built-in checks on the figures of the year, table by table: asked, nothing to ask, or too few to judge."""
    listed, found = [one for one in year(period) if one.filing and one.due <= period.as_of], []
    by_code: dict[str, list[Held]] = {}
    for one in listed:
        by_code.setdefault(one.table.code, []).append(one)
    for some in by_code.values():
        table = some[0].table
        rows, totals = _reported(some), {total for total, _ in table.sums}
        of_kind = {kind: [c.code for c in table.columns if c.kind == kind and c.code not in totals] for kind in KINDS}
        asked = reported.digits(rows, of_kind["money-wan"], of_kind["count"]) + reported.alike(rows)
        if table.adds in by_code:
            beneath = {low.code for low in by_code[table.adds][0].table.columns}
            asked += reported.levels(rows, _reported(by_code[table.adds]), {c.code: c.name for c in table.columns if c.code in beneath})
        asked += reported.revised([change for one in some for change in _revised(one)], bound=bound("revision_bound", period.as_of),
                                  names={c.code: c.name for c in table.columns})
        found += [(table, one) for one in asked]
    return found


def _reported(some: Iterable[Held]) -> list[Reported]:
    return [Reported(one.unit, one.span.name, values(one.content)) for one in some]


def _revised(one: Held) -> Iterable[Revised]:
    for step in filings.altered(one.hands):
        for change in step.changes:
            if change.before is not None and change.after is not None:
                yield Revised(one.unit, one.span.name, change.code, change.before, change.after, clock.city_day(step.hand.at), one.due)


def things(period: Period) -> list[Line]:
    """What only warnings read: questions about figures, and hand-overs that are no longer what was committed to."""
    office, on = bureau(period.as_of), period.as_of
    made = [Line(f"{table.code}:{one.finding.check}:{one.about}"[:80], f"{table.title} {CHECKS[one.finding.check].zh}",
                 registry.owner_of(one.unit, on) if one.unit else office, "question", _state(one), words=one.finding.reason)
            for table, one in questions(period) if one.finding.suspicious]
    for one in year(period):
        if one.filing and one.present and (wrong := filings.quick(one.filing, one.hands)):
            made.append(Line(one.filing.uid, f"{one.filing.unit_name} {one.table.title} {one.span.name}", registry.owner_of(one.unit, on),
                             "lineage", "broken", words=wrong[0].words, link=link(one)))
    return made


def _state(one: Question) -> str:
    return {True: "question", False: "passed", None: "unjudged"}[one.finding.suspicious]


def sections(period: Period, by: Any) -> list[Section]:
    """Each check with its answer, for the units that this person may see."""
    rows = [[table.title, CHECKS[one.finding.check], one.unit or bureau(period.as_of), rules.STATES[_state(one)], one.finding.reason]
            for table, one in questions(period) if areas.sees(AREA, by, one.unit)]
    rows.sort(key=lambda row: row[3].zh != rules.STATES["question"].zh)
    return [Section(Text("数据核查提示", "Questions about figures"),
                    (Text("报表", "Table"), Text("检查", "Check"), Text("单位", "Unit"), Text("结果", "Result"),
                     Text("说明", "Explanation")),
                    rows[:200], Text("统计规律只用来提问，任何一项都可能有正常的原因；认定造假须有核查和证据，不能仅凭此处结果。",
                                     "A regularity only asks; each may have an honest reason. "
                                     "Fabrication needs a check and evidence, never this alone."),
                    2)]


def public_figures(view: View, *, code: str = "", period: str = "") -> dict[str, Any]:
    """The provider `d15-figures`: open tables with their approved periods; one period with its figures and their lineage. Errors:
    `STAT-NONE`, `STAT-PERIOD`."""
    today, now = clock.today(), clock.now()
    shown = {one.code: filings.table_of(one) for one in filings.forms() if filings.table_of(one).open}
    if not code:
        return {"view": view.name, "tables": _listed(shown, today, now)}
    if code not in shown:
        raise absent("STAT-NONE", field="code", value=code[:20], zh="张公开的统计报表", en="public table")
    form, span = filings.form_for(code, period, today=today)
    if not filings.table_of(form).open:
        raise absent("STAT-NONE", field="period", value=period[:12], zh="个公开的报告期", en="public period of this table")
    listed = [one for one in filings.held(span.last, date.max, as_of=today, known_at=now, codes=[code])
              if one.span.name == period and one.form.pk == form.pk]
    return {"view": view.name, "table": filings.table_of(form), "every": EVERY[filings.table_of(form).every], "period": span.name,
            "kinds": KINDS, "rows": [_shown(one, today) for one in listed]}


def _listed(shown: dict[str, Table], today: date, now: datetime) -> list[dict[str, Any]]:
    """Each table once, as declared last, with its periods of every declaration that is open."""
    periods: dict[str, dict[str, list[bool]]] = {code: {} for code in shown}
    for one in filings.held(date.min, date.max, as_of=today, known_at=now, codes=shown) if shown else ():
        if one.table.open:
            periods[one.table.code].setdefault(one.span.name, []).append(one.approved is not None)
    return [{"table": table, "periods": [(name, sum(some), len(some)) for name, some in sorted(periods[code].items(), reverse=True)]}
            for code, table in shown.items()]


def _shown(one: Held, today: date) -> dict[str, Any]:
    """One unit: figures that hold, every public hand-over, every difference after an approval. Not approved yet: only that."""
    hands = filings.public_hands(one.hands, on=today)
    return {"unit": one.unit, "name": registry.name(one.unit, as_of=one.span.last, short=True), "due": one.due,
            "values": [(column, values(one.content).get(column.code) if one.approved else None) for column in one.table.columns],
            "missing": one.content.get("missing", {}) if one.approved else {}, "state": STATES[one.filing.state if one.filing else ""],
            "hands": [{"hand": hand, "verb": VERBS[hand.verb]} for hand in hands],
            "changes": [{"step": step, "figures": [(figure_name(one.table, c.code), c) for c in step.changes]}
                        for step in filings.altered(hands) if step.after_approval]}




AREA = Area(
    HERE, SEE, lines, rules.STATES, things=things, open_to_all=("D15-2", "D15-3", "D15-5"), sections=sections,
    whole=lambda by: works(by, SEE, clock.today()),
    tabs=(("d15:filings", Text("报表", "Reports"), SEE), ("d15:pledges", Text("责任书", "Letters of responsibility"), SEE),
          ("d15:checks", Text("核查与认定", "Checks and findings"), SEE), ("d15:tables", Text("报表制度", "Tables"), SEE)))
