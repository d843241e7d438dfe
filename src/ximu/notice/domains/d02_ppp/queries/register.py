"""Projects with what was decided, owed, paid and published, as known at a time; the promises behind the obligations."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from django.urls import reverse

from ximu.ideas.casework import queries as cases
from ximu.ideas.commitments import queries as promises
from ximu.ideas.commitments.rules import Judged
from ximu.ideas.events import queries as events
from ximu.ideas.ledger.rules import entry_bytes
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor
from ximu.kernel.canonical import digest
from ximu.kernel.refusal import absent
from ximu.kernel.words import Text
from ximu.notice.domains.d02_ppp import rules
from ximu.notice.domains.d02_ppp.models import Breach

HERE, ROW, KIND = Path(__file__).parents[1], "D2", "ppp_obligation"
FINAL = "ppp.breach-final"
KINDS = (FINAL,)
PROJECTS, ACTS, DUTIES, PAYMENTS, DISCLOSURES, SPENDING, BUDGETS = DATASETS = (
    "ppp_projects", "ppp_acts", "ppp_duties", "ppp_payments", "ppp_disclosures", "ppp_spending", "ppp_budgets")
PAYS = {"政府付费": Text("政府付费", "the government"), "可行性缺口补助": Text("可行性缺口补助", "users, with a subsidy"),
        "使用者付费": Text("使用者付费", "users")}
Row = Mapping[str, Any]


@cache
def sets() -> list[rules.StageSet]:
    return rules.read_sets(tomllib.loads((HERE / "stages.toml").read_text("utf-8")))


@cache
def _breaches() -> dict[str, dict[str, str]]:
    return tomllib.loads((HERE / "breaches.toml").read_text("utf-8"))


def kinds_of_breach() -> dict[str, Text]:
    return {code: Text(one["zh"], one["en"]) for code, one in _breaches().items()}


def behaviour_of(kind: str) -> str:
    return _breaches()[kind]["behaviour"]


def kinds_of_duty() -> dict[str, str]:
    """Sort of an obligation → the breach that its failure is."""
    return {one["sort"]: code for code, one in _breaches().items() if one["sort"]}


def step_name(step: str) -> Text:
    """As any of the sets calls it, or as every trace does."""
    known = {zh: name for held in sets() for stage in held.stages for zh, name in stage.steps.items()}
    extra = {rules.PROMISE: Text(rules.PROMISE, "obligation agreed"), rules.BREACH: Text(rules.BREACH, "on the day itself")}
    return (known | extra).get(step, Text(step, step))


def reference(project: str, duty: str) -> str:
    """Under which reference the obligation stands in the register of promises."""
    return f"{project}/{duty}"


@dataclass(frozen=True)
class Book:
    """Everything as known at a time; rows of a project are found by its number, payments by project and obligation."""

    as_of: date
    known_at: datetime

    def rows(self, name: str, **equal: Any) -> list[Row]:
        return events.rows_of(name, known_at=self.known_at, **equal)

    @cached_property
    def projects(self) -> dict[str, Row]:
        return {one["project"]: one for one in self.rows(PROJECTS) if one["initiated_on"] <= self.as_of}

    @cached_property
    def acts(self) -> dict[str, list[Row]]:
        return _by(("project",), sorted(self.rows(ACTS), key=lambda one: one["acted_on"]))

    @cached_property
    def duties(self) -> dict[str, Row]:
        return {reference(one["project"], one["duty"]): one for one in self.rows(DUTIES)}

    @cached_property
    def payments(self) -> dict[str, list[Row]]:
        return _by(("project", "duty"), [one for one in self.rows(PAYMENTS) if one["paid_on"] <= self.as_of])

    @cached_property
    def disclosures(self) -> dict[str, list[Row]]:
        return _by(("project",), self.rows(DISCLOSURES))

    @cached_property
    def judged(self) -> list[Judged]:
        """The promises of this area under who answers for them on the day."""
        found = promises.judged(as_of=self.as_of, known_at=self.known_at, domain=ROW, kinds=(KIND,))
        return [replace(one, unit=answers(promises.with_owner(one, self.as_of).unit, self.as_of)) for one in found]

    def of(self, code: str) -> list[Judged]:
        return [one for one in self.judged if one.reference.split("/")[0] == code]

    def breach_of(self, one: Judged) -> str:
        """Which breach its failure is; empty for a promise that came in by hand and has no sort."""
        row = self.duties.get(one.reference)
        return kinds_of_duty().get(row["sort"], "") if row else ""

    def owner(self, row: Row, day: date) -> str:
        """The unit that carries today what this one did."""
        return registry.owner_of(row["unit"], max(self.as_of, day))


def answers(unit: str, on: date) -> str:
    """Whose figure it is: a district's for its own departments, else the unit itself."""
    view = registry.unit(unit, as_of=on)
    return (view.district if view else "") or unit


def _by(names: Collection[str], rows: Collection[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for one in rows:
        found.setdefault("/".join(one[name] for name in names), []).append(one)
    return found


book = Book


def project(found: Book, code: str) -> Row:
    """Errors: `PPP-NONE`."""
    if code not in found.projects:
        raise absent("PPP-NONE", field="project", value=code[:40], zh="个合作项目", en="partnership project")
    return found.projects[code]


def uid_of_duty(found: Book, code: str, duty: str) -> str:
    """The promise of an obligation; empty where there is none."""
    return next((one.uid for one in found.judged if one.reference == reference(code, duty)), "")


def breaches(code: str = "", *, known_at: datetime) -> list[tuple[Breach, Text]]:
    """The newest first, each with where its case stands."""
    states = cases.procedure("ppp_breach").states
    stands = {one.uid: states[one.state].name for one in cases.cases_of("ppp_breach", about=code)}
    rows = Breach.objects.filter(found_at__lte=known_at, **({"project": code} if code else {})).order_by("-pk")
    return [(one, stands[one.case]) for one in rows]


def final_breaches(first: date, last: date, *, known_at: datetime) -> list[Breach]:
    """Those whose document became final in these days and was on record at that time."""
    return list(Breach.objects.filter(final_on__range=(first, last), final_at__lte=known_at).order_by("pk"))


def final_body(row: Breach) -> dict[str, Any]:
    """What the log says of a breach that is final."""
    return {"breach": row.uid, "sort": row.kind, "on": str(row.final_on), "paper": row.paper, "document": digest(row.document)}


def provider(first: int, last: int) -> Iterator[tuple[int, bytes, str]]:
    """What the log should say about final breaches."""
    for one in Breach.objects.filter(log_index__gte=first, log_index__lt=last):
        yield one.log_index or 0, entry_bytes(FINAL, final_body(one), one.final_at), f"合作项目违约终局 {one.project}"


def pages_of(case: Any, by: Actor) -> list[tuple[Text, str]]:
    """From the case of a breach to its project, traced as of the day of the breach."""
    there = f"{reverse('d02:project', args=[case.about])}?on={case.values['occurred_on']}&duty={case.values['duty']}"
    return [(Text("合作项目与责任回溯", "The project, and who answered"), there)] if by.can("d02.see") else []


def trace(found: Book, code: str, *, on: date, duty: str = "", today: date) -> list[registry.Traced]:
    """All steps that must be on record by the day, who promised the obligation, and who was in office on the day itself.

    Each under the post-holder of its own day; `today` is the unit that carries the duties now. Errors: `PPP-NONE`.
    """
    row, acts = project(found, code), found.acts.get(code, [])
    taken = [one for one in acts if one["acted_on"] <= on]
    listed = [registry.Act(one["step"], one["acted_on"], one["unit"], one["post"] or "", one["document"]) for one in taken]
    steps = rules.expected(sets(), row, acts, on)
    steps += [one for one in dict.fromkeys(act["step"] for act in taken) if one not in steps]
    if duty:
        listed += _promised(found, code, duty)
        steps.append(rules.PROMISE)
    listed += _in_office(found, row, code, duty, on)
    return registry.traced(listed, steps=[*steps, rules.BREACH], today=today)


def _promised(found: Book, code: str, duty: str) -> Iterable[registry.Act]:
    uid = uid_of_duty(found, code, duty)
    if not uid:
        return []
    row = promises.row(uid)
    title = next((one.title for one in registry.posts(row.unit, as_of=row.made_on) if one.uid == row.post), "")
    return [registry.Act(rules.PROMISE, row.made_on, row.unit, title, reference(code, duty))]


def _in_office(found: Book, row: Row, code: str, duty: str, on: date) -> list[registry.Act]:
    """The leading posts of the unit that carried the obligation (else the project) on the day; none on record is a gap."""
    debtor = found.duties.get(reference(code, duty), row)
    unit = registry.owner_of(debtor["unit"], max(on, row["initiated_on"]))
    posts = [one.title for one in registry.posts(unit, as_of=on) if one.role in rules.FIRST]
    return [registry.Act(rules.BREACH, on, unit, title, "") for title in posts or [""]]


def gaps(found: Book, code: str, *, on: date, today: date) -> list[registry.Traced]:
    """Steps by which nobody can be traced; the day itself is not one of them."""
    return [one for one in trace(found, code, on=on, today=today) if one.gap and one.step != rules.BREACH]


def plain(one: registry.Traced) -> dict[str, Any]:
    """A step for programs: persons by their register's uid; what is not on record is a gap with `RETRACE-GAP`."""
    return {"step": one.step, "act": asdict(one.act) if one.act else None, "holders": list(one.holders), "today": one.today, "gap": one.gap,
            "code": one.code}
