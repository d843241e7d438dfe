"""Proposals come in line by line, are answered with opinions and letter, become promises, and are rated by their delegate."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from ximu.foundation import clock
from ximu.ideas.accounts.services.accounts import person_of
from ximu.ideas.accounts.tests.factories import account, with_password
from ximu.ideas.casework import queries as cases
from ximu.ideas.commitments import queries as commitments
from ximu.ideas.ledger import queries as ledger
from ximu.ideas.registry.tests import factories as city
from ximu.kernel.refusal import Refusal
from ximu.notice.mechanisms.m3_supervision import queries, services
from ximu.notice.mechanisms.m3_supervision.models import Proposal
from ximu.notice.mechanisms.m3_supervision.services import Given
from ximu.notice.mechanisms.m3_supervision.tests.factories import AT, CZJ, HBJ, person, row, xlsx

pytestmark = [pytest.mark.django_db, pytest.mark.row("M3.3")]
DELEGATE = person("delegate", human=person_of("N060"))
PROMISED = Given("B", "年内公开各项补贴的发放时限。", b"letter", date(2018, 9, 28), "公开的补贴时限一览表")


@pytest.fixture(autouse=True)
def _city(db: None) -> None:
    city.load()


def refused(code: str, call: Any, *args: Any, **named: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        call(*args, **named)
    assert caught.value.code == code
    return caught.value


def taken(**changes: Any) -> Proposal:
    found = services.import_proposals(rows=[row(**changes)], by=person("o"), at=AT)
    assert found.problems == []
    return Proposal.objects.get()


def test_good_lines_are_kept_and_the_same_list_twice_adds_nothing() -> None:
    lines = [row(), row("0619", lead="没有的局"), row("0620", assisting="示例市财政局"), row("0621", kind="议案"), row("0622", assisting="")]
    found = services.import_proposals(xlsx(lines), by=person("o"), at=AT)
    assert (found.new, found.same) == (2, 0)
    assert [(p["line"], p["code"]) for p in found.problems] == [(4, "ORG-UNKNOWN"), (5, "PROP-LEAD"), (6, "PROP-KIND")]
    size = ledger.size()
    again = services.import_proposals(xlsx(lines), by=person("o"), at=AT)
    assert (again.new, again.same, ledger.size()) == (0, 2, size)
    changed = services.import_proposals(rows=[row(title="另一件")], by=person("o"), at=AT)
    assert [p["code"] for p in changed.problems] == ["PROP-CHANGED"]
    csv = "届次,编号,类别,标题,代表编号,主办单位,交办日期\n十五届一次,0700,政协提案,某事,N061,示例市财政局,2018-03-01\n".encode("gb18030")
    assert services.import_proposals(csv, by=person("o"), at=AT).new == 1
    refused("PROP-COLUMNS", services.import_proposals, b"a,b\n1,2\n", by=person("o"), at=AT)
    refused("FILE-KIND", services.import_proposals, b"PK\x03\x04broken", by=person("o"), at=AT)
    refused("FILE-ENC", services.import_proposals, b"\x00\xff\x00", by=person("o"), at=AT)
    assert ledger.verify_log().ok


def test_limits_are_counted_from_the_assignment_in_months_by_the_calendar() -> None:
    made = taken()
    case = cases.case_for(made.case)
    assert (case.holder, case.due) == (CZJ, date(2018, 6, 4)), "2 June 2018 is a Saturday"
    assert queries.due_of("NPC-RETURN", made.assigned_on) == date(2018, 3, 13)
    assert queries.due_of("NPC-CO", made.assigned_on) == date(2018, 4, 2)


def test_an_answer_needs_opinions_and_letter_and_what_it_promises_is_followed() -> None:
    made = taken()
    clerk = person("c", CZJ)
    refused("PROP-CLASS", services.answer_proposal, made.uid, Given("E", "x", b"l"), by=clerk, at=AT)
    refused("REASON", services.answer_proposal, made.uid, Given("A", " ", b"l"), by=clerk, at=AT)
    refused("EVID-DIGEST", services.answer_proposal, made.uid, Given("A", "x", b""), by=clerk, at=AT)
    assert refused("JOINT-MISS", services.answer_proposal, made.uid, PROMISED, by=clerk, at=AT).extra["missing"] == [HBJ]
    refused("JOINT-NOT", services.give_opinion, made.uid, unit=CZJ, words="x", by=clerk, at=AT)
    refused("REASON", services.give_opinion, made.uid, unit=HBJ, words="", by=person("h", HBJ), at=AT)
    late = services.give_opinion(made.uid, unit=HBJ, words="同意。", by=person("h", HBJ), at=datetime(2018, 4, 3, 2, tzinfo=UTC))
    assert late.late
    refused("JOINT-DUP", services.give_opinion, made.uid, unit=HBJ, words="又及", by=person("h", HBJ), at=AT)
    refused("PROM-VAGUE", services.answer_proposal, made.uid, Given("B", "尽快。", b"letter"), by=clerk, at=AT)
    assert cases.case_for(made.case).state == "handling", "a vague promise leaves the case where it was"
    services.answer_proposal(made.uid, PROMISED, by=clerk, at=datetime(2018, 4, 10, 2, tzinfo=UTC))
    kept = queries.proposal(made.uid)
    promise = commitments.row(kept.promise)
    assert (promise.kind, promise.unit, promise.due) == ("delegate_answer", CZJ, date(2018, 9, 28))
    refused("STATE-EDGE", services.answer_proposal, made.uid, Given("A", "又答", b"letter"), by=clerk, at=AT)
    [total] = queries.totals()
    assert (total["all"], total["answered"], total["in_time"], total["class_B"]) == (1, 1, 1, 1)


def answered(**changes: Any) -> Proposal:
    made = taken(assisting="", **changes)
    services.answer_proposal(made.uid, Given("D", "留作参考。", b"letter"), by=person("c", CZJ), at=AT)
    return made


def test_a_delegate_rates_the_own_proposal_and_gets_a_second_answer() -> None:
    made = answered()
    refused("PROP-NONE", services.rate, made.uid, rating="satisfied", words="", by=person("other"), at=AT)
    refused("PROP-RATING", services.rate, made.uid, rating="great", words="", by=DELEGATE, at=AT)
    refused("REASON", services.rate, made.uid, rating="unsatisfied", words=" ", by=DELEGATE, at=AT)
    assert services.rate(made.uid, rating="unsatisfied", words="没有时限。", by=DELEGATE, at=AT) == "redo"
    assert cases.case_for(made.case).due == date(2018, 4, 8)
    services.answer_proposal(made.uid, Given("A", "已公开。", b"second"), by=person("c", CZJ), at=AT + timedelta(days=9))
    assert services.rate(made.uid, rating="unsatisfied", words="仍不够。", by=DELEGATE, at=AT + timedelta(days=10)) == "closed"
    refused("STATE-EDGE", services.rate, made.uid, rating="satisfied", words="", by=DELEGATE, at=AT)
    assert [p.uid for p in queries.mine(DELEGATE)] == [made.uid] and queries.mine(person("other")) == []


def test_what_is_not_ours_goes_back_in_seven_working_days_and_is_assigned_anew() -> None:
    made = taken()
    refused("REASON", services.return_proposal, made.uid, reason="", by=person("c", CZJ), at=AT)
    refused("PROP-LATE", services.return_proposal, made.uid, reason="非本局职责", by=person("c", CZJ), at=datetime(2018, 3, 14, 2, tzinfo=UTC))
    services.return_proposal(made.uid, reason="非本局职责", by=person("c", CZJ), at=AT)
    found = services.import_proposals(rows=[row(lead="示例市环境保护局", assisting="")], by=person("o"), at=AT)
    assert (found.new, found.problems) == (1, [])


SIGNER = person("signer", human=person_of("N062"))


def test_who_signed_with_others_sees_it_and_only_the_one_who_leads_rates() -> None:
    lines = [row(joint="N061、N062", assisting=""), row("0619", delegate="N062，N060", assisting=""), row("0620", joint="N060"),
             row("0621", joint="310101199001011234"), row("0622", joint="、".join(f"M{n}" for n in range(201)))]
    found = services.import_proposals(xlsx(lines), by=person("o"), at=AT)
    assert (found.new, [p["code"] for p in found.problems]) == (2, ["PROP-JOINT", "OFFICIAL-NUMBER", "PROP-JOINT"])
    again = services.import_proposals(xlsx(lines[:2]), by=person("o"), at=AT)
    assert (again.new, again.same) == (0, 2)
    fewer = services.import_proposals(rows=[row(joint="N061", assisting="")], by=person("o"), at=AT)
    assert [p["code"] for p in fewer.problems] == ["PROP-CHANGED"], "who signed is no more edited than what they wrote"
    made = Proposal.objects.get(number="0618")
    assert [p.number for p in queries.mine(SIGNER)] == ["0618", "0619"] == [p.number for p in queries.mine(DELEGATE)]
    assert [p.number for p in queries.mine(person("third", human=person_of("N061")))] == ["0618"]
    services.answer_proposal(made.uid, Given("D", "留作参考。", b"letter"), by=person("c", CZJ), at=AT)
    assert refused("PROP-LEADS", services.rate, made.uid, rating="satisfied", words="", by=SIGNER, at=AT).status == 403
    refused("PROP-NONE", services.rate, made.uid, rating="satisfied", words="", by=person("other"), at=AT)
    assert [[item.title.zh for item in queries.today(one, AT)] for one in (DELEGATE, SIGNER)] == [[made.title], []]
    letter = queries.given_letter(made, 1)
    assert "您领衔、3位代表联名提出的" in letter.paragraphs[0].text and "N06" not in str(letter)
    assert services.rate(made.uid, rating="satisfied", words="", by=DELEGATE, at=AT) == "closed"
    assert ledger.verify_log().ok


class _View:
    name = "public"

    def allows(self, item: str, field: str, status: str) -> bool:
        return True


def test_the_public_sees_no_delegate() -> None:
    answered()
    shown = str(queries.public_proposals(_View()))
    assert "留作参考" in shown and person_of("N060") not in shown and "建议公开时限" not in shown


def test_pages_of_staff_delegate_and_public(monkeypatch: pytest.MonkeyPatch) -> None:
    made, now = answered(joint="N061"), clock.now()
    staff, delegate = Client(), Client()
    login = "django.contrib.auth.backends.ModelBackend"
    staff.force_login(with_password(account("boss", "coordinator", at=now)), backend=login)
    delegate.force_login(with_password(account("dele", "delegate", number="N060", at=now)), backend=login)
    for page in ("proposals", "proposals?unit=mine", "proposals/import", f"proposals/{made.uid}"):
        assert staff.get(f"/console/m3_supervision/{page}").status_code == 200, page
    signer = Client()
    signer.force_login(with_password(account("sign", "delegate", number="N061", at=now)), backend=login)
    assert "关于公开财政补贴" in signer.get("/console/m3_supervision/proposals/mine").content.decode()
    shown = signer.get(f"/console/m3_supervision/proposals/mine/{made.uid}").content.decode()
    assert "您联名，共2人；满意度由领衔者评价" in shown and 'name="rating"' not in shown
    assert signer.post(f"/console/m3_supervision/proposals/{made.uid}/rate", {"rating": "satisfied"}).refusal.code == "PROP-LEADS"
    assert "2人联名" in staff.get(f"/console/m3_supervision/proposals/{made.uid}").content.decode()
    assert "请评价答复" in delegate.get("/console/").content.decode()
    assert "关于公开财政补贴" in delegate.get("/console/m3_supervision/proposals/mine").content.decode()
    own = f"/console/m3_supervision/proposals/mine/{made.uid}"
    assert delegate.get(own).status_code == 200
    assert staff.get(own).refusal.code == "PERM-DENIED"
    assert delegate.post(f"/console/m3_supervision/proposals/{made.uid}/rate", {"rating": "satisfied"}).status_code == 302
    assert queries.proposal(made.uid).rating == "satisfied"
    services.import_proposals(rows=[row("0700", title="另一件")], by=person("o"), at=AT)
    monkeypatch.setattr("ximu.notice.mechanisms.m3_supervision.views.proposals.ON_A_PAGE", 1)
    first, second = (staff.get(f"/console/m3_supervision/proposals?page={n}").content.decode() for n in (1, 2))
    assert ("另一件" in first, "另一件" in second, "共2条" in first) == (False, True, True)
    listed = staff.get("/api/v1/m3_supervision/proposals?limit=1").json()
    assert (listed["total"], len(listed["items"]), "offset=1" in listed["next"]) == (2, 1, True)
    sent = staff.post("/console/m3_supervision/proposals/import", {"file": SimpleUploadedFile("a.xlsx", xlsx([row("9", lead="没有的局")]))})
    assert "ORG-UNKNOWN" in sent.content.decode()
    assert staff.post("/console/m3_supervision/proposals/import", {}).refusal.code == "FILE-NONE"
    assert staff.post(f"/console/m3_supervision/proposals/{made.uid}/answer", {"due": "x"}).refusal.code == "DATE-FORM"
    assert "关于公开财政补贴" in Client().get("/proposals/").content.decode()
    assert Client().get("/api/v1/m3_supervision/proposals").status_code in (401, 403)
