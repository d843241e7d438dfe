"""The mayor's question: why is this district ninth, and was it ninth last year by the same rule? By clicks, by the public page, by the API."""

from __future__ import annotations

import json
import re
import urllib.request

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import City, Staff

pytestmark = [pytest.mark.journey, pytest.mark.row("M3.1", "M3.2")]


def test_why_is_this_district_ninth_and_was_it_ninth_last_year(city: City, staff: Staff, page: Page) -> None:
    desk = staff.page("coordinator")
    desk.goto(f"{city.url}/console/assessment/")
    desk.get_by_role("link", name="2018", exact=True).first.click()
    rows = desk.locator("main table tbody tr")
    expect(rows).to_have_count(16)
    ninth = next(row for row in rows.all() if row.locator("td").nth(2).inner_text() == "9")
    assert re.fullmatch(r"\d+–\d+", ninth.locator("td").nth(3).inner_text()), "the interval stands beside the rank"
    name = ninth.locator("a").inner_text()
    ninth.locator("a").click()
    main = desk.locator("main")
    expect(main).to_contain_text(name)
    expect(main).to_contain_text("今年是第9名")
    for words in ("诉求按期办结率", "归一化", "两年方法相同，名次变化来自事实"):
        expect(main).to_contain_text(words)
    parts = [float(cell) for cell in main.locator("section:has(h2:text('得分是怎样来的')) tbody td:nth-child(2)").all_inner_texts()]
    score = float(main.locator(".figure b").first.inner_text())
    assert abs(sum(parts) - score) <= 10, "what the parts do not add up to is told as deductions"
    last = re.search(r"重算2017年的数据，是第(\d+)名", main.inner_text())
    assert last
    page.goto(f"{city.url}/assessment/")
    page.get_by_role("link", name=name).click()
    expect(page.locator("main")).to_contain_text(f"重算2017年的数据是第{last[1]}名")
    run = re.search(r"runs/([^/]+)/units/([^/]+)$", desk.url)
    assert run
    cookies = "; ".join(f"{c['name']}={c['value']}" for c in desk.context.cookies())
    asked = urllib.request.Request(f"{city.url}/api/v1/assessment/runs/{run[1]}/units/{run[2]}/before", headers={"Cookie": cookies})
    with urllib.request.urlopen(asked) as answer:
        told = json.load(answer)
    assert (told["rank"], told["rank_before_same_rule"]) == (9, int(last[1]))
