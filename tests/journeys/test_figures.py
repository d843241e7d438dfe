"""The made-up city holds a year of tickets and purchases: pages, alarms with their error rates, flags and interest, at every width."""

from __future__ import annotations

import json
import re
import runpy
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import City, Staff

pytestmark = [pytest.mark.journey, pytest.mark.row("D1", "D13")]
SCRIPTS = Path(__file__).parents[2] / "scripts"
HOTLINE: dict[str, Any] = runpy.run_path(str(SCRIPTS / "hotline_example.py"))["PLANTED"]
PURCHASES: dict[str, dict[str, Any]] = runpy.run_path(str(SCRIPTS / "procurement_example.py"))["PLANTED"]


def told(city: City, *args: str) -> Any:
    answer = city.ximu(*args, "--json")
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout)


def test_what_was_planted_is_warned_of_and_nothing_else(city: City) -> None:
    alarms = told(city, "warnings", "list", "--all")
    hotline = {(a["rule"], a["about"]) for a in alarms if a["source"] == "D13"}
    assert hotline == {("false_closure", ""), ("volume", HOTLINE["outbreak"]["topic"]), ("repeat", HOTLINE["repeat"]["matter"]),
                       ("returned", HOTLINE["returned"]["ticket"]), ("words", HOTLINE["words"]["ticket"]),
                       ("alike", HOTLINE["alike"]["tickets"][0]), ("heaped", "close"), ("massed", "close")}
    assert all(a["basis"]["false_alarms"]["judged"] > 100 for a in alarms if a["source"] == "D13"), "each with its known error"
    untied = {("D01-sum", ocid) for ocid, p in PURCHASES.items() if p["code"] == "G002"}
    assert {(a["rule"], a["about"]) for a in alarms if a["source"] == "D1"} == {(p["code"], ocid) for ocid, p in PURCHASES.items()} | untied
    rated, ours = {r["rule"] for r in told(city, "warnings", "false-alarms")}, {rule for rule, _ in hotline}
    assert rated >= ours
    reports = {a["rule"] for a in alarms if a["source"] not in {"D1", "D13"}}
    strange = {rule for rule in rated - ours - reports if not (rule == "moved" or rule.startswith("D01-") or re.fullmatch(r"[RG]\d+", rule))}
    assert strange == set(), "the others are flags on purchases, checks of what was reported, and what the other areas warned of"


@pytest.mark.parametrize("width", [1440, 320])
def test_the_public_pages_are_full(city: City, page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{city.url}/hotline/")
    expect(page.locator("main tbody tr")).to_have_count(24)
    page.goto(f"{city.url}/procurement/")
    for words in ("逾期付款", "合同按期签订率", "示例市财政局"):
        expect(page.locator("main")).to_contain_text(words)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [1440, 320])
def test_the_console_tells_rules_in_words_and_how_often_they_err(city: City, staff: Staff, width: int) -> None:
    desk = staff.page("coordinator", width=width)
    for path, words in (("d13", "误报率"), ("d13/quality", "办结日"), ("d13/map", "中和街道"), ("d01", "授标后变更"),
                        ("warnings", "投诉量异常升高")):
        desk.goto(f"{city.url}/console/{path}/")
        expect(desk.locator("main")).to_contain_text(words)
        assert desk.evaluate("document.documentElement.scrollWidth") <= width, path
    desk.goto(f"{city.url}/console/d13/")
    expect(desk.locator("#coming")).to_contain_text("暂不判定")
    desk.goto(f"{city.url}/console/warnings/")
    assert desk.locator(".light-orange").count() >= 1
    colour = desk.locator(".light-orange").first.evaluate("e => getComputedStyle(e).color")
    assert colour == "rgb(138, 61, 0)"
    interest = [p for p in told(city, "procurement", "payments") if p["small"] and p["days_late"]]
    assert interest and all(float(p["interest"]) > 0 for p in interest)


def test_a_call_that_cannot_be_read_is_refused_in_both_languages(city: City) -> None:
    for args, code, zh, en in ((("detect", "s.csv", "--param"), "CLI-USAGE", "选项 --param 缺少值", "requires an argument"),
                               (("detect",), "CLI-USAGE", "缺少参数 SERIES.csv", "Missing argument"),
                               (("detect", "s.csv", "--nothing"), "CLI-USAGE", "没有选项 --nothing", "No such option"),
                               (("warnings", "list", "--source"), "CLI-USAGE", "选项 --source 缺少值", "requires an argument"),
                               (("nothing",), "CLI-USAGE", "不能识别", "No such command")):
        answer = city.ximu(*args)
        assert answer.returncode == 2
        assert answer.stderr.startswith(f"[{code}] ") and zh in answer.stderr and en in answer.stderr
