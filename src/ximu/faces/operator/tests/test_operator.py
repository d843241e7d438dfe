"""The doctor tells what is missing and how it is mended; the health check tells whether we can answer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.test import Client
from pytest_django import Settings

from ximu.faces.operator import doctor
from ximu.faces.operator.commands import doctor_command
from ximu.foundation import clock
from ximu.ideas.accounts import queries
from ximu.kernel.health import Check
from ximu.kernel.words import Text

pytestmark = pytest.mark.django_db


def states() -> dict[str, str]:
    return {check.name.en: check.state for check in doctor.examine(at=clock.now())}


def test_healthz_answers_while_the_database_does() -> None:
    answer = Client().get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_a_migrated_database_is_in_order_and_every_line_has_a_mend() -> None:
    found = doctor.examine(at=clock.now())
    assert states()["Database"] == "ok"
    assert all(check.mend for check in found if check.state != "ok")


def test_it_notices_a_set_clock_and_a_key_that_others_can_read(settings: Settings, tmp_path: Path) -> None:
    settings.XIMU_CLOCK, settings.XIMU_HOME = "2018-05-02", tmp_path
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "log").write_text("x", "ascii")
    (tmp_path / "keys" / "log").chmod(0o644)
    assert (states()["Demo clock"], states()["Key files"]) == ("warn", "broken")
    (tmp_path / "keys" / "log").chmod(0o600)
    assert states()["Key files"] == "ok"


def test_a_broken_line_of_a_room_makes_the_command_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    assert CliRunner().invoke(doctor_command, ["--json"]).exit_code == 0
    monkeypatch.setattr(queries, "doctor", lambda at: [Check(Text("甲", "room"), "broken", "x", Text("修", "mend"))], raising=False)
    ran = CliRunner().invoke(doctor_command, ["--json"])
    assert ran.exit_code == 1
    assert "mend" in [line["mend_en"] for line in json.loads(ran.output)]
    assert "✗ 甲 room: x → 修 mend" in CliRunner().invoke(doctor_command, []).output
