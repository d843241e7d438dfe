"""The pages of statistics: a clerk reports, others review and approve, the bureau checks, everybody verifies; hostile input is told."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from ximu.config.tests import test_statistics_year as year
from ximu.foundation import clock
from ximu.foundation.profiles import uid_of
from ximu.foundation.tests.loaded import loaded
from ximu.ideas.accounts.middleware import ActorMiddleware
from ximu.ideas.filings import queries as filed
from ximu.ideas.ledger import queries as ledger
from ximu.kernel.actor import Actor, Grant
from ximu.notice.domains.d15_statistics import queries
from ximu_verify.bundle import verify_bundle

pytestmark = [pytest.mark.django_db, pytest.mark.row("D15")]
LATER = datetime(2019, 3, 20, 2, tzinfo=UTC)
BUREAU, Q01, Q03, Q05 = (uid_of("example", key) for key in ("tjj", "q01", "q03", "q05"))
ENTRY = ("d15.see", "filings.report")
REVIEW = ("d15.see", "filings.review", "filings.approve")
WORK = ("d15.see", "d15.work", "d15.handle", "filings.declare")


def person(name: str, unit: str, *rights: str, whole: bool = False) -> Actor:
    return Actor(name, unit, (Grant("r", frozenset(rights), None if whole else unit),), name)


CLERK, CHECKER, SIGNER, INSPECTOR = (person("clerk", Q01, *ENTRY), person("checker", Q01, *REVIEW), person("signer", Q01, *REVIEW),
                                     person("inspector", BUREAU, *WORK))
HERE = f"/console/d15/filings/JYRS-1/2018-Q4/{Q01}"


@pytest.fixture
def desk(db: None, client: Client, settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Any:
    settings.XIMU_PROFILE, settings.XIMU_HOME = "example", tmp_path
    loaded("statistics of the example", year.told)
    monkeypatch.setattr(clock, "now", lambda: LATER)
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


def page(client: Client, path: str, **query: str) -> str:
    answer = client.get(path, query)
    assert answer.status_code == 200, (path, answer.content[:300])
    return answer.content.decode()


def form(**spoil: str) -> dict[str, str]:
    table = filed.table_of(next(one for one in filed.forms() if one.code == "JYRS-1"))
    parts = [one.code for one in table.columns if one.code != "total"]
    given = {f"value-{code}": "10" for code in parts} | {"value-total": str(10 * len(parts))}
    return given | {f"{kind}-{code}": "编号1" for kind in ("record", "ledger") for code in (*parts, "total")} | spoil


def test_a_table_goes_from_the_clerk_to_the_signer_through_the_pages(desk: Any) -> None:
    listed = page(desk(CLERK), "/console/d15/filings", year="2019", table="JYRS-1")
    assert "逾期未报" in listed and "甲区" in listed and "乙区" not in listed
    assert "没有报送不是零" in page(desk(CLERK), HERE)
    for spoil, code in (({"value-total": "131"}, "SUM-TIE"), ({"value-it": ""}, "FIGURE-BAD"), ({"value-it": "<b>"}, "FIGURE-BAD")):
        refused = desk(CLERK).post(f"{HERE}/report", form(**spoil) | {"record-it": "盒3"})
        shown = refused.content.decode()
        assert (refused.status_code, code in shown, 'value="盒3"' in shown, "<b>" in shown) == (422, True, True, False), "what was typed stays"
    assert desk(CHECKER).post(f"{HERE}/report", form()).refusal.code == "PERM-DENIED"
    assert desk(CLERK).post(f"{HERE}/report", form()).status_code == 302
    assert "审核通过" in page(desk(CHECKER), HERE) and "审核通过" not in page(desk(CLERK), HERE)
    assert desk(CHECKER).post(f"{HERE}/review").status_code == 302
    assert desk(CHECKER).post(f"{HERE}/approve").refusal.code == "DUAL"
    assert desk(person("clerk", Q01, *ENTRY, *REVIEW)).post(f"{HERE}/approve").refusal.code == "DUAL"
    assert desk(SIGNER).post(f"{HERE}/approve").status_code == 302
    refused = desk(CLERK).post(f"{HERE}/report", form(**{"value-it": "20", "value-total": "140"}))
    assert refused.status_code == 409 and "CORR-NOTICE" in refused.content.decode() and 'value="140"' in refused.content.decode()
    notice = {"notice": "示甲统更〔2019〕1号", "reason": "漏报", "file": SimpleUploadedFile("n.txt", b"notice")}
    assert desk(CLERK).post(f"{HERE}/report", form(**{"value-it": "20", "value-total": "140"}) | notice).status_code == 302
    shown = page(desk(CLERK), HERE)
    assert "签批后改动" in shown and "10 → 20" in shown and "相差 10" in shown and "交接链与日志一致" in shown
    assert desk(CLERK).post(f"{HERE}/bless").status_code == 404
    assert desk(CLERK).get(f"/console/d15/filings/JYRS-1/2018-Q4/{Q03}").status_code == 404


def test_the_bureau_checks_and_opens_a_case_and_sees_all(desk: Any) -> None:
    where = f"/console/d15/filings/GDTZ-1/2018-Q1/{Q01}"
    shown = page(desk(INSPECTOR), where)
    assert "登记核查" in shown and "登记核查" not in page(desk(CLERK), where)
    given = {"figure": "industry", "checked": "1", "traced": "no", "on": "2019-03-19", "document": "示统核〔2019〕1号"}
    assert desk(INSPECTOR).post(f"{where}/check", given).refusal.code == "EVID-DIGEST"
    assert desk(CLERK).post(f"{where}/check", given).refusal.code == "PERM-DENIED"
    assert desk(INSPECTOR).post(f"{where}/check", given | {"file": SimpleUploadedFile("c.txt", b"check")}).status_code == 302
    row = queries.checks()[0]
    find = {"check": row.uid, "offence": "编造虚假数据", "text": "查无（示例）"}
    assert desk(INSPECTOR).post(f"{where}/find", find).refusal.code == "STAT-EVID"
    assert desk(INSPECTOR).post(f"{where}/find", find | {"file": SimpleUploadedFile("e.txt", b"e")})["Location"].startswith("/console/case")
    listed = page(desk(INSPECTOR), "/console/d15/checks")
    assert "示统核〔2019〕1号" in listed and "查无" in listed and "己区" in listed and "报送为记录" in listed
    assert "己区" not in page(desk(CLERK), "/console/d15/checks")
    final = next(one for one in queries.findings() if one.final_on)
    assert desk(CLERK).post(f"/console/d15/findings/{final.uid}/deliver").refusal.code == "PERM-DENIED"


def test_years_before_the_bureau_and_kinds_of_offence_in_english(desk: Any) -> None:
    assert desk(INSPECTOR).get("/console/d15/?year=2000").status_code == 200
    told = page(desk(INSPECTOR), "/console/d15/checks", lang="en")
    assert "inventing figures" in told and "编造虚假数据" not in told
    approved = f"/console/d15/filings/GDTZ-1/2018-Q1/{Q01}"
    assert ">retaliation</option>" in page(desk(INSPECTOR), approved, lang="en")


def test_the_newest_checks_of_others_do_not_push_ones_own_off_the_page(desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ximu.notice.domains.d15_statistics.views.MOST_ROWS", 1)
    assert "示统核〔2018〕5号" in page(desk(CLERK), "/console/d15/checks")


def test_letters_and_tables_are_entered_by_the_bureau(desk: Any) -> None:
    shown = page(desk(INSPECTOR), "/console/d15/pledges")
    assert "换人未重签" in shown and "未签订" in shown and "已到期" in shown
    post = uid_of("example", "post:q10-2")
    given = {"post": post, "signed_on": "2019-03-18", "until": ""}
    assert desk(INSPECTOR).post("/console/d15/pledges", given).refusal.code == "EVID-DIGEST"
    assert desk(INSPECTOR).post("/console/d15/pledges", given | {"signed_on": "昨天"}).refusal.code == "DATE-FORM"
    assert desk(CLERK).post("/console/d15/pledges", given).refusal.code == "PERM-DENIED"
    assert desk(INSPECTOR).post("/console/d15/pledges", given | {"file": SimpleUploadedFile("p.txt", b"p")}).status_code == 302
    assert "未签订" not in page(desk(INSPECTOR), "/console/d15/pledges").replace("换人未重签", "")
    assert "GDTZ-1" in page(desk(CLERK), "/console/d15/tables") and "制定报表" not in page(desk(CLERK), "/console/d15/tables")
    assert desk(INSPECTOR).post("/console/d15/tables", {"declared": "[1"}).refusal.code == "FILE-SHAPE"
    assert desk(INSPECTOR).post("/console/d15/tables", {"declared": '{"code": "X"}'}).refusal.code == "TABLE-BAD"


def test_a_file_is_taken_from_the_page_and_each_fault_is_told(desk: Any) -> None:
    rows = ["table,period,unit,figure,value,record,ledger,missing",
            *(f"JYRS-1,2018-Q4,示例市甲区人民政府,{key[6:]},{value},r,l," for key, value in form().items() if key.startswith("value-")),
            "GDTZ-1,2018-Q4,示例市乙区人民政府,total,5,,,"]
    sent = {"figures": SimpleUploadedFile("f.csv", "\n".join(rows).encode())}
    answer = desk(CLERK).post("/console/d15/filings/file", sent, follow=True)
    shown = answer.content.decode()
    assert "收取报表1份" in shown and "FILING-UNIT" in shown and "第16行" in shown
    assert desk(CLERK).post("/console/d15/filings/file", {}).refusal.code == "FILE-NONE"
    assert desk(INSPECTOR).post("/console/d15/filings/file", sent).refusal.code == "PERM-DENIED"


def test_everybody_reads_the_published_figures_and_takes_their_proof_home(desk: Any) -> None:
    client = desk(Actor("public"))
    assert reverse("statistics:table", args=["GDTZ-1", "2018-Q1"]) in page(client, "/areas/d15/", year="2018")
    shown = page(client, "/areas/d15/tables/GDTZ-1/2018-Q1/")
    assert "签批后更正" in shown and "-10300.00" in shown and "示丙统更〔2018〕1号" in shown
    held = filed.one_held("GDTZ-1", "2018-Q1", Q03, today=clock.today())
    proof = client.get(f"/areas/d15/proofs/{held.hands[5].uid}.json")
    told = verify_bundle(proof.content, [ledger.key()])
    assert told.payload["figures"]["industry"] == "30900.00" and [one["verb"] for one in told.payload["steps"]][:3] == [
        "report", "review", "approve"]
    closed = filed.one_held("JYRS-1", "2018-Q1", Q03, today=clock.today())
    assert client.get(f"/areas/d15/proofs/{closed.hands[2].uid}.json").status_code == 404
    assert client.get("/areas/d15/tables/JYRS-1/2018-Q1/").status_code == 404 and client.get("/areas/d15/tables/GDTZ-1/2099/").status_code == 404
    assert client.get("/console/d15/").status_code == 403
    assert desk(person("s", Q03, "d15.see")).get(f"/console/d15/proofs/{closed.hands[2].uid}.json").status_code == 200
    assert desk(CLERK).get(f"/console/d15/proofs/{closed.hands[2].uid}.json").status_code == 404


def test_the_api_does_the_same(desk: Any) -> None:
    def call(who: Actor, path: str, body: Any = None) -> Any:
        client = desk(who)
        answer = client.get(f"/api/v1/filings/{path}") if body is None else client.post(
            f"/api/v1/filings/{path}", json.dumps(body), content_type="application/json")
        return answer.json()

    due = call(CLERK, "due?year=2019&table=JYRS-1")["items"]
    assert [(one["unit"], one["reported"]) for one in due] == [(Q01, None)]
    figures = {key[6:]: {"value": value} for key, value in form().items() if key.startswith("value-")}
    body = {"table": "JYRS-1", "period": "2018-Q4", "unit": Q01, "figures": figures}
    wrong = call(CLERK, "", body | {"figures": {**figures, "total": {"value": "1"}}})
    assert (wrong["code"], wrong["difference"]) == ("SUM-TIE", "-129")
    made = call(CLERK, "", body)
    assert made["state"] == "reported"
    assert call(CHECKER, f"{made['filing']}/review", {})["state"] == "reviewed"
    assert call(CHECKER, f"{made['filing']}/approve", {})["code"] == "DUAL"
    assert call(SIGNER, f"{made['filing']}/approve", {})["state"] == "approved"
    one = call(CLERK, made["filing"])
    assert ([h["verb"] for h in one["hands"]], one["faults"]) == (["report", "review", "approve"], [])
    assert call(person("o", Q05, *ENTRY), made["filing"])["code"] == "FILING-NONE"
    assert (call(Actor("n"), "due?year=2019")["code"], call(CLERK, "due?year=9")["code"]) == ("PERM-DENIED", "YEAR")
    assert call(CLERK, "", body | {"unit": "查无此局"})["code"] == "ORG-UNKNOWN"
    told = desk(INSPECTOR).get("/api/v1/areas/d15/figures", {"year": 2018}).json()
    assert {one["code"]: one["city"] for one in told["indicators"]}["D15-4"] == "1"
