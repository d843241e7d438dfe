"""Threshold rules such as the bands of debt: every edge, the bands of the day, what rises, what is not there, and the alarms they raise."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from ximu.foundation.profiles import uid_of
from ximu.ideas.registry.tests.factories import load
from ximu.ideas.warnings import queries
from ximu.ideas.warnings.commands.alarms import warnings_group
from ximu.ideas.warnings.rules import bands
from ximu.kernel.refusal import Refusal

pytestmark = pytest.mark.row("D5")
DAY = date(2018, 12, 31)


def refused(code: str, act: Any, *args: Any) -> Refusal:
    with pytest.raises(Refusal) as found:
        act(*args)
    assert found.value.code == code
    return found.value


@pytest.mark.parametrize(("rule", "value", "level"), [
    ("debt-ratio", "119.99", "green"), ("debt-ratio", "120", "yellow"), ("debt-ratio", "199.999", "yellow"), ("debt-ratio", "200", "orange"),
    ("debt-ratio", "299.99", "orange"), ("debt-ratio", "300", "red"), ("debt-ratio", "1000", "red"), ("debt-ratio", "0", "green"),
    ("debt-interest", "10", "green"), ("debt-interest", "10.01", "red"), ("debt-limit", "100", "green"), ("debt-limit", "100.01", "red"),
])
def test_every_edge(rule: str, value: str, level: str) -> None:
    [told] = bands.judged(rule, [("u", DAY, Decimal(value))])
    assert told.level == level
    assert value in told.words.zh and value in told.words.en


def test_each_figure_is_judged_by_the_bands_of_its_own_day(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [{"since": date(2018, 1, 1), "zh": "甲", "en": "a", "unit": "%", "source": "s", "bands": [{"from": "100", "level": "red"}]},
            {"since": date(2019, 1, 1), "zh": "甲", "en": "a", "unit": "%", "source": "s", "bands": [{"from": "90", "level": "yellow"}]}]
    monkeypatch.setattr(bands, "_tables", lambda: {"a": rows})
    told = bands.judged("a", [("u", day, Decimal(95)) for day in (date(2017, 12, 31), date(2018, 12, 31), date(2019, 1, 1))])
    assert [(one.day.year, one.level) for one in told] == [(2018, "green"), (2019, "yellow")], "nothing was owed before the rule began"


def test_a_rise_is_told_and_nothing_is_not_calm() -> None:
    rows = [("u", date(2018, month, 1), None if value is None else Decimal(value)) for month, value in enumerate((110, 150, None, 250, 130), 1)]
    told = bands.judged("debt-ratio", rows[::-1])
    assert [(one.level, one.rose) for one in told] == [("green", ""), ("yellow", "green"), ("no-data", ""), ("orange", ""), ("yellow", "")]
    assert "不作平静处理" in told[2].words.zh


def test_wrong_input_is_refused() -> None:
    assert refused("BAND-RULE", bands.bands_on, "weather", DAY).rule.split() == bands.names()
    for text in ("unit,value\nu,1", "unit,date,value\nu,soon,1", "unit,date,value\nu,2018-12-31,much", "unit,date,value\nu,2018-12-31,NaN1",
                 "unit,date,value\nu,2018-12-31,Infinity", "unit,date,value\n,2018-12-31,1", "unit,date,value\nu,2018-12-31,1\nu,2018-12-31,2"):
        refused("BAND-DATA", bands.figures, text.splitlines())
    row = {"since": DAY, "zh": "甲", "en": "a", "unit": "%", "source": "s"}
    for wrong in ([], [{"from": "2", "level": "yellow"}, {"from": "1", "level": "red"}], [{"from": "2", "level": "purple"}]):
        refused("BAND-FORM", bands.read, "a", {**row, "bands": wrong})


def test_every_rule_names_its_source() -> None:
    assert all(len(found.source) > 15 for name in bands.names() if (found := bands.bands_on(name, date(2026, 1, 1))) is not None)


@pytest.mark.django_db
def test_the_newest_figure_of_a_unit_is_raised_once(tmp_path: Path) -> None:
    load()
    file = tmp_path / "figures.csv"
    file.write_text("unit,date,value\n示例市甲区人民政府,2018-06-30,310\n示例市甲区人民政府,2018-12-31,210\n示例市乙区人民政府,2018-12-31,90\n", "utf-8")
    asked = ["bands", str(file), "--rule", "debt-ratio", "--keep", "--json"]
    first, again = (json.loads(CliRunner().invoke(warnings_group, asked).output) for _ in range(2))
    assert (first["alarms_new"], again["alarms_new"]) == (1, 0)
    assert sorted(one["level"] for one in first["figures"]) == ["green", "orange", "red"]
    [alarm] = queries.alarms(source="D5")
    assert (alarm.level, alarm.unit, alarm.basis["bound"]) == ("orange", uid_of("example", "q01"), "200")
    assert alarm.case, "orange opens a case"
    file.write_text("unit,date,value\nnobody,2018-12-31,310\n", "utf-8")
    ran = CliRunner().invoke(warnings_group, asked)
    assert isinstance(ran.exception, Refusal) and ran.exception.code.startswith("ORG-")
