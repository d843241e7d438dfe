"""A draft goes to the units, is objected to, made final and published by others; pages and files of each."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from ximu.foundation import clock
from ximu.ideas.accounts.tests.factories import account, with_password
from ximu.ideas.assessment import queries, services
from ximu.ideas.assessment.models import Run
from ximu.ideas.assessment.rules.frozen import Value
from ximu.ideas.assessment.tests import test_runs as runs
from ximu.ideas.casework import queries as cases
from ximu.ideas.casework import services as casework
from ximu.ideas.casework.rules import Given
from ximu.ideas.disclosure.tests import factories as made
from ximu.ideas.ledger import queries as ledger
from ximu.kernel.actor import SYSTEM, Actor, Grant
from ximu.kernel.refusal import Refusal
from ximu_verify.bundle import BundleError, verify_bundle

pytestmark = [pytest.mark.django_db, pytest.mark.row("M3.2", "M3.1")]
AT = runs.AT
U1 = "unitone000000001"
DATA = runs.DATA.replace("u1", U1)
RIGHTS = frozenset({"assessment.see", "assessment.object"})
CLERK = Actor("clerk", U1, (Grant("entry", RIGHTS, U1),), "clerk")
JUDGE = Actor("judge", None, (Grant("reviewer", frozenset({"assessment.decide", "casework.see_all"})),), "judge")


@pytest.fixture(autouse=True)
def home(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.XIMU_HOME = tmp_path
    queries.register_source("tried", lambda argument, asked: {
        key.replace("u1", U1): value for key, value in runs.answer(argument, asked).items()})
    yield
    queries._sources.pop("tried")


def drafted(period: str = "2018", data: str = DATA) -> Run:
    method = queries.methods()[0].uid if queries.methods() else runs.adopted()
    return services.run(method, data, period=period, clocks=runs.CLOCKS, by=SYSTEM, at=AT, draws=50, seed=7)


def refused(code: str, call: Any, *args: Any, **named: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        call(*args, **named)
    assert caught.value.code == code
    return caught.value


def test_a_unit_sees_its_own_draft_only_and_objects_once_to_an_indicator() -> None:
    run = drafted()
    told = {"unit": U1, "indicator": "kept", "words": "有一项承诺已兑现。", "by": CLERK, "at": AT}
    assert queries.own_draft(run, CLERK) == []
    refused("SCORE-CLOSED", services.object_to, run.uid, **told)
    services.send_draft(run.uid, by=SYSTEM, at=AT)
    refused("STATE-EDGE", services.send_draft, run.uid, by=SYSTEM, at=AT)
    run = queries.run_row(run.uid)
    assert queries.own_draft(run, CLERK) == [U1]
    refused("SCORE-INDICATOR", services.object_to, run.uid, **(told | {"indicator": "no"}))
    refused("REASON", services.object_to, run.uid, **(told | {"words": " "}))
    refused("PERM-DENIED", services.object_to, run.uid, **(told | {"unit": "u2"}))
    case = services.object_to(run.uid, **told)
    refused("CASE-DUP", services.object_to, run.uid, **told)
    assert cases.case_for(case).subject == U1
    refused("SCORE-OPEN", services.finish, run.uid, by=runs.OTHER, at=AT)
    casework.register("score_objection", services.CONDUCTS["score_objection"])
    refused("SCORE-TWO", casework.move, case, "reject", given=Given("x"), by=SYSTEM, at=AT)
    casework.move(case, "reject", given=Given("证据是在考核期之后提交的。"), by=JUDGE, at=AT)
    assert queries.open_objections(run) == []
    services.finish(run.uid, by=runs.OTHER, at=AT)
    refused("SCORE-CLOSED", services.object_to, run.uid, **(told | {"indicator": "speed"}))


def test_an_upheld_objection_starts_a_new_run_with_what_is_known_by_then() -> None:
    run = drafted()
    services.send_draft(run.uid, by=SYSTEM, at=AT)
    told = {"unit": U1, "words": "已兑现的承诺未计入。", "by": CLERK, "at": AT}
    cases_of = [services.object_to(run.uid, indicator=indicator, **told) for indicator in ("kept", "speed")]
    casework.register("score_objection", services.CONDUCTS["score_objection"])
    queries.register_source("tried", lambda argument, asked: {U1: Value("100"), "u2": Value("20"), "u3": Value("0")})
    casework.move(cases_of[0], "uphold", given=Given("核对属实。"), by=JUDGE, at=AT)
    again = queries.newest(run)
    assert (queries.run_row(run.uid).state, again.state, again.replaces, again.known_at) == ("replaced", "draft", run.uid, AT)
    assert [queries.explained(one.uid, U1)["score"] for one in (run, again)] == ["45.00", "50.00"]
    refused("SCORE-OPEN", services.finish, again.uid, by=runs.OTHER, at=AT)
    refused("SCORE-TWO", services.finish, again.uid, by=SYSTEM, at=AT)
    casework.move(cases_of[1], "reject", given=Given("报送记录无误。"), by=JUDGE, at=AT)
    services.finish(again.uid, by=runs.OTHER, at=AT)
    refused("SCORE-FINAL", services.finish, run.uid, by=runs.OTHER, at=AT)
    refused("STATE-EDGE", services.compute_anew, again.uid, by=SYSTEM, at=AT)
    assert ledger.verify_log().ok


def test_facts_that_one_may_not_open_are_a_number_only(monkeypatch: pytest.MonkeyPatch) -> None:
    made.connect(monkeypatch)
    number = made.effective()
    queries.register_source("tried", lambda argument, asked: {U1: Value("1", (f"record:{number}", "promise:a", "odd"))})
    run = drafted()
    services.send_draft(run.uid, by=SYSTEM, at=AT)
    facts = queries.explained(run.uid, U1)["facts"]
    for person, refs in ((made.COORDINATOR, [f"record:{number}", "promise:a"]), (made.SUPERVISOR, [f"record:{number}"]), (CLERK, [])):
        seen = queries.opened(facts, by=person, at=AT)["kept"]
        assert set(refs) <= set(seen["refs"]) and "odd" not in seen["refs"] and len(seen["refs"]) + seen["hidden"] == 3
    assert queries.opened(facts, by=CLERK, at=AT) == {"kept": {"refs": [], "hidden": 3}}
    clerk, now, login = Client(), clock.now(), "django.contrib.auth.backends.ModelBackend"
    clerk.force_login(with_password(account("clerk", "entry", unit=U1, number="9", at=now)), backend=login)
    told = clerk.get(f"/api/v1/assessment/runs/{run.uid}/units/{U1}").json()
    assert (told["facts"], told["facts_hidden"]) == ({"kept": ["promise:a"]}, {"kept": 2}), "a clerk sees promises, not others' records"
    page = clerk.get(f"/console/assessment/runs/{run.uid}/units/{U1}").content.decode()
    assert "另有2件" in page and number not in page and "与相近单位比较" not in page


def test_facts_of_key_areas_open_by_the_page_that_they_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """Areas name their facts by address: these were all told as closed, to everybody."""
    made.connect(monkeypatch)
    refs = (f"/console/disclosure/records/{made.effective()}", "/console/commitments/a", "/console/d08/months?year=2018", "sample:CJ-001")
    whole, mine = (Actor("x", grants=(Grant("x", frozenset({"d08.see", *more}), unit),)) for unit, more in ((None, {"commitments.see"}), (U1, ())))
    assert queries.opened({"air": refs}, by=whole, at=AT) == {"air": {"refs": list(refs[1:3]), "hidden": 2}}
    assert queries.opened({"air": refs}, by=mine, at=AT) == {"air": {"refs": [], "hidden": 4}}
    assert refs[0] in queries.opened({"air": refs}, by=made.COORDINATOR, at=AT)["air"]["refs"]
    queries.register_source("tried", lambda argument, asked: {U1: Value("1", refs)})
    boss, now = Client(), clock.now()
    boss.force_login(with_password(account("boss", "coordinator", at=now)), backend="django.contrib.auth.backends.ModelBackend")
    page = boss.get(f"/console/assessment/runs/{drafted().uid}/units/{U1}").content.decode()
    assert [ref for ref in refs[1:3] if f'href="{ref}"' not in page] == []


def settled(period: str = "2018", data: str = DATA) -> Run:
    run = drafted(period, data)
    services.finish(run.uid, by=runs.OTHER, at=AT)
    return queries.run_row(run.uid)


class _View:
    name = "public"

    def allows(self, item: str, field: str, status: str) -> bool:
        return True


def test_only_a_final_result_is_published_and_one_a_year_whatever_the_version() -> None:
    run = drafted()
    refused("STATE-EDGE", services.publish, run.uid, by=runs.OTHER, at=AT)
    refused("STATE-EDGE", services.extract, run.uid, U1, by=SYSTEM, at=AT)
    services.finish(run.uid, by=runs.OTHER, at=AT)
    refused("SCORE-TWO", services.publish, run.uid, by=SYSTEM, at=AT)
    refused("SCORE-NONE", queries.public_ranking, _View())
    services.publish(run.uid, by=runs.OTHER, at=AT)
    other = runs.adopted(version="2018-2", weight="0.6", rest="0.4")
    again = services.run(other, DATA, period="2018", clocks=runs.CLOCKS, by=SYSTEM, at=AT, draws=0)
    refused("SCORE-FINAL", services.finish, again.uid, by=runs.OTHER, at=AT)
    shown = queries.public_ranking(_View())
    assert [row["rank"] for row in shown["rows"]] == [1, 2, 3]
    assert all(row["interval"]["low"] <= row["interval"]["high"] for row in shown["rows"])
    assert shown["digest"] == queries.replay(run.uid)["digest"], "replay equals publication byte for byte"
    assert "promise:a" not in json.dumps(queries.public_unit(_View(), unit=U1), default=str)
    assert ledger.verify_log().ok


def test_an_extract_verifies_offline_and_a_changed_one_does_not() -> None:
    run = settled()
    made = services.extract(run.uid, U1, by=SYSTEM, at=AT)
    bundle = queries.bundle(queries.extract_of(made.uid))
    assert json.loads(bundle)["disclosed"]["payload"]["rank"] == 2
    assert verify_bundle(bundle, [ledger.key()])
    with pytest.raises(BundleError):
        verify_bundle(bundle.replace(b'"rank":2', b'"rank":1'), [ledger.key()])
    refused("EXTRACT-NONE", queries.extract_of, "nosuchextract000")
    assert ledger.verify_log().ok


def test_pages_answer_why_this_place_and_was_it_so_last_year(settings: Any) -> None:
    settings.XIMU_CLOCK = "2026-03-03T09:00:00"  # a day whose terms end in a year with a calendar
    earlier = settled("2017", runs.EARLIER.replace("u1", U1))
    run, now, login = settled(), clock.now(), "django.contrib.auth.backends.ModelBackend"
    services.publish(run.uid, by=runs.OTHER, at=AT)
    boss, public = Client(), Client()
    boss.force_login(with_password(account("boss", "coordinator", at=now)), backend=login)
    base = "/console/assessment"
    for page in ("/", f"/runs/{run.uid}", f"/runs/{run.uid}/quality", f"/methods/{run.method.uid}"):
        assert boss.get(base + page).status_code == 200, page
    why = boss.get(f"{base}/runs/{run.uid}/units/{U1}").content.decode()
    again = boss.get(f"{base}/runs/{run.uid}/units/{U1}?as_of={run.as_of}&known_at={now:%F}").content.decode()
    assert "按两个时间重算" in why and "与公布一致" not in why and "与公布一致" in again
    assert "SCORE-NONE" not in again and "SCORE-NONE" in boss.get(f"{base}/runs/{run.uid}/units/{U1}?as_of=2011-01-01").content.decode()
    assert "上一年按同一规则" in why and "第1名" in why and "promise" not in why.split("所依据的事实")[0]
    for form in ("pdf", "docx"):
        assert boss.get(f"{base}/runs/{run.uid}/units/{U1}/card.{form}").status_code == 200
    for form in ("pdf", "docx"):
        assert boss.get(f"{base}/methods/{run.method.uid}/measures.{form}").status_code == 200
    assert boss.get(f"{base}/methods/{run.method.uid}/measures.exe").status_code == 404
    assert boss.post(f"{base}/runs/{run.uid}/replay").status_code == 302
    assert boss.post(f"{base}/runs/{run.uid}/dance").status_code == 404
    new = SimpleUploadedFile("m.toml", runs.text("0.1", "0.9", "2019-1").encode())
    place = boss.post(f"{base}/methods", {"code": "yearly", "file": new}).headers["Location"]
    assert "在2018年数据上试算" in boss.get(place).content.decode() and "名次变动" in boss.get(place).content.decode()
    assert boss.post(f"{place}/adopt", {"resolution": " "}).status_code == 422
    assert boss.post(f"{place}/adopt", {"resolution": "示政办〔2019〕1号"}).status_code == 302
    assert "示政办〔2019〕1号" in boss.get(place).content.decode() and "经决议通过" not in boss.get(place).content.decode()
    sent = boss.post(f"{base}/runs", {"method": run.method.uid, "period": "2018", "file": SimpleUploadedFile("a.csv", DATA.encode())})
    assert sent.status_code == 302
    assert "名次区间" in public.get("/assessment/").content.decode()
    assert "得分为何变动" not in public.get(f"/assessment/2018/{U1}/").content.decode(), "2017 is final, not public"
    services.publish(earlier.uid, by=runs.OTHER, at=AT)
    shown = public.get(f"/assessment/2018/{U1}/").content.decode()
    assert "得分为何变动" in shown and "-50.00" in shown and "promise:a" not in shown
    assert public.get("/assessment/?period=1999").status_code == 404
    assert public.get("/api/v1/assessment/runs").status_code in (401, 403)
    clerk = Client()
    clerk.force_login(with_password(account("clerk", "entry", unit=U1, number="9", at=now)), backend=login)
    draft = queries.runs()[0]
    assert clerk.get(f"{base}/runs/{draft.uid}/units/{U1}").status_code == 404
    services.send_draft(draft.uid, by=SYSTEM, at=AT)
    assert "考核初稿待核对" in clerk.get("/console/").content.decode()
    page = clerk.get(f"{base}/runs/{draft.uid}/units/{U1}").content.decode()
    assert "对本单位初稿提出意见" in page
    assert "乙区" not in clerk.get(f"{base}/runs/{draft.uid}").content.decode()
    posted = clerk.post(f"{base}/runs/{draft.uid}/units/{U1}/object", {"indicator": "kept", "words": "数据有误"})
    assert posted.status_code == 302
