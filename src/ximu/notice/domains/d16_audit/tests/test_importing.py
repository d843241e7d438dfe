"""Findings from a file: good rows have their case, bad ones are named, the same file twice adds nothing; the API and the page."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from openpyxl import Workbook

from ximu.foundation import clock
from ximu.foundation.profiles import uid_of
from ximu.ideas.accounts.middleware import ActorMiddleware
from ximu.ideas.casework import queries as cases
from ximu.ideas.ledger import queries as ledger
from ximu.ideas.registry.tests.factories import load
from ximu.kernel.actor import Actor, Grant
from ximu.kernel.refusal import Refusal
from ximu.notice.domains.d16_audit import queries, services
from ximu.notice.domains.d16_audit.services import NewAudit

pytestmark = [pytest.mark.django_db, pytest.mark.database, pytest.mark.row("D16")]
DAY, AT = date(2018, 3, 5), datetime(2018, 3, 5, 2, tzinfo=UTC)
UNIT, OTHER, BUREAU = uid_of("example", "czj"), uid_of("example", "q01"), uid_of("example", "sjj")
RIGHTS = frozenset({"audits.see", "audits.work", "audits.handle", "areas.see"})
NUMBER, PAPER = "示审〔2018〕9号", "取证单.pdf".encode()
HEAD = ("TZWH", "WTXH", "BSDW", "BSDWDM", "WTLB", "WTBS", "DXYJ", "ZJZY", "JE", "DWYJ", "ZGLX", "ZGQX", "XHRQ")
GOOD = (NUMBER, "1", "示例市财政局", "", "budget", "多列支出", "预算法第十三条", "凭证.pdf", "200000.00", "", "", "", "")


def person(name: str, unit: str = BUREAU) -> Actor:
    return Actor(name, unit, (Grant("reviewer", RIGHTS, unit),), name)


A, B, CLERK = person("a"), person("b"), person("clerk", UNIT)


@pytest.fixture(autouse=True)
def audit(db: None, settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    settings.XIMU_PROFILE, settings.XIMU_HOME = "example", tmp_path / "home"
    load()
    monkeypatch.setattr(clock, "now", lambda: AT)
    return services.open_audit(NewAudit(NUMBER, "预算执行审计", (UNIT, OTHER), DAY), by=A, at=AT)


def listed(folder: Path, *rows: tuple[str, ...], name: str = "list.csv") -> Path:
    path = folder / name
    if name.endswith("xlsx"):
        book = Workbook()
        for row in (HEAD, *rows):
            book.active.append(row)
        book.save(path)
    else:
        path.write_text("\n".join(",".join(row) for row in (HEAD, *rows)), "utf-8")
    return path


def papers() -> list[SimpleUploadedFile]:
    return [SimpleUploadedFile("凭证.pdf", PAPER)]


def changed(**changes: str) -> tuple[str, ...]:
    return tuple(changes.get(name, value) for name, value in zip(HEAD, GOOD, strict=True))


def take(audit: str, path: Path, by: Actor = A) -> dict[str, Any]:
    return services.find_many(audit, path, papers=papers(), by=by, at=AT)


def faults(told: dict[str, Any]) -> set[tuple[int, str, str]]:
    return {(one["line"], one["field"], one["code"]) for one in told["faults"]}


def test_good_rows_get_their_case_and_the_same_file_adds_nothing(audit: str, tmp_path: Path) -> None:
    digest = hashlib.sha256(PAPER).hexdigest()
    path = listed(tmp_path, GOOD, changed(WTXH="2", WTLB="专项资金", BSDW="示例市甲区人民政府", JE="", ZJZY=digest.upper()), name="list.xlsx")
    told = take(audit, path)
    assert (told["rows"], told["new"], told["same"], told["bad"]) == (2, 2, 0, 0), told
    [one, two] = queries.findings(queries.audit(audit), A, DAY)
    assert (one.unit, one.topic, str(one.amount), one.evidence, two.unit, two.topic, two.amount) == (
        UNIT, "budget", "200000.00", digest, OTHER, "funds", None)
    held = {(case.about, case.subject) for case in (cases.case_for(finding.case) for finding in (one, two))}
    assert held == {(one.uid, UNIT), (two.uid, OTHER)}, "each unit is heard"
    told = take(audit, path)
    assert (told["new"], told["same"], told["bad"]) == (0, 2, 0)
    assert ledger.verify_log().ok


def test_each_bad_row_is_named_and_the_others_are_taken(audit: str, tmp_path: Path) -> None:
    bad = [("TZWH", "示审〔2018〕8号", "AUD-NONE"), ("ZJZY", "没有.pdf", "FIND-CRIT"), ("WTLB", "运气", "FIND-CRIT"),
           ("BSDW", "没有这个局", "SUBJ-NONE"), ("BSDW", "示例市乙区人民政府", "AUD-TARGET"), ("XHRQ", "2018-03-01", "FIND-LATER"),
           ("DXYJ", "", "FIELD-NEED"), ("JE", "多", "MONEY-FORM")]
    rows = [changed(WTXH=str(n), **{field: value}) for n, (field, value, _) in enumerate(bad, 10)]
    told = take(audit, listed(tmp_path, *rows, GOOD))
    assert faults(told) == {(n, field, code) for n, (field, _, code) in enumerate(bad, 2)}
    assert (told["rows"], told["new"], told["bad"]) == (len(bad) + 1, 1, len(bad))
    assert faults(take(audit, listed(tmp_path, changed(WTBS="另一表述")))) == {(2, "WTXH", "FIND-DUP")}
    assert faults(take(audit, listed(tmp_path, changed(WTXH="7", JE="0.001")))) == {(2, "JE", "FIND-AMOUNT")}


def test_only_the_bureau_delivers_and_not_after_the_report(audit: str, tmp_path: Path) -> None:
    path, found = listed(tmp_path, GOOD), []
    for by in (CLERK, A):
        if by is A:
            services.report_audit(audit, on=DAY, content=b"r", by=A, at=AT)
        with pytest.raises(Refusal) as caught:
            take(audit, path, by)
        found.append(caught.value.code)
    assert found == ["AUD-BUREAU", "STATE-EDGE"] and queries.audit(audit).findings.count() == 0


@pytest.fixture
def desk(client: Client, monkeypatch: pytest.MonkeyPatch) -> Callable[[Actor], Client]:
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


def test_the_page_and_the_api_take_a_file_and_the_api_goes_the_whole_way(
    audit: str, desk: Callable[[Actor], Client], tmp_path: Path,
) -> None:
    path = listed(tmp_path, GOOD, changed(WTXH="2", XHRQ="2018-03-01"))
    sent = {"file": SimpleUploadedFile("list.csv", path.read_bytes()), "papers": papers()}
    shown = desk(A).post(f"/console/d16/audits/{audit}/deliver", sent)
    assert shown.status_code == 200 and "由办理程序决定" in shown.content.decode() and "销号日期" in shown.content.decode()
    api = "/api/v1/d16/"
    assert desk(CLERK).post(f"/console/d16/audits/{audit}/deliver", {"file": SimpleUploadedFile("l.csv", b"x")}).status_code == 403
    told = desk(A).post(f"{api}audits/{audit}/deliveries", {"file": SimpleUploadedFile("list.csv", path.read_bytes()), "papers": papers()})
    assert (told.json()["same"], told.json()["faults"][0]["code"]) == (1, "FIND-LATER")
    far = person("far", uid_of("example", "q09"))
    assert desk(A).get(f"{api}audits?limit=1").json()["total"] == 1 and desk(far).get(f"{api}audits").json()["items"] == []
    assert desk(far).get(f"{api}audits/{audit}/findings").json()["code"] == "AUD-NONE"
    [one] = desk(CLERK).get(f"{api}audits/{audit}/findings").json()
    assert (one["unit"], one["amount"], one["repeats"]) == (UNIT, "200000.00", None)

    def posted(path: str, body: dict[str, Any], who: Actor = A) -> Any:
        return desk(who).post(f"{api}{path}", json.dumps(body), content_type="application/json").json()

    assert posted("targets", {"kind": "fund", "key": "F1", "name": "资金", "unit": UNIT, "since": "2018-03-05", "every": 99})["code"] == "AUD-CYCLE"
    assert "target" in posted("targets", {"kind": "fund", "key": "F1", "name": "资金", "unit": UNIT, "since": "2018-03-05"})
    two = posted("audits", {"number": "2", "title": "专项", "covers": ["F1"], "opened_on": "2018-03-05"})["audit"]
    form = {"target": "F1", "topic": "funds", "text": "滞留", "criterion": "办法"}
    assert desk(A).post(f"{api}audits/{two}/findings", form).json()["code"] == "FIND-CRIT", "no evidence"
    made = desk(A).post(f"{api}audits/{two}/findings", {**form, "file": SimpleUploadedFile("p.pdf", PAPER)})
    assert made.status_code == 201, made.json()
    report = {"file": SimpleUploadedFile("r.pdf", b"r")}
    assert desk(A).post(f"{api}audits/{two}/report?on=2018-03-05", report).json()["code"] == "AUD-OPEN"
    three = posted("audits", {"number": "3", "title": "专项", "covers": ["F1"], "opened_on": "2018-03-05"})["audit"]
    assert desk(A).post(f"{api}audits/{three}/report?on=2018-03-05", {"file": SimpleUploadedFile("r.pdf", b"r")}).status_code == 204
    assert "announcement" in posted(f"audits/{three}/announcement", {})
    assert desk(A).post(f"{api}audits/{three}/decision", {"approve": "true"}).json()["code"] == "DUAL"
    assert desk(B).post(f"{api}audits/{three}/decision", {"approve": "true"}).json() == {"state": "decided"}
