"""The pages, the API and the commands show what the view shows, and no more."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from ximu.foundation.web import ANONYMOUS
from ximu.ideas.accounts.middleware import ActorMiddleware
from ximu.ideas.disclosure import commands, queries
from ximu.ideas.disclosure.models import Publication, Use
from ximu.ideas.disclosure.queries.policy import FOLDER as POLICIES
from ximu.ideas.disclosure.tests import factories as f
from ximu.ideas.disclosure.tests.factories import LATER, MAN, UNIT
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal

pytestmark = [pytest.mark.django_db, pytest.mark.row("M1.3")]
ACTING: dict[str, Actor] = {}
BASE, API = "/console/disclosure", "/api/v1"


@pytest.fixture
def desk(client: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    def call(self: ActorMiddleware, request: Any) -> HttpResponse:
        request.actor, request.gate = ACTING["now"], ""
        request.user = SimpleNamespace(is_authenticated=True, is_active=True)
        return self.get_response(request)

    monkeypatch.setattr(ActorMiddleware, "__call__", call)
    monkeypatch.setattr("ximu.foundation.clock.now", lambda: LATER)
    monkeypatch.setattr(registry, "forebears", lambda uid, on: [uid])
    f.connect(monkeypatch)
    return client


def test_a_record_goes_from_draft_to_publication_in_a_browser(desk: Client) -> None:
    number = f.deliver()
    ACTING["now"] = f.REVIEWER
    assert number in desk.get(f"{BASE}/work").content.decode()
    assert desk.post(f"{BASE}/records/act", {"number": number, "act": "check"}).status_code == 302
    page = desk.get(f"{BASE}/records/{number}").content.decode()
    assert "王**" in page
    assert "王小明" not in page
    assert "11010519491231002X" not in page
    f.examine(number)
    desk.post(f"{BASE}/records/act", {"number": number, "act": "notify", "served_on": "2018-05-10", "manner": "直接送达"})
    assert desk.post(f"{BASE}/records/act", {"number": number, "act": "make_effective"}).status_code == 302
    assert "生效" in desk.get(f"{BASE}/work?state=effective").content.decode()
    assert "提出公开" in desk.get(f"{BASE}/records/{number}").content.decode()
    given = {"field": ["CF_WSH", "CF_NR"], "stage": "pilot", "basis": "国发〔2016〕76号", "note": "最少"}
    assert desk.post(f"{BASE}/records/{number}/publication", given).status_code == 302
    ACTING["now"] = f.PUBLISHER
    assert number in desk.get(f"{BASE}/publications").content.decode()
    row = Publication.objects.get()
    assert desk.post(f"{BASE}/publications/{row.uid}", {"act": "approve"}).status_code == 302
    ACTING["now"] = Actor("public")
    assert desk.get(f"{API}/disclosure/public/{number}").json()["fields"] == {"CF_WSH": "示罚〔2018〕1号", "CF_NR": "罚款伍万元"}
    assert desk.get(f"{API}/disclosure/public").json()["total"] == 1
    assert desk.get(f"{API}/disclosure/public/{number}/bundle").json()["index"] == Publication.objects.get().log_index
    assert desk.get(f"{API}/records/{number}").status_code == 403
    ACTING["now"] = f.PUBLISHER
    assert desk.post(f"{BASE}/publications/{row.uid}", {"act": "close", "reason": "复核"}).status_code == 302
    assert desk.get(f"{API}/disclosure/public/{number}").json()["code"] == "REC-NONE"


def test_pages_ask_for_a_purpose_and_open_with_one(desk: Client) -> None:
    number = f.effective()
    ACTING["now"] = f.SUPERVISOR
    for path in (f"{BASE}/archives/{UNIT}", f"{BASE}/records/{number}"):
        asked = desk.get(path, {"as_of": "2018-02-13", "lang": "zh"})
        assert asked.status_code == 200, "who may read is asked, not refused"
        assert "监督检查" in asked.content.decode()
        assert '<input type="hidden" name="as_of" value="2018-02-13">' in asked.content.decode(), "the day is not lost by the question"
        other = desk.get(path, {"purpose": "curiosity"})
        assert other.status_code == 403 and "监督检查" in other.content.decode()
        assert desk.get(f"{path}?purpose=supervision").status_code == 200
    assert desk.get(f"{BASE}/records/{number}?purpose=supervision&as_of=13/2/2018").status_code == 422
    assert desk.get(f"{BASE}/archives").status_code == 200
    assert Use.objects.count() == 2
    ACTING["now"] = f.SUBJECT
    assert "监督检查" in desk.get(f"{BASE}/uses").content.decode()
    assert desk.get(f"{BASE}/work").status_code == 403, "a queue is for those who decide in it"
    for path in ("policy", f"records/{number}", f"archives/{UNIT}"):
        assert desk.get(f"{BASE}/{path}?lang=en").status_code == 200


def test_an_archive_as_of_a_day_before_shows_nothing(desk: Client) -> None:
    number = f.effective()
    ACTING["now"] = f.COORDINATOR
    assert number in desk.get(f"{BASE}/archives/{UNIT}").content.decode()
    assert number not in desk.get(f"{BASE}/archives/{UNIT}?as_of=2018-02-28").content.decode()
    assert number not in desk.get(f"{BASE}/archives/{UNIT}?known_at=2018-05-06").content.decode()
    assert number not in desk.get(f"{BASE}/archives/{MAN}").content.decode()
    assert desk.get(f"{API}/records/archive/{UNIT}").json()["families"] == {"penalty": 1}


def test_a_page_of_many_rows_asks_no_more_than_a_page_of_few(desk: Client, django_assert_max_num_queries: Any) -> None:
    for n in range(12):
        f.deliver(f"号{n}")
    ACTING["now"] = f.COORDINATOR
    for path in (f"{BASE}/archives/{UNIT}", f"{API}/records/archive/{UNIT}", f"{BASE}/work"):
        with django_assert_max_num_queries(16):
            assert desk.get(path).status_code == 200


def test_the_api_acts_and_explains(desk: Client) -> None:
    ACTING["now"] = f.REVIEWER
    def post(path: str, **body: Any) -> Any:
        return desk.post(f"{API}/{path}", body, content_type="application/json")
    one, two, held = f.deliver("一"), f.deliver("二"), f.deliver("三", final=False)
    assert post("records/send-back", numbers=[two], reason="缺页").json() == {"done": 1}
    assert post("records/check", numbers=[one, two]).json() == {"done": 2}
    assert post("records/check", numbers=[one]).json()["code"] == "STATE-EDGE"
    assert post("records/confirm-final", numbers=[held], ground="双方服判").json() == {"done": 1}
    assert post("records/notify", numbers=[one, two], served_at="2018-05-10T02:00:00Z", manner="信函").json() == {"done": 2}
    assert post("records/make-effective", numbers=[one, two]).json()["code"] == "EXM-ASK"
    f.examine(one, two)
    assert post("records/make-effective", numbers=[one, two]).json() == {"done": 2}
    asked = post("disclosure/publications", number=one, stage="pilot", basis="依据", fields=["CF_WSH"], note="最少").json()
    assert post(f"disclosure/publications/{asked['uid']}/approve").json()["code"] == "PERM-DENIED"
    ACTING["now"] = f.PUBLISHER
    assert post(f"disclosure/publications/{asked['uid']}/approve").json()["state"] == "open"
    assert post(f"disclosure/publications/{asked['uid']}/close", reason="x").json()["state"] == "closed"
    ACTING["now"] = f.COORDINATOR
    assert post("records/repair", numbers=[two], proof="证明").json() == {"done": 1}
    assert post("records/revoke", numbers=[one], reason="撤销").json() == {"done": 1}
    assert desk.get(f"{API}/records/{one}").json()["code"] == "REC-NONE"
    told = desk.get(f"{API}/disclosure/explain/{two}").json()
    assert {line["outcome"] for line in told["fields"]} == {"shown", "masked", "absent"}


def test_wrong_acts_are_refused(desk: Client) -> None:
    ACTING["now"] = f.PUBLISHER
    number = f.deliver()
    for path, given in ((f"{BASE}/records/act", {"number": number, "act": "erase"}), (f"{BASE}/publications/x", {"act": "burn"})):
        answer = desk.post(path, given, headers={"accept": "application/json"})
        assert answer.json()["code"] == "ACT-NONE"


def run(*args: str) -> Any:
    group = commands.records_group if args[0] == "records" else commands.disclosure_group
    ran = CliRunner().invoke(group, list(args[1:]), catch_exceptions=True)
    if isinstance(ran.exception, Refusal):
        return ran.exception.code
    assert ran.exit_code == 0, ran.output
    return json.loads(ran.output) if "--json" in args else ran.output


def test_the_commands_show_what_the_role_sees(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ximu.foundation.clock.now", lambda: LATER)
    f.connect(monkeypatch)
    number = f.opened()
    assert run("records", "show", number, "--json")["fields"]["CF_NR"] == "罚款伍万元"
    assert "罚款伍万元" in run("records", "show", number)
    assert run("records", "show", number, "--as", "supervisor") == "PURPOSE"
    assert run("records", "show", number, "--as", "king") == "ROLE-NONE"
    seen = run("records", "show", number, "--as", "supervisor", "--purpose", "audit", "--json")
    assert seen["fields"]["CF_FRDB"]["value"] == "王**"
    assert "王**" in run("records", "show", number, "--as", "supervisor", "--purpose", "audit")
    assert run("records", "show", number, "--as", "coordinator", "--as-of", "x") == "DATE-FORM"
    told = run("records", "history", number, "--as", "coordinator", "--known-at", "2018-05-08", "--json")
    assert [s["after"] for s in told["steps"]] == ["checked", "checked", "notified"], "found in order, examined, told"
    assert "notified" in run("records", "history", number, "--as", "coordinator")
    assert run("disclosure", "explain", number, "--as", "public", "--json")["policy"] == "2017-10-01"
    assert "P5" in run("disclosure", "explain", number, "--as", "public")
    assert "P1" in run("disclosure", "policy")
    assert run("disclosure", "policy", "--json")["rules"]
    assert run("records", "sweep", "--json") == {"expired": 0, "erased": 0, "closed": 0, "register": 0}
    assert Use.objects.filter(actor="operator").count() == 4
    assert queries.policy_on(LATER.date()).version == "2017-10-01"


def test_another_policy_is_tried_on_a_page(desk: Client) -> None:
    f.effective()
    ACTING["now"] = f.REVIEWER
    text = (POLICIES / "2017-10-01.toml").read_text("utf-8")
    opener = '[[rule]]\nid = "X1"\naudience = ["public"]\nlevel = ["shared"]\noutcome = "shown"\nlaw = "示例"\nzh = "试验"\nen = "A trial"\n\n'
    sent = SimpleUploadedFile("new.toml", text.replace("[[rule]]", opener + "[[rule]]", 1).encode())
    page = desk.post(f"{BASE}/policy", {"policy": sent}).content.decode()
    assert "放开" in page
    assert "X1" in page
    assert "POLICY-FORM" in desk.post(f"{BASE}/policy", {}).content.decode()
    ACTING["now"] = f.CLERK
    assert "PERM-DENIED" in desk.post(f"{BASE}/policy", {"policy": sent}).content.decode()


def test_a_search_is_certified_from_the_archive_page(desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    f.effective()
    unit = SimpleNamespace(name="示例市某局", living=True, uid=UNIT)
    monkeypatch.setattr(registry, "unit", lambda uid, as_of: unit)
    ACTING["now"] = f.COORDINATOR
    assert "出具查询证明" in desk.get(f"{BASE}/archives/{UNIT}").content.decode()
    answer = desk.post(f"{BASE}/archives/{UNIT}/certificate", {"purpose": "handling", "as_of": LATER.date().isoformat()})
    assert answer.status_code == 302, answer.content.decode()
    page = desk.get(answer.headers["Location"]).content.decode()
    assert "有1条生效记录" in page
    assert "示例市某局" in page
    file = desk.get(answer.headers["Location"] + "?form=bundle")
    assert json.loads(file.content)["disclosed"]["payload"]["result"] == "found"
    ACTING["now"] = f.REVIEWER
    assert "CERT-NONE" in desk.get(answer.headers["Location"]).content.decode()


def test_a_program_finds_its_work_and_what_waits_for_approval(desk: Client) -> None:
    """Numbers and uids that the next call needs are told by an earlier one: nobody has to look them up on a page."""
    number = f.deliver()
    ACTING["now"] = f.REVIEWER
    found = desk.get(f"{API}/disclosure/work", {"state": "draft"}).json()
    assert [one["record"] for one in found["records"]] == [number] and found["total"] == 1
    assert desk.get(f"{API}/disclosure/work", {"state": "held"}).json()["records"] == []
    ACTING["now"] = f.SUBJECT
    assert desk.get(f"{API}/disclosure/work").json()["code"] == "PERM-DENIED", "a queue is for those who decide in it"
    shown = f.effective("示罚〔2018〕2号")
    ACTING["now"] = f.REVIEWER
    terms = {"number": shown, "stage": "pilot", "basis": "国发〔2016〕76号", "fields": ["CF_WSH"], "note": "最少"}
    proposed = desk.post(f"{API}/disclosure/publications", terms, content_type="application/json").json()
    assert desk.get(f"{API}/disclosure/publications").status_code == 403
    ACTING["now"] = f.PUBLISHER
    [waiting] = desk.get(f"{API}/disclosure/publications").json()
    assert (waiting["uid"], waiting["number"], waiting["fields"]) == (proposed["uid"], shown, ["CF_WSH"])


def test_a_search_is_certified_over_the_api_by_anybody_or_with_a_purpose(desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "public_unit", lambda uid, on: {"name": "示例市某局", "subjects": [uid]})

    def asked(path: str, status: int, **body: str) -> Any:
        answer = desk.post(f"{API}/disclosure/{path}/certificates", body, content_type="application/json")
        assert answer.status_code == status, answer.content.decode()
        return answer.json()

    f.effective()
    ACTING["now"] = ANONYMOUS
    assert asked(f"units/{UNIT}", 422, as_of="2031-01-01")["code"] == "TIME-FUTURE"
    public = asked(f"units/{UNIT}", 201, as_of="2018-05-20")
    told = desk.get(f"{API}/disclosure/certificates/{public['certificate']}").json()
    assert (public["result"], told["disclosed"]["payload"]["name"]) == ("none", "示例市某局"), "in effect, but not public"
    ACTING["now"] = f.SUPERVISOR
    assert desk.get(f"{API}/disclosure/certificates/{public['certificate']}").json() == told, "with a key as without"
    assert asked(f"archives/{UNIT}", 403)["code"] == "PURPOSE"
    own = asked(f"archives/{UNIT}", 201, purpose="supervision")
    assert own["result"] == "found" and desk.get(f"{API}/disclosure/certificates/{own['certificate']}").status_code == 200
    ACTING["now"] = ANONYMOUS
    assert desk.get(f"{API}/disclosure/certificates/{own['certificate']}").json()["code"] == "CERT-NONE"
