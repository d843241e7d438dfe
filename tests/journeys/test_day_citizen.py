"""A citizen and a firm: a report on a telephone that only its handlers can open, an unkept promise, figures of the quarter.

The reporter's pages have no API on purpose; what follows from a report, and the promise, goes over the API too.
"""

from __future__ import annotations

import base64
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.core import mail
from playwright.sync_api import Browser, Page
from playwright.sync_api import expect as expected

from tests.journeys.conftest import refused
from tests.journeys.test_reports import jpeg
from tests.journeys.world import Caller, World
from ximu.foundation import clock
from ximu.foundation.tests import planted
from ximu.ideas.commitments import services as promises
from ximu.ideas.following import services as following
from ximu.ideas.ledger import queries as ledger
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import SYSTEM
from ximu.notice.mechanisms.m3_complaints.tests.factories import png

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]
CODE = re.compile(r"(?:\d{4} ){3}\d{4}")
PHRASES = {"discipline": "白日依山尽黄河入海流欲穷", "discipline-b": "空山新雨后天气晚来秋明月"}


def phone(chromium: Browser, world: World) -> Page:
    context = chromium.new_context(viewport={"width": 320, "height": 640}, java_script_enabled=False, locale="zh-CN")
    world.pages.append(context)
    return context.new_page()


def told(page: Page, world: World, code: str) -> None:
    page.goto(f"{world.url}/report/status/")
    page.fill("#code", code)
    page.click("main button")


@pytest.mark.row("M3.4")
def test_a_report_from_the_telephone_to_a_second_look(world: World, chromium: Browser, tmp_path: Path) -> None:
    world.day("2018-06-04")
    officer = unlocked(world, "discipline")
    officer.get_by_role("button", name="设立单位收件密钥").click()
    expected(officer.locator("main")).to_contain_text("三份恢复单")
    assert officer.locator("p.mono[lang=en]").count() == 3
    page = phone(chromium, world)
    code = reported(page, world, tmp_path)
    wrong_codes(page, world)
    handled(world, officer, page, code)
    the_bureau_itself(world, page)
    second_look(world, officer, page, code)
    figures(world, page)
    assert ledger.verify_log().ok


def unlocked(world: World, login: str) -> Page:
    """An own key under an own passphrase."""
    page = world.desk(login)
    page.goto(f"{world.url}/console/m3_complaints/keys")
    page.fill("#phrase", PHRASES[login])
    page.get_by_role("button", name="设立密钥").click()
    expected(page.locator("main")).to_contain_text("已打开")
    return page


def reported(page: Page, world: World, folder: Path) -> str:
    photo, paper = folder / "现场.jpg", folder / "张三的合同.docx"
    photo.write_bytes(jpeg())
    paper.write_bytes(planted.document(png()))
    page.goto(f"{world.url}/report/")
    page.select_option("#topic", "promise")
    page.fill("#about", "示例市财政局")
    page.fill("#text", "承诺三月发放的补贴至今未发。")
    page.set_input_files("#file", [photo, paper])
    page.click("main button")
    code = CODE.search(page.locator("main").inner_text())
    assert code and page.url == f"{world.url}/report/" and page.context.cookies() == []
    return code[0]


def wrong_codes(page: Page, world: World) -> None:
    said = []
    for code in ("0000 0000 0000 0000", "1234", "中文"):
        told(page, world, code)
        said.append(page.locator("main").inner_text())
    assert len(set(said)) == 1 and "没有与这个回执码对应的举报" in said[0]


def handled(world: World, officer: Page, page: Page, code: str) -> None:
    """It is opened with the key; files have lost their author; a question and its answer; closed as explained."""
    officer.goto(f"{world.url}/console/m3_complaints/")
    officer.get_by_role("link", name="承诺不兑现").first.click()
    expected(officer.locator("main")).to_contain_text("承诺三月发放的补贴至今未发")
    where = officer.url
    with officer.expect_download() as waiting:
        officer.get_by_role("link", name="（docx）").click()
    kept = waiting.value.path().read_bytes()
    assert kept.startswith(b"PK") and planted.MARK.encode() not in kept and "合同" not in waiting.value.suggested_filename
    officer.goto(where)
    officer.get_by_role("link", name="（jpeg）").click()
    photo = base64.b64decode(str(officer.locator("main img").get_attribute("src")).split(",")[1])
    assert photo.startswith(b"\xff\xd8") and not [mark for mark in (b"GPS", b"31.2304", b"author") if mark in photo]
    officer.goto(where)
    officer.get_by_role("button", name="受理并承办").click()
    officer.fill("#qtext", "是哪一项补贴？")
    officer.get_by_role("button", name="询问", exact=True).click()
    told(page, world, code)
    expected(page.locator("main")).to_contain_text("是哪一项补贴？")
    expected(page.locator("main")).to_contain_text("2018年6月19日")
    page.fill("#text", "就业补贴。")
    page.get_by_role("button", name="提交").click()
    officer.get_by_role("link", name="收件密钥")
    officer.goto(f"{world.url}/console/m3_complaints/keys")
    officer.get_by_role("button", name="锁上").click()
    officer.goto(where)
    expected(officer.locator("main")).to_contain_text("打开")
    assert "就业补贴" not in officer.content(), "locked: nothing is read"
    officer.fill("#phrase", PHRASES["discipline"])
    officer.get_by_role("button", name="打开").click()
    expected(officer.locator("main")).to_contain_text("就业补贴。")
    officer.select_option("#outcome", "explained")
    officer.fill("#atext", "补贴已列入下月发放计划。")
    officer.get_by_role("button", name="答复并办结").click()


def the_bureau_itself(world: World, page: Page) -> None:
    """A report about the bureau that handles reports goes to its superior; its own people find it by no list, number or page."""
    desk = world.desk("discipline-b")
    desk.goto(f"{world.url}/console/m3_complaints/")
    before = desk.locator("main").inner_text()
    page.goto(f"{world.url}/report/")
    page.select_option("#topic", "conduct")
    page.fill("#about", "示例市监察局")
    page.fill("#text", "受理后一年没有答复。")
    page.click("main button")
    assert CODE.search(page.locator("main").inner_text())
    desk.reload()
    assert desk.locator("main").inner_text() == before
    above = world.desk("reviewer")
    above.goto(f"{world.url}/console/m3_complaints/")
    above.get_by_role("link", name="公务员失信行为").first.click()
    expected(above.locator("main")).to_contain_text("受理后一年没有答复。")
    desk.goto(above.url)
    refused(desk, "CONFLICT")


def second_look(world: World, officer: Page, page: Page, code: str) -> None:
    """“Not solved”: once, to another officer with a seat of his own; more time needs a third pair of eyes."""
    world.day("2018-06-11")
    told(page, world, code)
    page.fill("#why", "计划不是发放。")
    page.get_by_role("button", name="请求复查").click()
    expected(page.locator("main")).to_contain_text("办理中")
    other, officer = unlocked(world, "discipline-b"), world.desk("discipline")
    officer.goto(f"{world.url}/console/m3_complaints/keys")
    officer.fill("#phrase", PHRASES["discipline"])
    officer.get_by_role("button", name="打开").click()
    officer.get_by_role("button", name="加席").click()
    expected(officer.locator("main")).to_contain_text("已办理")
    officer.goto(f"{world.url}/console/m3_complaints/")
    officer.get_by_role("link", name="承诺不兑现").first.click()
    where = officer.url
    expected(officer.get_by_role("button", name="由我承办")).to_have_count(0)
    other.goto(where)
    other.get_by_role("button", name="由我承办").click()
    other.locator("summary", has_text="申请延长办理期限").click()
    other.fill("#etext", "须向三个单位核对")
    other.get_by_role("button", name="申请延期").click()
    officer.goto(where)
    officer.get_by_role("button", name="同意延期").click()
    told(page, world, code)
    expected(page.locator("main")).to_contain_text("办理期限延长至2018-09-10，理由：须向三个单位核对")
    other.goto(where)
    other.select_option("#outcome", "proven")
    other.fill("#atext", "属实，已移送整改。")
    other.fill("#unit", "示例市财政局")
    other.fill("#lead", "经查，该局一项民生支出晚于公开时限。")
    other.get_by_role("button", name="答复并办结").click()
    told(page, world, code)
    expected(page.locator("main")).to_contain_text("属实，已移送整改。")
    assert page.get_by_role("button", name="请求复查").count() == 0, "once only"


def figures(world: World, page: Page) -> None:
    """The quarter is counted once it is over, small cells withheld; the lead left without its reporter. By page and API the same."""
    world.nightly("2018-07-12")
    page.goto(f"{world.url}/report/figures/?year=2018&quarter=2")
    office = Caller(world, "coordinator", "coordinator", "")
    tables = office.get("/m3_complaints/figures?year=2018&quarter=2")["tables"]
    assert all(table["total"] is None for table in tables), "two reports are too few to be told"
    assert len(tables) == 2 and "2" not in set(page.locator("tbody td").all_inner_texts())
    [lead] = office.get("/m3_complaints/leads?origin=social")["items"]
    assert lead["month"] == "2018-07" and set(lead) == {"uid", "unit", "topic", "origin", "words", "source", "month"}


@pytest.mark.row("D4")
def test_a_firm_marks_a_promise_as_unpaid_and_follows_it(world: World, settings: Any, tmp_path: Path) -> None:
    world.day("2018-05-08")
    settings.XIMU_MAIL, settings.EMAIL_BACKEND = "file:/nowhere", "django.core.mail.backends.locmem.EmailBackend"
    settings.XIMU_SITE = world.url
    office, town = Caller(world, "coordinator", "coordinator", ""), registry.key_uid("q01j4")
    terms = {"title": "支付示例二号公司道路养护款", "text": "于6月底前支付道路养护款120万元。", "due": "2018-06-29", "amount": "1200000",
             "budget_line": "2120501", "basis": "养护合同", "matters": [],
             "target": {"indicator": "已支付金额", "measure": "元", "value": "1200000", "baseline": "0", "direction": "up", "source": "财政支付系统"}}
    asked = {"kind": "government_contract", "unit": town, "terms": terms, "made_on": "2018-05-07", "domain": "D4",
             "to": {"name": "示例二号有限公司", "kind": "enterprise"}}
    vague = office.post("/commitments/promises", 422, **(asked | {"terms": terms | {"due": None, "target": None, "text": "尽快支付。"}}))
    assert vague["code"] == "PROM-VAGUE" and vague["missing"]
    beyond = office.http.post("/commitments/promises", json=asked | {"terms": terms | {"matters": ["subsidy"]}})
    assert beyond.status_code >= 400 and beyond.json()["code"] == "ULTRA", "a town has no power over subsidies"
    uid = office.post("/commitments/promises", 200, **asked)["uid"]
    code = office.post(f"/commitments/promises/{uid}/key", 200)["code"]
    world.nightly("2018-07-02")
    assert office.get(f"/commitments/promises/{uid}")["status"]["state"] == "overdue", "nobody clicked"
    page = followed(world, uid)
    disputed(world, page, office, uid, code, tmp_path)
    told_and_stopped(world, page, uid)
    assert ledger.verify_log().ok


def followed(world: World, uid: str) -> Page:
    context = world.browser.new_context(viewport={"width": 320, "height": 640}, locale="zh-CN")
    world.pages.append(context)
    page = context.new_page()
    page.goto(f"{world.url}/promises/{uid}/")
    expected(page.locator("main")).to_contain_text("支付示例二号公司道路养护款")
    page.fill("input[name=address]", "reader@example.org")
    page.get_by_role("button", name=re.compile("关注")).click()
    page.goto(re.search(rf"{world.url}/follow/\w{{64}}/", mail.outbox[-1].body)[0])  # type: ignore[index]
    page.get_by_role("button", name=re.compile("确认")).click()
    expected(page.locator("main")).to_contain_text("已确认")
    return page


def disputed(world: World, page: Page, office: Caller, uid: str, code: str, folder: Path) -> None:
    contract = folder / "合同.pdf"
    contract.write_bytes(b"%PDF-1.4 contract")
    page.goto(f"{world.url}/promises/mine/")
    page.fill("#code", code)
    page.get_by_role("button", name="查看").click()
    page.fill("#words", "到期未付。")
    page.set_input_files("#file", contract)
    page.get_by_role("button", name="没有兑现，提出异议").click()
    expected(page.locator("main")).to_contain_text("2018年7月23日")
    shown = office.get(f"/commitments/promises/{uid}")
    assert shown["promise"]["disputed"] and shown["promise"]["answer_due"] == "2018-07-23"
    page.goto(f"{world.url}/promises/{uid}/")
    expected(page.locator("main")).to_contain_text("异议")
    public = httpx.get(f"{world.url}/api/v1/disclosure/promises/{uid}").json()
    assert public["title"] == shown["promise"]["title"] and "示例二号有限公司" not in str(public), "a program without a key reads what the page shows"


def told_and_stopped(world: World, page: Page, uid: str) -> None:
    following.tell(by=SYSTEM, at=clock.now() + timedelta(minutes=1))
    news = mail.outbox[-1]
    assert "对方异议" in news.body and "示例二号有限公司" not in news.message().as_string()
    page.goto(news.extra_headers["List-Unsubscribe"].strip("<>").removesuffix("stop"))
    page.get_by_role("button", name=re.compile("退订")).click()
    count = len(mail.outbox)
    promises.evaluate(by=SYSTEM, at=world.day("2018-08-01"))
    following.tell(by=SYSTEM, at=clock.now())
    assert len(mail.outbox) == count, "nothing after the end"
