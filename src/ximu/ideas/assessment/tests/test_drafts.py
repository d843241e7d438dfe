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
from ximu.ideas.assessment.tests import test_runs as runs
from ximu.ideas.casework import queries as cases
from ximu.ideas.casework import services as casework
from ximu.ideas.casework.rules import Given
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


def test_pages_answer_why_this_place_and_was_it_so_last_year() -> None:
    settled("2017", runs.EARLIER.replace("u1", U1))
    run, now, login = settled(), clock.now(), "django.contrib.auth.backends.ModelBackend"
    services.publish(run.uid, by=runs.OTHER, at=AT)
    boss, public = Client(), Client()
    boss.force_login(with_password(account("boss", "coordinator", at=now)), backend=login)
    base = "/console/assessment"
    for page in ("/", f"/runs/{run.uid}", f"/runs/{run.uid}/quality", f"/methods/{run.method.uid}"):
        assert boss.get(base + page).status_code == 200, page
    why = boss.get(f"{base}/runs/{run.uid}/units/{U1}").content.decode()
    assert "上一年按同一规则" in why and "第1名" in why and "promise" not in why.split("所依据的事实")[0]
    for form in ("pdf", "docx"):
        assert boss.get(f"{base}/runs/{run.uid}/units/{U1}/card.{form}").status_code == 200
    assert boss.post(f"{base}/runs/{run.uid}/replay").status_code == 302
    assert boss.post(f"{base}/runs/{run.uid}/dance").status_code == 404
    sent = boss.post(f"{base}/runs", {"method": run.method.uid, "period": "2018", "file": SimpleUploadedFile("a.csv", DATA.encode())})
    assert sent.status_code == 302
    assert "名次区间" in public.get("/assessment/").content.decode()
    assert public.get(f"/assessment/2018/{U1}/").status_code == 200
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
