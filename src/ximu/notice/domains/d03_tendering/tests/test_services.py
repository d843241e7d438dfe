"""A scale is published by two people, files keep their good rows, reports are used while a tender runs; pages, API and command agree."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from ximu.foundation import clock, outbox
from ximu.foundation.profiles import uid_of
from ximu.ideas.accounts.middleware import ActorMiddleware
from ximu.ideas.casework import queries as cases
from ximu.ideas.credit.commands import credit_group
from ximu.ideas.credit.tests import factories as f
from ximu.ideas.disclosure.tests import factories as records
from ximu.ideas.events import queries as events
from ximu.ideas.exchange.rules import profile
from ximu.ideas.exchange.tests.test_services import both, deliver_all, round_trip
from ximu.ideas.ledger import queries as ledger
from ximu.ideas.records import services as recording
from ximu.ideas.registry.tests.factories import load
from ximu.kernel.actor import Actor, Grant
from ximu.kernel.refusal import Refusal
from ximu.notice.domains.d03_tendering import queries, services
from ximu.notice.domains.d03_tendering.commands import d03_group
from ximu.notice.domains.d03_tendering.queries import register

pytestmark = [pytest.mark.django_db, pytest.mark.database, pytest.mark.row("D3")]
AT, UNIT = f.AT, f.UNIT
TEXT = (register.HERE / "standards" / "2018-1.toml").read_text("utf-8")
RIGHTS = frozenset({"d03.see", "d03.publish", "d03.deliver", "credit.see", "credit.lodge", "credit.register"})
A, B = (Actor(name, uid_of("example", "fgw"), (Grant("r", RIGHTS, None),), name) for name in "ab")
CLERK = Actor("clerk", UNIT, (Grant("entry", RIGHTS - {"d03.publish", "credit.register"}, UNIT),), "clerk")
HEAD = "section,title,unit_name,way,lawful,estimate,notice_on,sale_from,sale_until,deadline_on,opened_on,award_on,standard"
ROW = "BD-1,桥梁工程（虚构）,示例市甲区人民政府,公开招标,是,900,2018-05-28,2018-05-28,2018-06-04,2018-06-25,,,"


@pytest.fixture(autouse=True)
def city(db: None, settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    settings.XIMU_PROFILE, settings.XIMU_HOME = "example", tmp_path / "home"
    load()
    monkeypatch.setattr(clock, "now", lambda: AT)


def refused(code: str, call: Any, *args: Any, **named: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        call(*args, **named)
    assert caught.value.code == code
    return caught.value


def deliver(folder: Path, *rows: str, head: str = HEAD, dataset: str = queries.SECTIONS, batch: str = "b", by: Actor = A) -> dict[str, Any]:
    path = folder / f"{batch}.csv"
    path.write_text("\n".join([head, *rows]) + "\n", "utf-8")
    return services.LOADERS[dataset](path, batch=batch, by=by, at=AT)


def published(since: date = date(2018, 6, 1), text: str = TEXT) -> None:
    row = services.propose_standard(text, since=since, by=A, at=AT)
    services.decide_standard(row.uid, approve=True, resolution="示发改〔2018〕12号", by=B, at=AT)


def test_a_scale_is_put_in_force_by_two_people_with_a_document_and_never_backwards() -> None:
    refused("PERM-DENIED", services.propose_standard, TEXT, since=date(2018, 6, 1), by=CLERK, at=AT)
    refused("STD-DATE", services.propose_standard, TEXT, since=date(2018, 5, 31), by=A, at=AT)
    refused("METH-FORM", services.propose_standard, "not = [toml", since=date(2018, 6, 1), by=A, at=AT)
    refused("STD-SCALE", services.propose_standard, TEXT.replace('label = "D"', 'label = "E"'), since=date(2018, 6, 1), by=A, at=AT)
    row = services.propose_standard(TEXT, since=date(2018, 6, 1), by=A, at=AT)
    refused("STD-DUP", services.propose_standard, TEXT, since=date(2018, 7, 1), by=A, at=AT)
    refused("STD-NONE", register.standard, "2018-1")
    refused("DUAL", services.decide_standard, row.uid, approve=True, resolution="x", by=A, at=AT)
    refused("METH-RESOLUTION", services.decide_standard, row.uid, approve=True, resolution=" ", by=B, at=AT)
    refused("STD-DATE", services.decide_standard, row.uid, approve=True, resolution="x", by=B, at=AT + timedelta(days=1))
    refused("STD-NONE", services.decide_standard, "nobody", approve=True, by=B, at=AT)
    assert services.decide_standard(row.uid, approve=True, resolution="示发改〔2018〕12号", by=B, at=AT) == "published"
    refused("STATE-EDGE", services.decide_standard, row.uid, approve=True, resolution="x", by=B, at=AT)
    next_one = services.propose_standard(TEXT.replace('"2018-1"', '"2019-1"'), since=date(2019, 1, 1), by=A, at=AT)
    assert [item.count for item in queries.today(B, AT)] == [1] and queries.today(A, AT) == []
    services.decide_standard(next_one.uid, approve=True, resolution="x", by=B, at=AT)
    assert [register.standard_on(date(2018, 6, 1)).version, register.standard_on(date(2019, 1, 1)).version] == ["2018-1", "2019-1"]
    assert register.standard_on(date(2018, 5, 31)) is None
    refused("STD-NONE", services.score, "", [], on=date(2018, 5, 31))
    third = services.propose_standard(TEXT.replace('"2018-1"', '"2020-1"'), since=date(2020, 1, 1), by=A, at=AT)
    assert services.decide_standard(third.uid, approve=False, by=B, at=AT) == "refused"
    assert ledger.verify_log().ok


def test_good_rows_are_kept_each_bad_one_is_named_and_a_bidder_has_no_place(tmp_path: Path) -> None:
    published()
    rows = [ROW, ROW.replace("BD-1", "BD-2").replace("示例市甲区人民政府", "示例建设集团有限公司"), ROW.replace("BD-1", "BD-3").replace("2018-06-25", "2018-06-01"),
            ROW.replace("BD-1", "BD-4") + "2018-1", ROW.replace("BD-1", "BD-5").replace("2018-05-28", "2018-06-01") + "2018-1",
            ROW.replace("BD-1", "BD-6").replace("2018-05-28", "2018-06-01") + "2017-9", ROW.replace("BD-1", "示例公司"),
            ROW.replace("BD-1", "BD-8").replace("2018-05-28", "2018-06-02")]
    told = deliver(tmp_path, *rows)
    assert {(one["line"], one["field"], one["code"]) for one in told["faults"]} >= {
        (3, "unit_name", "SUBJ-NONE"), (4, "sale_until", "SEQ"), (5, "standard", "STD-NONE"), (7, "standard", "STD-NONE"), (9, "notice_on", "TIME-FUTURE")}
    assert {row["section"] for row in events.rows_of(queries.SECTIONS, known_at=AT)} == {"BD-1", "BD-5"} and told["bad"] == 6
    named = deliver(tmp_path, ROW.replace("BD-1", "BD-9") + ",示例建设集团有限公司", head=HEAD + ",winner", batch="n")
    kept = events.rows_of(queries.SECTIONS, known_at=AT)
    assert "示例建设集团" not in repr(kept) and named["new"] == 1, "a column for a bidder is read by nobody"
    other = deliver(tmp_path, ROW.replace("BD-1", "BD-7").replace("甲区", "乙区"), batch="o", by=CLERK)
    assert [(one["field"], one["code"]) for one in other["faults"]] == [("unit_name", "PERM-DENIED")]
    refused("PERM-DENIED", deliver, tmp_path, ROW, batch="p", by=Actor("x"))
    q2 = Actor("q", uid_of("example", "q02"), (Grant("entry", RIGHTS, uid_of("example", "q02")),), "q")
    taken = deliver(tmp_path, ROW.replace("甲区", "乙区"), batch="q", by=q2)
    assert [(one["field"], one["code"]) for one in taken["faults"]] == [("unit_name", "PERM-DENIED")], "a number that is another's"
    assert queries.section("BD-1", known_at=AT)["unit"] == UNIT
    head = "dispute,section,kind,stage,unit_name,raised_on,paused,answered_on"
    told = deliver(tmp_path, "Y1,BD-1,异议,文件,示例市甲区人民政府,2018-05-30,是,2018-05-31", "Y2,BD-99,异议,文件,示例市甲区人民政府,2018-05-30,是,",
                   "Y3,BD-1,异议,文件,示例市甲区人民政府,2018-05-20,是,", "Y4,BD-1,异议,文件,示例市甲区人民政府,2018-05-30,,", head=head, dataset=queries.DISPUTES, batch="d")
    assert {(one["line"], one["field"], one["code"]) for one in told["faults"]} == {
        (3, "section", "D03-NONE"), (4, "raised_on", "SEQ"), (5, "paused", "FIELD-NEED")}
    q2_row = "Y5,BD-1,异议,文件,示例市乙区人民政府,2018-05-30,是,2018-05-31"
    told = deliver(tmp_path, q2_row, head=head, dataset=queries.DISPUTES, batch="z", by=q2)
    assert [(one["field"], one["code"]) for one in told["faults"]] == [("section", "PERM-DENIED")], "who answers an objection is its tenderer"


FINDINGS = "finding,title,unit_name,kind,opened_on,outcome,decided_on,document,withdrawn_on"
FOUND = "CC-1,公园改造（虚构）,示例市甲区人民政府,规避招标,2018-05-10,成立,2018-05-25,示招监〔2018〕3号,"


def test_a_confirmed_finding_goes_the_way_of_all_leads_once_and_its_unit_does_not_tell_it_away(tmp_path: Path) -> None:
    for batch, row in (("1", FOUND.replace("成立,2018-05-25,示招监〔2018〕3号", ",,")), ("2", FOUND), ("3", FOUND), ("4", FOUND.replace("CC-1", "CC-2") + "2018-05-30")):
        deliver(tmp_path, row, head=FINDINGS, dataset=queries.FINDINGS, batch=batch)
        outbox.sweep(at=AT)
    [lead] = cases.cases_of("lead")
    assert (lead.key, lead.subject, lead.state, lead.values["told"]["事项"]) == ("area:D3:CC-1", UNIT, "received", "招标投标：规避招标")
    assert services.DAILY["tender_evaded"](at=AT) == 0
    refused("PERM-DENIED", deliver, tmp_path, FOUND.replace("成立", "不成立"), head=FINDINGS, dataset=queries.FINDINGS, batch="5", by=CLERK)


def test_a_report_is_used_before_the_award_only(tmp_path: Path) -> None:
    f.listed()
    report = f.lodged()
    refused("D03-NONE", services.use_report, report.uid, "BD-1", document=f.DOCUMENT, by=CLERK, at=AT)
    deliver(tmp_path, ROW)
    assert services.use_report(report.uid, "BD-1", document=f.DOCUMENT, by=CLERK, at=AT).area == "D3"
    stranger = Actor("s", uid_of("example", "q02"), (Grant("entry", RIGHTS, uid_of("example", "q02")),), "s")
    refused("PERM-DENIED", services.use_report, report.uid, "BD-1", document=f.DOCUMENT, by=stranger, at=AT)
    deliver(tmp_path, ROW.replace("BD-1", "BD-2").replace("2018-05-28", "2018-04-02").replace("2018-06-04", "2018-04-10").replace(
        "2018-06-25,,", "2018-04-25,2018-04-25,2018-05-02"), batch="c")
    refused("D03-CLOSED", services.use_report, report.uid, "BD-2", document=f.DOCUMENT, by=CLERK, at=AT)
    refused("PERM-DENIED", services.use_report, report.uid, "BD-2", document=f.DOCUMENT, by=stranger, at=AT)


def test_records_of_breaches_go_to_the_trading_centre_with_receipts_and_are_recalled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ximu.ideas.exchange.tests.test_services.CODE", register.CHANNEL)
    records.connect(monkeypatch)
    whole, far = f.person("w", None, frozenset({"d03.see"})), Actor("f", UNIT, (Grant("entry", frozenset({"d03.see"}), UNIT),), "f")
    assert register.shared(whole, at=AT) == (None, [])
    _, peer = both(tmp_path, profile=register.CHANNEL)
    number = records.effective()
    deliver_all()
    assert [(row.number, row.op, row.state) for row in register.shared(whole, at=records.LATER)[1]] == [(number, "put", "waiting")]
    assert register.shared(far, at=records.LATER)[1] == [], "another unit's record"
    assert not {"reward", "licence", "discipline"} & profile(register.CHANNEL).families, "breaches of units only"
    round_trip(peer, records.LATER)
    [row] = register.shared(whole, at=records.LATER)[1]
    assert (row.state, row.package.state, bool(row.package.settled_at)) == ("accepted", "done", True)
    recording.revoke(number, reason="决定被撤销", by=records.REVIEWER, at=records.LATER)
    deliver_all()
    round_trip(peer, records.LATER + timedelta(days=1))
    assert [(row.op, row.state) for row in register.shared(whole, at=records.LATER)[1]] == [("recall", "accepted"), ("put", "accepted")] and peer.held() == {}
    assert register.tallied() == {("recall", "accepted"): 1, ("put", "accepted"): 1}


@pytest.fixture
def desk(client: Client, monkeypatch: pytest.MonkeyPatch) -> Any:
    acting: dict[str, Actor] = {}

    def call(self: ActorMiddleware, request: Any) -> HttpResponse:
        request.actor, request.gate = acting["now"], ""
        request.user = SimpleNamespace(is_authenticated=True, is_active=True)
        return self.get_response(request)

    monkeypatch.setattr(ActorMiddleware, "__call__", call)

    def as_(who: Actor) -> Client:
        acting["now"] = who
        return client

    return as_


def pdf(content: bytes = f.PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile("r.pdf", content)


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def test_the_pages_from_the_register_to_a_use_that_lost_its_worth(desk: Any, tmp_path: Path) -> None:
    client = desk(A)
    new = {"name": "示例资信评估公司（虚构）", "code": f.CODE, "basis": "示信备〔2018〕1号", "since": "2018-01-01", "key": f.SIGNER.verifier()}
    client.post("/console/credit/do/propose", new)
    uid = f.services.lodging.queries.issuers()[0].uid
    assert client.post("/console/credit/do/confirm", {"about": uid}).refusal.code == "DUAL"
    assert "待确认" in page(desk(B), "/console/credit/issuers")
    desk(B).post("/console/credit/do/confirm", {"about": uid})
    deliver(tmp_path, ROW)
    client, note = desk(CLERK), f.note().decode().replace("\n", "\r\n")
    shown = client.post("/console/credit/", {"note": note, "file": pdf(), "on": "2018-09-01"}).content.decode()
    assert "不能使用" in shown and "报告已过有效期" in shown
    assert client.post("/console/credit/", {"note": note, "file": pdf(b"%PDF-other")}).refusal.code == "REP-DIGEST"
    assert client.post("/console/credit/", {"note": note, "file": pdf(b"MZ")}).refusal.code == "REP-FILE"
    assert client.post("/console/credit/", {}).refusal.code == "REP-FORM"
    where = client.post("/console/credit/do/lodge", {"note": note, "file": pdf()})["Location"]
    assert "今天可以使用" in page(client, where)
    form = page(client, "/console/d03/sections/BD-1")
    assert "核验并使用" in form and "XY-2018-001" in form
    used = {"about": "BD-1", "report": where.rsplit("/", 1)[1]}
    assert client.post("/console/d03/do/use", used).refusal.code == "REP-DIGEST", "the file must be in hand"
    assert client.post("/console/d03/do/use", {**used, "file": pdf()})["Location"] == "/console/d03/sections/BD-1"
    client.post("/console/credit/do/revoke", {"note": f.note(f.revocation()).decode()})
    for path in ("/console/d03/sections/BD-1", where):
        assert "使用后被撤销" in page(client, path)
    assert "BD-1" in page(client, "/console/d03/sections?q=桥梁") and "BD-1" not in page(client, "/console/d03/sections?q=没有")
    assert "D03-W7" in page(client, "/console/d03/") and "示例资信" not in page(client, "/console/d03/")
    far = Actor("s", uid_of("example", "q02"), (Grant("entry", RIGHTS, uid_of("example", "q02")),), "s")
    stranger = desk(far)
    assert stranger.get("/console/d03/sections/BD-1").status_code == 404 and "BD-1" not in page(stranger, where)
    told = [page(desk(who), "/console/credit/").count(">使用后被撤销<") for who in (far, CLERK)]
    assert told == [0, 1], "what became of a use is for who may see its unit"
    assert desk(Actor("n")).get("/console/d03/sections").status_code == 403 and desk(Actor("n")).get("/console/credit/").status_code == 403


def test_the_pages_of_scales_score_without_keeping_anything(desk: Any) -> None:
    client = desk(A)
    client.post("/console/d03/do/propose", {"since": "2018-06-01", "text": TEXT.replace("\n", "\r\n")})
    [row] = register.standards(every=True)
    desk(B).post("/console/d03/do/publish", {"about": row.uid, "resolution": "示发改〔2018〕12号"})
    table = "basic,quality,progress,safety,good,report,bad,serious\n90,80,70,100,20,AA,1,0\n"
    shown = desk(CLERK).post("/console/d03/standards", {"rows": table}).content.decode()
    assert "71.00" in shown and "<strong>A</strong>" in shown
    assert "71.00" in desk(CLERK).post("/console/d03/standards", {"rows": table.replace("90,", "９０,")}).content.decode(), "full-width digits"
    for odd in ("1_0", "1e1", "٣", "-0", "NaN"):
        assert desk(CLERK).post("/console/d03/standards", {"rows": table.replace("90,", f"{odd},")}).refusal.code == "STD-VALUE"
    assert desk(CLERK).post("/console/d03/standards", {"rows": "名称," + table.replace("\n90", "\n示例公司,90")}).refusal.code == "STD-FIELD"
    assert "尚未开通" in page(desk(A), "/console/d03/shared")
    assert desk(A).post("/console/d03/do/nothing").status_code == 404


def test_the_api_and_the_command_say_the_same(desk: Any, client: Client, tmp_path: Path) -> None:
    f.listed()
    published()
    deliver(tmp_path, ROW)

    def post(who: Actor, path: str, body: Any) -> Any:
        return desk(who).post(f"/api/v1/{path}", json.dumps(body), content_type="application/json")

    note = f.note().decode()
    made = post(CLERK, "credit/reports", {"note": note}).json()
    assert (made["signed"], made["lead"], made["faults"]) == (True, False, [])
    assert post(CLERK, "credit/verify", {"note": note, "on": "2018-09-01"}).json()["faults"] == ["REP-EXP"]
    assert post(CLERK, "d03/sections/BD-1/uses", {"report": made["uid"], "document": f.DOCUMENT}).json()["section"] == "BD-1"
    post(CLERK, "credit/revocations", {"note": f.note(f.revocation()).decode()})
    told = desk(CLERK).get("/api/v1/d03/sections/BD-1").json()
    assert [(one["number"], one["state"], one["faults_today"]) for one in told["uses"]] == [("XY-2018-001", "revoked", ["REP-REVOKED"])]
    assert {one["code"]: one["state"] for one in told["duties"]} == {"sale": "kept", "bid": "kept"}
    assert desk(CLERK).get(f"/api/v1/credit/reports/{made['uid']}").json()["uses"][0]["about"] == "BD-1"
    assert post(CLERK, "d03/standards/2018-1/score", {"rows": [{"basic": "1", "name": "x"}]}).json()["code"] == "STD-FIELD"
    assert desk(CLERK).get("/api/v1/d03/standards/2018-1").content.decode() == TEXT
    assert desk(CLERK).get("/api/v1/d03/shared").json() == {"channel": None, "items": [], "total": 0, "next": None}
    assert [one["code"] for one in desk(Actor("public")).get("/api/v1/credit/issuers").json()["items"]] == [f.CODE]
    assert [one["number"] for one in desk(CLERK).get("/api/v1/credit/reports?limit=1").json()["items"]] == ["XY-2018-001"]
    assert [one["section"] for one in desk(CLERK).get("/api/v1/d03/sections").json()["items"]] == ["BD-1"]
    (tmp_path / "s").write_bytes(f.note(number="XY-9"))
    (tmp_path / "r.pdf").write_bytes(f.PDF)
    good = CliRunner().invoke(credit_group, ["verify", str(tmp_path / "s"), "--pdf", str(tmp_path / "r.pdf"), "--json"])
    assert (good.exit_code, json.loads(good.output)["usable"]) == (0, True)
    late = CliRunner().invoke(credit_group, ["verify", str(tmp_path / "s"), "--on", "2018-09-01"])
    assert isinstance(late.exception, Refusal) and late.exception.code == "REP-EXP"
    (tmp_path / "t.csv").write_text("basic,quality,progress,safety,good,report,bad,serious\n90,80,70,100,20,AA,1,0\n", "utf-8")
    assert "1\t71.00\tA\t" in CliRunner().invoke(d03_group, ["score", str(tmp_path / "t.csv")]).output


def test_a_page_of_sections_asks_as_often_for_one_as_for_many(desk: Any, tmp_path: Path, django_assert_max_num_queries: Any) -> None:
    deliver(tmp_path, *[ROW.replace("BD-1", f"BD-{n}") for n in range(1, 60)])
    assert datetime(2018, 6, 1, 2, tzinfo=UTC) == AT
    page(desk(A), "/console/d03/sections")
    with django_assert_max_num_queries(12):
        assert page(desk(A), "/console/d03/sections").count("BD-") >= 59
