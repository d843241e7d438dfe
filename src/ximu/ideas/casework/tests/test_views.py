"""Pages, API, feed and command line run through the same rules; nobody sees another's case."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.test import Client

from ximu.foundation import clock
from ximu.ideas.accounts import services as accounts
from ximu.ideas.accounts.tests.factories import account, actor, with_password
from ximu.ideas.casework import queries, services
from ximu.ideas.casework.commands import calendar_group, cases_group
from ximu.ideas.casework.models import Case
from ximu.ideas.casework.rules import Given
from ximu.ideas.casework.rules.diagram import document
from ximu.ideas.casework.services import Opening
from ximu.ideas.casework.tests.factories import CLERK, OTHER, SOURCE, upload
from ximu.ideas.casework.tests.test_services import year
from ximu.kernel.actor import SYSTEM

pytestmark = [pytest.mark.django_db, pytest.mark.row("M2.2")]
ROOT = Path(__file__).parents[5]


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


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
    assert client.post(f"{address}/move/answer", {"reason": "属实"}).status_code == 302
    assert Case.objects.get(uid=scene["uid"]).state == "answered"
    assert client.post(f"{address}/move/answer", {"reason": "属实"}).status_code == 409
    assert client.post(f"{address}/take").status_code in (302, 404)
    for path in ("terms", "effects", "feed", "?tab=overdue", "?tab=nonsense&page=x"):
        assert client.get(f"/console/casework/{path}").status_code == 200


def test_a_stranger_finds_nothing(scene: dict[str, Any]) -> None:
    client, address = signed_in(scene["stranger"]), f"/console/casework/{scene['uid']}"
    paper = queries.case(scene["uid"], actor=CLERK, at=scene["now"]).files[0].uid
    for path in (address, f"{address}/move/answer", f"{address}/papers/{paper}", f"{address}/letter/supervision.pdf"):
        assert client.get(path).status_code in (403, 404)
    assert scene["uid"] not in client.get("/console/casework/?tab=open").content.decode()


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
