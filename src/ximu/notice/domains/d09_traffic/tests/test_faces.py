"""The pages, the API and the command of traffic enforcement."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from ximu.foundation import clock
from ximu.ideas.accounts import services as accounts
from ximu.ideas.accounts.tests.factories import account, with_password
from ximu.ideas.registry.tests.factories import load
from ximu.kernel.actor import SYSTEM
from ximu.notice.domains.d09_traffic import queries
from ximu.notice.domains.d09_traffic.commands import traffic_group
from ximu.notice.domains.d09_traffic.tests.test_services import CASE, HEADS, Q1, Q2, REVIEW, deliver, open_teams

pytestmark = [pytest.mark.django_db, pytest.mark.row("D9")]
AT = datetime(2018, 6, 5, 2, tzinfo=UTC)
NUMBER = "示交罚〔2018〕1号"


@pytest.fixture(autouse=True)
def city(db: None, settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    settings.XIMU_PROFILE, settings.XIMU_HOME = "example", tmp_path / "home"
    load()
    open_teams()
    monkeypatch.setattr(clock, "now", lambda: AT)
    deliver(tmp_path, queries.CASES, CASE, CASE.replace("1号", "2号"))
    deliver(tmp_path, queries.REVIEWS, REVIEW, batch="r")


def client(login: str, unit: str) -> Client:
    made = Client()
    made.force_login(with_password(account(login, "entry", unit=unit, at=AT - timedelta(days=1)), at=AT - timedelta(days=1)))
    return made


def test_a_unit_sees_its_decisions_its_teams_and_nothing_of_others() -> None:
    mine, other = client("clerk-a", Q1), client("clerk-b", Q2)
    ref = queries.ref_of(NUMBER)
    for path in ("", "teams?year=2018", "decisions?year=2018", "decisions?state=reversed", f"decisions/{ref}", "figures/D09-2?year=2018", "appraisal"):
        assert mine.get(f"/console/d09/{path}").status_code == 200, path
    assert NUMBER in mine.get("/console/d09/decisions?year=2018").content.decode()
    assert NUMBER not in other.get("/console/d09/decisions?year=2018").content.decode()
    assert "队伍T-1" not in other.get("/console/d09/teams?year=2018").content.decode()
    page = mine.get(f"/console/d09/decisions/{ref}").content.decode()
    assert "已撤变（生效）" in page and "示政复〔2018〕1号" in page
    assert other.get(f"/console/d09/decisions/{ref}").status_code == 403
    assert mine.get("/console/d09/decisions/nothing").status_code == 404
    english = mine.get(f"/console/d09/decisions/{ref}", headers={"accept-language": "en"}, data={})
    assert english.status_code == 200


def test_a_share_over_few_matters_of_people_is_not_told_to_everybody(tmp_path: Path) -> None:
    def shown() -> dict[str, str]:
        page = Client().get("/areas/d09/?year=2018&lang=zh").content.decode()
        return {uid: page.split(f"/units/{uid}/")[1].split("</tr>")[0] for uid in (Q1, Q2) if f"/units/{uid}/" in page}

    assert {uid: row.count("不公布") for uid, row in shown().items()} == {Q1: 1}, "D09-2 rests on two decisions; D09-4 tells of no party"
    other = CASE.replace("甲区", "乙区").replace("T-1", "T-2")
    mine = [CASE.replace("1号", f"{n}号") for n in range(3, 13)]
    deliver(tmp_path, queries.CASES, *mine, *(other.replace("1号", f"{n}号") for n in range(20, 30)), batch="c")
    assert {uid: row.count("不公布") for uid, row in shown().items()} == {Q1: 0, Q2: 0}, "twelve and ten are many"


def test_the_api_and_the_command_say_what_became_of_a_decision() -> None:
    mine = client("clerk-a", Q1)
    told = mine.get(f"/api/v1/d09/decisions/{queries.ref_of(NUMBER)}").json()
    assert (told["state"], told["publish_by"], told["versions"]) == ("reversed", "2018-03-14", 1)
    assert [one["code"] for one in mine.get("/api/v1/d09/teams?year=2018").json()["items"]] == ["T-1"]
    assert mine.get("/api/v1/d09/teams?year=1").json()["code"] == "YEAR"
    said = json.loads(CliRunner().invoke(traffic_group, ["decision", NUMBER, "--json"], catch_exceptions=False).output)
    assert (said["state"], said["number"]) == ("reversed", NUMBER)
    teams = json.loads(CliRunner().invoke(traffic_group, ["teams", "2018", "--json"], catch_exceptions=False).output)
    assert {one["code"]: one["grade"] for one in teams} == {"T-1": "NR", "T-2": "NR"}


def test_a_program_delivers_a_file_and_is_told_what_is_refused_and_held(tmp_path: Path) -> None:
    user = account("clerk-c", "entry", unit=Q1, at=AT - timedelta(days=1))
    key = accounts.issue_key(user.uid, "entry", unit=Q1, label="测试", days=9, by=SYSTEM, at=AT)[1]

    def send(dataset: str, *rows: str) -> Any:
        path = tmp_path / "sent.csv"
        path.write_text("\n".join([HEADS[dataset], *rows]) + "\n", "utf-8")
        with path.open("rb") as file:
            return Client().post("/api/v1/d09/deliveries", {"dataset": dataset, "batch": f"{dataset}-{len(rows)}", "file": file},
                                 headers={"authorization": f"Bearer {key}"})

    told = send(queries.CASES, CASE.replace("2018-03-05", "2018-03-06"), CASE.replace("1号", "3号")).json()
    assert (told["new"], [one["code"] for one in told["faults"]]) == (1, ["KEY-DUP"])
    held = send(queries.REVIEWS, REVIEW.replace("示政复〔2018〕1号", "示政复〔2018〕8号").replace("2018-05-20,撤销,2018-05-20", ",,")).json()
    assert (held["held"], held["faults"][0]["code"]) == (1, "FIN-OPEN")
    assert Client().post("/api/v1/d09/deliveries").status_code in (401, 403, 422), "nobody delivers without a key"


def test_the_queries_of_a_page_do_not_grow_with_its_rows(tmp_path: Path) -> None:
    mine = client("clerk-a", Q1)

    def cost(path: str) -> int:
        with CaptureQueriesContext(connection) as seen:
            assert mine.get(f"/console/d09/{path}").status_code == 200
        return len(seen)

    paths = ("?year=2018", "decisions?year=2018", "teams?year=2018")
    for path in paths:
        cost(path)
    before = [cost(path) for path in paths]
    deliver(tmp_path, queries.CASES, *(CASE.replace("1号", f"{n}号").replace("2018-03-05,2018-03-09", f"2018-0{1 + n % 5}-{n % 20 + 1:02},")
                                       for n in range(100, 160)), batch="many")
    assert [cost(path) for path in paths] == before
