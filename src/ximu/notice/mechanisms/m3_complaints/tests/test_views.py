"""The reporter's pages leave no trace and need no script; the handler's show only what is his."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from ximu.foundation import clock
from ximu.foundation.models import Reply
from ximu.ideas.accounts import queries as accounts
from ximu.ideas.accounts.tests.factories import account, with_password
from ximu.ideas.registry.tests import factories as city
from ximu.notice.mechanisms.m3_complaints import queries, services
from ximu.notice.mechanisms.m3_complaints.models import Contact, Report
from ximu.notice.mechanisms.m3_complaints.tests.factories import AT, JIANCHA, jpeg, person

pytestmark = [pytest.mark.django_db, pytest.mark.row("M3.4")]
TOKEN = re.compile(r'name="token" value="([^"]+)"')


@pytest.fixture(autouse=True)
def _city(db: None, settings: Any) -> None:
    settings.XIMU_PROFILE = "example"
    city.load()


def token(client: Client) -> str:
    return TOKEN.search(client.get("/report/").content.decode())[1]  # type: ignore[index]


def send(client: Client, **given: Any) -> Any:
    return client.post("/report/", {"topic": "promise", "text": "说好的事没有做", "token": token(client), **given})


def code_of(answer: Any) -> str:
    return re.search(r"(\d{4} ){3}\d{4}", answer.content.decode())[0]  # type: ignore[index]


def test_reporting_leaves_nothing_in_the_browser() -> None:
    client = Client(enforce_csrf_checks=True)
    answer = send(client, file=SimpleUploadedFile("IMG_张三.jpg", jpeg()))
    assert answer.status_code == 200
    code = code_of(answer)
    shown = client.post("/report/status/", {"code": code})
    assert "待受理" in shown.content.decode()
    for one in (answer, shown, client.get("/report/?lang=en"), client.get("/report/status/")):
        assert not one.cookies and not client.cookies
        assert one["Cache-Control"] == "no-store" and one["Referrer-Policy"] == "no-referrer"
        assert "default-src 'none'" in one["Content-Security-Policy"]
        assert "<script" not in one.content.decode() and "http://" not in one.content.decode()
    assert code.replace(" ", "") not in client.get("/report/status/").content.decode()


def test_what_is_wrong_is_tied_to_its_field(client: Client) -> None:
    page = send(client, text=" ").content.decode()
    assert re.search(r'<textarea id="text"[^>]*aria-invalid="true" aria-describedby="refused"', page) and 'id="refused"' in page
    assert not re.search(r'id="(topic|about|contact)"[^>]*aria-invalid', page)
    page = client.post("/report/status/", {"code": "1" * 16}).content.decode()
    assert re.search(r'<input id="code"[^>]*aria-invalid="true" aria-describedby="refused"', page)
    assert "aria-invalid" not in client.get("/report/").content.decode()


def test_a_form_that_is_not_taken_comes_back_as_typed() -> None:
    client = Client()
    answer = send(client, text="", about="北桥镇")
    assert answer.status_code == 422 and 'value="北桥镇"' in answer.content.decode()
    old = client.post("/report/", {"topic": "promise", "text": "说好的事没有做", "token": "x"})
    assert old.status_code == 409 and "说好的事没有做" in old.content.decode()
    assert client.post("/report/", {"topic": "promise", "text": "x", "token": token(client),
                                    "file": SimpleUploadedFile("a.pdf", b"%PDF-1.4")}).status_code == 422
    assert Report.objects.count() == 0


def test_who_is_signed_in_in_the_same_browser_is_nobody_here(caplog: pytest.LogCaptureFixture) -> None:
    """A civil servant reports from the browser in which the console is open: no audit, session or kept answer knows of it."""
    client = Client()
    user = with_password(account("insider", "discipline_officer", unit=JIANCHA, at=clock.now()))
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    trail, session = accounts.audit().count(), Session.objects.get().expire_date
    headers = {"HTTP_IDEMPOTENCY_KEY": "0123456789abcdef", "REMOTE_ADDR": "203.0.113.94", "HTTP_AUTHORIZATION": "Bearer x"}
    answer = client.post("/report/", {"topic": "promise", "text": "说好的事没有做", "token": token(client)}, **headers)
    client.post("/report/status/", {"code": code_of(answer)}, **headers)
    client.post("/report/status/", {"code": "1" * 16, "act": "say"}, **headers)
    assert (accounts.audit().count(), Session.objects.get().expire_date, Reply.objects.count()) == (trail, session, 0)
    assert caplog.records == []
    assert client.get("/console/").status_code == 200, "the session itself lives on"


def test_wrong_and_unknown_codes_answer_the_same_bytes() -> None:
    client = Client()
    answers = {client.post("/report/status/", {"code": code}).content for code in ("1111 2222 3333 4444", "x", "9" * 16)}
    assert len(answers) == 1


def test_a_reporter_adds_and_asks_for_a_second_look() -> None:
    client, boss = Client(), Client()
    code = code_of(send(client))
    user = with_password(account("boss", "discipline_officer", unit=JIANCHA, at=clock.now()))
    boss.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    assert "有新事项" in boss.get("/console/").content.decode()
    uid = Report.objects.get().uid
    page = f"/console/m3_complaints/{uid}/"
    assert "说好的事没有做" in boss.get(page).content.decode()
    assert boss.get("/console/m3_complaints/").status_code == 200
    assert boss.post(f"{page}accept").status_code == 302
    assert boss.post(f"{page}ask", {"text": "何时说的？"}).status_code == 302
    said = client.post("/report/status/", {"code": code, "act": "say", "text": "三月一日", "token": token(client),
                                           "file": SimpleUploadedFile("x.jpg", jpeg())})
    assert "三月一日" in said.content.decode()
    file = queries.files_of(Report.objects.get())[0].uid
    assert "data:image/jpeg;base64," in boss.get(f"{page}files/{file}").content.decode()
    assert boss.get(f"{page}files/nosuchfile000000").status_code == 404
    assert boss.post(f"{page}mask", {"passages": "三月一日", "hide": file}).status_code == 302
    masked = boss.get(page).content.decode()
    assert "三月一日" not in masked and "■■■" in masked and f"files/{file}" not in masked
    assert "三月一日" in boss.post(f"{page}original", {"purpose": "核对日期"}).content.decode()
    assert boss.post(f"{page}original", {"purpose": ""}).status_code == 403
    assert boss.post(f"{page}answer", {"outcome": "unproven", "text": "未查实"}).status_code == 302
    again = client.post("/report/status/", {"code": code, "act": "reopen", "text": "没有解决"})
    assert "办理中" in again.content.decode()
    assert boss.post(f"{page}dance").status_code == 404
    assert boss.get("/console/m3_complaints/leads").status_code == 200
    assert Client().get(page).status_code in (302, 401, 403)


def test_figures_are_public() -> None:
    assert Client().get("/report/figures/").status_code == 200
    assert Client().get("/report/figures/?year=2018&quarter=9").status_code == 200
    assert Client().get("/api/v1/m3_complaints/leads").status_code in (401, 403)
    assert Client().get("/api/v1/m3_complaints/figures?year=2018&quarter=2").json()["tables"] is not None, "public, as the page is"
    assert Client().get("/api/v1/m3_complaints/figures?year=2018&quarter=0").json()["code"] == "QUARTER", "no other quarter than was asked for"
    asked = Client().post("/api/v1/m3_complaints/reports/x/contact", "{}", content_type="application/json")
    assert (asked.status_code, asked.json()["code"]) == (401, "PURPOSE"), "the same for what is there and what is not"


def test_one_asks_for_ones_own_data_in_the_term_shown_and_corrects_a_number() -> None:
    client = Client()
    code = code_of(send(client, topic="personal", text="请告知保存了我的哪些信息。", contact="王某 13812345678"))
    [row] = Report.objects.all()
    services.accept(row.uid, by=person("handler", row.handler), at=AT)
    shown = client.post("/report/status/", {"code": code}).content.decode()
    assert "内容13字，附件0个，联系方式：有" in shown and "13812345678" not in shown, "whoever finds the code does not see who it is"
    assert "2018年6月26日" in shown, "15 working days, the Dragon Boat holiday left out"
    done = client.post("/report/status/", {"code": code, "act": "contact", "contact": "王某 13987654321"}).content.decode()
    assert "已更正" in done
    services.ask_contact(row.uid, purpose="答复", by=person("handler", row.handler), at=AT)
    assert services.reveal_contact(row.uid, by=person("second", row.handler), at=AT) == "王某 13987654321"
    long = client.post("/report/status/", {"code": code, "act": "contact", "contact": "长" * 401})
    assert long.status_code == 422 and "CONTACT-LONG" in long.content.decode()
    client.post("/report/status/", {"code": code, "act": "contact", "contact": ""})
    assert not Contact.objects.exists() and not Report.objects.get().named
    assert client.post("/report/status/", {"code": "0" * 16, "act": "contact", "contact": "x"}).status_code == 404
