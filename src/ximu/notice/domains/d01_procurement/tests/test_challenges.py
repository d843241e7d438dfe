"""D01-4: challenges and complaints, who may say how they ended, and how many were right; the log proves what the tables say."""

from __future__ import annotations

import json
import runpy
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from ximu.foundation import clock
from ximu.foundation.profiles import uid_of
from ximu.ideas.accounts import services as accounts
from ximu.ideas.accounts.tests.factories import account, with_password
from ximu.ideas.events import services as events
from ximu.ideas.ledger import queries as ledger
from ximu.ideas.registry import queries as registry
from ximu.ideas.registry.tests.factories import load
from ximu.kernel.actor import SYSTEM, Actor, Grant
from ximu.kernel.refusal import Refusal
from ximu.notice.domains.d01_procurement import queries, services
from ximu.notice.domains.d01_procurement.models import Challenge, Dispute, Responsible
from ximu.notice.domains.d01_procurement.queries.shown import figures_of
from ximu.notice.domains.d01_procurement.rules.challenges import due_day

pytestmark = [pytest.mark.django_db, pytest.mark.row("D1")]
SCRIPT = runpy.run_path(str(Path(__file__).parents[6] / "scripts" / "procurement_example.py"))
ON: date = SCRIPT["ON"]
AT = datetime(2019, 6, 30, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
OCID, OTHER = "ocds-ximu01-1-05", "ocds-ximu01-2-04"
BUYER = uid_of("example", "jtw")
RIGHTS = (Grant("reviewer", frozenset({"d01.challenge", "d01.dispute", "d01.see", "d01.assign"})),)
FINANCE = Actor("checker", "another", RIGHTS, person="checker")
OWN = Actor("own", BUYER, RIGHTS, person="own")


@pytest.fixture(autouse=True)
def stored(settings: Any, tmp_path: Path) -> None:
    settings.XIMU_HOME = tmp_path
    load()
    file = tmp_path / "releases.jsonl"
    rows = [one for one in SCRIPT["releases"]() if one["date"][:10] <= ON.isoformat()]
    file.write_text("\n".join(json.dumps(one, ensure_ascii=False) for one in rows), "utf-8")
    events.load("procurement", file, batch="example", by=SYSTEM, at=AT)


def raised(ocid: str = OCID, kind: str = "challenge", day: date = date(2018, 9, 3), basis: str = "质〔2018〕1号", by: Actor = FINANCE) -> str:
    return services.challenge(ocid, kind=kind, raised_on=day, basis=basis, by=by, at=AT + HOUR, on=ON)


def ended(uid: str, outcome: str, day: date = date(2018, 9, 10), by: Actor = FINANCE, decision: str = "复〔2018〕1号") -> None:
    services.decide(uid, outcome=outcome, decided_on=day, decision=decision, by=by, at=AT + 2 * HOUR, on=ON)


def refused(code: str, act: Any, *args: Any, **given: Any) -> None:
    with pytest.raises(Refusal) as found:
        act(*args, **given)
    assert found.value.code == code


def test_the_share_upheld_counts_what_was_decided() -> None:
    for number, outcome in enumerate(("upheld", "partly", "rejected", "rejected", "withdrawn", "dismissed")):
        ended(raised(basis=f"质〔2018〕{number}号"), outcome)
    raised(basis="未办结")
    figures = figures_of(queries.book(ON, known_at=AT + 3 * HOUR).processes, ON)
    assert (figures.decided, figures.upheld, figures.upheld_rate) == (4, 2, 50.0)
    assert figures_of(queries.book(ON, known_at=AT + HOUR).processes, ON).decided == 0, "an end counts once it is known"
    assert figures_of(queries.book(date(2018, 9, 9), known_at=AT + 3 * HOUR).processes, date(2018, 9, 9)).decided == 0


def test_a_complaint_upheld_after_the_buyer_rejected_the_challenge_is_told() -> None:
    ended(raised(by=OWN), "rejected", by=OWN)
    ended(raised(kind="complaint", day=date(2018, 9, 12), basis="投〔2018〕1号"), "upheld", day=date(2018, 10, 12))
    ended(raised(OTHER, "complaint", basis="投〔2018〕2号"), "upheld")
    assert figures_of(queries.book(ON, known_at=AT + 3 * HOUR).processes, ON).overturned == 1


def test_the_time_to_answer_is_counted_in_working_days() -> None:
    assert due_day("challenge", date(2018, 9, 3)) == date(2018, 9, 12)
    assert due_day("complaint", date(2018, 9, 3)) == date(2018, 10, 19), "over Mid-Autumn and the National Day, with two make-up days"
    assert due_day("challenge", date(2093, 1, 5)) is None
    raised()
    [one] = queries.one_process(OCID, ON, known_at=AT + 3 * HOUR)[1].challenges
    assert one.state == "overdue"
    ended(one.uid, "upheld", day=date(2018, 9, 13))
    [one] = queries.one_process(OCID, ON, known_at=AT + 3 * HOUR)[1].challenges
    assert one.state == "late"


def test_wrong_entries_are_refused() -> None:
    given = {"kind": "challenge", "raised_on": date(2018, 9, 3), "basis": "质〔2018〕1号", "by": FINANCE, "at": AT, "on": ON}
    refused("PERM-DENIED", services.challenge, OCID, **{**given, "by": Actor("x", BUYER, ())})
    refused("D01-NONE", services.challenge, "no such", **given)
    refused("D01-CHALLENGE", services.challenge, OCID, **{**given, "kind": "rumour"})
    refused("BASIS-NONE", services.challenge, OCID, **{**given, "basis": " "})
    refused("TIME-FUTURE", services.challenge, OCID, **{**given, "raised_on": ON + timedelta(days=1)})
    uid = raised()
    refused("D01-CHALLENGED", raised)
    refused("D01-CHALLENGE", ended, uid, "maybe")
    refused("D01-ORDER", ended, uid, "upheld", date(2018, 9, 2))
    refused("D01-NONE", ended, "nothing", "upheld")
    ended(uid, "rejected")
    refused("STATE-EDGE", ended, uid, "upheld")
    complaint = raised(kind="complaint", basis="投〔2018〕9号", by=OWN)
    refused("CONFLICT", ended, complaint, "rejected", by=OWN)


def test_the_log_compares_posts_disputes_and_challenges_with_their_tables() -> None:
    post = registry.posts(BUYER)[0].uid
    services.assign(BUYER, step="payment", post=post, since=date(2018, 1, 1), basis="内控〔2018〕1号", by=FINANCE, at=AT)
    _, process = queries.one_process(OCID, ON, known_at=AT)
    what = {"contract": process.payments[0].contract, "milestone": process.payments[0].milestone}
    dispute = services.dispute(OCID, **what, since=date(2019, 3, 1), basis="（2019）示0101民初1号", by=FINANCE, at=AT, on=ON)
    services.end_dispute(dispute, outcome="owed", until=date(2019, 6, 1), basis="判决", by=FINANCE, at=AT, on=ON)
    ended(raised(), "rejected")
    verdict = ledger.verify_log()
    assert verdict.ok, verdict.findings
    assert verdict.evidence["procurement"] == 5
    rows: list[tuple[Any, dict[str, Any]]] = [
        (Responsible, {"step": "award"}), (Dispute, {"milestone": "m9"}), (Dispute, {"outcome": "free"}), (Challenge, {"outcome": "upheld"}),
        (Challenge, {"basis": "another"})]
    for model, change in rows:
        [row] = model.objects.all()
        before = {name: getattr(row, name) for name in change}
        model.objects.filter(pk=row.pk).update(**change)
        assert not ledger.verify_log().ok, (model, change)
        model.objects.filter(pk=row.pk).update(**before)
    Challenge.objects.all().delete()
    assert not ledger.verify_log().ok, "a row that went missing"


def test_page_and_api_take_and_show_them(client: Client) -> None:
    user = with_password(account("boss", "coordinator", at=clock.now()))
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    _, key = accounts.issue_key(user.uid, "coordinator", unit="", label="测试", days=9, by=SYSTEM, at=clock.now())
    api = Client(headers={"Authorization": f"Bearer {key}"})
    shown = client.get(f"/console/d01/process/?ocid={OCID}", follow=True)
    assert shown.status_code == 200 and "登记质疑或投诉" in shown.content.decode()
    sent = client.post(f"/console/d01/challenge/?ocid={OCID}", {"kind": "challenge", "raised_on": "2018-09-03", "basis": "质〔2018〕7号"})
    assert sent.status_code == 302
    uid = Challenge.objects.get().uid
    client.post(f"/console/d01/challenge/{uid}/decide?ocid={OCID}", {"outcome": "partly", "decided_on": "2018-09-05", "decision": "复1"})
    page = client.get(f"/console/d01/process/?ocid={OCID}").content.decode()
    assert "部分成立" in page and "按期办结" in page
    told = client.get("/api/v1/d01/challenges").json()
    assert [(t["ocid"], t["outcome"]) for t in told] == [(OCID, "partly")]
    assert client.get("/api/v1/d01/overview").json()["figures"]["upheld_rate"] == 100.0
    late = client.get("/api/v1/d01/notices?state=late").json()
    assert {n["ocid"] for n in late} == {SCRIPT["LATE_NOTICE"]} and late[0]["kind"] == "contract"
    made = api.post("/api/v1/d01/challenges", json.dumps({"ocid": OTHER, "kind": "complaint", "raised_on": "2018-09-03", "basis": "投1"}),
                    content_type="application/json")
    assert made.status_code == 200
    over = api.post(f"/api/v1/d01/challenges/{made.json()['uid']}/decide", json.dumps(
        {"outcome": "rejected", "decided_on": "2018-10-08", "decision": "决1"}), content_type="application/json")
    assert over.status_code == 200
