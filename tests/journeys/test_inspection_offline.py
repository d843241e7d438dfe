"""The checklist of an inspection on a telephone that loses its connection: nothing is lost, nothing doubled; and without scripts."""

from __future__ import annotations

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


def test_the_same_checklist_without_scripts(world: World) -> None:
    world.day("2018-05-02")
    visit, page = visited(world), telephone(world, scripts=False)
    page.goto(f"{world.url}/console/m3_supervision/visits/{visit.uid}")
    page.check('[name=v_01][value="ok"]')
    page.get_by_role("button", name="保存清单").click()
    expected(page.locator('[name=v_01][value="ok"]')).to_be_checked()
    assert queries.visit(visit.uid).marks["01"]["verdict"] == "ok"
