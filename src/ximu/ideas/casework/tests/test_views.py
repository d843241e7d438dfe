"""Pages, API, feed and command line run through the same rules; nobody sees another's case."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from ximu.foundation import clock, outbox
from ximu.ideas.accounts import services as accounts
from ximu.ideas.accounts.tests.factories import account, actor, with_password
from ximu.ideas.casework import queries, services
from ximu.ideas.casework.commands import calendar_group, cases_group
from ximu.ideas.casework.models import Case
from ximu.ideas.casework.rules import Given
from ximu.ideas.casework.rules.diagram import document
from ximu.ideas.casework.services import Opening
from ximu.ideas.casework.tests.factories import CLERK, COORDINATOR, OTHER, SOURCE, upload
from ximu.ideas.casework.tests.test_services import year
from ximu.kernel.actor import SYSTEM
from ximu.kernel.refusal import Refusal

pytestmark = [pytest.mark.django_db, pytest.mark.row("M2.2")]
ROOT = Path(__file__).parents[5]


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture(autouse=True)
def _day(settings: Any) -> None:
    settings.XIMU_CLOCK = "2026-03-03T09:00:00"  # a day whose terms end in a year with a calendar


@pytest.fixture
def scene() -> dict[str, Any]:
    now = clock.now()
    people = {"boss": account("boss", "coordinator", at=now), "clerk": account("clerk", "entry", unit=SOURCE, at=now),
              "stranger": account("stranger", "entry", unit=OTHER, at=now)}
    people = {login: with_password(user) for login, user in people.items()}
    uid = services.open_case("inquiry", opening=Opening(about="REC1", source=SOURCE), given=Given("请核实"), files=[upload()],
                             by=actor(people["boss"], at=now), at=now)
    return {**people, "uid": uid, "now": now}


def test_a_clerk_sees_where_it_stands_and_makes_the_next_move(scene: dict[str, Any]) -> None:
    client, address = signed_in(scene["clerk"]), f"/console/casework/{scene['uid']}"
    page = client.get(address).content.decode()
    for words in ("待答复", "下一步", "期限是怎样算的", "答复", "督办单"):
        assert words in page
    assert scene["uid"] in client.get("/console/casework/").content.decode()
    assert client.get(f"{address}/move/answer").status_code == 200
    refused = client.post(f"{address}/move/answer", {"reason": ""})
    assert (refused.status_code, "REASON" in refused.content.decode()) == (422, True)
    shown = refused.content.decode()
    assert re.search(r'<textarea id="reason"[^>]*aria-invalid="true" aria-describedby="refused"', shown) and 'id="refused"' in shown
    assert "aria-invalid" not in client.get(f"{address}/move/answer").content.decode()
    assert client.post(f"{address}/move/answer", {"reason": "属实"}).status_code == 302
    assert Case.objects.get(uid=scene["uid"]).state == "answered"
    assert client.post(f"{address}/move/answer", {"reason": "属实"}).status_code == 409
    assert client.post(f"{address}/take").status_code in (302, 404)
    for path in ("terms", "effects", "feed", "?tab=overdue", "?tab=nonsense&page=x"):
        assert client.get(f"/console/casework/{path}").status_code == 200


def test_the_matter_stands_beside_the_form_and_no_identifier_in_it(scene: dict[str, Any]) -> None:
    opening = Opening(about="s6qwhjqd9e5jt47a", source=SOURCE, values={"told": {"事项": "承诺逾期：支付尾款"}})
    uid = services.open_case("inquiry", opening=opening, given=Given("请核实"), by=actor(scene["boss"], at=scene["now"]), at=scene["now"])
    client = signed_in(scene["clerk"])
    assert "承诺逾期：支付尾款" in client.get(f"/console/casework/{uid}/move/answer").content.decode()
    assert "s6qwhjqd9e5jt47a" not in client.get(f"/console/casework/{uid}").content.decode()
    assert "REC1" in client.get(f"/console/casework/{scene['uid']}").content.decode()


def test_a_stranger_finds_nothing(scene: dict[str, Any]) -> None:
    client, address = signed_in(scene["stranger"]), f"/console/casework/{scene['uid']}"
    paper = queries.case(scene["uid"], actor=CLERK, at=scene["now"]).files[0].uid
    for path in (address, f"{address}/move/answer", f"{address}/papers/{paper}", f"{address}/letter/supervision.pdf"):
        assert client.get(path).status_code in (403, 404)
    assert scene["uid"] not in client.get("/console/casework/?tab=open").content.decode()


def test_nothing_is_kept_of_who_may_not_hand_in_papers(scene: dict[str, Any], settings: Any, tmp_path: Path) -> None:
    settings.XIMU_HOME = tmp_path
    address = f"/api/v1/casework/cases/{scene['uid']}/papers"
    stranger = accounts.issue_key(scene["stranger"].uid, "entry", unit=OTHER, label="t", days=3, by=SYSTEM, at=scene["now"])[1]
    clerk = accounts.issue_key(scene["clerk"].uid, "entry", unit=SOURCE, label="t", days=3, by=SYSTEM, at=scene["now"])[1]
    for headers, status in (({}, 404), ({"authorization": f"Bearer {stranger}"}, 404), ({"authorization": f"Bearer {clerk}"}, 201)):
        kept = [p for p in tmp_path.rglob("*") if p.is_file()]
        assert not kept, "whoever may not know of the case leaves no file"
        answer = Client().post(address, {"papers": SimpleUploadedFile("a.pdf", b"%PDF of a stranger")}, headers=headers)
        assert answer.status_code == status


@pytest.mark.parametrize(("form", "head"), [("pdf", b"%PDF"), ("docx", b"PK")])
def test_a_letter_is_made(scene: dict[str, Any], form: str, head: bytes) -> None:
    client = signed_in(scene["boss"])
    answer = client.get(f"/console/casework/{scene['uid']}/letter/supervision.{form}")
    assert answer.content.startswith(head)
    missing = client.get(f"/console/casework/{scene['uid']}/letter/decision.{form}")
    assert (missing.status_code, missing.refusal.code) == (404, "LETTER-NONE")


def test_cases_are_handed_over_from_the_inbox(scene: dict[str, Any]) -> None:
    client = signed_in(scene["boss"])
    assert scene["uid"] in client.get(f"/console/casework/hand-over?case={scene['uid']}").content.decode()
    unknown = client.post("/console/casework/hand-over", {"case": scene["uid"], "unit": "没有的单位", "reason": "x"})
    assert "没有唯一对应的单位" in unknown.content.decode()


def test_many_cases_are_moved_at_once_and_each_outcome_is_told(scene: dict[str, Any]) -> None:
    now, boss = scene["now"], actor(scene["boss"], at=scene["now"])
    uids = [services.open_case("inquiry", opening=Opening(about=f"REC{n}", source=SOURCE), given=Given("请核实"), by=boss, at=now)
            for n in range(2, 5)] + [scene["uid"]]
    services.move(uids[0], "answer", given=Given("已答复"), by=CLERK, at=now)
    client, chosen = signed_in(scene["clerk"]), "&".join(f"case={uid}" for uid in uids)
    page = client.get(f"/console/casework/batch?{chosen}").content.decode()
    assert "待答复（3）" in page
    assert "办理所选" in client.get("/console/casework/").content.decode()
    form = client.get(f"/console/casework/batch/move/answer?{chosen}").content.decode()
    assert form.count('type="hidden" name="case"') == 3
    taken = client.post("/console/casework/batch/take", {"case": [uids[1], "unknown"]}).content.decode()
    assert (taken.count("已办</span>"), "CASE-NONE" in taken) == (1, True)
    done = client.post("/console/casework/batch/move/answer", {"case": uids, "reason": "一并答复：属实"}).content.decode()
    assert done.count("已办</span>") == 3
    assert {c.state for c in Case.objects.filter(uid__in=uids)} == {"answered"}
    assert client.get(f"/console/casework/batch/move/answer?{chosen}").status_code == 302, "nothing is left to answer"
    refused = services.move_many([*uids, *uids], "answer", given=Given("再答"), by=CLERK, at=now)
    assert [one.refusal.code for one in refused if one.refusal] == ["STATE-EDGE"] * 4
    for many in ([], [f"c{n}" for n in range(services.MOST_AT_ONCE + 1)]):
        with pytest.raises(Refusal) as caught:
            services.take_many(many, by=CLERK, at=now)
        assert caught.value.code == "CASES-MANY"
    stranger = signed_in(scene["stranger"]).get(f"/console/casework/batch?{chosen}").content.decode()
    assert "没有选择在办的办件" in stranger


def test_a_batch_asks_no_more_for_many_than_for_few(scene: dict[str, Any], django_assert_max_num_queries: Any) -> None:
    boss = actor(scene["boss"], at=scene["now"])
    uids = [services.open_case("inquiry", opening=Opening(about=f"R{n}", source=SOURCE), given=Given("x"), by=boss, at=scene["now"])
            for n in range(12)]
    client = signed_in(scene["clerk"])
    with django_assert_max_num_queries(14):
        assert "（12）" in client.get("/console/casework/batch?" + "&".join(f"case={uid}" for uid in uids)).content.decode()


def test_a_month_shows_what_falls_due_and_which_days_do_not_count(scene: dict[str, Any]) -> None:
    case = Case.objects.get(uid=scene["uid"])
    client = signed_in(scene["clerk"])
    page = client.get(f"/console/casework/calendar?month={case.due:%Y-%m}").content.decode()
    assert scene["uid"] in page
    october = client.get("/console/casework/calendar?month=2018-10").content.decode()
    assert "国庆节" in october or "National" in october
    assert client.get("/console/casework/calendar?month=2099-01").content.decode().count("无年历") >= 28
    for wrong, code in (("2018-13", "DATE-FORM"), ("0001-01", "DATE-RANGE"), ("9999-12", "DATE-RANGE"), ("x", "DATE-FORM")):
        assert client.get(f"/console/casework/calendar?month={wrong}").refusal.code == code
    assert signed_in(scene["stranger"]).get(f"/console/casework/calendar?month={case.due:%Y-%m}").content.decode().count(scene["uid"]) == 0


def test_limits_are_set_and_years_loaded_on_pages(scene: dict[str, Any]) -> None:
    boss, base = signed_in(scene["boss"]), "/console/casework"
    keeper = signed_in(with_password(account("keeper", "system_admin", at=scene["now"])))
    value = {"code": "INQ-ANSWER", "since": "2018-01-01", "value": "20", "unit": "working-day", "source": "示府办〔2018〕1号"}
    seen = boss.post(f"{base}/terms/new", value).content.decode()
    assert Case.objects.get(uid=scene["uid"]).number in seen, "what it touches is shown before it is set"
    assert "示府办〔2018〕1号" not in boss.get(f"{base}/terms").content.decode()
    assert boss.post(f"{base}/terms/new", {**value, "sure": "yes"}).status_code == 302
    assert "示府办〔2018〕1号" in boss.get(f"{base}/terms").content.decode()
    assert boss.post(f"{base}/terms/new", value).refusal.code == "TERM-DUP"
    for change, code in (({"value": "一"}, "TERM-VALUE"), ({"value": "9999"}, "TERM-VALUE"), ({"since": "昨天"}, "DATE-FORM"),
                         ({"source": " ", "since": "2018-02-01"}, "REASON"), ({"code": "NO"}, "TERM-NONE")):
        assert boss.post(f"{base}/terms/new", value | change).refusal.code == code
    assert signed_in(scene["clerk"]).post(f"{base}/terms/new", value).refusal.code == "PERM-DENIED"
    assert "载入年历" in keeper.get(f"{base}/terms").content.decode()
    loaded = {"file": SimpleUploadedFile("2031.json", year()), "source": "国办发明电〔2030〕1号"}
    assert keeper.post(f"{base}/calendar/years", loaded).status_code == 302
    assert 2031 in [y for y, _, here in queries.calendar_years() if here]
    assert keeper.post(f"{base}/calendar/years", {"source": "x"}).refusal.code == "CAL-FILE"
    wrong = {"file": SimpleUploadedFile("x.csv", b"\xff\xfe"), "source": "x"}
    assert keeper.post(f"{base}/calendar/years", wrong).refusal.code == "CAL-FILE"
    assert boss.post(f"{base}/calendar/years", {"file": SimpleUploadedFile("y", year()), "source": "x"}).refusal.code == "PERM-DENIED"


def test_the_api_sets_limits_tells_years_and_moves_many(scene: dict[str, Any]) -> None:
    keys = {who: accounts.issue_key(scene[who].uid, role, unit=unit, label="测试", days=9, by=SYSTEM, at=scene["now"])[1]
            for who, role, unit in (("boss", "coordinator", ""), ("clerk", "entry", SOURCE))}
    api = {who: Client(headers={"Authorization": f"Bearer {key}"}) for who, key in keys.items()}
    base, json_type = "/api/v1/casework", "application/json"
    term = {"code": "INQ-ANSWER", "since": "2018-01-01", "value": 20, "unit": "working-day", "source": "规定", "sure": True}
    touched = api["boss"].post(f"{base}/terms?preview=true", term, content_type=json_type).json()
    assert [t["case"] for t in touched] == [scene["uid"]]
    assert api["boss"].post(f"{base}/terms", term, content_type=json_type).json() == touched
    assert term in api["boss"].get(f"{base}/terms").json()
    services.load_calendar(year(), source="国办发明电〔2030〕1号", by=COORDINATOR, at=scene["now"])
    assert {"year": 2031, "source": "国办发明电〔2030〕1号", "loaded": True} in api["boss"].get(f"{base}/years").json()
    many = api["clerk"].post(f"{base}/moves", {"cases": [scene["uid"], "x"], "verb": "answer", "reason": "属实"}, content_type=json_type).json()
    assert [(m["state"], (m["refusal"] or {}).get("code")) for m in many] == [("answered", None), ("", "CASE-NONE")]


def test_the_feed_shows_deadlines_and_nothing_else(scene: dict[str, Any]) -> None:
    page = signed_in(scene["clerk"]).post("/console/casework/feed").content.decode()
    path = page.split("/api/v1/casework/calendar/")[1].split("<")[0]
    feed = Client().get(f"/api/v1/casework/calendar/{path}")
    lines = feed.content.decode().split("\r\n")
    assert (lines[0], lines[-2], feed["Content-Type"]) == ("BEGIN:VCALENDAR", "END:VCALENDAR", "text/calendar; charset=utf-8")
    assert all(len(line.encode()) <= 75 for line in lines)
    assert sum(line == "BEGIN:VEVENT" for line in lines) == 1
    assert Client().get("/api/v1/casework/calendar/wrong.ics").json()["code"] == "FEED-NONE"
    accounts.close_account(scene["clerk"].uid, by=SYSTEM, at=scene["now"])
    assert Client().get(f"/api/v1/casework/calendar/{path}").status_code == 404


def test_the_api_runs_a_case(scene: dict[str, Any]) -> None:
    _, key = accounts.issue_key(scene["clerk"].uid, "entry", unit=SOURCE, label="测试", days=9, by=SYSTEM, at=scene["now"])
    client = Client(headers={"Authorization": f"Bearer {key}"})
    base = f"/api/v1/casework/cases/{scene['uid']}"
    found = client.get(base).json()
    assert ([m["verb"] for m in found["moves"]], found["counted"]["unit"]) == (["answer", "extend", "suspend", "resume"], "working-day")
    assert client.get("/api/v1/casework/cases").json()["total"] == 1
    paper = found["papers"][0]["uid"]
    assert b"".join(client.get(f"{base}/papers/{paper}").streaming_content) == b"paper"
    assert client.get(base).json()["papers"][0]["opened_by_units"] == [SOURCE]
    wrong = client.post(f"{base}/moves", {"verb": "close"}, content_type="application/json")
    assert wrong.json()["code"] in {"STATE-EDGE", "PERM-DENIED"}
    done = client.post(f"{base}/moves", {"verb": "answer", "reason": "属实"}, content_type="application/json")
    assert done.json()["state"] == "answered"
    assert Client().get(base).status_code in (401, 403, 404)
    assert "inquiry" in [p["code"] for p in Client().get("/api/v1/casework/procedures").json()]


def test_the_command_line(tmp_path: Path) -> None:
    run = CliRunner()
    file = tmp_path / "2031.json"
    file.write_bytes(year())
    loaded = run.invoke(calendar_group, ["load", str(file), "--source", "国办发明电〔2030〕1号", "--json"])
    assert json.loads(loaded.output)[0]["year"] == 2031
    assert 2031 in [r["year"] for r in json.loads(run.invoke(calendar_group, ["list", "--json"]).output)]
    assert "INQ-ANSWER" in run.invoke(cases_group, ["terms"]).output
    set_term = run.invoke(cases_group, ["term", "INQ-ANSWER", "--since", "2030-01-01", "--value", "9", "--source", "规定", "--json"])
    assert json.loads(set_term.output) == []
    assert json.loads(run.invoke(cases_group, ["sweep", "--json"]).output)[0]["late"] == 0


def test_the_diagrams_are_drawn_from_the_declarations() -> None:
    assert (ROOT / "docs" / "procedures.md").read_text("utf-8") == document(queries.procedures().values())


def test_today_puts_the_late_first(scene: dict[str, Any]) -> None:
    services.sweep_deadlines(at=scene["now"] + timedelta(days=40))
    clerk = actor(scene["clerk"], at=scene["now"])
    assert [item.state for item in queries.today(clerk, scene["now"])] in (["late"], [])


def test_who_leaves_holds_no_case_and_the_unit_is_told(scene: dict[str, Any]) -> None:
    client, uid = signed_in(scene["clerk"]), scene["uid"]
    client.post(f"/console/casework/{uid}/take")
    assert Case.objects.get(uid=uid).person == actor(scene["clerk"], at=scene["now"]).human
    accounts.close_account(scene["clerk"].uid, by=SYSTEM, at=scene["now"])
    for minute in range(3):
        outbox.sweep(at=scene["now"] + timedelta(minutes=minute))
    case = Case.objects.get(uid=uid)
    assert (case.person, case.holder, case.steps.last().verb) == ("", SOURCE, "let_go")
    assert case.tellings.filter(unit=SOURCE, what="let_go").count() == 1
    assert services.let_go("", reason="x", by=SYSTEM, at=scene["now"]) == 0
    other = signed_in(with_password(account("newcomer", "entry", unit=SOURCE, number="N77", at=scene["now"])))
    assert other.post(f"/console/casework/{uid}/take").status_code == 302
