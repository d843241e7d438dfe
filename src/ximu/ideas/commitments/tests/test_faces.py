"""Pages, API and command line show the register and pass acts on to the services."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import datetime
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from ximu.foundation import clock
from ximu.ideas.accounts.middleware import ActorMiddleware
from ximu.ideas.commitments import jobs, queries, services
from ximu.ideas.commitments.commands import promises_group
from ximu.ideas.commitments.models import Commitment
from ximu.ideas.commitments.rules import to_json
from ximu.ideas.commitments.tests import factories as make
from ximu.ideas.commitments.tests.factories import CHECKER, CLERK, COUNTERPART, PAPER, at
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal

pytestmark = [pytest.mark.django_db, pytest.mark.row("D4")]
NOW = datetime.fromisoformat("2018-05-02T10:00:00+08:00")
ACTING: dict[str, Actor] = {}
FORM = {
    "kind": "policy_promise", "unit": "示例市商务委员会", "title": "拨付示例四号项目奖励", "text": "投产后拨付奖励300万元。", "indicator": "已拨付金额", "measure": "元",
    "baseline": "0", "value": "3000000", "direction": "up", "source": "支付系统", "made_on": "2018-05-02", "due": "2018-09-28", "to": "示例四号有限公司",
    "basis": "示例市招商引资办法", "amount": "3000000", "budget_line": "2150805", "matters": "subsidy", "domain": "D4", "act": "register",
}


@pytest.fixture
def desk(client: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    """A client that acts as `ACTING["now"]`, on 2 May 2018."""
    make.city()
    monkeypatch.setattr(clock, "now", lambda: NOW)

    def call(self: ActorMiddleware, request: Any) -> HttpResponse:
        request.actor, request.gate = ACTING["now"], ""
        request.user = SimpleNamespace(is_authenticated=True, is_active=True)
        return self.get_response(request)

    monkeypatch.setattr(ActorMiddleware, "__call__", call)
    ACTING["now"] = CLERK
    return client


def read(client: Client, path: str, **query: str) -> str:
    answer = client.get(f"/console/commitments/{path}", query)
    assert answer.status_code == 200, answer.content.decode()
    return answer.content.decode()


def test_the_form_names_the_missing_part_and_keeps_what_was_typed(desk: Client) -> None:
    assert "签署前核对" in read(desk, "new")
    answer = desk.post("/console/commitments/new", {**FORM, "value": "", "due": ""})
    shown = answer.content.decode()
    assert answer.status_code == 422
    for words in ("PROM-VAGUE", "目标值", "到期日", "拨付示例四号项目奖励"):
        assert words in shown
    assert Commitment.objects.count() == 0


def test_who_promised_in_which_post_is_that_of_the_day_and_shown_to_few(desk: Client) -> None:
    refused = desk.post("/console/commitments/new", {**FORM, "post": "局长"})
    assert refused.status_code == 422 and "PROM-POST" in refused.content.decode()
    other = desk.post("/console/commitments/new", {**FORM, "post": "主任", "official": "SL00020"})
    assert other.status_code == 422 and "当日不在该岗位任职" in other.content.decode()
    uid = desk.post("/console/commitments/new", {**FORM, "post": "主任"})["Location"].rsplit("/", 1)[1]
    assert "主任（SL00019）" in read(desk, uid), "who held the post that day"
    ACTING["now"] = make.person("looker", "see")
    shown = read(desk, uid)
    assert "承诺岗位" in shown and "SL00019" not in shown
    assert "SL00019" not in desk.get(f"/promises/{uid}/").content.decode()


def test_before_signing_the_power_and_the_budget_are_checked(desk: Client) -> None:
    shown = desk.post("/console/commitments/new", {**FORM, "matters": ["subsidy", "tax"], "budget_line": "", "act": "check"}).content.decode()
    assert "ULTRA" in shown
    assert "AMT-BUDGET" in shown
    assert Commitment.objects.count() == 0
    assert desk.post("/console/commitments/new", {**FORM, "matters": "tax"}).status_code == 422


def test_a_promise_goes_through_its_page(desk: Client) -> None:
    place = desk.post("/console/commitments/new", FORM)["Location"]
    uid = place.rsplit("/", 1)[1]
    assert "拨付示例四号项目奖励" in read(desk, "", domain="D4", unit="市商务委", state="running")
    for words in ("履行中", "接下来", "2018年9月28日", "示例四号有限公司", "全部经过"):
        assert words in read(desk, uid)

    def post(what: str, by: Actor, path: str = "act", **form: str) -> int:
        ACTING["now"] = by
        return desk.post(f"/console/commitments/{uid}/{path}", {"act": what, "digest": PAPER, **form}).status_code

    assert post("offer", CLERK, day="2018-05-02", value="1000000") == 302
    evidence = next(iter(queries.facts(queries.row(uid)).offers))
    assert post("accept", CLERK, evidence=evidence) == 403
    assert post("accept", CHECKER, evidence=evidence) == 302
    assert post("dispute", COUNTERPART, words="没有收到") == 302
    assert "异议中" in read(desk, uid)
    dispute = next(iter(queries.facts(queries.row(uid)).disputes))
    assert post("answer", CHECKER, dispute=dispute, outcome="rejected", reason="支付回单在案") == 302
    assert post("confirm", COUNTERPART) == 302
    assert post("change", CHECKER, "change", reason="person", basis="会议纪要", new_due="2018-12-28") == 422
    assert post("change", CHECKER, "change", reason="agreed", basis="补充协议", new_due="2018-12-28", new_value="3500000") == 302
    assert post("moon", CHECKER) == 422
    assert post("moon", CHECKER, "change") == 422
    shown = read(desk, uid)
    for words in ("与对方协商一致", "2018年12月28日", "3500000", "29%"):
        assert words in shown
    assert post("decline", CHECKER, words="无力支付") == 302
    assert post("offer", CLERK, day="2018-05-02", value="3500000") == 302
    other = services.register(make.promise(reference="另"), by=CLERK, at=at("2018-01-11"))
    assert desk.post(f"/console/commitments/{other}/change", {"act": "withdraw", "reason": "agreed", "basis": "协议", "digest": PAPER}).status_code == 403


def test_a_file_is_its_own_digest(desk: Client) -> None:
    uid = make.registered()
    paper = BytesIO("支付回单".encode())
    paper.name = "回单.pdf"
    assert desk.post(f"/console/commitments/{uid}/act", {"act": "offer", "day": "2018-05-02", "value": "5000000", "file": paper}).status_code == 302
    assert len(queries.facts(queries.row(uid)).offers) == 1
    assert desk.post(f"/console/commitments/{uid}/act", {"act": "offer", "day": "2018-05-02", "value": "1"}).status_code == 422


def test_the_daily_pass_can_be_run_by_hand(desk: Client) -> None:
    make.registered(terms=make.terms(due=make.terms().due.replace(month=4)))
    assert desk.post("/console/commitments/evaluate").status_code == 302
    assert "最近判定" in read(desk, "")


def test_what_the_people_page_hides(desk: Client) -> None:
    uid = make.registered()
    ACTING["now"] = make.person("looker", "see")
    shown = read(desk, uid)
    assert "示例一号有限公司" not in shown
    assert "提交证据" not in re.sub("<ol.*", "", shown, flags=re.S)
    ACTING["now"] = Actor("stranger")
    assert desk.get("/console/commitments/").status_code == 403


def test_the_api_does_what_the_pages_do(desk: Client) -> None:
    def post(path: str, body: object = None) -> tuple[int, dict[str, object]]:
        answer = desk.post(f"/api/v1/commitments/{path}", json.dumps(body or {}), content_type="application/json")
        return answer.status_code, answer.json()

    whole = {
        "kind": "policy_promise", "unit": make.unit("sww"), "made_on": "2018-05-02", "to": {"name": "示例五号有限公司"}, "domain": "D4",
        "terms": {"title": "兑现示例政策", "text": "拨付300万元", "due": "2018-09-28", "basis": "办法", "amount": "3000000",
                  "target": {"indicator": "已拨付金额", "measure": "元", "value": "3000000", "baseline": "0"}},
    }
    status, refusal = post("promises", {**whole, "to": None})
    assert (status, refusal["code"], refusal["field"], refusal["missing"]) == (422, "PROM-VAGUE", "counterpart", ["counterpart"])
    status, flags = post("promises/check", whole)
    assert [f["code"] for f in flags] == ["AMT-BUDGET"]
    uid = post("promises", whole)[1]["uid"]
    assert len(post("promises/many", [{**whole, "reference": str(n)} for n in range(3)])[1]["uids"]) == 3
    page = desk.get("/api/v1/commitments/promises", {"domain": "D4", "limit": 2}).json()
    assert (page["total"], len(page["items"]), page["next"] is None) == (4, 2, False)
    status, offered = post(f"promises/{uid}/evidence", {"day": "2018-05-02", "digest": PAPER, "value": "3000000"})
    assert post(f"promises/{uid}/evidence/{offered['evidence']}/accept")[1]["code"] == "DUAL"
    ACTING["now"] = CHECKER
    assert post(f"promises/{uid}/evidence/{offered['evidence']}/accept")[1] == {"state": "kept"}
    assert post(f"promises/{uid}/series", {"source": "x", "readings": [{"day": "2018-05-02", "value": "1"}]})[1] == {"state": "kept"}
    assert post(f"promises/{uid}/dispute", {"words": "没有", "digest": PAPER})[0] == 200
    one = desk.get(f"/api/v1/commitments/promises/{uid}", {"as_of": "2018-05-02"}).json()
    assert (one["status"]["state"], one["status"]["disputed"], one["versions"][0]["version"]) == ("kept", True, 1)
    assert "示例五号" not in json.dumps(one, ensure_ascii=False)
    assert post("evaluate")[1]["counts"] == {"kept": 1, "running": 3}
    ACTING["now"] = Actor("stranger")
    assert desk.get("/api/v1/commitments/promises").status_code == 403


def test_papers_disputes_and_changes_go_over_the_api(desk: Client) -> None:
    def post(path: str, **body: object) -> dict[str, Any]:
        return dict(desk.post(f"/api/v1/commitments/{path}", json.dumps(body), content_type="application/json").json())

    first, second, third = (make.registered(reference=f"示招{n}号") for n in (1, 2, 3))
    paper = desk.post("/api/v1/commitments/papers", {"file": SimpleUploadedFile("决定.pdf", b"decision")}).json()
    assert (paper["digest"], paper["bytes"]) == (hashlib.sha256(b"decision").hexdigest(), 8)
    decided = {"reason": "agreed", "basis": "补充协议〔2018〕1号", "digest": paper["digest"]}
    decided |= {"ticket": paper["ticket"]}
    offered = post(f"promises/{first}/evidence", day="2018-05-02", digest=PAPER, value="1000000")["evidence"]
    assert post(f"promises/{first}/withdraw", **decided)["code"] == "DUAL", "who registered it does not undo it"
    ACTING["now"] = CHECKER
    for ticket in ("", paper["ticket"]):
        assert post(f"promises/{second}/decline", words="不再履行", digest=paper["digest"], ticket=ticket)["code"] == "EVID-DIGEST"
    assert "EVID-DIGEST" in desk.post(f"/console/commitments/{second}/change", {"act": "withdraw", **decided}).content.decode()
    decided |= {"ticket": desk.post("/api/v1/commitments/papers", {"file": SimpleUploadedFile("决定.pdf", b"decision")}).json()["ticket"]}
    assert post(f"promises/{first}/evidence/{offered}/reject", reason="")["code"] == "REASON"
    assert post(f"promises/{first}/evidence/{offered}/reject", reason="不是付款凭证") == {"state": "running"}
    assert desk.get(f"/api/v1/commitments/promises/{first}").json()["offers"][0]["state"] == "rejected"
    assert post(f"promises/{first}/change", terms={}, **decided | {"reason": "term"})["code"] == "PROM-BARRED"
    new = json.loads(json.dumps(to_json(make.terms(title="拨付示例一号项目落户奖励（分两期）"))))
    assert post(f"promises/{first}/change", terms=new, **decided) == {"state": "running"}
    one = desk.get(f"/api/v1/commitments/promises/{first}").json()
    assert ["分两期" in v["terms"]["title"] for v in one["versions"]] == [False, True], "the old wording stays"
    assert post(f"promises/{second}/replace", follower=first, **decided) == {"state": "changed"}
    assert post(f"promises/{third}/decline", words="不再履行", digest="x")["code"] == "EVID-DIGEST"
    assert post(f"promises/{third}/decline", words="不再履行", digest=PAPER) == {"state": "broken"}
    ACTING["now"] = COUNTERPART
    raised = post(f"promises/{first}/dispute", words="没有收到", digest=PAPER)["dispute"]
    ACTING["now"] = CHECKER
    where = f"promises/{first}/disputes/{raised}/answer"
    assert post(where, outcome="maybe", reason="查无实据", digest=PAPER)["code"] == "PROM-OUTCOME"
    assert post(where, outcome="rejected", reason="尚未到期", digest=PAPER) == {"state": "running"}
    assert desk.get(f"/api/v1/commitments/promises/{first}").json()["disputes"][0]["outcome"] == "rejected"
    ACTING["now"] = Actor("stranger")
    assert desk.post("/api/v1/commitments/papers", {"file": SimpleUploadedFile("x.pdf", b"x")}).status_code == 403


def test_the_command_line_lists_judges_and_answers_by_two_clocks(monkeypatch: pytest.MonkeyPatch) -> None:
    make.city()
    uid = make.registered()
    make.proved(uid, day="2018-06-20", known="2018-07-09")
    monkeypatch.setattr(clock, "now", lambda: at("2018-07-10"))

    def run(*args: str) -> object:
        ran = CliRunner().invoke(promises_group, [*args, "--json"], catch_exceptions=False)
        return json.loads(ran.output)

    assert run("evaluate")["counts"] == {"kept": 1}
    assert [p["uid"] for p in run("list", "--unit", "市商务委", "--domain", "D4")] == [uid]
    assert run("status", uid)["state"] == "kept"
    assert run("status", uid, "--as-of", "2018-07-02", "--known-at", "2018-07-02")["state"] == "overdue"
    assert run("status", uid, "--as-of", "2018-07-02", "--known-at", "2018-07-02T08:00")["due"] == "2018-06-29"
    with pytest.raises(Refusal) as caught:
        run("status", uid, "--known-at", "夏天")
    assert caught.value.code == "DATE-FORM"
    assert "已兑现" in CliRunner().invoke(promises_group, ["status", uid]).output


def test_a_profile_brings_its_promises_once(tmp_path: Path) -> None:
    make.city()
    folder = tmp_path / "example"
    (folder / "commitments").mkdir(parents=True)
    head = "reference,kind,unit,title,text,made_on,due,deliverable,basis,to,domain\n"
    line = "示招1号,policy_promise,sww,交付厂房,交付标准厂房3万平方米,2018-01-10,2018-06-29,建成并交付标准厂房3万平方米,办法,示例六号有限公司,D4\n"
    (folder / "commitments" / "promises.csv").write_text(head + line, "utf-8")
    for _ in range(2):
        assert jobs.load_profile(folder, by=CLERK, at=at("2018-01-11")) == {"promises": 1}
    assert Commitment.objects.count() == 1
    assert jobs.evaluate_today(by=CLERK, at=at("2018-07-02")) == {"turned": 1, "overdue": 1, "lapsed": 0, "measured": 0}
