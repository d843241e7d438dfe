"""A backup comes back whole or not at all, and the service stays shut until it has."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytest_django import Settings

from ximu.faces.operator import backup
from ximu.foundation.rooms import SRC
from ximu.kernel.actor import SYSTEM
from ximu.kernel.refusal import Refusal

AT = datetime(2018, 5, 2, tzinfo=UTC)


def ximu(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    env = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE", "XIMU_CLOCK")}
    env |= {"XIMU_HOME": str(home), "PYTHONPATH": str(SRC.parent)}
    return subprocess.run([sys.executable, "-m", "ximu", *words], env=env, capture_output=True, text=True, check=False)


def shown(home: Path) -> list[str]:
    with sqlite3.connect(home / "ximu.sqlite3") as database:
        return [row[0] for row in database.execute("SELECT name FROM foundation_duty")]


def test_what_was_saved_comes_back_and_a_damaged_backup_does_not(tmp_path: Path) -> None:
    home, folder = tmp_path / "home", tmp_path / "saved"
    assert ximu(home, "manage", "migrate").returncode == 0
    assert ximu(home, "jobs", "run", "outbox").returncode == 0
    saved = ximu(home, "backup", str(folder), "--json")
    assert saved.returncode == 0, saved.stderr
    before = shown(home)
    assert before
    with sqlite3.connect(home / "ximu.sqlite3") as database:
        database.execute("DELETE FROM foundation_duty")
    back = ximu(home, "restore", str(folder), "--json")
    assert back.returncode == 0, back.stderr
    assert shown(home) == before
    again = ximu(home, "backup", str(folder))
    assert (again.returncode, "BACKUP-FULL" in again.stderr + again.stdout) == (2, True)
    with (folder / "database").open("ab") as file:
        file.write(b"x")
    refused = ximu(home, "restore", str(folder))
    assert (refused.returncode, "BACKUP-BAD" in refused.stderr + refused.stdout) == (2, True)


def code_of(act: Callable[[], object]) -> str:
    with pytest.raises(Refusal) as caught:
        act()
    return caught.value.code


@pytest.mark.django_db
def test_a_folder_without_its_manifest_is_no_backup(tmp_path: Path) -> None:
    assert code_of(lambda: backup.check(tmp_path)) == "BACKUP-BAD"


def test_the_service_stays_shut_while_a_restore_is_open(settings: Settings, tmp_path: Path) -> None:
    settings.XIMU_HOME = tmp_path
    backup.must_be_open()
    (tmp_path / backup.RESTORING).write_text("x", "ascii")
    with pytest.raises(Refusal, match="BACKUP-OPEN"):
        backup.must_be_open()


@pytest.mark.django_db
def test_nothing_is_restored_beneath_a_service_that_runs(settings: Settings, tmp_path: Path) -> None:
    settings.XIMU_HOME = tmp_path
    (tmp_path / "saved").mkdir()
    with backup.serving(), backup.serving():
        assert code_of(lambda: backup.restore(tmp_path / "saved", accept_loss=False, by=SYSTEM, at=AT)) == "BACKUP-SERVED"
    with backup._alone():
        assert code_of(lambda: backup.serving().__enter__()) == "BACKUP-OPEN"
    assert code_of(lambda: backup.restore(tmp_path / "saved", accept_loss=False, by=SYSTEM, at=AT)) == "BACKUP-BAD"


@pytest.mark.django_db
def test_a_backup_that_finds_no_room_leaves_nothing_and_can_be_repeated(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings.XIMU_HOME = home = tmp_path / "home"
    kept = home / "files" / "ab" / "cd" / "x.sealed"
    kept.parent.mkdir(parents=True)
    kept.write_bytes(b"sealed")
    kept.chmod(0o600)
    (home / "files" / ".part-passing").write_bytes(b"unfinished")
    monkeypatch.setattr(backup, "_dump", lambda path: path.write_bytes(b"database"))
    with monkeypatch.context() as full, pytest.raises(OSError, match="No space"):
        full.setattr(backup, "_digests", _full)
        backup.save(tmp_path / "saved", at=AT)
    assert list((tmp_path / "saved").iterdir()) == []
    assert sorted(backup.save(tmp_path / "saved", at=AT)["digests"]) == ["database", "files/ab/cd/x.sealed"]
    assert (tmp_path / "saved" / "files" / "ab" / "cd" / "x.sealed").stat().st_mode & 0o777 == 0o600
    assert backup.last() == AT.isoformat()


@pytest.mark.django_db
def test_a_backup_that_was_killed_is_begun_again_and_one_that_runs_is_left_alone(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings.XIMU_HOME = home = tmp_path / "home"
    (home / "files").mkdir(parents=True)
    (home / "files" / "manifest.json").write_bytes(b"a file of the city, whatever its name")
    saved, codes = tmp_path / "saved", []

    def at_the_same_time(path: Path) -> None:
        path.write_bytes(b"database")
        with pytest.raises(Refusal) as refused:
            backup.save(saved, at=AT)
        codes.append(refused.value.code)

    monkeypatch.setattr(backup, "_dump", at_the_same_time)
    killed = f"from pathlib import Path; import os; s = Path({str(saved)!r}); s.mkdir(); (s / 'unfinished').touch(); (s / 'old').touch(); os._exit(9)"
    subprocess.run([sys.executable, "-c", killed], check=False)
    with pytest.raises(Refusal) as refused:
        backup.check(saved)
    assert refused.value.code == "BACKUP-BAD"
    assert sorted(backup.save(saved, at=AT)["digests"]) == ["database", "files/manifest.json"]
    assert codes == ["BACKUP-FULL"]
    assert sorted(one.name for one in saved.iterdir()) == ["database", "files", "manifest.json"]
    assert backup.check(saved)["log_size"] == 0
    (saved / backup.UNFINISHED).touch()  # killed after the manifest was written: it is whole
    with pytest.raises(Refusal) as refused:
        backup.save(saved, at=AT)
    assert (refused.value.code, backup.check(saved)["made_at"]) == ("BACKUP-FULL", AT.isoformat())


def _full(_: Path) -> dict[str, str]:
    raise OSError(28, "No space left on device")


def empty(folder: Path, **told: object) -> None:
    folder.mkdir(exist_ok=True)
    body = {"made_at": "", "engine": backup.connection.vendor, "log_size": 0, "log_root": "", "digests": {}, **told}
    (folder / backup.MANIFEST).write_text(json.dumps(body), "utf-8")


@pytest.mark.django_db
def test_a_backup_of_another_engine_a_shorter_log_or_another_log_is_refused(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings.XIMU_HOME = tmp_path / "home"
    settings.XIMU_HOME.mkdir()
    folder, at = tmp_path / "saved", datetime(2018, 5, 2, tzinfo=UTC)
    loaded: list[Path] = []
    monkeypatch.setattr(backup, "_load", loaded.append)
    empty(folder, engine="another")
    assert code_of(lambda: backup.check(folder)) == "BACKUP-ENGINE"
    empty(folder, log_size=3)
    monkeypatch.setattr(backup, "known_size", lambda: 5)
    assert code_of(lambda: backup.restore(folder, accept_loss=False, by=SYSTEM, at=at)) == "BACKUP-SHORT"
    assert loaded == []
    empty(folder, log_size=3, log_root="00")
    assert code_of(lambda: backup.restore(folder, accept_loss=True, by=SYSTEM, at=at)) == "BACKUP-LOG"
    assert code_of(backup.must_be_open) == "BACKUP-OPEN"


@pytest.mark.django_db
def test_a_tool_that_fails_is_told() -> None:
    assert code_of(lambda: backup._run(["false"])) == "BACKUP-TOOL"
