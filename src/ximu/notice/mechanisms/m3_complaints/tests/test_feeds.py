"""Leads come as a list, twice adds nothing; a report gets more time once, from a second person, before its term ends."""

from __future__ import annotations

import io
import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from ximu.foundation import clock
from ximu.ideas.accounts import services as staffing
from ximu.ideas.accounts.tests.factories import account, with_password
from ximu.ideas.ledger import queries as ledger
from ximu.ideas.registry.tests import factories as city
from ximu.kernel.actor import SYSTEM
from ximu.kernel.refusal import Refusal
from ximu.notice.mechanisms.m3_complaints import commands, services
from ximu.notice.mechanisms.m3_complaints.models import Lead, Report
from ximu.notice.mechanisms.m3_complaints.services import Finding, batches
from ximu.notice.mechanisms.m3_complaints.tests.factories import AT, JIANCHA, OVERSEER, filed, person

pytestmark = [pytest.mark.django_db, pytest.mark.row("M3.4")]
ROWS = [
    ("单位", "类别", "来源", "事项", "出处"),
    ("示例市甲区北桥镇人民政府", "承诺不兑现", "12345热线", "反映道路照明承诺五月完工，至今未动工", "工单SL-2018-0451"),
    ("示例市财政局", "payment", "press", "报道称奖补资金迟迟未到账", "示例晚报2018-06-01"),
    ("示例市月球局", "其他", "12345热线", "反映窗口无人值守的情况", "工单SL-2018-0452"),
    ("示例市财政局", "诗歌", "12345热线", "反映窗口无人值守的情况", "工单SL-2018-0453"),
    ("示例市财政局", "其他", "社会监督", "反映窗口无人值守的情况", "工单SL-2018-0454"),
    ("示例市财政局", "其他", "12345热线", "短", "工单SL-2018-0455"),
    ("示例市财政局", "其他", "12345热线", "反映窗口无人值守的情况", ""),
    ("示例市财政局", "其他", "12345热线", "来电人13800000000反映窗口无人值守", "工单SL-2018-0456"),
]
CODES = ["ORG-UNKNOWN", "REPORT-TOPIC", "LEAD-ORIGIN", "LEAD-WORDS", "LEAD-SOURCE", "LEAD-PERSON"]


@pytest.fixture(autouse=True)
def _city(db: None, settings: Any) -> None:
    settings.XIMU_PROFILE = "example"
    city.load()


def refused(code: str, call: Any, *args: Any, **named: Any) -> None:
    with pytest.raises(Refusal) as caught:
        call(*args, **named)
    assert caught.value.code == code


def table(coding: str = "utf-8-sig") -> bytes:
    return "\n".join(",".join(row) for row in ROWS).encode(coding)


def book() -> bytes:
    kept = io.BytesIO()
    made = xlsxwriter.Workbook(kept, {"in_memory": True})
    sheet = made.add_worksheet()
    for number, row in enumerate(ROWS):
        sheet.write_row(number, 0, row)
    made.close()
    return kept.getvalue()


@pytest.mark.parametrize("content", [table(), table("gb18030"), book()], ids=["utf-8", "gb18030", "xlsx"])
def test_a_list_of_the_hotline_is_taken_row_by_row_and_once(content: bytes) -> None:
    found = services.bring_leads(content, by=OVERSEER, at=AT)
    assert (found.new, found.same, [p["code"] for p in found.problems]) == (2, 0, CODES)
    assert [p["line"] for p in found.problems] == [4, 5, 6, 7, 8, 9]
    assert {(lead.origin, lead.topic) for lead in Lead.objects.all()} == {("hotline", "promise"), ("press", "payment")}
    again = services.bring_leads(content, by=OVERSEER, at=AT + timedelta(days=40))
    assert (again.new, again.same, Lead.objects.count()) == (0, 2, 2)


def test_two_who_bring_the_same_list_at_the_same_moment_double_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second looks before the first has written; the constraint holds what the look could not."""
    real, waits, others = batches.new_uid, iter((True,)), []

    def overtaken() -> str:
        """Between the look and the writing somebody else brings the whole list."""
        if next(waits, False):
            others.append(services.bring_leads(table(), by=OVERSEER, at=AT))
        return real()

    monkeypatch.setattr(batches, "new_uid", overtaken)
    found, size = services.bring_leads(table(), by=OVERSEER, at=AT), ledger.size()
    assert [(one.new, one.same) for one in (*others, found)] == [(2, 0), (0, 2)]
    assert Lead.objects.count() == 2
    assert services.bring_leads(table(), by=OVERSEER, at=AT).new == 0 and ledger.size() == size


def test_a_list_without_the_columns_or_the_right_is_refused() -> None:
    refused("LEAD-COLUMNS", services.bring_leads, "单位,事项\n甲,乙".encode(), by=OVERSEER, at=AT)
    refused("FILE-ENC", services.bring_leads, b"\xff\xff\x00", by=OVERSEER, at=AT)
    refused("PERM-DENIED", services.bring_leads, table(), by=person("a"), at=AT)
    assert Lead.objects.count() == 0


def test_the_same_list_by_command_page_and_api(tmp_path: Path) -> None:
    file = tmp_path / "leads.csv"
    file.write_bytes(table())
    ran = CliRunner().invoke(commands.complaints_group, ["leads", str(file), "--json"])
    assert ran.exit_code == 2 and json.loads(ran.stdout)["new"] == 2
    assert isinstance(CliRunner().invoke(commands.complaints_group, ["leads", "nothing.csv"]).exception, Refusal)
    assert "已有 known 2" in CliRunner().invoke(commands.complaints_group, ["leads", str(file)]).stdout
    boss = Client()
    user = with_password(account("boss", "discipline_officer", unit=JIANCHA, at=clock.now()))
    boss.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    shown = boss.post("/console/m3_complaints/bring", {"file": SimpleUploadedFile("a.csv", table())}).content.decode()
    assert "新增0条，已有2条，退回6行" in shown and "LEAD-PERSON" in shown
    assert boss.post("/console/m3_complaints/bring").status_code == 422
    rows = [{"unit": "示例市财政局", "topic": "其他", "origin": "12345热线", "words": "反映窗口无人值守的情况", "source": "工单1"}]
    _, key = staffing.issue_key(user.uid, "discipline_officer", unit=JIANCHA, label="测试", days=30, by=SYSTEM, at=clock.now())
    answer = Client().post("/api/v1/m3_complaints/leads/list", json.dumps(rows), content_type="application/json",
                           HTTP_AUTHORIZATION=f"Bearer {key}")
    assert (answer.status_code, answer.json()["new"]) == (201, 1)


def test_more_time_is_asked_by_the_officer_and_granted_by_another_once() -> None:
    code = filed(about="北桥镇")
    uid = Report.objects.get().uid
    refused("DUAL", services.ask_extension, uid, "案情复杂", by=person("a"), at=AT)
    services.accept(uid, by=person("a"), at=AT)
    refused("EXT-NONE", services.decide_extension, uid, agree=True, by=person("b"), at=AT)
    refused("REASON", services.ask_extension, uid, " ", by=person("a"), at=AT)
    refused("CLOCK-PAST", services.ask_extension, uid, "案情复杂", by=person("a"), at=AT + timedelta(days=61))
    services.ask_extension(uid, "须向三个单位取证", by=person("a"), at=AT)
    assert "三个单位" not in Report.objects.get().extend_why
    refused("EXT-ONCE", services.ask_extension, uid, "再来一次", by=person("a"), at=AT)
    refused("DUAL", services.decide_extension, uid, agree=True, by=person("a"), at=AT)
    assert services.decide_extension(uid, agree=False, by=person("b"), at=AT) == date(2018, 8, 3)
    services.ask_extension(uid, "须向三个单位取证", by=person("a"), at=AT)
    assert services.decide_extension(uid, agree=True, by=person("b"), at=AT) == date(2018, 9, 3)
    seen = services.look(code, at=AT)
    assert (seen["due"], seen["talk"][-1]["text"]) == (date(2018, 9, 3), "办理期限延长至2018-09-03，理由：须向三个单位取证")
    refused("EXT-ONCE", services.ask_extension, uid, "又一次", by=person("a"), at=AT)
    services.answer(uid, Finding("explained", "已说明。"), by=person("a"), at=AT)
    services.reopen(code, "没有解决", at=AT)
    assert Report.objects.get().extended == "", "a second look has a clock of its own"


def test_acceptance_handling_and_answer_have_a_clock_each() -> None:
    code = filed(about="北桥镇")
    uid = Report.objects.get().uid
    dues = [services.look(code, at=AT)["due"]]
    dues.append(services.accept(uid, by=person("a"), at=AT))
    ended = AT + timedelta(days=10)
    refused("DUAL", services.conclude, uid, Finding("explained", ""), by=person("b"), at=ended)
    refused("OUTCOME", services.conclude, uid, Finding("fine", ""), by=person("a"), at=ended)
    refused("LEAD-WORDS", services.conclude, uid, Finding("proven", ""), by=person("a"), at=ended)
    dues.append(services.conclude(uid, Finding("proven", "", "", "经核查，该镇应付工程款两笔均已逾期。"), by=person("a"), at=ended))
    assert dues == [date(2018, 6, 19), date(2018, 8, 3), date(2018, 7, 6)], "15 days, 60 days, 15 working days, each from its own start"
    seen = services.look(code, at=ended)
    assert (seen["state"].zh, seen["outcome"], seen["talk"], seen["may_say"]) == ("已办结，待答复", None, [], True)
    refused("STATE-EDGE", services.conclude, uid, Finding("explained", ""), by=person("a"), at=ended)
    refused("STATE-EDGE", services.ask, uid, "何时？", by=person("a"), at=ended)
    refused("OUTCOME", services.answer, uid, Finding("unproven", "未查实。"), by=person("a"), at=ended)
    refused("REASON", services.answer, uid, Finding("", " "), by=person("a"), at=ended)
    services.answer(uid, Finding("", "属实，已责成付款。"), by=person("a"), at=ended)
    seen = services.look(code, at=ended)
    assert (seen["state"].zh, seen["outcome"].zh, seen["due"], seen["talk"][-1]["text"]) == ("已答复", "属实", None, "属实，已责成付款。")
    assert Report.objects.get().lead, "the lead waits for its batch"


def test_the_answer_is_late_on_a_clock_of_its_own_and_both_pages_say_so(settings: Any) -> None:
    settings.XIMU_CLOCK = "2018-06-04T10:00:00"
    boss = Client()
    user = with_password(account("boss", "discipline_officer", unit=JIANCHA, at=clock.now()))
    boss.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    code = filed(at=clock.now())
    page = f"/console/m3_complaints/{Report.objects.get().uid}/"
    boss.post(f"{page}accept")
    assert "先办结，另行答复" in boss.get(page).content.decode()
    assert boss.post(f"{page}conclude", {"outcome": "explained"}).status_code == 302
    shown = boss.get(page).content.decode()
    assert "已办结，待答复：解释说明" in shown and "答复举报人" in shown and "询问举报人" not in shown and "超期" not in shown
    settings.XIMU_CLOCK = "2018-06-27T10:00:00"
    boss.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    assert "超期" in boss.get(page).content.decode()
    assert "已办结，待答复" in Client().post("/report/status/", {"code": code}).content.decode()
    assert boss.post(f"{page}answer", {"text": "已说明。"}).status_code == 302 and Report.objects.get().state == "answered"


def test_more_time_on_the_page(settings: Any) -> None:
    settings.XIMU_CLOCK = "2018-06-04T10:00:00"
    clients = [Client(), Client()]
    for client, login in zip(clients, ("boss", "second"), strict=True):
        user = with_password(account(login, "discipline_officer", unit=JIANCHA, at=clock.now()))
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    filed(at=clock.now())
    page = f"/console/m3_complaints/{Report.objects.get().uid}/"
    boss, second = clients
    boss.post(f"{page}accept")
    assert "申请延长办理期限" in boss.get(page).content.decode()
    boss.post(f"{page}extend", {"text": "须向三个单位取证"})
    assert "须向三个单位取证" in second.get(page).content.decode() and "同意延期" not in boss.get(page).content.decode()
    second.post(f"{page}refuse")
    boss.post(f"{page}extend", {"text": "须向三个单位取证"})
    second.post(f"{page}grant")
    assert "办理期限延长至" in boss.get(page).content.decode()
