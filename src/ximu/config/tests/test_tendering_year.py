"""The tenders of the made-up city: every planted fault is found, and nothing else; a count of the files alone agrees."""

from __future__ import annotations

import csv
import tomllib
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import chinese_calendar
import pytest

from ximu.config.stories import Story, d03
from ximu.foundation import clock
from ximu.foundation.profiles import uid_of
from ximu.foundation.rooms import SRC
from ximu.ideas.areas import queries as areas
from ximu.ideas.areas.rules import period_of
from ximu.ideas.credit import queries as credit
from ximu.ideas.disclosure import queries as disclosure
from ximu.ideas.ledger import queries as ledger
from ximu.ideas.registry.tests.factories import load
from ximu.kernel.actor import EVERY_RIGHT, Actor, Grant
from ximu.notice.domains.d03_tendering import queries

pytestmark = [pytest.mark.django_db, pytest.mark.row("D3")]
HOME = SRC / "config" / "cities" / "example" / "d03"
LATER = datetime(2019, 3, 20, 1, tzinfo=UTC)
ANSWERS = tomllib.loads((HOME / "answers.toml").read_text("utf-8"))


class Told(Story):
    def person(self, login: str, at: datetime) -> Actor:
        return Actor(login, uid_of("example", "fgw"), (Grant("r", frozenset({EVERY_RIGHT})),), login)


def play() -> None:
    todo = Told()
    d03.tell(todo, "example")
    todo.play()


@pytest.fixture(autouse=True)
def year(db: None, settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    settings.XIMU_PROFILE, settings.XIMU_HOME = "example", tmp_path
    load()
    monkeypatch.setattr(clock, "now", lambda: LATER)
    play()


def rows_of(name: str) -> list[dict[str, str]]:
    text = (HOME / f"{name}.csv").read_text("utf-8")
    return list(csv.DictReader(line for line in text.splitlines() if line and not line.startswith("#")))


def sheet(year: int = 2018) -> Any:
    return areas.sheet(queries.AREA, year, today=date(2019, 3, 20), known_at=LATER)


def wanted(found: Any, uses: dict[str, str]) -> list[list[str]]:
    return sorted([one.rule, uses.get(one.about, one.about), one.unit] for one in found.warned)


def expected(name: str) -> list[list[str]]:
    return sorted([one["rule"], one["about"], uid_of("example", one["unit"])] for one in ANSWERS[name])


def test_the_year() -> None:
    """One playing of the story, asked for everything that its files hide."""
    uses = {one.row.uid: f"{one.row.report.number} {one.row.about}" for one in credit.uses(date(2019, 3, 20))}
    found = sheet()
    alarms = wanted(found, uses)
    assert alarms == expected("alarm")
    for one in ANSWERS["figure"]:
        figure = found.figures[one["code"], uid_of("example", one["unit"]) if one["unit"] else ""]
        assert (one["code"], one["unit"], str(figure.value)) == (one["code"], one["unit"], one["value"])
        assert one.get("excluded", {}).items() <= figure.excluded.items()
    states = {uses[one.row.uid]: one.state for one in credit.uses(date(2019, 3, 20))}
    assert states == ANSWERS["uses"]
    assert wanted(sheet(2019), uses) == expected("later")
    assert ledger.verify_log().ok
    _by_hand(alarms, found)
    _as_it_was()
    _for_everybody()
    before = len(credit.reports(date(2019, 3, 20)))
    play()
    assert len(credit.reports(date(2019, 3, 20))) == before, "told twice, nothing is added"


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _roll(day: date) -> date:
    while not chinese_calendar.is_workday(day):
        day += timedelta(days=1)
    return day


def _work(day: date, days: int) -> date:
    while days:
        day += timedelta(days=1)
        days -= chinese_calendar.is_workday(day)
    return day


def _by_hand(alarms: list[list[str]], found: Any) -> None:
    """From the files alone, with none of the product's rules."""
    end, made, units = date(2018, 12, 31), set(), {}
    shown: list[bool] = []
    for row in rows_of("sections"):
        get = {name: _day(value) for name, value in row.items() if name.endswith(("_on", "_from", "_until"))}
        key, lawful = row["section"], row["lawful"] == "是"
        units[key] = row["unit_name"]
        if get["sale_until"] and (get["sale_until"] - get["sale_from"]).days < 4:
            made.add(("D03-W2", f"{key}/sale"))
        if lawful and (get["deadline_on"] - get["sale_from"]).days < 20:
            made.add(("D03-W2", f"{key}/bid"))
        if lawful and get["candidates_on"] and get["candidates_on"] <= end and (get["candidates_until"] - get["candidates_on"]).days < 3:
            made.add(("D03-W2", f"{key}/shown"))
        for code, start, done, days, only in (("candidates", "report_on", "candidates_on", 3, True), ("filing", "decided_on", "filed_on", 15, True),
                                              ("contract", "award_on", "contract_on", 30, False),
                                              ("deposit-back", "contract_on", "deposit_back_on", 5, False),
                                              ("result", "award_on", "result_on", 3, True), ("open", "contract_on", "contract_shown_on", 15, True)):
            if not get[start] or get[start] > end or (only and not lawful):
                continue
            due, did = _roll(get[start] + timedelta(days=days)), get[done] if get[done] and get[done] <= end else None
            if code in ("result", "open"):
                if did is None and due < end:
                    made.add(("D03-W8", f"{key}/{'contract' if code == 'open' else code}"))
            elif (did or end) > due:
                made.add(("D03-W3", f"{key}/{code}"))
            if code in ("result", "open", "candidates") and (did or due <= end):
                shown.append(did is not None)
        if Decimal(row["deposit"] or 0) > Decimal(row["estimate"]) / 50:
            made.add(("D03-W4", f"{key}/deposit"))
        if row["performance"] and get["contract_on"] <= end and Decimal(row["performance"]) > Decimal(row["contract_amount"]) / 10:
            made.add(("D03-W4", f"{key}/performance"))
    kept: list[bool] = []
    for row in rows_of("disputes"):
        get = {name: _day(value) for name, value in row.items() if name.endswith("_on")}
        key, raised, did = row["dispute"], get["raised_on"], get["answered_on"] if get["answered_on"] and get["answered_on"] <= end else None
        if get["withdrawn_on"] or (get["known_on"] and raised > _roll(get["known_on"] + timedelta(days=10))):
            continue
        if row["kind"] == "异议":
            late = did > _roll(raised + timedelta(days=0 if row["stage"] == "开标" else 3))
            made |= {("D03-W5", f"{key}/objection")} if late else set()
            made |= {("D03-W6", f"{key}/pause")} if row["paused"] == "否" and row["stage"] != "开标" else set()
            kept.append(not late)
            continue
        slow = (get["accepted_on"] or get["rejected_on"]) > _work(raised, 3)
        late = bool(get["accepted_on"]) and (did or end) > _work(get["accepted_on"], 30 + int(row["expert_days"] or 0))
        made |= ({("D03-W5", f"{key}/accept")} if slow else set()) | ({("D03-W5", f"{key}/decide")} if late else set())
        if slow or late or did or get["rejected_on"]:
            kept.append(not slow and not late)
        if get["accepted_on"] and did:
            told = get["published_on"]
            shown.append(bool(told))
            made |= {("D03-W8", key)} if not told and _roll(did + timedelta(days=15)) < end else set()
    counted = {(rule, about) for rule, about, _ in alarms if rule not in ("D03-W1", "D03-W7")}
    assert made == counted
    percent = lambda some: (Decimal(100 * sum(some)) / len(some)).quantize(Decimal("0.01"))  # noqa: E731
    assert found.figures["D03-2", ""].value == percent(kept)
    assert found.figures["D03-3", ""].value == percent(shown)


def _as_it_was() -> None:
    """Asked as of the end of July, as known then: nothing of the revocations, and what was late then."""
    then = datetime(2018, 8, 1, 3, tzinfo=UTC)
    lines = queries.AREA.lines(period_of(2018, today=date(2018, 7, 31), known_at=then))
    assert {one.uid: one.state for one in lines["D03-4"]}["BD-2018-12"] == "used", "its report was void, which nobody knew"
    assert [one.uid for one in lines["D03-1"] if not one.why] == ["CC-1"]


def _for_everybody() -> None:
    told = disclosure.published("d03", year=2018)
    assert [one["code"] for one in told["indicators"]] == ["D03-1", "D03-2", "D03-3", "D03-4"]
    titles = [one.title.zh for one in told["sections"]]
    assert titles == ["信用评价标准", "信用报告发行机构登记册", "招投标结果"]
    assert [row[1] for row in told["sections"][1].rows] == ["91990000MA1FAKE11F", "91990000MA1FAKE12J"], "one that waits is not listed"
    assert "XY-001" not in repr(told), "no single report is public"
