"""A lead is verified by the superior, put right or refused; only a refusal becomes a draft record, after the exemption was asked."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import orjson
import pytest
from click.testing import CliRunner
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from ximu.config import led, wiring
from ximu.config.tests import snapshots
from ximu.foundation import clock
from ximu.ideas.accounts import services as accounts
from ximu.ideas.accounts.tests.factories import account, with_password
from ximu.ideas.casework import jobs
from ximu.ideas.casework import queries as cases
from ximu.ideas.casework import services as casework
from ximu.ideas.casework.rules import Given
from ximu.ideas.casework.tests.factories import upload
from ximu.ideas.commitments import queries as promises
from ximu.ideas.commitments import services as pledging
from ximu.ideas.commitments.hooks import CommitmentBroken
from ximu.ideas.commitments.tests import factories as promised
from ximu.ideas.exchange import services as exchanging
from ximu.ideas.exchange.commands import peer_group
from ximu.ideas.exchange.rules import Lead as ForwardedLead
from ximu.ideas.exchange.rules import read as read_receipt
from ximu.ideas.exchange.services.peering import Peer
from ximu.ideas.ledger import queries as ledger
from ximu.ideas.records import services as records
from ximu.ideas.records.hooks import RecordsMoved
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import SYSTEM, Actor, Grant
from ximu.kernel.refusal import Refusal
from ximu.notice.mechanisms.m1_leads import queries, services
from ximu.notice.mechanisms.m1_leads.commands import leads_group
from ximu.notice.mechanisms.m1_leads.rules import Told
from ximu.notice.mechanisms.m2_joint_action import services as joint

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("M1.2")]
Version = apps.get_model("records", "Version")
AT = datetime(2018, 5, 7, 2, tzinfo=UTC)
TOLD = Told("12345热线", "示例市商务委员会", "落户奖励到期未付", "承诺六月底前拨付的奖励至今未付。", "GD-0001")
RIGHTS = ("leads.see", "leads.raise", "leads.verify", "leads.recognise", "casework.see_all")
RECOGNISED = {"checklist": "不成立", "behaviour": "XW-D04-2", "grade": "一般", "document": "示发改认〔2018〕1号", "act_on": "2018-05-03",
              "contract": "投资协议〔2017〕8号"}


@pytest.fixture(autouse=True)
def city(settings: Any) -> None:
    settings.XIMU_PROFILE = "example"
    snapshots.load("example", at=datetime(2017, 1, 3, 2, tzinfo=UTC))


def person(name: str, unit: str = "", *rights: str) -> Actor:
    return Actor(name, unit or None, (Grant("r", frozenset(rights or RIGHTS), unit or None),), name)


CLERK, CHECKER, CHIEF = person("clerk"), person("checker"), person("chief")


def unit() -> str:
    return registry.key_uid("sww")


def body() -> Actor:
    return person("body", unit(), "leads.rectify")


def code_of(call: Any, *args: Any, **words: Any) -> str:
    with pytest.raises(Refusal) as caught:
        call(*args, **words)
    return caught.value.code


def go(case: str, verb: str, by: Actor, at: datetime = AT, *, file: bool = True, **given: Any) -> str:
    return casework.move(case, verb, given=Given("说明", **given), files=[upload(verb.encode())] if file else (), by=by, at=at)


def rectifying() -> str:
    case = services.raise_lead(TOLD, by=CLERK, at=AT)
    go(case, "forward", CLERK, file=False)
    go(case, "confirm", CHECKER)
    return case


def test_what_is_put_right_is_closed_and_never_recorded() -> None:
    case = rectifying()
    assert code_of(go, case, "accept", CHECKER) == "STATE-EDGE"
    assert code_of(go, case, "report_done", body(), file=False) == "EVID-DIGEST"
    go(case, "report_done", body())
    assert code_of(go, case, "accept", person("own", unit(), "leads.verify")) in {"DUAL", "PERM-DENIED"}
    assert go(case, "accept", CHECKER) == "closed"
    assert not Version.objects.exists() and ledger.verify_log().ok


def test_a_refusal_is_recognised_by_another_person_and_becomes_a_draft_record() -> None:
    case = rectifying()
    assert code_of(go, case, "find_refusal", CHECKER, AT + timedelta(days=29)) == "LEAD-RUNNING"
    late = AT + timedelta(days=36)
    jobs.sweep(at=late)
    assert cases.case_for(case).late
    assert go(case, "find_refusal", CHECKER, late) == "refused"
    for change, code in (({"checklist": "成立"}, "EXM-ASK"), ({"grade": "重"}, "LEAD-GRADE"), ({"act_on": "昨天"}, "DATE-FORM"),
                         ({"act_on": "2018-12-31"}, "TIME-FUTURE"), ({"document": ""}, "FIELD-NEED"), ({"behaviour": "XW-NO"}, "LIST-NONE")):
        assert code_of(go, case, "recognise", CHIEF, late, values=RECOGNISED | change) == code, change
    assert code_of(go, case, "recognise", CLERK, late, values=RECOGNISED) == "DUAL", "who raised it does not record it"
    assert code_of(go, case, "recognise", CHECKER, late, values=RECOGNISED) == "DUAL", "who verified it does not record it"
    assert not Version.objects.exists()
    assert go(case, "recognise", CHIEF, late, values=RECOGNISED) == "recorded"
    version = Version.objects.get()
    assert (version.item, version.subject, version.behaviour, version.state) == ("WY-RD", unit(), "XW-D04-2", "draft")
    told = orjson.loads(version.payload)
    assert (told["XSLY"], told["LY"], told["WSWH"], told["ZGQX"]) == ("12345热线", "D04", "示发改认〔2018〕1号", "2018-06-06")
    assert ledger.verify_log().ok


def test_the_hotline_forwards_leads_through_the_exchange_once_and_is_told_how_they_ended(settings: Any, tmp_path: Path) -> None:
    settings.XIMU_HOME = tmp_path / "home"
    peer = Peer(tmp_path / "hotline", channel="hotline", sender_key=exchanging.own().verifier(), name="hotline.example")
    exchanging.open_channel("hotline", setup=exchanging.Setup("national-platform", "pull", "", peer.signer.verifier(), unit()), by=SYSTEM,
                            at=AT)
    good = ForwardedLead("GD-2018-1", "hotline", "示例市商务委员会", "落户奖励到期未付", "来电反映承诺的奖励至今未付。")
    bad = [replace(good, case="GD-2", unit="月球局"), replace(good, case="GD-3", words="联系人13800000000反映奖励未付。"),
           replace(good, case="GD-4", origin="gossip"), replace(good, case="GD-5", title="标" * 121)]

    def send(*some: ForwardedLead) -> tuple[str, ...]:
        note = exchanging.receive("hotline", peer.forward(some, at=AT)[1], by=SYSTEM, at=AT)
        return read_receipt(note, exchanging.own().verifier()).outcomes

    assert send(good, *bad) == ("", "SUBJ-NONE", "LEAD-PERSON", "LEAD-ORIGIN", "FWD-FORM")
    assert send(replace(good, words="另一说法，奖励未付。")) == ("FWD-CHANGED",)
    [case] = cases.cases_of("lead")
    assert (case.subject, case.values["origin"], case.values["reference"]) == (unit(), "hotline", "GD-2018-1")
    again = services.raise_lead(Told("12345热线", "示例市商务委员会", good.title, good.words, good.case), by=CLERK, at=AT)
    assert again == case.uid, "the same ticket by file or by hand is the same lead"
    go(case.uid, "dismiss", CLERK, file=False, ground="out_of_scope")
    assert [exchanging.answer_closed(at=AT) for _ in range(2)] == [1, 0]
    [answer] = apps.get_model("exchange", "Row").objects.filter(op="answer")
    assert (json.loads(answer.body)["case"], json.loads(answer.body)["outcome"]) == ("GD-2018-1", "dismissed")
    settings.XIMU_CLOCK = "2018-05-07T09:00:00"
    told = CliRunner().invoke(peer_group, ["lead", str(tmp_path / "hotline"), "--channel", "hotline", "--sender-key", peer.sender_key, "--name",
                                           "hotline.example", "--case", "GD-9", "--unit", "示例市商务委员会", "--title", "奖励未付", "--text",
                                           "来电反映奖励未付。", "--json"])
    package = Path(json.loads(told.stdout)["file"]).read_bytes()
    assert read_receipt(exchanging.receive("hotline", package, by=SYSTEM, at=AT), exchanging.own().verifier()).outcomes == ("",)
    assert len(cases.cases_of("lead")) == 2 and ledger.verify_log().ok


def broken_promise(kind: str = "policy_promise", **changes: Any) -> str:
    terms = promised.terms(matters=(), due=date(2018, 5, 31), **changes)
    return promised.registered(on="2018-05-02", kind=kind, unit=unit(), terms=terms, made_on=date(2018, 5, 2))


@pytest.mark.row("D4")
def test_a_promise_not_kept_in_the_time_to_put_it_right_becomes_a_lead_once_and_its_refusal_a_draft_record() -> None:
    uid = broken_promise()
    made = {"overdue": 0, "broken": 0}
    for state, day in (("overdue", "2018-06-01"), ("broken", "2018-07-31"), ("broken", "2018-08-01")):
        wiring.judge_promises(at=promised.at(day))
        assert promises.row(uid).state == state
        made[state] = len(cases.cases_of("lead"))
    assert made == {"overdue": 0, "broken": 1}, "first it is put right, then it is a lead"
    [case] = cases.cases_of("lead")
    assert (case.subject, case.about, case.values["origin"], case.state) == (unit(), uid, "promise", "received")
    led.lead_promises(CommitmentBroken([uid], "2018-08-01"), at=promised.at("2018-08-02"))
    assert len(cases.cases_of("lead")) == 1
    at = promised.at("2018-08-03")
    go(case.uid, "forward", CLERK, at, file=False)
    go(case.uid, "confirm", CHECKER, at)
    go(case.uid, "refuse", body(), at, file=False)
    assert go(case.uid, "recognise", CHIEF, at, values=RECOGNISED | {"contract": uid, "act_on": "2018-07-31"}) == "recorded"
    version = Version.objects.get()
    assert (version.item, version.subject, version.state, orjson.loads(version.payload)["XSLY"]) == ("WY-RD", unit(), "draft", "其他")
    assert ledger.verify_log().ok


@pytest.mark.row("D4", "S3")
@pytest.mark.parametrize(("kind", "declined", "led"), [
    ("street_pledge", False, 0), ("street_pledge", True, 1), ("plan_task", False, 0), ("government_contract", False, 1)])
def test_which_broken_promises_become_leads_is_data(kind: str, declined: bool, led: int) -> None:
    uid = broken_promise(kind, target=None, deliverable="建成示例园区三期厂房")
    if declined:
        pledging.decline(uid, words="资金用于他处，不再履行。", digest=promised.PAPER, by=promised.CLERK, at=promised.at("2018-05-15"))
        assert len(cases.cases_of("rectification")) == 1, "a refusal opens a rectification at once"
    else:
        wiring.judge_promises(at=promised.at("2018-08-31"))
    assert promises.row(uid).state == "broken" and len(cases.cases_of("lead")) == led


def test_an_exemption_ends_the_lead_without_a_record() -> None:
    case = rectifying()
    assert go(case, "refuse", body(), file=False) == "refused"
    assert code_of(go, case, "exempt", CHIEF) == "GROUND-NONE"
    assert go(case, "exempt", CHIEF, ground="first_try") == "exempted" and not Version.objects.exists()


def test_the_body_may_still_put_it_right_after_a_refusal_and_an_unfounded_lead_ends() -> None:
    case = rectifying()
    go(case, "refuse", body(), file=False)
    assert go(case, "report_done", body()) == "done" and go(case, "send_back", CHECKER) == "rectifying"
    other = services.raise_lead(Told("site", TOLD.unit, "二", "三", "GD-0002"), by=CLERK, at=AT)
    go(other, "forward", CLERK, file=False)
    assert code_of(go, other, "unfounded", CLERK) == "DUAL", "who entered it does not judge it"
    assert go(other, "unfounded", CHECKER) == "unfounded"
    [site, hotline] = sorted(queries.chains(), key=lambda c: c.origin != "site")
    assert (site.came, site.unfounded, site.open, hotline.open) == (1, 1, 0, 1)


@pytest.mark.parametrize(("change", "code"), [
    ({"origin": "x"}, "LEAD-ORIGIN"), ({"title": " "}, "LEAD-WORDS"), ({"words": ""}, "LEAD-WORDS"), ({"unit": "某某公司"}, "SUBJ-NONE"),
    ({"title": "长" * 121}, "FIELD-LONG"), ({"unit": "中和街道"}, "SUBJ-AMBIG"),
])
def test_what_is_no_lead(change: dict[str, str], code: str) -> None:
    told = Told(**{"origin": "hotline", "unit": "示例市商务委员会", "title": "一", "words": "二", **change})
    assert code_of(services.raise_lead, told, by=CLERK, at=AT) == code
    assert code_of(services.raise_lead, told, by=Actor("x"), at=AT) == "PERM-DENIED"


def test_the_same_reference_is_one_lead_also_after_it_was_closed(tmp_path: Path) -> None:
    case = services.raise_lead(TOLD, by=CLERK, at=AT)
    go(case, "dismiss", CLERK, file=False, ground="in_court")
    assert services.raise_lead(TOLD, by=CLERK, at=AT) == case
    file = tmp_path / "leads.csv"
    file.write_text("origin,reference,unit,title,words\n12345热线,GD-0001,示例市商务委员会,一,二\n信访,XF-1,示例市财政局,三,四\n信访,XF-2,某公司,五,六\n", "gb18030")
    ran = CliRunner().invoke(leads_group, ["import", str(file), "--json"])
    done = json.loads(ran.stdout)
    assert (ran.exit_code, done["new"], done["same"], done["problems"][0]["line"], done["problems"][0]["code"]) == (2, 1, 1, 4, "SUBJ-NONE")
    assert json.loads(CliRunner().invoke(leads_group, ["chains", "--json"]).stdout)[0]["came"] == 1
    assert code_of(services.import_leads, b"a,b\n1,2\n", by=CLERK, at=AT) == "HEAD-NONE"
    chinese = "来源,编号,单位,标题,内容\n信访,XF-9,示例市财政局,三,四\n"
    assert services.import_leads(chinese.encode(), by=CLERK, at=AT).new == 1
    assert code_of(services.import_leads, b"\xff\xfe\xff", by=CLERK, at=AT) == "FILE-CODING"


def test_what_an_area_found_keeps_its_lead_when_a_reform_moved_its_bearer() -> None:
    first = registry.find("示例市商务委员会", as_of=date(2018, 5, 7))
    found = SimpleNamespace(origin="area", unit=first, title="违约", words="终局认定违约。", reference="D02-1")
    led.lead_found(found, at=AT)
    led.lead_found(SimpleNamespace(**{**vars(found), "unit": registry.find("示例市财政局", as_of=date(2018, 5, 7))}), at=AT)
    assert [one.subject for one in cases.cases_of("lead")] == [first]


def test_a_reference_is_about_one_body() -> None:
    services.raise_lead(TOLD, by=CLERK, at=AT)
    assert code_of(services.raise_lead, replace(TOLD, unit="示例市财政局"), by=CLERK, at=AT) == "LEAD-DUP"


def test_a_file_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ximu.notice.mechanisms.m1_leads.services.raising.MOST_ROWS", 1)
    lines = "origin,reference,unit,title,words\n" + "信访,1,示例市财政局,三,四\n" * 2
    assert code_of(services.import_leads, lines.encode(), by=CLERK, at=AT) == "FILE-ROWS"


def test_a_record_in_effect_is_proposed_for_under_the_real_list(client: Client) -> None:
    """The whole line with the city's own lists: recognised, noticed, in effect, proposed for, sent to the units that the list names."""
    case = rectifying()
    go(case, "refuse", body(), file=False)
    go(case, "recognise", CHIEF, values=RECOGNISED)
    number = Version.objects.get().number
    reviewer = person("reviewer", "", "records.check", "records.notify", "records.decide", "joint.initiate")
    records.check(number, by=reviewer, at=AT)
    records.notify(number, served_at=AT, manner="直接送达", by=reviewer, at=AT)
    records.make_effective(number, by=reviewer, at=AT + timedelta(days=40))
    joint.on_moved(RecordsMoved([number], "notified", "effective"), at=AT + timedelta(days=40))
    [proposal] = cases.open_cases(("joint_proposal",), about=number)
    measures = proposal.values["measures"]
    assert {"YY-B-1", "YY-B-2"} <= {m["item"] for m in measures}
    assert not any(m["item"].startswith("YY-G") for m in measures), "measures on civil servants are not proposed for a body"
    assert all(registry.unit(m["unit"], as_of=AT.date()) for m in measures)
    casework.move(proposal.uid, "send", given=Given("与不兑现承诺直接相关", values={"items": "YY-B-2"}), by=reviewer, at=AT + timedelta(days=41))
    sent = cases.open_cases(("joint_action",), about=number)
    assert sent and {c.values["item"] for c in sent} == {"YY-B-2"}
    user = with_password(account("boss", "coordinator", at=clock.now()))
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    assert "YY-B-1" in client.get(f"/console/m2/records/{number}").content.decode()
    assert ledger.verify_log().ok


def test_pages_and_api() -> None:
    now = clock.now()
    user = with_password(account("boss", "coordinator", at=now))
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    kept = client.post("/console/m1/raise", {"origin": "hotline", "unit": "没有的局", "title": "标题还在", "words": "x"})
    assert kept.status_code == 422 and "标题还在" in kept.content.decode()
    assert client.post("/console/m1/raise", {"origin": "hotline", "unit": "示例市财政局", "title": "账款", "words": "未付"}).status_code == 302
    assert "账款" in client.get("/console/m1/").content.decode() and client.get("/console/m1/?state=closed").status_code == 200
    sent = SimpleUploadedFile("l.csv", "origin,unit,title,words\n信访,某公司,五,六\n".encode())
    assert "SUBJ-NONE" in client.post("/console/m1/import", {"file": sent}).content.decode()
    assert client.post("/console/m1/import").refusal.code == "FILE-SIZE"  # type: ignore[attr-defined]
    _, key = accounts.issue_key(user.uid, "coordinator", unit="", label="测试", days=9, by=SYSTEM, at=now)
    api = Client(headers={"Authorization": f"Bearer {key}"})
    lead = {"origin": "press", "unit": "示例市财政局", "title": "一", "words": "二", "reference": "N-1"}
    assert api.post("/api/v1/m1/leads", lead, content_type="application/json").status_code == 201
    assert api.post("/api/v1/m1/leads/many", [lead], content_type="application/json").json()["same"] == 1
    assert {c["origin"] for c in api.get("/api/v1/m1/chains").json()} == {"hotline", "press"}
    assert Client().get("/api/v1/m1/chains").status_code in (401, 403)
