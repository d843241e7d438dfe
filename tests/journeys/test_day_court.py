"""A court's data officer: a weekly delivery, what is held until it is final, a reversal, who has read, what is still to be performed."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from playwright.sync_api import expect as expected

from tests.journeys import courthouse
from tests.journeys.conftest import refused
from tests.journeys.world import Caller, World
from ximu.foundation import clock, outbox
from ximu.ideas.casework import queries as cases
from ximu.ideas.casework import services as casework
from ximu.ideas.intake.commands import intake_group
from ximu.ideas.ledger import queries as ledger
from ximu.ideas.records import queries as records
from ximu.ideas.records import services as moves
from ximu.ideas.registry import queries as registry
from ximu.notice.mechanisms.m4_relief import queries as relief
from ximu.notice.mechanisms.m4_relief import services as relieving

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey, pytest.mark.row("M1.2", "M1.3")]
GOOD, HELD, BAD = 251, 6, 3


def judgments() -> bytes:
    """260 rows: six whose period of appeal runs until 10 August, three without the court's finding, one under a former name."""
    rows = list(csv.DictReader(io.StringIO(courthouse.judgments(GOOD + HELD + BAD, seed=9).decode())))
    for row in rows[:HELD]:
        row["生效日期"] = "2018-08-10"
    for row in rows[HELD:HELD + BAD]:
        row["判决日期"] = "2018-13-45"
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def delivered(court: Caller, unit: str, file: Path) -> dict[str, Any]:
    """The same verdict offline and online; then the good rows and the held ones go in."""
    offline = json.loads(CliRunner().invoke(intake_group, ["check", str(file), "--item", "SF-PJ", "--json"]).stdout)
    answer = court.http.post("/intake/deliveries/file", data={"item": "SF-PJ", "source": unit}, files={"file": (file.name, file.read_bytes())})
    assert answer.status_code == 200, answer.text
    told = answer.json()
    told_offline = {(fault["line"], fault["column"], fault["code"]) for fault in offline["faults"] if fault["severity"] != "warning"}
    assert told_offline == {(fault["line"], fault["column"], fault["code"]) for fault in told["faults"] if fault["severity"] != "warning"}
    summary = told["delivery"]["summary"]
    assert (summary["rows"], summary["good"], summary["bad"], summary["held"]) == (GOOD + HELD + BAD, GOOD + HELD, BAD, HELD)
    done = court.post(f"/intake/deliveries/{told['delivery']['uid']}/commit", 200, reason="三行退回改正")
    assert (done["outcome"]["new"], done["outcome"]["held"]) == (GOOD + HELD, HELD)
    return told["delivery"]


def test_a_week_of_the_court(world: World, tmp_path: Path) -> None:
    world.day("2018-08-06")
    unit = registry.key_uid("gy")
    court, office = Caller(world, "court", "court_officer", unit), Caller(world, "coordinator", "coordinator", "")
    file = tmp_path / "week.csv"
    file.write_bytes(judgments())
    delivered(court, unit, file)
    page = world.desk("court")
    page.goto(f"{world.url}/console/disclosure/work?state=held")
    held = page.locator("tbody tr")
    assert held.count() == HELD
    expected(page.locator("main")).to_contain_text("2018年8月10日")
    numbers = [text.strip() for text in held.get_by_role("link").all_inner_texts()]
    stranger = world.desk("q01-entry")
    for number in numbers:
        assert stranger.goto(f"{world.url}/console/disclosure/records/{number}").status == 404, "nobody else sees what is not final"
    page.goto(f"{world.url}/console/disclosure/records/{numbers[0]}")
    page.fill("#reason-confirm_final", " ")
    page.get_by_role("button", name="确认文书已生效", exact=True).click()
    refused(page, "FIN-EARLY")
    world.day("2018-08-11")
    page = world.desk("court")
    for number in numbers[:4]:
        page.goto(f"{world.url}/console/disclosure/records/{number}")
        page.fill("#reason-confirm_final", "上诉期满未上诉")
        page.get_by_role("button", name="确认文书已生效", exact=True).click()
        expected(page.locator("main .light").first).to_have_text("已核")
    assert [records.duties(number).state for number in numbers] == ["checked"] * 4 + ["held"] * 2, "two were appealed and stay held"
    in_effect(world, numbers[0], numbers[1])
    read_and_reversed(world, court, office, numbers[0])
    performed(world, numbers[1])
    assert ledger.verify_log().ok


def in_effect(world: World, *numbers: str) -> None:
    reviewer, at = world.actor("reviewer"), clock.now()
    relieving.examine(list(numbers), answers=dict.fromkeys(relief.checklist().grounds(at.date()), "no"),
                   reason="文书已认定责任，逐项核对均不成立", by=reviewer, at=at)
    moves.notify(list(numbers), served_at=at, manner="直接送达", by=reviewer, at=at)
    world.day("2018-10-08")
    moves.make_effective(list(numbers), by=reviewer, at=clock.now())


def read_and_reversed(world: World, court: Caller, office: Caller, number: str) -> None:
    """Who read it, by office and purpose; a retrial reverses it and every effect gets a stop with its receipt; nobody deletes instead."""
    audit = Caller(world, "supervisor", "supervisor", "")
    assert audit.get(f"/records/{number}", 403)["code"] == "PURPOSE"
    audit.get(f"/records/{number}?purpose=audit")
    uses = court.get("/disclosure/uses")
    assert ("supervisor", "audit", registry.key_uid("sjj")) in {(u["as"], u["purpose"], u["unit"]) for u in uses if u["record"] == number}
    assert not {"by", "person", "actor"} & set(uses[0])
    by, at = world.actor("coordinator"), clock.now()
    lines = [casework.add_effect(number, kind=kind, target=f"{kind}{n}", unit=registry.key_uid("fgw"), by=by, at=at)
             for kind, count in (("share", 2), ("measure", 3), ("score", 1)) for n in range(count)]
    publisher = Caller(world, "publisher", "publisher", "")
    for caller in (court, publisher):
        assert caller.post("/records/erasures", 409, numbers=[number], basis="删除")["code"] == "STATE-EDGE", "not deleted instead"
    page = world.desk("court")
    page.goto(f"{world.url}/console/m4/records/{number}")
    page.locator("summary", has_text="依据被撤销").click()
    page.fill("#vdoc", "（2018）示民再1号")
    page.fill("#vreason", "再审改判，原判决撤销")
    page.get_by_role("button", name="通报撤销").click()
    expected(page.locator("main")).to_contain_text("已通报，待撤销")
    case = page.url.rsplit("/", 1)[1]
    assert court.move(case, "revoke", 403)["code"] == "PERM-DENIED"
    office.move(case, "revoke")
    outbox.sweep(at=clock.now())
    assert records.duties(number).state == "revoked"
    states = {line.uid: line.state for line in cases.effects_of(number)}
    assert {one["uid"]: one["state"] for one in court.get(f"/casework/effects?number={number}")} == states, "the court reads the same list"
    page.goto(f"{world.url}/console/casework/{case}")
    expected(page.locator("section", has=page.get_by_role("heading", name="所涉记录的效果")).locator("li")).to_have_count(len(states))
    assert set(lines) == set(states) and not set(states.values()) & {"live"}, "each is stopped, or stands openly as not confirmed"


def performed(world: World, number: str) -> None:
    """The court reports that the judgment was performed: that condition of repair turns green, the others stay as they are."""
    world.day("2018-11-20")
    page = world.desk("court")
    page.goto(f"{world.url}/console/m4/records/{number}")
    page.select_option("#what", "obligation")
    page.fill("#on", "2018-11-19")
    page.fill("#proof", "（2018）示执1号结案通知")
    page.get_by_role("button", name="登记", exact=True).click()
    expected(page.locator("main")).to_contain_text("已登记")
    met = {one.code: one.met for one in relief.conditions(number, at=clock.now())}
    assert met["obligation"] and not met["commitment"]
