"""An inspection on a telephone that loses its connection: marks and findings are not lost, not doubled; and it works without scripts."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from playwright.sync_api import expect as expected

from tests.journeys.world import PASSWORD, World
from ximu.foundation import clock
from ximu.foundation.profiles import uid_of
from ximu.ideas.ledger import queries as ledger
from ximu.notice.mechanisms.m3_supervision import queries, services

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey, pytest.mark.row("M3.2")]


def visited(world: World) -> Any:
    office, at = world.actor("coordinator"), clock.now()
    made = services.plan_round(year=2018, title="承诺兑现专项督查", scope=[uid_of("example", f"q{n:02}") for n in range(1, 5)], size=1, by=office,
                               at=at, items=["承诺是否建立台账", "到期承诺是否兑现"])
    services.commit_seed(made, by=office, at=at)
    services.draw(made, by=office, at=at)
    [visit] = queries.visits(queries.round_of(made))
    services.assign_team(visit.uid, ["supervisor"], by=office, at=at)
    return visit


def telephone(world: World, *, scripts: bool) -> Any:
    context = world.browser.new_context(viewport={"width": 320, "height": 640}, locale="zh-CN", java_script_enabled=scripts)
    world.pages.append(context)
    page = context.new_page()
    page.goto(f"{world.url}/console/login")
    page.fill("#login", "supervisor")
    page.fill("#password", PASSWORD)
    page.click("main button")
    page.wait_for_url(f"{world.url}/console/")
    return page


def test_marks_survive_a_lost_connection_and_arrive_once(world: World) -> None:
    world.day("2018-05-02")
    visit = visited(world)
    address, page = f"{world.url}/console/m3_supervision/visits/{visit.uid}", telephone(world, scripts=True)
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "fits a telephone of 320 px"
    page.context.set_offline(True)
    page.check('[name=v_01][value="ok"]')
    page.fill("[name=n_02]", "三笔逾期未付")
    page.check('[name=v_02][value="finding"]')
    page.get_by_role("button", name="保存清单").click()
    expected(page.get_by_text("没有网络：内容已保存在本机")).to_be_visible()
    assert queries.visit(visit.uid).marks == {}
    size = ledger.size()
    with page.expect_navigation():
        page.context.set_offline(False)
    expected(page.locator('[name=v_02][value="finding"]')).to_be_checked()
    marks = queries.visit(visit.uid).marks
    assert {code: one["verdict"] for code, one in marks.items()} == {"01": "ok", "02": "finding"} and marks["02"]["note"] == "三笔逾期未付"
    assert page.evaluate("localStorage.length") == 0, "what arrived is not kept on the device"
    grown = ledger.size() - size
    with page.expect_navigation():
        page.get_by_role("button", name="保存清单").click()
    assert ledger.size() - size == grown, "sent again, nothing is doubled"
    page.fill("[name=n_01]", "台账齐全")
    page.reload()
    expected(page.locator("[name=n_01]")).to_have_value("台账齐全")
    expected(page.get_by_text("已恢复本机上尚未送达的内容")).to_be_visible()


def written(page: Any, condition: str, picture: bytes) -> None:
    page.select_option("#item", "02")
    for part, words in (("criterion", "承诺书第三条"), ("condition", condition), ("cause", "资金未拨付"), ("effect", "企业停工")):
        page.fill(f"#f_{part}", words)
    page.set_input_files("#evidence", {"name": "现场.txt", "mimeType": "text/plain", "buffer": picture})


def kept_here(page: Any) -> int:
    return int(page.evaluate("""async () => { const db = await new Promise((done) => {
        const a = indexedDB.open("ximu-keep"); a.onsuccess = () => done(a.result); });
        const all = await Promise.all(["drafts", "queue"].map((n) => new Promise((done) => {
        const a = db.transaction(n).objectStore(n).count(); a.onsuccess = () => done(a.result); })));
        return localStorage.length + all[0] + all[1]; }"""))


def test_findings_with_their_evidence_wait_on_the_device_and_arrive_once_each(world: World) -> None:
    world.day("2018-05-02")
    visit = visited(world)
    page = telephone(world, scripts=True)
    page.goto(f"{world.url}/console/m3_supervision/visits/{visit.uid}")
    page.context.set_offline(True)
    page.check('[name=v_02][value="finding"]')
    page.get_by_role("button", name="保存清单").click()
    for n in (1, 2):
        written(page, f"示例承诺{n}逾期未兑现", f"照片{n}".encode())
        page.get_by_role("button", name="记录", exact=True).click()
        expected(page.get_by_text(f"恢复后自动发送。（{n}项待发）")).to_be_visible()
        expected(page.locator("#f_condition")).to_have_value("")
    assert not queries.findings(visit)
    with page.expect_navigation():
        page.context.set_offline(False)
    expected(page.get_by_role("heading", name="问题 02")).to_have_count(2)
    assert {(f.condition, f.evidence) for f in queries.findings(visit)} == {
        (f"示例承诺{n}逾期未兑现", hashlib.sha256(f"照片{n}".encode()).hexdigest()) for n in (1, 2)}
    assert queries.visit(visit.uid).marks["02"]["verdict"] == "finding", "the checklist came too"
    assert kept_here(page) == 0, "what arrived is not kept on the device"


def test_an_answer_that_gets_lost_makes_no_second_finding_and_a_draft_comes_back_with_its_file(world: World) -> None:
    world.day("2018-05-02")
    visit = visited(world)
    page = telephone(world, scripts=True)
    page.goto(f"{world.url}/console/m3_supervision/visits/{visit.uid}")

    def swallowed(route: Any) -> None:
        route.fetch()
        route.abort()

    page.route("**/finding", swallowed)
    written(page, "示例承诺3逾期未兑现", b"three")
    page.get_by_role("button", name="记录", exact=True).click()
    expected(page.get_by_text("（1项待发）")).to_be_visible()
    assert len(queries.findings(visit)) == 1, "it arrived, only the answer did not"
    page.unroute("**/finding")
    written(page, "示例承诺4逾期未兑现", b"four")
    page.reload()
    expected(page.get_by_role("heading", name="问题 02")).to_have_count(1)
    expected(page.locator("#f_condition")).to_have_value("示例承诺4逾期未兑现")
    assert page.evaluate("document.querySelector('#evidence').files[0].name") == "现场.txt"
    with page.expect_navigation():
        page.get_by_role("button", name="记录", exact=True).click()
    expected(page.get_by_role("heading", name="问题 02")).to_have_count(2)
    assert [f.condition for f in queries.findings(visit)] == ["示例承诺3逾期未兑现", "示例承诺4逾期未兑现"]
    assert kept_here(page) == 0


def test_the_same_checklist_without_scripts(world: World) -> None:
    world.day("2018-05-02")
    visit, page = visited(world), telephone(world, scripts=False)
    page.goto(f"{world.url}/console/m3_supervision/visits/{visit.uid}")
    page.check('[name=v_01][value="ok"]')
    page.get_by_role("button", name="保存清单").click()
    expected(page.locator('[name=v_01][value="ok"]')).to_be_checked()
    assert queries.visit(visit.uid).marks["01"]["verdict"] == "ok"
