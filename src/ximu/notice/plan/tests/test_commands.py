"""The tool reads a notice without a database, imports it with one, and shows the lights."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from ximu.foundation.rooms import SRC
from ximu.ideas.registry import jobs as registry_jobs
from ximu.kernel.actor import SYSTEM
from ximu.kernel.refusal import Refusal
from ximu.notice.plan import commands
from ximu.notice.plan.tests import notice
from ximu.notice.plan.tests.test_services import AT

pytestmark = pytest.mark.row("P")


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "notice.txt"
    path.write_bytes(notice.text())
    return str(path)


@pytest.mark.django_db
def test_a_dry_run_writes_nothing_and_checks_units_by_the_profile(file: str) -> None:
    ran = CliRunner().invoke(commands.plan_group, ["import", file, "--dry-run", "--json"])
    shown = json.loads(ran.stdout)
    assert shown["counts"] == {"rows": 7, "items": 7, "new": 0, "same": 0, "problems": 0, "own_deadlines": 4, "ambiguous": 2}
    assert shown["number"] == "示发改信〔2018〕1号"
    status = CliRunner().invoke(commands.plan_group, ["status"])
    assert isinstance(status.exception, Refusal)
    assert status.exception.code == "PLAN-NONE"


@pytest.mark.django_db
def test_problems_exit_2_and_name_their_line() -> None:
    text = notice.text([(*r[:3], "市月球局", *r[4:]) if r[2] == "建立指标。" else r for r in notice.ROWS])
    ran = CliRunner().invoke(commands.plan_group, ["import", "-", "--dry-run"], input=text)
    assert ran.exit_code == 2
    assert "ORG-UNKNOWN" in ran.stderr


@pytest.mark.django_db
def test_a_table_without_its_heading_is_checked_on_its_first_day_due_and_an_asked_day_wins() -> None:
    """The food and drug office ended in the reform of November 2018."""
    rows = [(*r[:3], "市食药监局", *r[4:]) if r[2] == "建立指标。" else r for r in notice.ROWS]
    bare = "\n".join("\t".join(r) for r in [notice.HEADER, *rows])

    def codes(text: str | bytes, *more: str) -> list[str]:
        ran = CliRunner().invoke(commands.plan_group, ["import", "-", "--dry-run", "--json", *more], input=text)
        return [problem["code"] for problem in json.loads(ran.stdout)["problems"]]

    assert codes(bare) == codes(notice.text(rows)) == codes(bare, "--on", "2018-01-01") == []
    assert codes(bare, "--on", "2020-01-01") == codes(notice.text(rows), "--on", "2020-01-01") == ["ORG-UNKNOWN"]


@pytest.mark.django_db
def test_import_and_status(file: str) -> None:
    registry_jobs.load_profile(SRC / "config" / "cities" / "example", by=SYSTEM, at=AT)
    assert CliRunner().invoke(commands.plan_group, ["import", file]).exit_code == 0
    shown = json.loads(CliRunner().invoke(commands.plan_group, ["status", "--as-of", "2018-05-02", "--json"]).stdout)
    assert {r["row"] for r in shown if r["light"] == "overdue"} == {"M1.1", "S1"}
    assert all(r["reason_zh"] and r["reason_en"] for r in shown)


@pytest.mark.parametrize(("args", "code"), [
    (["import", "nothing.txt"], "FILE-NONE"), (["import", "-", "--dry-run", "--city", "moon"], "CITY-NONE"),
    (["status", "--as-of", "2/5/2018"], "DATE-FORM"),
])
@pytest.mark.django_db
def test_bad_arguments_are_refused(args: list[str], code: str) -> None:
    ran = CliRunner().invoke(commands.plan_group, args, input=notice.text())
    assert isinstance(ran.exception, Refusal)
    assert ran.exception.code == code
