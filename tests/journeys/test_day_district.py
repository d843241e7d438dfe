"""A month-end of a district's clerk: returns, a workbook as the office program saves it, rows sent back, a merged unit, the month closed."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import Page
from playwright.sync_api import expect as expected

from tests.journeys.conftest import ROOT, refused
from tests.journeys.world import Caller, World, verified
from ximu.config.tests import open_city
from ximu.foundation import clock
from ximu.ideas.intake import queries as intake
from ximu.ideas.intake import services as delivering
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import SYSTEM
from ximu.notice.mechanisms.m2_joint_action import services as joint
from ximu.notice.mechanisms.m2_joint_action.services.initiating import Proposal

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey, pytest.mark.row("M1.2")]
TEMPLATE = next(csv.DictReader(io.StringIO((ROOT / "examples/deliveries/penalties-2018-06.csv").read_text("gb18030"))))
HEAD = list(TEMPLATE)
NAME, CODE, DOCUMENT, DAY = "行政相对人名称", "行政相对人代码_1(统一社会信用代码)", "行政处罚决定书文号", "处罚决定日期"
OLD, NEW = "示例市乙区人民政府临江街道办事处", "示例市乙区人民政府江畔街道办事处"
CODES = {OLD: "119901020000006253", NEW: "11990102000002065K"}
GOOD, TYPOS, MISSING = 113, 2, 3


def rows(*, typos: bool = True) -> list[dict[str, str]]:
    """118 rows of May: 40 of the street before it was merged, 73 after it; two codes with a wrong check digit, three without the facts."""
    made = []
    for n in range(GOOD + TYPOS + MISSING):
        name = OLD if n < 40 else NEW
        day = f"2018-05-{3 + n % 10:02}" if n < 40 else f"2018-05-{16 + n % 10:02}"
        row = {**TEMPLATE, NAME: name, CODE: CODES[name], DOCUMENT: f"示环罚〔2018〕9{n:03}号", DAY: day}
        if n >= GOOD + TYPOS:
            row["违法事实"] = ""
        elif n >= GOOD and typos:
            row[CODE] = row[CODE][:-1] + "A"
        made.append(row)
    return made


def workbook(path: Path, lines: list[dict[str, str]]) -> Path:
    """As WPS writes it: a merged title over everything, then the header."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["行政处罚信息归集表（2018年5月）"])
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(HEAD))
    sheet.append(HEAD)
    for line in lines:
        sheet.append([line[name] for name in HEAD])
    book.save(path)
    return path


@pytest.fixture
def june(world: World) -> World:
    """June 2018: the district has to return penalties and defaults for five of its units since May."""
    at = world.day("2018-05-02")
    for key in ("q02", "q02hbj", "q02czj", "q02j9", "q02j1"):
        for family in ("penalty", "default"):
            delivering.expect(registry.key_uid(key), family=family, since=at.date(), by=SYSTEM, at=at)
    world.day("2018-06-12")
    return world


def upload(page: Page, world: World, file: Path) -> None:
    page.goto(f"{world.url}/console/intake/")
    page.select_option("select[name=item]", "CF")
    page.set_input_files("input[type=file]", str(file))
    page.get_by_role("button", name="上传并校验").click()
    page.wait_for_url("**/console/intake/*")
    uid = page.url.rsplit("/", 1)[1]
    if intake.delivery(uid).state == "received":  # the job's work, done here by hand
        delivering.check(uid, by=SYSTEM, at=clock.now())
        page.goto(page.url)


def figure(page: Page, name: str) -> int:
    return int(page.locator(".figure", has_text=name).locator("strong").first.inner_text())


def month_end(world: World, tmp_path: Path) -> str:
    """Steps 1 to 5: what is missing, the workbook, the faults with their hints, the good part in with a reason, again nothing new."""
    page = world.desk("q02-entry")
    expected(page.locator("main")).to_contain_text("2018年5月应报10项，未完成")
    upload(page, world, workbook(tmp_path / "行政处罚_2018-05.xlsx", rows()))
    words = page.locator("main").inner_text()
    assert "工作表" in words and "第2行" in words, words
    assert (figure(page, "行"), figure(page, "合格"), figure(page, "不合格")) == (118, GOOD, TYPOS + MISSING)
    assert f"“{OLD}”2018年5月15日起由“{NEW}”承继：此前的事件记入前者（40行），此后的记入后者（73行）。" in words, words
    faults = [row.split("\t") for row in page.locator("section", has_text="问题清单").locator("tbody tr").all_inner_texts()]
    hints = {fault[0]: fault[4] for fault in faults if fault[3] == "ID-USCC"}
    assert len(hints) == TYPOS and {hint.strip() for hint in hints.values()} == {CODES[NEW][-1]}, faults
    assert sorted(fault[3] for fault in faults) == ["FIELD-NEED"] * MISSING + ["ID-USCC"] * TYPOS
    page.get_by_role("button", name="入库").click()
    refused(page, "ROWS-BAD")
    mended = workbook(tmp_path / "改正.xlsx", rows(typos=False))
    upload(page, world, mended)
    page.fill("#reason", "三行缺违法事实，退回所属单位补正")
    page.get_by_role("button", name="入库").click()
    expected(page.locator("main")).to_contain_text("已入库")
    receipt = page.url
    page.fill("#bunit", "示例市乙区环境保护局")
    page.fill("#breason", "违法事实未填，请补正后重新报送")
    page.get_by_role("button", name="退回更正").click()
    back = page.locator("section", has=page.get_by_role("heading", name="退回不合格的行")).locator("li")
    expected(back).to_contain_text("乙区环保局")
    expected(back).to_contain_text("3行")
    expected(back).to_contain_text("2018年6月20日")
    upload(page, world, mended)
    expected(page.locator("main")).to_contain_text("已收，回执 #")
    assert page.url == receipt
    return receipt


def appoint(page: Page) -> None:
    page.locator("summary", has_text="登记岗位与任职").click()
    for field, value in (("#number", "SL90001"), ("#name", "严新任"), ("#tsince", "2018-06-01")):
        page.fill(field, value)
    page.get_by_role("button", name="任职", exact=True).click()


def holder_of_a_post(world: World) -> None:
    """Step 11: a head of department from 1 June; one who overlaps the predecessor is refused, and is not on record then either."""
    page, unit = world.desk("q02-entry"), registry.key_uid("q02czj")
    page.goto(f"{world.url}/console/registry/units/{unit}")
    appoint(page)
    refused(page, "APPT-OVERLAP")
    assert registry.official_of("SL90001") is None
    page.goto(f"{world.url}/console/registry/units/{unit}")
    row = page.locator("tr", has_text="局长")
    row.locator("input[name=until]").fill("2018-06-01")
    row.get_by_role("button", name="终止").click()
    appoint(page)
    expected(page.locator("main")).to_contain_text("严新任（SL90001）")


def joint_task(world: World) -> None:
    """Steps 12 and 13: the count skips 端午; the measure is not applicable, by a ground from the list and with a file; the initiator sees it."""
    number = open_city.effective("示罚〔2018〕900号", subject=registry.key_uid("q02czj"))
    at = world.day("2018-06-15")
    wanted = Proposal(item="YY-B-1", unit=registry.key_uid("q02"), starts=at.date(), ends=at.date().replace(month=12), reason="限期整改")
    case = joint.initiate(number, wanted=wanted, by=world.actor("coordinator"), at=clock.now())
    page = world.desk("q02-entry")
    page.goto(f"{world.url}/console/casework/{case}")
    expected(page.locator("main")).to_contain_text("2018年6月21日")
    world.move(page, "签收")
    words = page.locator("main").inner_text()
    assert "跳过节假日" in words and "端午" in words and "2018年7月2日" in words, words
    page.get_by_role("link", name="不采纳", exact=True).click()
    page.select_option("#ground", label="不在本单位实施范围")
    page.fill("#reason", "该局由市垂直管理")
    page.set_input_files("#papers", {"name": "说明.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4"})
    page.get_by_role("button", name="不采纳", exact=True).click()
    expected(page.locator("main")).to_contain_text("未采纳")
    office = world.desk("coordinator")
    office.goto(f"{world.url}/console/casework/{case}")
    words = office.locator("main").inner_text()
    assert "未采纳" in words and "该局由市垂直管理" in words and "说明.pdf" in words and "已办结" in words


def month_closed(world: World, tmp_path: Path) -> None:
    """Step 14: what is open and who holds it; the receipt verifies offline; a zero later, the month is closed anew."""
    page = world.desk("q02-entry")
    page.goto(f"{world.url}/console/intake/coverage?month=2018-06")
    assert page.locator("section", has=page.get_by_role("heading", name="办结本月")).count() == 1
    page.get_by_role("button", name="办结并出具回执").click()
    refused(page, "MONTH-OPEN")
    page.goto(f"{world.url}/console/intake/coverage?month=2018-05")
    left = page.locator("section", has=page.get_by_role("heading", name="办结本月")).locator("tbody tr")
    assert any("退回更正" in row and "乙区环境保护局" in row for row in left.all_inner_texts()), left.all_inner_texts()
    page.get_by_role("button", name="办结并出具回执").click()
    expected(page.locator("main")).to_contain_text("本月已办结")
    with page.expect_download() as got:
        page.get_by_role("link", name="办结回执").first.click()
    file = tmp_path / "month.json"
    got.value.save_as(file)
    assert "月度归集办结回执" in verified(file)
    page.get_by_role("button", name="办结并出具回执").click()
    refused(page, "MONTH-CLOSED")


def put_right(world: World, receipt: str, tmp_path: Path) -> None:
    """The bureau delivers its three rows anew; only then does the case close."""
    case = intake.rows_back(receipt.rsplit("/", 1)[1])[0].uid
    fixed = [{**row, "违法事实": "夜间施工"} for row in rows(typos=False)[GOOD + TYPOS:]]
    page = world.desk("q02-entry")
    page.goto(f"{world.url}/console/casework/{case}")
    page.get_by_role("link", name="登记重新报送").click()
    page.fill("#receipt", receipt.rsplit("/", 1)[1])
    page.get_by_role("button", name="登记重新报送").click()
    expected(page.locator("main .refusal, main #refused")).to_contain_text("RECEIPT-NONE")
    upload(page, world, workbook(tmp_path / "补正.xlsx", fixed))
    page.get_by_role("button", name="入库").click()
    expected(page.locator("main")).to_contain_text("已入库")
    new = page.url.rsplit("/", 1)[1]
    page.goto(f"{world.url}/console/casework/{case}")
    world.move(page, "登记重新报送", receipt=f"#{new}")
    expected(page.locator("main")).to_contain_text("已重新报送")


def test_from_the_missing_returns_to_the_closed_month(june: World, tmp_path: Path) -> None:
    receipt = month_end(june, tmp_path)
    holder_of_a_post(june)
    joint_task(june)
    month_closed(june, tmp_path)
    put_right(june, receipt, tmp_path)


def test_the_same_through_the_api(june: World, tmp_path: Path) -> None:
    unit = registry.key_uid("q02")
    clerk = Caller(june, "q02-entry", "entry", unit)
    assert len(clerk.get(f"/intake/months/{unit}/2018-05")["open"]) == 10
    file = workbook(tmp_path / "may.xlsx", rows())

    def send(path: Path) -> Any:
        answer = clerk.http.post("/intake/deliveries/file", data={"item": "CF", "source": unit}, files={"file": (path.name, path.read_bytes())})
        assert answer.status_code == 200, answer.text
        return answer.json()

    told = send(file)
    uid = told["delivery"]["uid"]
    assert (told["delivery"]["summary"]["good"], told["delivery"]["summary"]["bad"]) == (GOOD, TYPOS + MISSING)
    assert {fault["expected"] for fault in told["faults"] if fault["code"] == "ID-USCC"} == {CODES[NEW][-1]}
    assert clerk.post(f"/intake/deliveries/{uid}/rows-back", 409, unit=unit, reason="早")["code"] == "DELIV-STATE"
    clerk.post(f"/intake/deliveries/{uid}/commit", 200, reason="五行退回")
    assert send(file)["again"] is True
    assert clerk.post(f"/intake/deliveries/{uid}/rows-back", 422, unit=unit, reason="x", lines=[7])["code"] == "ROWS-NONE"
    assert clerk.post(f"/intake/deliveries/{uid}/rows-back", 422, unit=unit, reason=" ")["code"] == "REASON"
    case = clerk.post(f"/intake/deliveries/{uid}/rows-back", unit=registry.key_uid("q02hbj"), reason="请补正")["case"]
    assert clerk.get(f"/casework/cases/{case}")["state"] == "open"
    assert clerk.post(f"/intake/deliveries/{uid}/rows-back", 409, unit=registry.key_uid("q02hbj"), reason="又")["code"] == "CASE-DUP"
    assert clerk.post(f"/intake/months/{unit}/2018-06/closings", 409)["code"] == "MONTH-OPEN"
    assert clerk.post(f"/intake/months/{unit}/2017-06/closings", 409)["code"] == "MONTH-EMPTY"
    made = clerk.post(f"/intake/months/{unit}/2018-05/closings")["receipt"]
    receipt = tmp_path / "receipt.json"
    receipt.write_bytes(clerk.http.get(f"/intake/month-receipts/{made}").content)
    assert "月度归集办结回执" in verified(receipt)
    assert clerk.post(f"/intake/months/{unit}/2018-05/closings", 409)["code"] == "MONTH-CLOSED"
    other = Caller(june, "q01-entry", "entry", registry.key_uid("q01"))
    assert other.get(f"/intake/month-receipts/{made}", 404)["code"] == "RECEIPT-NONE"
    assert other.post(f"/intake/months/{unit}/2018-05/closings", 403)["code"] == "PERM-DENIED"
    office = Caller(june, "coordinator", "coordinator", "")
    world_case = joint.initiate(open_city.effective("示罚〔2018〕900号", subject=registry.key_uid("q02czj")), wanted=Proposal(
        item="YY-B-1", unit=unit, starts=clock.today(), ends=clock.today().replace(month=12), reason="限期整改"),
        by=june.actor("coordinator"), at=clock.now())
    assert clerk.move(world_case, "decline", 422, reason="x", ground="mood")["code"] == "GROUND-NONE"
    clerk.move(world_case, "decline", reason="不在范围", ground="not_applicable")
    assert office.get(f"/casework/cases/{world_case}")["state"] == "declined"
