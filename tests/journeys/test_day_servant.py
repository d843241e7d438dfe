"""A civil servant with a record: 45 days and a half year, in a browser; the clock is set, the daily work runs as it would by itself."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from playwright.sync_api import Page
from playwright.sync_api import expect as expected

from tests.journeys.conftest import refused
from tests.journeys.world import Caller, World, verified
from ximu.foundation import clock, outbox
from ximu.ideas.accounts import queries as accounts
from ximu.ideas.accounts.rules import grant_of
from ximu.ideas.casework import services as casework
from ximu.ideas.casework.rules import Given
from ximu.ideas.casework.tests.factories import upload
from ximu.ideas.disclosure import services as publishing
from ximu.ideas.intake import services as delivering
from ximu.ideas.ledger import queries as ledger
from ximu.ideas.records import queries as records
from ximu.ideas.records import services as moves
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import SYSTEM, Actor
from ximu.notice.mechanisms.m4_relief import services as relief
from ximu.notice.mechanisms.m4_relief.models import Panel

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey, pytest.mark.row("M4.1")]

FILE = Path(__file__).parents[2] / "examples" / "deliveries" / "accountability-2018-06.csv"
MINE, OTHERS = "示监问〔2018〕2号", ("示监问〔2018〕1号", "示监问〔2018〕3号", "示监问〔2018〕4号", "示监问〔2018〕5号")
CONDITIONS = ("lawful", "diligent", "selfless")
GROUNDS = ("pioneer", "exploring", "unintended", "force_majeure")
NONE_HOLDS = dict.fromkeys(GROUNDS, "no")


def delivered(world: World, *documents: str, changes: tuple[str, str] = ("", "")) -> dict[str, str]:
    """Document → number of its record, brought in by the discipline officer's file."""
    head, *rows = FILE.read_text("utf-8-sig").splitlines()
    text = "\n".join([head, *(row.replace(*changes) if changes[0] else row for row in rows if any(d in row for d in documents))])
    by, at, source = world.actor("discipline"), clock.now(), registry.key_uid("jiancha")
    receipt = delivering.receive(io.BytesIO(text.encode()), item="WZ-CL", source=source, by=by, at=at)
    delivering.check(receipt.uid, by=by, at=at)
    delivering.commit(receipt.uid, by=by, at=at)
    found = {}
    for row in publishing.look_work("draft", by=world.actor("coordinator"), batch=receipt.uid, at=at)[1].rows:
        found[str(row.facts.columns["document_number"])] = row.facts.number
    return found


def earlier_cases(world: World) -> None:
    """Four like exemptions of others, decided before: three exempt, one mitigated."""
    numbers = delivered(world, *OTHERS)
    office, second = world.actor("coordinator"), world.actor("reviewer")
    for place, number in enumerate(numbers.values()):
        at = clock.now()
        moves.check(number, by=second, at=at)
        relief.examine([number], answers=NONE_HOLDS, reason="未见容错情形，由本人主张", by=second, at=at)
        person = records.duties(number).subject
        other = Actor(f"other-{place}", person, (grant_of("subject", person, accounts.permissions()),), f"other-{place}")
        relief.sign(relief.open_notice(number, by=office, at=at), by=other, at=at)
        case = relief.claim_exemption(number, ground="pioneer", conditions=CONDITIONS, reason="先行先试", files=[upload(b"plan")], by=other, at=at)
        casework.move(case, "draw", by=office, at=at)
        outcome = "mitigate" if place == 3 else "exempt"
        for human, unit in Panel.objects.get(case=case).members:
            voter = Actor(human, unit, (grant_of("reviewer", "", accounts.permissions()),), human)
            relief.vote(case, outcome, reason="评议", by=voter, at=at)
        departure = "未按批准的方案执行" if place == 3 else ""
        casework.move(case, outcome, given=Given("评议组意见", values={"departure": departure}), by=office, at=at)




def examined(world: World, number: str) -> None:
    """Before the notice the office may draw up nothing; a reviewer answers for each ground and signs."""
    office = world.desk("coordinator")
    office.goto(f"{world.url}/console/m4/")
    line = office.locator("tr", has_text=number)
    expected(line).to_contain_text("先做容错审查")
    expected(line.get_by_role("button")).to_have_count(0)
    page = world.desk("reviewer")
    page.goto(f"{world.url}/console/m4/examination")
    page.get_by_label(number).check()
    for code in GROUNDS:
        page.check(f"input[name=ground-{code}][value=no]")
    page.fill("#reason", "处理决定已认定责任，材料中未见容错情形")
    page.get_by_role("button", name="签字").click()
    expected(page.locator("body")).to_contain_text("已签字，1条记录可以告知")


def noticed(world: World, number: str) -> Page:
    """The office draws up the notice at its desk; the letter can be printed; the servant finds it on the home page."""
    office = world.desk("coordinator")
    office.goto(f"{world.url}/console/m4/")
    office.locator("tr", has_text=number).get_by_role("button", name="制作告知书").click()
    with office.expect_download() as letter:
        office.get_by_role("link", name="告知书（docx）").click()
    assert Path(letter.value.path()).read_bytes().startswith(b"PK")
    mine = world.desk("servant")
    mine.get_by_role("link", name="告知书").first.click()
    return mine


def signed(world: World, page: Page) -> str:
    """Signs for the notice; the words of the page, where the count is shown."""
    world.move(page, "本人签收", "", proof="本人在系统内签收")
    words = page.locator("main").inner_text()
    assert "已送达，异议期内" in words and "次日起算，15个工作日" in words
    return words


def claimed(world: World, page: Page, number: str, plan: Path) -> str:
    """The exemption is claimed on the record's page; the case."""
    page.goto(f"{world.url}/console/m4/records/{number}")
    page.select_option("#ground", label="先行先试中因缺乏经验的失误")
    for box in page.locator("input[name=condition]").all():
        box.check()
    page.fill("#ereason", "按批准的试点方案先行先试")
    page.set_input_files("#epapers", str(plan))
    page.locator("form", has=page.locator("#ereason")).get_by_role("button", name="提交").click()
    expected(page.locator("main")).to_contain_text("已提出，待组成评议组")
    return page.url.rsplit("/", 1)[1]


def reviewed(world: World, mine: Page, case: str) -> None:
    """Three without conflict are drawn, one is challenged, like cases are shown without names, the panel mitigates and argues why."""
    office = world.desk("coordinator")
    office.goto(f"{world.url}/console/casework/{case}")
    world.move(office, "抽取评议人")
    mine.goto(f"{world.url}/console/m4/cases/{case}/panel")
    words = mine.locator("main").inner_text()
    assert "示例市监察局" not in words.split("类案")[0], "nobody of the source sits on it"
    assert words.count("主张的情形：先行先试") == 4 and words.count("免责 —") == 3, words
    before = [member[0] for member in Panel.objects.get(case=case).members]
    mine.select_option("#member", "2")
    mine.fill("#creason", "与本人有利害关系")
    mine.get_by_role("button", name="申请回避").click()
    expected(mine.locator("main")).to_contain_text("另行抽取一人")
    panel = Panel.objects.get(case=case)
    assert before[1] not in {member[0] for member in panel.members} and len(panel.members) == 3
    for human, _ in panel.members:
        login = next(user.login for user in accounts.accounts() if user.person == human)
        seat = world.desk(login)
        seat.goto(f"{world.url}/console/m4/cases/{case}/panel")
        seat.select_option("#outcome", label="减责")
        seat.fill("#reason", "有试点方案，但未按方案评估风险")
        seat.get_by_role("button", name="表决").click()
        expected(seat.locator("main")).to_contain_text("您已表决")
    office.goto(f"{world.url}/console/casework/{case}")
    office.get_by_role("link", name="宣布：减责", exact=True).click()
    office.fill("#reason", "评议组多数意见：减责")
    office.get_by_role("button", name="宣布：减责").click()
    expected(office.locator("main .refusal, main #refused")).to_contain_text("EXM-DEPART")
    office.fill("#reason", "评议组多数意见：减责")
    office.fill("#departure", "未按批准的方案评估风险，与类案不同")
    office.get_by_role("button", name="宣布：减责").click()
    mine.goto(f"{world.url}/console/casework/{case}")
    words = mine.locator("main").inner_text()
    assert "减责" in words and "未按批准的方案评估风险" in words


def objected(world: World, mine: Page, number: str, folder: Path) -> str:
    """One fact is wrong: thirty pages go with it and all arrive; every view is marked at once; the source's opening is noted."""
    pages = [folder / f"第{n:02}页.pdf" for n in range(1, 31)]
    for place, page in enumerate(pages):
        page.write_bytes(b"%PDF-1.4 page " + str(place).encode())
    mine.goto(f"{world.url}/console/m4/records/{number}")
    mine.fill("#oreason", "行为终止日有误，应为2018年5月7日")
    mine.set_input_files("#opapers", [str(page) for page in pages])
    mine.locator("form", has=mine.locator("#oreason")).get_by_role("button", name="提交").click()
    expected(mine.locator("main")).to_contain_text("已标注，待分办")
    case = mine.url.rsplit("/", 1)[1]
    office = world.desk("coordinator")
    for path in (f"/console/m4/records/{number}", f"/console/disclosure/records/{number}"):
        office.goto(f"{world.url}{path}")
        expected(office.locator("main")).to_contain_text("异议中")
    office.goto(f"{world.url}/console/casework/{case}")
    world.move(office, "转送报送单位")
    source = world.desk("discipline-b")
    source.goto(f"{world.url}/console/casework/{case}")
    papers = source.locator("section", has=source.get_by_role("heading", name="材料")).locator("tbody tr")
    assert papers.count() == 30
    with source.expect_download() as one:
        papers.first.get_by_role("link").first.click()
    assert Path(one.value.path()).read_bytes() == pages[0].read_bytes()
    mine.goto(f"{world.url}/console/casework/{case}")
    expected(mine.locator("section", has=mine.get_by_role("heading", name="材料")).locator("tbody tr").first).not_to_contain_text("尚未开启")
    return case


def decided_too_late(world: World, mine: Page, case: str, number: str) -> None:
    """Who entered it may not decide; silence pauses every effect and is told; then somebody else corrects it."""
    entered = world.desk("discipline")
    entered.goto(f"{world.url}/console/casework/{case}/move/correct")
    refused(entered, "DUAL")
    world.nightly("2018-07-25")
    mine.goto(f"{world.url}/console/casework/{case}")
    words = mine.locator("main").inner_text()
    assert "效果暂停" in words and "承办单位负责人" in words and "已告知 主体" in words, words
    source = world.desk("discipline-b")
    source.goto(f"{world.url}/console/casework/{case}")
    world.move(source, "成立，应予更正", "终止日确有误，以免职文件为准")
    world.day("2018-07-26")
    delivered(world, MINE, changes=("2018-05-08,示监问", "2018-05-07,示监问"))
    source.goto(f"{world.url}/console/casework/{case}")
    world.move(source, "更正已报送")
    mine.goto(f"{world.url}/console/casework/{case}")
    expected(mine.locator("main")).to_contain_text("异议成立")
    assert records.duties(number).version == 2


def in_effect(world: World, number: str) -> Page:
    """The corrected version is checked, noticed anew, signed for, and takes effect after its window."""
    at = world.day("2018-07-27")
    moves.check(number, by=world.actor("reviewer"), at=at)
    examined(world, number)
    mine = noticed(world, number)
    signed(world, mine)
    case = mine.url.rsplit("/", 1)[1]
    mine.goto(f"{world.url}/console/m4/records/{number}")
    mine.fill("#words", "试点中的失误，已整改。")
    mine.get_by_role("button", name="保存说明").click()
    expected(mine.locator("blockquote")).to_have_text("试点中的失误，已整改。")
    world.nightly("2018-08-20")
    office = world.desk("coordinator")
    office.goto(f"{world.url}/console/casework/{case}")
    world.move(office, "记录生效")
    return world.desk("servant")


def servant_number(person: str) -> str:
    found = registry.official(person)
    assert found is not None
    return found.number


def name_for_promotion(world: World, panel: Page, number: str) -> None:
    """The personnel desk opens a procedure, tells the person and asks once."""
    panel.goto(f"{world.url}/console/s4/procedures")
    today = clock.today().isoformat()
    for field, words in (("number", "示晋〔2018〕9号"), ("unit", "示例市监察局"), ("title", "晋升（示例）"), ("basis", "公务员法第四十五条"),
                         ("opened_on", today), ("ends_on", "2018-10-31")):
        panel.fill(f"#{field}", words)
    panel.select_option("#kind", "promote")
    panel.get_by_role("button", name="开始").click()
    for field, words in (("pnumber", number), ("notified_on", today), ("manner", "书面告知")):
        panel.fill(f"#{field}", words)
    panel.get_by_role("button", name="列入").click()
    panel.get_by_role("button", name="查询（仅一次").click()
    expected(panel.locator("main")).to_contain_text("查询证明")


def read_for_promotion(world: World, mine: Page, number: str) -> None:
    """The personnel desk reads the archive for an appointment, the statement beside it; the servant sees who, as what, for what."""
    person = records.duties(number).subject
    panel = world.desk("discipline-b")
    panel.goto(f"{world.url}/console/disclosure/archives/{person}?purpose=appointment")
    assert "正在进行的录用、晋升或评优程序" in panel.locator("main").inner_text(), "a purpose alone opens nothing"
    name_for_promotion(world, panel, servant_number(person))
    panel.goto(f"{world.url}/console/disclosure/archives/{person}?purpose=appointment")
    words = panel.locator("main").inner_text()
    assert MINE in words and "试点中的失误，已整改。" in words, words
    stranger = world.desk("hbj-entry")
    stranger.goto(f"{world.url}/console/disclosure/archives/{person}")
    assert MINE not in stranger.locator("main").inner_text()
    mine.goto(f"{world.url}/console/m4/records/{number}")
    row = mine.locator("section", has=mine.get_by_role("heading", name="谁看过")).locator("tbody tr", has_text="录用、任用、晋升").first
    expected(row).to_contain_text("示例市监察局")
    assert "干部人事工作" in [cell.strip() for cell in row.locator("td").all_inner_texts()]


def repaired(world: World, mine: Page, number: str, folder: Path) -> None:
    """The grey button says what is missing and until when; two conditions later it opens; the certificate verifies without network."""
    at, office = clock.now(), world.actor("coordinator")
    targets = [casework.add_effect(number, kind="measure", target=f"约束措施{n}", unit=registry.key_uid("fgw"), by=office, at=at) for n in (1, 2)]
    silent = casework.add_effect(number, kind="share", target="市公务员管理平台", unit=registry.key_uid("czj"), by=office, at=at)
    mine.goto(f"{world.url}/console/m4/records/{number}")
    words = mine.locator("main").inner_text()
    assert "效果按“轻微”：评议减责" in words and "自2018年5月8日起0个月，至2018年5月8日" in words, words
    assert "None" not in words and "audience" not in words.lower(), words
    assert "尚无培训证明" in words and "认定单位尚未确认义务履行完毕" in words, words
    mine.fill("#rreason", "已改")
    mine.get_by_role("button", name="申请修复").click()
    refused(mine, "REP-OBL")
    world.day("2018-11-20")
    source = world.desk("discipline-b")
    for what, proof in (("obligation", "整改验收单〔2018〕3号"), ("training", "诚信教育结业证〔2018〕7号")):
        source.goto(f"{world.url}/console/m4/records/{number}")
        source.select_option("#what", what)
        source.fill("#on", "2018-11-19")
        source.fill("#proof", proof)
        source.get_by_role("button", name="登记", exact=True).click()
        expected(source.locator("main")).to_contain_text("已登记")
    mine = world.desk("servant")
    mine.goto(f"{world.url}/console/m4/records/{number}")
    mine.fill("#on", "2018-11-20")
    mine.fill("#proof", "今后严格按方案评估风险")
    mine.get_by_role("button", name="登记", exact=True).click()
    mine.fill("#rreason", "已整改、已培训、已承诺")
    mine.get_by_role("button", name="申请修复").click()
    expected(mine.locator("main")).to_contain_text("已申请，认定单位审核")
    case = mine.url.rsplit("/", 1)[1]
    source.goto(f"{world.url}/console/casework/{case}")
    world.move(source, "准予修复", "条件均已满足")
    for uid in targets:
        casework.confirm_stop(uid, receipt="已停止，反馈单在卷", by=office, at=clock.now())
    outbox.sweep(at=clock.now())
    mine.goto(f"{world.url}/console/m4/records/{number}")
    effects = mine.locator("section", has=mine.get_by_role("heading", name="这条记录做了什么")).locator("tbody tr")
    states = {row.split("\t")[1]: row.split("\t")[2] for row in effects.all_inner_texts()}
    assert [states[name] for name in ("约束措施1", "约束措施2")] == ["已停止", "已停止"], states
    assert states["市公务员管理平台"] != "已停止" and silent, states
    mine.get_by_role("button", name="签发修复证明").click()
    with mine.expect_download() as got:
        mine.goto(f"{world.url}/console/m4/records/{number}")
        mine.get_by_role("link", name="修复证明").click()
    told = folder / "repair.json"
    got.value.save_as(told)
    assert "信用修复证明" in verified(told)


def erased(world: World, number: str, folder: Path) -> None:
    """Retention is over: asked for, decided by two people, gone; the receipt verifies and says nothing of what it was."""
    mine = world.desk("servant")
    mine.goto(f"{world.url}/console/m4/")
    assert mine.get_by_role("button", name="申请删除").count() == 0, "not before retention is over"
    at = world.nightly("2023-06-01")
    moves.expire_due(by=SYSTEM, at=at)
    mine = world.desk("servant")
    assert mine.goto(f"{world.url}/console/m4/records/{number}").status == 404, "expired: nobody can query it"
    mine.goto(f"{world.url}/console/m4/")
    mine.fill(f"#x{number}", "保存期已满")
    mine.get_by_role("button", name="申请删除").click()
    address = mine.url
    for login, verb, reason in (("publisher", "核准保存期已满，提出删除", "查询期限已满"), ("publisher-b", "批准删除", "")):
        desk = world.desk(login)
        desk.goto(address)
        world.move(desk, verb, reason)
    mine.goto(address)
    with mine.expect_download() as got:
        mine.get_by_role("link", name="删除回执").click()
    receipt = folder / "receipt.json"
    got.value.save_as(receipt)
    verified(receipt)
    told = json.loads(receipt.read_text("utf-8"))
    assert not any(word in json.dumps(told, ensure_ascii=False) for word in (MINE, "沈海燕", "SL00007", number))
    assert ledger.verify_log().ok


def test_from_the_letter_to_the_erasure(world: World, tmp_path: Path) -> None:
    plan = tmp_path / "试点方案.pdf"
    plan.write_bytes(b"%PDF-1.4 plan")
    world.day("2018-07-06")
    earlier_cases(world)
    world.day("2018-07-09")
    number = delivered(world, MINE)[MINE]
    moves.check(number, by=world.actor("reviewer"), at=clock.now())
    examined(world, number)
    mine = noticed(world, number)
    told = mine.locator("main").inner_text()
    assert all(word in told for word in (MINE, "XW-D06-1", "一般", "WZ-CL，2018-1版", "自行为终止之日起5年")), told
    signed(world, mine)
    case = claimed(world, mine, number, plan)
    reviewed(world, mine, case)
    mine.goto(f"{world.url}/console/m4/records/{number}")
    expected(mine.locator("main")).to_contain_text("可以提出异议，至")
    objection = objected(world, mine, number, tmp_path)
    decided_too_late(world, mine, objection, number)
    mine = in_effect(world, number)
    read_for_promotion(world, mine, number)
    repaired(world, mine, number, tmp_path)
    erased(world, number, tmp_path)



def test_the_same_through_the_api(world: World, tmp_path: Path) -> None:
    world.day("2018-07-09")
    number = delivered(world, MINE)[MINE]
    moves.check(number, by=world.actor("reviewer"), at=clock.now())
    person, source = records.duties(number).subject, registry.key_uid("jiancha")
    mine, office = Caller(world, "servant", "subject", person), Caller(world, "coordinator", "coordinator", "")
    entered, other = (Caller(world, login, "discipline_officer", source) for login in ("discipline", "discipline-b"))
    assert office.post(f"/m4/records/{number}/notice", 409)["code"] == "EXM-ASK"
    reviewer = Caller(world, "reviewer", "reviewer", "")
    answers = {g["code"]: "no" for g in office.get("/m4/grounds?on=2018-05-02")}
    assert sorted(answers) == sorted(GROUNDS)
    assert reviewer.post("/m4/examinations", 422, numbers=[number], answers={"pioneer": "no"}, reason="缺三项")["code"] == "EXM-ASK"
    assert reviewer.post("/m4/examinations", 200, numbers=[number], answers=answers, reason="均不成立") == {"done": 1}
    case = office.post(f"/m4/records/{number}/notice")["case"]
    assert [one["uid"] for one in mine.get("/casework/cases")["items"]] == [case], "the subject finds the notice without a page"
    assert mine.post(f"/m4/records/{number}/objection", 409, reason="太早")["code"] == "NOTICE-NONE"
    mine.post(f"/m4/notices/{case}/signature", 200)
    assert mine.get(f"/casework/cases/{case}")["counted"]["due"] == "2018-07-30"
    [plan] = mine.hand_in(b"%PDF-1.4 plan")
    claim = mine.post(f"/m4/records/{number}/exemption", reason="先行先试", ground="pioneer", conditions=CONDITIONS, papers=[plan])["case"]
    office.move(claim, "draw")
    panel = mine.get(f"/m4/exemptions/{claim}")
    assert [seat["number"] for seat in panel["seats"]] == [1, 2, 3] and "示例市监察局" not in str(panel)
    mine.move(claim, "challenge", reason="有利害关系", values={"member": "1"})
    assert mine.move(claim, "challenge", 409, reason="又", values={"member": "1"})["code"] == "PANEL-CHALLENGE"
    for human, unit in Panel.objects.get(case=claim).members:
        user = next(user for user in accounts.accounts() if user.person == human)
        role = min(g.role for g in world.actor(user.login).grants if "relief.panel" in g.permissions)
        voter = Caller(world, user.login, role, unit)
        assert voter.post(f"/m4/exemptions/{claim}/votes", 422, outcome="praise", reason="x")["code"] == "EXM-OUTCOME"
        voter.post(f"/m4/exemptions/{claim}/votes", outcome="deny", reason="无方案")
    assert mine.move(claim, "deny", 403, reason="x")["code"] == "PERM-DENIED"
    office.move(claim, "deny", reason="评议组多数意见")
    papers = mine.hand_in(*(f"第{n}页".encode() for n in range(30)))
    objection = mine.post(f"/m4/records/{number}/objection", reason="终止日有误", papers=papers)
    assert objection["procedure"] == "objection" and office.get(f"/records/{number}")["state"] == "disputed"
    office.move(objection["case"], "forward")
    seen = other.get(f"/casework/cases/{objection['case']}")
    assert len(seen["papers"]) == 30
    assert other.http.get(f"/casework/cases/{objection['case']}/papers/{seen['papers'][0]['uid']}").content == "第0页".encode()
    assert mine.get(f"/casework/cases/{objection['case']}")["papers"][0]["opened_by_units"] == [source]
    assert entered.move(objection["case"], "refuse", 403, reason="x")["code"] == "DUAL"
    world.nightly("2018-07-25")
    assert mine.get(f"/casework/cases/{objection['case']}")["paused"] is True
    other.move(objection["case"], "refuse", reason="终止日以决定书为准")
    assert office.get(f"/records/{number}")["state"] == "notified"
    mine.post(f"/m4/records/{number}/statement", 204, reason="已整改")
    assert office.get(f"/records/{number}")["statement"] == "已整改"
    world.nightly("2018-08-20")
    office.move(case, "take_effect")
    assert other.get(f"/records/archive/{person}?purpose=appointment", 403)["code"] == "PURPOSE"
    procedure = other.post("/s4/procedures", number="示晋〔2018〕8号", kind="promote", unit=registry.key_uid("jiancha"), title="晋升（示例）",
                           basis="公务员法第四十五条", opened_on="2018-08-20", ends_on="2018-10-31")["procedure"]
    other.post(f"/s4/procedures/{procedure}/named", number=servant_number(person), notified_on="2018-08-20", manner="书面告知")
    archive = other.get(f"/records/archive/{person}?purpose=appointment")
    assert [one["record"] for one in archive["records"]] == [number]
    assert mine.post(f"/m4/records/{number}/repair", 409, reason="已改")["code"] == "REP-OBL"
    unmet = {one["code"] for one in mine.get(f"/m4/records/{number}/repair") if not one["met"]}
    assert unmet == {"obligation", "commitment", "training"}
    for caller, what in ((other, "obligation"), (other, "training"), (mine, "commitment")):
        caller.post(f"/m4/records/{number}/fulfilments", 204, what=what, proof="证明", on="2018-08-19")
    repair = mine.post(f"/m4/records/{number}/repair", reason="已改")["case"]
    assert entered.move(repair, "grant", 403, reason="x")["code"] == "DUAL"
    other.move(repair, "grant", reason="条件均已满足")
    made = mine.post(f"/m4/repairs/{repair}/certificates")["certificate"]
    told = mine.get(f"/m4/records/{number}")
    assert (told["state"], told["object_until"], told["certificates"]) == ("repaired", "2018-07-30", [made])
    assert {one["procedure"] for one in told["cases"]} == {"notice", "exemption", "objection", "repair"}
    file = tmp_path / "certificate.json"
    file.write_bytes(mine.http.get(f"/m4/certificates/{made}").content)
    assert "信用修复证明" in verified(file)
    assert mine.post(f"/m4/records/{number}/erasure", 409, reason="请删除")["code"] == "STATE-EDGE"
    assert ledger.verify_log().ok
