"""A day of the coordinator at the Development and Reform Commission: the plan, the lists, the coverage board."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import NEW_PASSWORD, City, Staff, refused

pytestmark = [pytest.mark.journey]


@pytest.mark.row("P")
def test_the_first_sign_in_asks_for_an_own_password_and_the_second_factor_is_asked_ever_after(city: City, page: Page) -> None:
    page.goto(f"{city.url}/console/")
    page.fill("#login", "supervisor")
    page.fill("#password", city.passwords["supervisor"])
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("更换口令")
    page.goto(f"{city.url}/console/plan/")
    expect(page.locator("h1")).to_have_text("更换口令")
    page.fill("#old", city.passwords["supervisor"])
    page.fill("#new", "supervisor-1")
    page.fill("#again", "supervisor-2")
    page.keyboard.press("Enter")
    expect(page.locator("#why")).to_contain_text("两次输入的新口令不一致")
    for field, word in (("#old", city.passwords["supervisor"]), ("#new", NEW_PASSWORD), ("#again", NEW_PASSWORD)):
        page.fill(field, word)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).not_to_have_text("更换口令")
    page.goto(f"{city.url}/console/accounts/factor")
    secret = page.locator("p.hint code").inner_text()
    page.fill("#code", "000000")
    page.keyboard.press("Enter")
    expect(page.locator("#why")).to_be_visible()
    secret = page.locator("p.hint code").inner_text() or secret
    page.fill("#code", pyotp.TOTP(secret).now())
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("请保存恢复码")
    spare = page.locator("ul.codes li").first.inner_text()
    page.goto(f"{city.url}/console/")
    page.get_by_role("button", name="退出").click()
    page.fill("#login", "supervisor")
    page.fill("#password", NEW_PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("#code")).to_be_visible()
    page.fill("#code", spare)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("今日事项")


@pytest.mark.row("P")
def test_one_chooses_how_before_april_is_read_another_signs_and_the_light_turns(city: City, staff: Staff) -> None:
    desk = staff.page("coordinator")
    desk.goto(f"{city.url}/console/")
    desk.get_by_role("link", name=re.compile("M1.1 2018年4月前")).click()
    address = desk.url.split("?")[0]
    desk.goto(f"{address}?as_of=2018-04-02")
    expect(desk.locator("main .light").first).to_have_text("逾期")
    desk.select_option("#due", "2018-04-30")
    desk.fill("#reason", "按惯例读至4月底")
    desk.get_by_role("button", name="提出读法").click()
    expect(desk.locator("main")).to_contain_text("待第二人签定")
    desk.select_option("#due", "2018-03-31")
    desk.fill("#reason", "再定一种")
    desk.get_by_role("button", name="提出读法").click()
    refused(desk, "PLAN-AMBIGUOUS")
    desk.goto(address)
    desk.get_by_role("button", name="签定").click()
    refused(desk, "DUAL")
    second = staff.page("publisher")
    second.goto(address)
    second.get_by_role("button", name="签定").click()
    row = second.locator("table", has_text="按惯例读至4月底").locator("tbody tr")
    expect(row).to_contain_text("发改委综合协调员（示例）")
    expect(row).to_contain_text("发改委发布员（示例）")
    second.goto(f"{address}?as_of=2018-04-02")
    expect(second.locator("main .light").first).not_to_have_text("逾期")
    second.goto(f"{address}?as_of=2018-05-02")
    expect(second.locator("main .light").first).to_have_text("逾期")


@pytest.mark.row("P")
def test_who_may_only_look_finds_no_buttons_on_a_task(city: City, staff: Staff) -> None:
    clerk = staff.page("q01-entry")
    clerk.goto(f"{city.url}/console/plan/")
    clerk.get_by_role("link", name="M1.1", exact=True).click()
    expect(clerk.get_by_role("button", name="提出读法")).to_have_count(0)
    expect(clerk.get_by_role("button", name="提交材料")).to_be_visible()


@pytest.mark.row("M1.1")
def test_the_lists_say_what_a_new_edition_changed(city: City, staff: Staff) -> None:
    desk = staff.page("coordinator")
    desk.goto(f"{city.url}/console/catalogue/")
    desk.get_by_role("link", name="与2018-1版比较").click()
    expect(desk.locator("h1")).to_have_text("2019-1版与2018-1版比较")
    expect(desk.locator("main")).to_contain_text("旧版本仍裁量其生效期内的行为")
    assert desk.locator("tbody tr").count() > 0
    desk.goto(desk.url + "?lang=en")
    expect(desk.locator("h1")).to_have_text("Edition 2019-1 compared with 2018-1")
    assert not re.search(r"[一-鿿]", desk.locator("main .figures").inner_text()), "the kinds of change are said in English too"
    desk.goto(f"{city.url}/console/?lang=zh")


@pytest.mark.row("M1.2")
def test_a_silent_district_and_an_attested_zero_look_different_and_the_silent_one_is_reminded(city: City, staff: Staff) -> None:
    desk = staff.page("coordinator")
    desk.goto(f"{city.url}/console/intake/coverage")
    today = date.fromisoformat(city.env["XIMU_CLOCK"][:10])
    before = today.replace(day=1) - timedelta(days=1)
    expect(desk.locator("h1")).to_have_text(f"归集情况 {before.year}年{before.month}月")
    desk.goto(f"{city.url}/console/intake/coverage?month=2018-08")
    zero = desk.locator("tbody td", has_text="零报告").first.locator(".light")
    silent = desk.locator("tbody td", has=desk.get_by_role("button", name="催报")).first
    expect(silent.locator(".light")).to_have_text("未报送")
    colour = "e => getComputedStyle(e).color"
    assert zero.evaluate(colour) != silent.locator(".light").evaluate(colour)
    silent.get_by_role("button", name="催报").click()
    expect(desk.locator("main")).to_contain_text("已催1次")


@pytest.mark.row("P")
def test_the_plan_board_on_a_telephone_and_in_english(city: City, staff: Staff, chromium: Browser) -> None:
    page = staff.page("coordinator", width=375, language="en-GB")
    for path in ("/console/", "/console/plan/", "/console/intake/coverage", "/console/catalogue/"):
        page.goto(f"{city.url}{path}?lang=en")
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), path
        assert not re.search(r"[一-鿿]", page.locator("h1").inner_text()), path
    page.goto(f"{city.url}/console/?lang=zh")
