"""Weeks with holidays are weighed, silence is told apart, and every rule is tried on history."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from ximu.ideas.events import services as events
from ximu.ideas.events.tests.factories import frame, ticket
from ximu.kernel.actor import SYSTEM
from ximu.kernel.workdays import BUNDLED, Calendar
from ximu.notice.domains.d13_hotline import queries, rules

pytestmark = pytest.mark.row("D13")
AT = datetime(2019, 7, 1, 1, tzinfo=UTC)
MONDAY = date(2018, 1, 1)


def weeks(n: int, start: date = MONDAY) -> list[date]:
    return [start + timedelta(weeks=i) for i in range(n)]


def test_a_holiday_week_weighs_what_its_days_bring() -> None:
    daily = {MONDAY + timedelta(days=n): 100 if BUNDLED.is_working(MONDAY + timedelta(days=n)) else 40 for n in range(365)}
    found = rules.weighed(weeks(52), daily, BUNDLED)
    assert found is not None
    festival = weeks(52).index(date(2018, 2, 12))   # three working days and four days off before the Spring Festival of 2018
    assert found[weeks(52).index(date(2018, 3, 5))] == pytest.approx(1)
    assert found[festival] == pytest.approx((3 + 0.4 * 4) / 5.8)
    total = [sum(daily[week + timedelta(days=n)] for n in range(7)) for week in weeks(52)]
    assert np.array(total) / 580 == pytest.approx(found), "what the days alone bring"


@pytest.mark.parametrize(("daily", "calendar"), [({}, BUNDLED), ({date(2018, 1, 2): 5}, BUNDLED), ({date(2018, 1, 2): 5}, Calendar())])
def test_without_a_calendar_or_days_off_there_is_no_holiday_term(daily: dict[date, int], calendar: Calendar) -> None:
    assert rules.weighed(weeks(4), daily, calendar) is None


def row(unit: str, week: date, n: int = 9, topic: str = "04") -> dict[str, Any]:
    return {"unit": unit, "topic": topic, "week": week, "n": n}


def test_a_unit_that_stops_speaking_is_a_state_and_a_gap_is_not_its_silence() -> None:
    ten = weeks(10)
    speaking = [row("a", w) for w in ten] + [row("b", w) for w in ten[:7]] + [row("c", w, 1) for w in ten[:7]]
    settings = {"weeks": 2, "history": 26, "least": 5}
    [found] = rules.fell_silent(speaking, ten, [], settings)
    assert (found.kind, found.unit, found.first, found.last) == ("silent", "b", ten[7], ten[9] + timedelta(days=6))
    assert "每周" in found.words.zh and "a week" in found.words.en
    assert rules.fell_silent(speaking, ten, ten[7:], settings) == [], "weeks that nobody delivered are no data, not silence"
    assert rules.fell_silent([], ten, [], settings) == []


def test_days_not_delivered_are_told_in_spans() -> None:
    found = rules.not_delivered([date(2018, 1, 3), date(2018, 1, 1), date(2018, 1, 2), date(2018, 1, 9)])
    assert [(q.kind, q.first, q.last) for q in found] == [
        ("no_data", date(2018, 1, 1), date(2018, 1, 3)), ("no_data", date(2018, 1, 9), date(2018, 1, 9))]


def test_an_alarm_found_true_is_not_a_false_alarm_and_its_time_not_quiet() -> None:
    months = {("a", date(2018, 1, 1)), ("a", date(2018, 2, 1)), ("b", date(2018, 1, 1))}
    rang = [("a", "t1", "2018-01-05"), ("a", "t2", "2018-02-06")]
    assert rules.rung_monthly("words", months, rang, set()) == rules.Rung("words", 3, 2, 12)
    assert rules.rung_monthly("words", months, rang, {rang[0]}) == rules.Rung("words", 2, 1, 12)


def test_quiet_noise_rings_seldom_and_a_rise_is_counted_until_it_is_found_true() -> None:
    rng = np.random.default_rng(5)
    long = weeks(200, date(2014, 1, 6))
    noise = [row(f"u{s}", w, int(rng.poisson(20))) for s in range(30) for w in long]
    rise = [r | {"n": 90} if (r["unit"], r["week"]) == ("u3", long[150]) else r for r in noise]
    settings = {**rules.WARNINGS["volume"], "judged_weeks": len(long)}
    nightly = rules.WARNINGS["volume"]
    quiet = rules.rung_volume(rules.detected(noise, long, [], settings), set(), nightly)
    loud = rules.rung_volume(rules.detected(rise, long, [], settings), set(), nightly)
    known = rules.rung_volume(rules.detected(rise, long, [], settings), {("u3", "04", long[150].isoformat())}, nightly)
    assert quiet.judged > 2000
    assert quiet.alarms / quiet.judged < 0.002
    assert loud.alarms == quiet.alarms + 1
    assert (known.judged, known.alarms) == (loud.judged - 1, loud.alarms - 1)
    assert rules.rung_volume(None, set()).judged == 0


@pytest.mark.django_db
def test_every_rule_is_tried_on_what_is_stored(settings: Any, tmp_path: Any) -> None:
    settings.XIMU_HOME = tmp_path
    assert queries.tried(set(), known_at=AT) is None
    assert queries.silences(date(2018, 5, 10), known_at=AT) == []
    rows = [ticket(f"t{n}", called_on=date(2018, 1, 1) + timedelta(days=n), outcome="实际解决", solved="否" if n % 3 else "是")
            for n in range(120)]
    events.append("hotline", frame(*rows, ticket("w", called_on=date(2018, 2, 5), words="拖欠")), batch="b", by=SYSTEM, at=AT)
    found = queries.tried(set(), known_at=AT)
    assert found is not None
    by_rule = {one.rule: one for one in found.rung}
    assert (found.first, found.last) == (date(2018, 1, 1), date(2018, 4, 30))
    assert (by_rule["volume"].judged, by_rule["words"].judged, by_rule["words"].alarms) == (0, 4, 1)
    assert (by_rule["false_closure"].judged, by_rule["false_closure"].alarms) == (2, 2)
    true = {("words", "u1", "w", "2018-02-05"), ("false_closure", "u1", "", "2018-01/2018-03")}
    after = {one.rule: one for one in queries.tried(true, known_at=AT).rung}   # type: ignore[union-attr]
    assert (after["words"].judged, after["words"].alarms, after["false_closure"].alarms) == (3, 0, 1)
    silent = queries.silences(date(2018, 5, 20), known_at=AT)
    assert [(q.kind, q.first, q.last) for q in silent] == [("no_data", date(2018, 5, 1), date(2018, 5, 18))]
