"""The same through pages and API: a unit on record signs, objects, sees the grey button explained, takes its certificate home."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from docx import Document

from ximu.foundation import clock
from ximu.ideas.accounts import services as accounts
from ximu.ideas.accounts.tests.factories import account, with_password
from ximu.ideas.casework import services as casework
from ximu.ideas.casework.rules import Given
from ximu.ideas.ledger import queries as ledger
from ximu.ideas.records import queries as records
from ximu.ideas.records import services as moves
from ximu.ideas.records.tests.factories import REVIEWER, deliver, row
from ximu.kernel.actor import SYSTEM
from ximu.notice.mechanisms.m4_relief import services
from ximu.notice.mechanisms.m4_relief.tests.factories import (
    NONE_HOLDS,
    OFFICE,
    SECOND,
    SUBJECT,
    SUBJECT_UNIT,
    T0,
    checked,
    in_effect,
    served,
)
from ximu_verify.bundle import verify_bundle

pytestmark = [pytest.mark.django_db, pytest.mark.row("M4.1")]


@pytest.fixture
def clients(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    at = T0 - timedelta(days=1)
    people = {"boss": account("boss", "coordinator", "reviewer", at=at), "subj": account("subj", "subject", unit=SUBJECT_UNIT, at=at),
              "far": account("far", "subject", unit="unit000000000002", at=at)}
    found: dict[str, Any] = {}
    for name, user in people.items():
        client = Client()
        client.force_login(with_password(user, at=at), backend="django.contrib.auth.backends.ModelBackend")
        found[name] = client
    _, found["key"] = accounts.issue_key(people["subj"].uid, "subject", unit=SUBJECT_UNIT, label="测试", days=360, by=SYSTEM, at=at)
    return found


def move_clock(monkeypatch: pytest.MonkeyPatch, at: Any) -> None:
    monkeypatch.setattr(clock, "now", lambda: at)


@pytest.mark.parametrize("act", ["object", "exemption", "fulfil", "repair"])
def test_no_paper_is_kept_of_who_has_no_business_at_the_desk(tmp_path: Path, settings: Any, act: str) -> None:
    settings.XIMU_HOME = tmp_path
    visitor = Client()
    visitor.force_login(with_password(account("visitor", "supervisor")), backend="django.contrib.auth.backends.ModelBackend")
    answer = visitor.post(f"/console/m4/records/0000000000001/{act}", {"reason": "x", "papers": SimpleUploadedFile("a.pdf", b"%PDF of a visitor")})
    assert (answer.status_code, [p for p in tmp_path.rglob("*") if p.is_file()]) == (403, [])


def test_the_grounds_of_exemption_are_asked_on_a_page(clients: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    move_clock(monkeypatch, T0)
    number = deliver([row("示罚〔2018〕1号")]).lines["number"][0]
    moves.check(number, by=REVIEWER, at=T0)
    boss, page = clients["boss"], "/console/m4/examination"
    assert "先做容错审查" in boss.get("/console/m4/").content.decode()
    seen = boss.get(page).content.decode()
    assert all(word in seen for word in (number, "未审查", "不可抗力", "先行先试"))
    assert clients["far"].get(page).status_code == 403
    answers = {f"ground-{code}": "no" for code in NONE_HOLDS}
    held = boss.post(f"{page}/sign", {**answers, "ground-pioneer": "yes", "number": number, "reason": "x"})
    assert (held.status_code, "EXM-HOLDS" in held.content.decode()) == (409, True)
    assert boss.post(f"{page}/sign", {**answers, "number": number, "reason": "均不成立"}).status_code == 302
    assert "已审查" in boss.get(page).content.decode()
    assert "制作告知书" in boss.get("/console/m4/").content.decode()


@pytest.mark.parametrize("kind", ["delivery", "objection", "exemption", "repair", "erasure"])
def test_forms_are_printed_blank_and_with_what_the_record_says(clients: dict[str, Any], monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    move_clock(monkeypatch, T0)
    number, _ = served()
    boss, base = clients["boss"], "/console/m4/forms"
    assert kind in boss.get(f"{base}?number={number}").content.decode()
    for who in ("boss", "subj"):
        made = Document(io.BytesIO(clients[who].get(f"{base}/{kind}.docx?number={number}").content))
        cells = [cell.text for row in made.tables[0].rows for cell in row.cells]
        assert number in cells
        assert any("签名" in text for text in cells)
    blank = Document(io.BytesIO(boss.get(f"{base}/{kind}.docx").content))
    assert number not in [cell.text for row in blank.tables[0].rows for cell in row.cells]
    assert len(pypdfium2.PdfDocument(boss.get(f"{base}/{kind}.pdf?number={number}").content)) == 1, "one sheet to sign"
    api = Client(headers={"Authorization": f"Bearer {clients['key']}"})
    assert api.get(f"/api/v1/m4/forms/{kind}.pdf?number={number}").content.startswith(b"%PDF")
    assert api.get(f"/api/v1/m4/forms/{kind}.odt").json()["code"] == "FORM-NONE"
    assert boss.get(f"{base}/{kind}.odt").refusal.code == "FORM-NONE"
    assert boss.get(f"{base}/song.pdf").refusal.code == "FORM-NONE"
    assert clients["far"].get(f"{base}/{kind}.pdf?number={number}").status_code in (403, 404), "nobody else learns of the record"


def test_notice_is_drawn_signed_and_objected_to(clients: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    move_clock(monkeypatch, T0)
    number = checked()
    assert number in clients["boss"].get("/console/m4/").content.decode()
    case = clients["boss"].post(f"/console/m4/records/{number}/notice").headers["Location"].rsplit("/", 1)[1]
    page = clients["subj"].get(f"/console/casework/{case}").content.decode()
    assert "本人签收" in page
    assert "示罚〔2018〕1号" in page
    assert clients["subj"].get(f"/console/m4/records/{number}").status_code == 404
    assert clients["far"].get(f"/console/casework/{case}").status_code == 404
    letter = clients["boss"].get(f"/console/casework/{case}/letter/notice.docx")
    assert letter.content.startswith(b"PK")
    assert clients["subj"].post(f"/console/m4/cases/{case}/sign").status_code == 302
    seen = clients["subj"].get(f"/console/m4/records/{number}").content.decode()
    assert not re.search(r"<dd>(XW-[\w-]+)</dd>", seen), "a behaviour is called by its name"
    for words in ("提出异议", "修复条件", "尚未公开作出信用承诺", "申请容错免责", "2018年5月28日"):
        assert words in seen
    assert clients["far"].get(f"/console/m4/records/{number}").status_code == 404
    done = clients["subj"].post(f"/console/m4/records/{number}/object", {"reason": "日期有误"})
    assert done.status_code == 302
    assert records.duties(number).state == "disputed"
    refused = clients["far"].post(f"/console/m4/records/{number}/object", {"reason": "x"})
    assert (refused.status_code, refused.refusal.code) == (403, "SUBJ-NOT")
    assert clients["boss"].get("/console/m4/precedents").status_code == 200


def test_repair_over_the_api_to_a_certificate_that_verifies(clients: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    number, _ = in_effect()
    at = T0 + timedelta(days=60)
    move_clock(monkeypatch, at)
    api = Client(headers={"Authorization": f"Bearer {clients['key']}"})
    base = f"/api/v1/m4/records/{number}"
    shown = {c["code"]: (c["met"], c["met_on"]) for c in api.get(f"{base}/repair").json()}
    assert (shown["period"], shown["obligation"]) == ((True, "2018-06-20"), (False, None))
    early = api.post(f"{base}/repair", {"reason": "已改"}, content_type="application/json")
    assert (early.status_code, early.json()["code"]) == (409, "REP-OBL")
    services.fulfil(number, "obligation", proof="履行证明", on=at.date(), by=SECOND, at=at)
    proof = {"what": "commitment", "proof": "承诺不再违反", "on": at.date().isoformat()}
    assert api.post(f"{base}/fulfilments", proof, content_type="application/json").status_code == 204
    case = api.post(f"{base}/repair", {"reason": "已履行并承诺"}, content_type="application/json").json()["case"]
    casework.move(case, "grant", given=Given("条件具备"), by=OFFICE, at=at)
    uid = api.post(f"/api/v1/m4/repairs/{case}/certificates").json()["certificate"]
    assert verify_bundle(api.get(f"/api/v1/m4/certificates/{uid}").content, [ledger.key()])
    assert verify_bundle(clients["subj"].get(f"/console/m4/certificates/{uid}").content, [ledger.key()])
    assert clients["far"].get(f"/console/m4/certificates/{uid}").refusal.code == "CERT-NONE"


def test_a_day_that_is_none_is_told(clients: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    move_clock(monkeypatch, T0)
    number = checked()
    wrong = clients["boss"].post(f"/console/m4/records/{number}/fulfil", {"what": "obligation", "on": "昨天", "proof": "x"})
    assert wrong.refusal.code == "DATE-FORM"
    assert SUBJECT.unit == SUBJECT_UNIT


def test_a_paper_with_a_long_name_is_taken_and_its_name_cut(clients: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """It was kept, and the answer failed on the name's length."""
    move_clock(monkeypatch, T0)
    answer = Client().post("/api/v1/m4/papers", {"papers": [SimpleUploadedFile("材" * 240 + ".pdf", b"%PDF-1.4")]},
                           headers={"Authorization": f"Bearer {clients['key']}"})
    assert answer.status_code == 201
    assert answer.json()[0]["name"] == "材" * 200


def test_a_paper_is_named_only_by_who_handed_it_in_and_its_size_is_measured(clients: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Knowing a digest let one lodge, and so read, the paper of another; and the size was what the client said."""
    number, _ = served()
    move_clock(monkeypatch, T0)
    api = Client(headers={"Authorization": f"Bearer {clients['key']}"})
    digest, _ = casework.keep([b"another's secret paper"])

    def objecting(**paper: Any) -> Any:
        return api.post(f"/api/v1/m4/records/{number}/objection", {"reason": "日期有误", "papers": [{"name": "a", **paper}]},
                        content_type="application/json")

    for ticket in ("", "0" * 64, casework.ticket_for(digest, SECOND)):
        refused = objecting(digest=digest, ticket=ticket, size=22)
        assert (refused.status_code, refused.json()["code"], refused.json()["value"]) == (422, "EVID-DIGEST", digest)
    proof = {"what": "commitment", "proof": "承诺", "on": T0.date().isoformat(), "digest": digest}
    assert api.post(f"/api/v1/m4/records/{number}/fulfilments", proof, content_type="application/json").json()["code"] == "EVID-DIGEST"
    [mine] = api.post("/api/v1/m4/papers", {"papers": [SimpleUploadedFile("b.pdf", b"%PDF-1.4")]}).json()
    case = objecting(**{**mine, "size": 10 ** 12}).json()["case"]
    assert [p["size"] for p in api.get(f"/api/v1/casework/cases/{case}").json()["papers"]] == [8]
