"""A month-end of a department's clerk: faults, a preview, a part with a reason, a repeat, a zero, a doubt, a correction; page and API."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import ROOT, City, Staff, refused

pytestmark = [pytest.mark.journey, pytest.mark.row("M1.2")]
TEMPLATE = (ROOT / "examples" / "deliveries" / "penalties-2018-06.csv").read_text("gb18030").splitlines()
HEAD, ROWS = TEMPLATE[0], TEMPLATE[1:]


def penalties(series: str, *rows: str) -> bytes:
    """Rows of the example under other document numbers, as an office program saves them."""
    return "\r\n".join([HEAD, *(row.replace("〕3", f"〕{series}") for row in rows)]).encode("gb18030")


def deliver(page: Page, city: City, name: str, content: bytes) -> None:
    page.goto(f"{city.url}/console/intake/")
    page.select_option("select[name=item]", "CF")
    page.set_input_files("input[type=file]", {"name": name, "mimeType": "text/csv", "buffer": content})
    page.get_by_role("button", name="上传并校验").click()
    page.wait_for_url("**/console/intake/*")


def figure(page: Page, name: str) -> int:
    return int(page.locator(".figure", has_text=name).locator("strong").first.inner_text())


def test_a_file_with_faults_is_shown_line_by_line_and_loaded_in_part_only_with_a_reason(city: City, staff: Staff, tmp_path: Path) -> None:
    page = staff.page("hbj-entry")
    deliver(page, city, "行政处罚.csv", penalties("7", *ROWS))
    expect(page.get_by_role("button", name="入库")).to_be_visible()
    assert "GB18030" in page.locator("main").inner_text().upper()
    assert (figure(page, "行"), figure(page, "不合格")) == (18, 2)
    faults = page.locator("tbody tr")
    assert sorted(faults.nth(n).locator("td").nth(3).inner_text() for n in range(faults.count())) == ["FIELD-CODE", "FIELD-NEED"]
    assert "法人及非法人组织" in page.locator("#main").inner_text(), "what the code may be stands beside the fault"
    with page.expect_download() as got:
        page.get_by_role("link", name="CSV").click()
    report = Path(got.value.path()).read_text("utf-8-sig")
    assert "FIELD-NEED" in report and "FIELD-CODE" in report
    receipt = page.url
    page.get_by_role("button", name="入库").click()
    sentence = refused(page, "ROWS-BAD")
    assert "理由" in sentence
    page.goto(receipt)
    page.fill("#reason", "两行退回本单位改正，其余先入库")
    page.get_by_role("button", name="入库").click()
    expect(page.locator("main")).to_contain_text("已入库，回执已记入日志")
    assert page.locator("dt", has_text="新增").locator("xpath=following-sibling::dd[1]").inner_text() == "16"
    deliver(page, city, "again.csv", penalties("7", *ROWS))
    expect(page.locator("main")).to_contain_text("已收，回执 #")
    assert page.url == receipt


def test_a_day_to_come_is_refused_and_a_correction_makes_a_second_version(city: City, staff: Staff) -> None:
    page = staff.page("hbj-entry")
    deliver(page, city, "未来.csv", penalties("8", ROWS[0].replace("2018/", "2029/")))
    expect(page.locator("tbody tr").first).to_contain_text("TIME-FUTURE")
    deliver(page, city, "一.csv", penalties("8", ROWS[3]))
    page.get_by_role("button", name="入库").click()
    expect(page.locator("main")).to_contain_text("已入库")
    deliver(page, city, "更正.csv", penalties("8", ROWS[3].replace("59.88", "5.988")))
    page.get_by_role("button", name="入库").click()
    expect(page.locator("main")).to_contain_text("已入库")
    facts = {name: page.locator("dt", has_text=name).locator("xpath=following-sibling::dd[1]").inner_text() for name in ("新增", "更正")}
    assert facts == {"新增": "0", "更正": "1"}


def test_a_zero_needs_the_units_own_word(city: City, staff: Staff) -> None:
    """The coordinator claimed it for September 2018; it is late when the bureau says so itself, but it is a zero."""
    page = staff.page("coordinator")
    page.goto(f"{city.url}/console/intake/coverage?month=2018-09")
    page.locator("tbody td", has_text="待单位确认").get_by_role("button", name="单位确认").click()
    refused(page, "DUAL")
    other = staff.page("czj-entry")
    other.goto(f"{city.url}/console/intake/coverage?month=2018-09")
    expect(other.locator("main")).not_to_contain_text("环境保护局")
    own = staff.page("hbj-entry")
    own.goto(f"{city.url}/console/intake/coverage?month=2018-09")
    own.locator("tbody td", has_text="待单位确认").get_by_role("button", name="单位确认").click()
    expect(own.locator("h1")).to_have_text("归集情况 2018年9月")
    expect(own.locator("tbody td", has_text="待单位确认")).to_have_count(0)
    expect(own.locator("tbody td", has_text="迟报")).to_have_count(1)


def test_two_people_of_one_name_are_told_apart_by_a_person_or_asked(city: City, staff: Staff) -> None:
    page = staff.page("discipline")
    page.goto(f"{city.url}/console/intake/doubts")
    expect(page.locator("section.card", has_text="王伟")).to_contain_text("姓名相同，当日任职于示例市财政局")
    card = page.locator("section.card", has_text="王伟")
    card.get_by_label("辨认不清，询问单位").check()
    card.get_by_label("理由").fill("两人同日在任，请单位说明")
    card.get_by_role("button", name="办理").click()
    page.goto(f"{city.url}/console/intake/doubts?state=asked")
    expect(page.locator("main")).to_contain_text("王伟")


def call(city: City, key: str, path: str, body: Any = None) -> tuple[int, Any]:
    request = urllib.request.Request(f"{city.url}/api/v1/{path}", data=None if body is None else json.dumps(body).encode(),
                                     headers={"Authorization": f"Bearer {key}", "Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def test_the_same_through_the_api_with_a_key(city: City, staff: Staff) -> None:
    guard = staff.page("secadmin")
    guard.goto(f"{city.url}/console/accounts/")
    guard.get_by_role("link", name="hbj-entry").click()
    guard.fill("#label", "业务系统")
    guard.get_by_role("button", name="签发接口密钥").click()
    key = guard.locator("main code, main .code, main .mono", has_text="ximu_").first.inner_text().strip()
    status, me = call(city, key, "accounts/me")
    assert (status, me["channel"]) == (200, "api")
    head, values = HEAD.split(","), ROWS[5].replace("〕3", "〕9").split(",")
    rows = [dict(zip(head, values, strict=True))]
    status, faulty = call(city, key, "intake/deliveries", {"item": "CF", "source": me["unit"], "rows": [rows[0] | {"违法事实": ""}]})
    assert status == 200, faulty
    uid = faulty["delivery"]["uid"]
    assert [fault["code"] for fault in faulty["faults"]] == ["FIELD-NEED"]
    status, refusal = call(city, key, f"intake/deliveries/{uid}/commit", {"reason": ""})
    assert (status, refusal["code"]) == (422, "ROWS-BAD")
    _, good = call(city, key, "intake/deliveries", {"item": "CF", "source": me["unit"], "rows": rows})
    status, done = call(city, key, f"intake/deliveries/{good['delivery']['uid']}/commit", {"reason": ""})
    assert (status, done["outcome"]["new"]) == (200, 1), done
    _, again = call(city, key, "intake/deliveries", {"item": "CF", "source": me["unit"], "rows": rows})
    assert again["again"] is True and again["delivery"]["uid"] == good["delivery"]["uid"]
    _, cells = call(city, key, "intake/coverage?month=2018-08")
    assert {cell["state"] for cell in cells} >= {"zero", "missing"}
    assert {cell["rows"] for cell in cells if cell["state"] == "missing"} == {None}, "silence is not zero"
    assert call(city, key, "accounts/")[0] in {403, 404}
