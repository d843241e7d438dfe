"""From delivery to the portal: the court's officer, the reviewer, the publisher, and what each of them is refused."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import City, Staff, refused

pytestmark = [pytest.mark.journey]


def open_first(page: Page, city: City, state: str) -> str:
    """The address of the first record in a queue, opened."""
    page.goto(f"{city.url}/console/disclosure/work?state={state}")
    page.locator("tbody tr").first.get_by_role("link").first.click()
    expect(page.locator("main .light").first).to_be_visible()
    return page.url


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


@pytest.mark.row("M1.2")
def test_the_court_finds_its_held_judgments_and_confirms_one_only_once(city: City, staff: Staff) -> None:
    page = staff.page("court")
    page.goto(f"{city.url}/console/")
    page.locator("nav .menu, .sidebar").get_by_role("link", name="待办记录").first.click()
    expect(page.locator("nav.tabs [aria-current=page]")).to_have_text("待生效（文书未确定）")
    assert page.locator("tbody input[type=checkbox]").count() == 9
    address = open_first(page, city, "held")
    stale = staff.page("court")
    stale.goto(address)
    page.fill("#reason-confirm_final", "上诉期满未上诉，见生效证明")
    press(page, "确认文书已生效")
    expect(page.locator("main .light").first).to_have_text("已核")
    stale.fill("#reason-confirm_final", "再确认一次")
    press(stale, "确认文书已生效")
    assert "已核" in refused(stale, "STATE-EDGE")


@pytest.mark.row("M1.2", "M1.3")
def test_a_checked_record_is_notified_takes_effect_and_is_opened_by_two_people(city: City, staff: Staff) -> None:
    page, court = staff.page("reviewer"), staff.page("court")
    address = open_first(court, city, "held")
    court.fill("#reason-confirm_final", "二审维持，见终审判决")
    press(court, "确认文书已生效")
    expect(court.locator("main .light").first).to_have_text("已核")
    page.goto(address)
    press(page, "生效")
    refused(page, "NOTICE-NONE")
    page.goto(address)
    page.fill("#served_on", "2029-12-31")
    page.fill("#manner", "直接送达，回证在卷")
    press(page, "记录告知")
    refused(page, "TIME-FUTURE")
    page.goto(address)
    page.fill("#served_on", city.env["XIMU_CLOCK"][:10])
    page.fill("#manner", "直接送达，回证在卷")
    press(page, "记录告知")
    expect(page.locator("main .light").first).to_have_text("已告知")
    press(page, "生效")
    assert "异议期" in refused(page, "EFFECT-EARLY")


@pytest.mark.row("M1.3")
def test_the_proposer_cannot_approve_another_can_and_the_portal_shows_it(city: City, staff: Staff) -> None:
    page, second = staff.page("coordinator"), staff.page("publisher")
    page.goto(f"{city.url}/console/disclosure/work?state=effective")
    links = page.locator("tbody tr", has_text="行政处罚").get_by_role("link")
    for address in [links.nth(n).get_attribute("href") for n in range(links.count())]:
        page.goto(f"{city.url}{address}")
        if page.locator("#basis").count():
            break
    number = page.url.rstrip("/").rsplit("/", 1)[-1].split("?")[0]
    public = staff.browser.new_page()
    assert public.goto(f"{city.url}/records/{number}/").status == 404
    for box in page.locator("input[name=field]").all()[:5]:
        box.check()
    page.fill("#basis", "上海市社会信用条例 第四十六条（示例市参照）")
    page.fill("#note", "仅公开认定所必需的字段")
    press(page, "提出")
    expect(page.locator("main")).to_contain_text("待另一人批准")
    page.goto(f"{city.url}/console/disclosure/publications")
    page.locator("tbody tr", has_text=number).get_by_role("button", name="批准", exact=True).click()
    refused(page, "DUAL")
    second.goto(f"{city.url}/console/disclosure/publications")
    second.locator("tbody tr", has_text=number).get_by_role("button", name="批准", exact=True).click()
    expect(second.locator("main")).to_contain_text("已办理")
    assert public.goto(f"{city.url}/records/{number}/").status == 200
    public.close()


def account_address(page: Page, city: City, login: str) -> str:
    page.goto(f"{city.url}/console/accounts/")
    return f"{city.url}{page.get_by_role('link', name=login, exact=True).get_attribute('href')}"


@pytest.mark.row("S2")
def test_three_administrators_each_do_one_thing_and_none_does_business(city: City, staff: Staff) -> None:
    system, guard, auditor = (staff.page(login) for login in ("sysadmin", "secadmin", "auditor"))
    address = account_address(system, city, "czj-entry")
    system.goto(address)
    expect(system.get_by_role("button", name="授权")).to_have_count(0)
    system.goto(f"{city.url}/console/accounts/")
    for field, value in (("#login", "czj-second"), ("#name", "财政局第二填报员（示例）"), ("#staff_number", "N099")):
        system.fill(field, value)
    system.get_by_role("button", name="开设并生成一次性口令").click()
    expect(system.locator("main")).to_contain_text("只显示这一次")
    guard.goto(address)
    expect(guard.get_by_role("button", name="停用")).to_have_count(0)
    guard.goto(account_address(guard, city, "czj-second"))
    guard.select_option("#role", "entry")
    guard.get_by_role("button", name="授权").click()
    expect(guard.locator("main")).to_contain_text("填报员")
    guard.goto(account_address(guard, city, "czj-second"))
    guard.select_option("#role", "audit_admin")
    guard.get_by_role("button", name="授权").click()
    refused(guard, "ROLE-CLASH")
    auditor.goto(f"{city.url}/console/accounts/audit")
    expect(auditor.locator("tbody")).to_contain_text("accounts.")
    auditor.goto(address)
    expect(auditor.locator("main form")).to_have_count(0)
    for page in (system, guard, auditor):
        for path in ("/console/disclosure/archives", "/console/intake/", "/console/plan/"):
            page.goto(f"{city.url}{path}")
            refused(page, "PERM-DENIED")
    for page in (system, guard):
        page.goto(f"{city.url}/console/accounts/audit")
        refused(page, "PERM-DENIED")
