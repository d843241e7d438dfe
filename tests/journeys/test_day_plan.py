"""The coordinator's days with the plan: a signed reading, warnings, the mid-year check, a report that tells when it is stale.

Half in a browser, half over the API, on the made-up city; nobody reads who reported.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page
from playwright.sync_api import expect as expected

from tests.journeys.conftest import refused
from tests.journeys.world import Caller, World
from ximu.foundation import clock
from ximu.ideas.ledger import queries as ledger
from ximu.ideas.registry import queries as registry
from ximu.notice.mechanisms.m3_complaints import services as reporting

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey, pytest.mark.row("P")]
WORDS = "2018年4月前完成并持续实施"


def rows(office: Caller, **asked: str) -> dict[str, Any]:
    query = "&".join(f"{k}={v}" for k, v in asked.items())
    return {one["row"]: one for one in office.get(f"/plan/status?{query}")["rows"]}


def test_from_april_to_july_at_the_commission(world: World) -> None:
    world.day("2018-04-02")
    office, second = Caller(world, "coordinator", "coordinator", ""), Caller(world, "publisher", "publisher", "")
    desk = world.desk("coordinator")
    read_and_signed(world, desk, office, second)
    expression_signed(office)
    warned(world, office)
    checked(world, office, second)
    nobody_learns_who_reported(world, office)
    assert ledger.verify_log().ok


def read_and_signed(world: World, desk: Page, office: Caller, second: Caller) -> None:
    """Words beside their reading, two names, and the light at once."""
    waiting = [one for one in rows(office, as_of="2018-04-02").values() if one["needs_reading"]]
    assert desk.get_by_text("待读定期限").count() == len(waiting) > 0, "the home page counts as the API does"
    first = rows(office, as_of="2018-04-02")["M1.1"]
    page = f"{world.url}/console/plan/row/{first['uid']}"
    desk.goto(page)
    expected(desk.locator("main")).to_contain_text(WORDS)
    desk.select_option("#due", "2018-03-31")
    desk.fill("#reason", "按字面，4月开始之前")
    desk.get_by_role("button", name="提出读法").click()
    assert office.post(f"/plan/rows/{first['uid']}/readings", 409, due="2018-04-30", reason="另一种")["code"] == "PLAN-AMBIGUOUS"
    desk.get_by_role("button", name="签定").click()
    refused(desk, "DUAL")
    publisher = world.desk("publisher")
    publisher.goto(page)
    publisher.get_by_role("button", name="签定").click()
    row = publisher.locator("table", has_text="按字面").locator("tbody tr")
    expected(row).to_contain_text("发改委综合协调员（示例）")
    expected(row).to_contain_text("发改委发布员（示例）")
    expected(publisher.locator("main .light").first).to_have_text("逾期")
    line = rows(office)["M1.1"]
    assert (line["light"], line["due"], line["due_from"]) == ("overdue", "2018-03-31", "signed")
    group = rows(office)["S1"]
    made = office.post(f"/plan/rows/{group['uid']}/readings", 200, due=group["due"], reason="月底")
    assert second.post(f"/plan/readings/{made['reading']}/sign", 200)["due"] == group["due"], "the same by the API"


def expression_signed(office: Caller) -> None:
    """“其他市有关部门” is resolved as of the day and signed; against the register after the reform, successors and differences are listed."""
    phrase, lead = "其他市有关部门", registry.key_uid("fgw")
    meant = office.get(f"/registry/expand?phrase={phrase}&as_of=2018-04-02&named={lead}")
    signed = office.post("/registry/readings", 200, phrase=phrase, as_of="2018-04-02", reason="按印发时的名录", named=[lead],
                         units=[one["uid"] for one in meant["units"]])
    later = office.get(f"/registry/readings/{signed['uid']}/compare?on=2019-01-02")
    succeeded = {old for old, _ in later["succeeded"]}
    assert succeeded and set(later["kept"]) | set(later["gone"]) | succeeded == {one["uid"] for one in meant["units"]}
    borne = {unit["uid"]: unit["cells"]["M2.1"] for unit in office.get("/plan/matrix?as_of=2018-04-02")["units"] if "M2.1" in unit["cells"]}
    assert "lead" in borne.values() and set(borne.values()) <= {"lead", "support"}, "each unit of the row has its role"


def warned(world: World, office: Caller) -> None:
    """On 2 May two rows are overdue; units are told overnight, those that lead with a limit, those that support on their home page."""
    world.nightly("2018-05-02")
    lines = rows(office, as_of="2018-05-02", known_at="2018-05-02")
    late = {row: one["reason_zh"] for row, one in lines.items() if one["light"] == "overdue"}
    assert late == {"M1.1": "期限2018-03-31已过，没有采纳的完成材料", "S1": "期限2018-04-30已过，没有采纳的完成材料"}
    desk = world.desk("coordinator")
    desk.goto(f"{world.url}/console/plan/checks")
    told = desk.locator("section", has_text="逾期提醒").locator("tbody tr")
    duties = [d for d in office.get("/plan/matrix?as_of=2018-05-02")["units"] for row in late if d["lights"].get(row) == "overdue"]
    assert told.count() == len(duties) > 2
    helper = world.desk("q01-entry")
    expected(helper.locator("main")).to_contain_text("逾期提醒")
    desk.get_by_role("link", name="M1.1", exact=True).first.click()
    expected(desk.locator("main .light").first).to_have_text("逾期")


def checked(world: World, office: Caller, second: Caller) -> None:
    """The mid-year check: self-report against evidence, frozen with a digest, another finds, two sign; then a figure goes stale."""
    world.nightly("2018-07-02")
    unit, czj = registry.key_uid("czj"), Caller(world, "czj-entry", "entry", registry.key_uid("czj"))
    [check] = [one for one in office.get("/plan/checks")["items"] if one["half"] == "mid"]
    where = f"/plan/checks/{check['uid']}"
    czj.post(f"{where}/self", 200, row="D1", unit=unit, claim="done", words="已全部完成")
    desk = world.desk("coordinator")
    desk.goto(f"{world.url}/console{where}")
    assert office.get(f"{where}/report.pdf", 409)["code"] == "CHECK-STATE"
    desk.get_by_role("button", name=re.compile("冻结")).click()
    sealed = next(one for one in office.get("/plan/checks")["items"] if one["uid"] == check["uid"])["digest"]
    assert re.fullmatch("[0-9a-f]{64}", sealed)
    assert czj.post(f"{where}/self", 409, row="D1", unit=unit, claim="running", words="更正")["code"] == "CHECK-FROZEN"
    reviewer = world.desk("reviewer")
    reviewer.goto(f"{world.url}/console{where}?unit={unit}")
    line = reviewer.locator("tbody tr", has=reviewer.get_by_role("rowheader", name="D1", exact=True))
    expected(line).to_contain_text("已完成")
    expected(line).to_contain_text("未落实")
    line.locator("summary").click()
    line.locator("select[name=verdict]").select_option("met")
    line.get_by_role("button", name="保存").click()
    refused(reviewer, "REASON")
    reviewer.goto(f"{world.url}/console{where}?unit={unit}")
    line.locator("summary").click()
    line.locator("select[name=verdict]").select_option("met")
    line.locator("input[name=words]").fill("现场核实，台账齐全")
    line.get_by_role("button", name="保存").click()
    Caller(world, "reviewer", "reviewer", "").post(f"{where}/confirm", 200)
    assert sum(one["missing"] for one in office.get("/plan/checks")["items"]) > 0, "nobody examines the own commission"
    Caller(world, "supervisor", "supervisor", "").post(f"{where}/confirm", 200)
    signed(world, office, second, where)


def signed(world: World, office: Caller, second: Caller, where: str) -> None:
    first = world.desk("publisher")
    first.goto(f"{world.url}/console{where}")
    first.get_by_role("button", name="第一签署").click()
    third = Caller(world, "publisher-b", "publisher", "")
    assert second.post(f"{where}/sign", 403)["code"] == "DUAL"
    assert third.post(f"{where}/sign", 200)["state"] == "closed"
    sheet = office.get(where)
    assert sheet["stale"] == [] and all(one["source"] for one in sheet["figures"])
    with first.expect_download() as waiting:
        first.goto(f"{world.url}/console/plan/checks")
        first.get_by_role("link", name="PDF").first.click()
    assert waiting.value.path().read_bytes().startswith(b"%PDF") and office.http.get(f"{where}/report.pdf").content.startswith(b"%PDF")
    group = rows(office)["S1"]
    entry = Caller(world, "q01-entry", "entry", registry.key_uid("q01"))
    paper = entry.http.post(f"/plan/rows/{group['uid']}/evidence", files={"file": ("a.txt", "区级工作组名单".encode())}, data={
        "unit": registry.key_uid("q01"), "dated": "2018-06-29", "title": "工作组", "completes": "true"})
    assert paper.status_code == 200, paper.text
    office.post(f"/plan/evidence/{paper.json()['evidence']}/review", 200, accept=True)
    stale = office.get(where)["stale"]
    assert stale and all(one["value"] != one["now"] for one in stale)
    first.goto(f"{world.url}/console{where}")
    expected(first.locator("main")).to_contain_text("过时")


def nobody_learns_who_reported(world: World, office: Caller) -> None:
    """A named report: its contact needs a purpose and a second person, and the coordinator has no right to it at all."""
    at = clock.now()
    token = reporting.form(on=at.date())
    reporting.file_report(reporting.Filed("payment", "尾款未付", "示例市财政局", "张某 13800000000"), token=token, at=at)
    officer = world.desk("discipline")
    officer.goto(f"{world.url}/console/m3_complaints/")
    officer.get_by_role("link", name="拖欠账款").first.click()
    page = officer.url
    officer.get_by_role("button", name="同意他人的申请并查看").click()
    refused(officer, "PURPOSE")
    desk = world.desk("coordinator")
    desk.goto(page)
    refused(desk, "PURPOSE")
    assert office.post(f"/m3_complaints/reports/{page.split('/')[-2]}/contact", 403, purpose="了解情况")["code"] == "PURPOSE"
    assert "13800000000" not in desk.content() and office.http.get(f"/m3_complaints/{page.split('/')[-2]}").status_code == 404
    auditor = world.desk("auditor")
    auditor.goto(f"{world.url}/console/accounts/audit?refused=1")
    tried = {login: auditor.locator("tbody tr", has_text=world.actor(login).uid).first for login in ("discipline", "coordinator")}
    expected(tried["discipline"]).to_contain_text("PURPOSE")
    expected(tried["coordinator"]).to_contain_text("PURPOSE")
    expected(tried["discipline"]).to_contain_text(page.split("/")[-1])
    assert "张某" not in auditor.content() and "13800000000" not in auditor.content(), "the trail tells of the attempt, not of the reporter"
