"""What killed work leaves on the disk is cleared; what lives is left alone."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import transaction

from ximu.foundation import doomed, files, leftovers, scratch, whole
from ximu.foundation.models import Doomed


@pytest.fixture
def home(settings: LazySettings, tmp_path: Path) -> Path:
    settings.XIMU_HOME = tmp_path
    return tmp_path


@pytest.mark.django_db
def test_passing_files_and_folders_of_the_dead_go_and_those_of_the_living_stay(home: Path) -> None:
    dead, dead_key = home / "files" / ".part-dead", home / "keys" / "events" / "hotline" / ".part-dead"
    for path in (dead, dead_key):
        path.parent.mkdir(parents=True)
        path.write_text("words of a person")
    with files.staged([b"in the making"]) as alive, scratch.folder() as mine:
        (scratch.root() / "lost").mkdir()
        (scratch.root() / "lost.lock").touch()
        cleared = leftovers.clear()
        assert (cleared["parts"], cleared["folders"]) == (2, 1)
        assert alive.part.exists()
        assert mine.exists()
        alive.place()
    assert not [p for p in (dead, dead_key, mine, scratch.root() / "lost") if p.exists()]
    assert files.is_kept(alive.digest)
    assert leftovers.clear() == {"parts": 0, "folders": 0, "doomed": 0, "orphans": 0}


@pytest.mark.django_db(transaction=True)
def test_what_a_commit_dooms_goes_though_the_disk_refuses_at_first(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    digest, _ = files.keep([b"a paper"], shelf="cases")
    path = files.path_of(digest, "cases")
    with monkeypatch.context() as failing:
        failing.setattr(doomed, "_erase", _refuse)
        with transaction.atomic():
            files.drop(digest, "cases")
            assert path.exists()
    assert (path.exists(), doomed.waiting()) == (True, 1)
    assert leftovers.clear()["doomed"] == 1
    assert (path.exists(), doomed.waiting()) == (False, 0)


def _refuse(path: Path) -> None:
    raise OSError(5, "Input/output error")


@pytest.mark.django_db(transaction=True)
def test_a_file_that_comes_anew_is_spared(home: Path) -> None:
    digest, _ = files.keep([b"a paper"], sealed=True)
    Doomed.objects.create(path=files.sealed_path_of(digest).relative_to(home).as_posix())
    files.keep([b"a paper"], sealed=True)
    assert leftovers.clear()["doomed"] == 0
    assert files.is_kept(digest)


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_transaction_dooms_nothing(home: Path) -> None:
    digest, _ = files.keep([b"a paper"])
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        doomed.doom(files.path_of(digest))
        raise ZeroDivisionError
    assert (files.is_kept(digest), doomed.waiting()) == (True, 0)


@pytest.mark.django_db(transaction=True)
def test_a_doomed_key_and_a_doomed_folder_go(home: Path) -> None:
    key, folder = home / "keys" / "events" / "k", home / "intake" / "x"
    for path in (key, folder / "ready.arrow"):
        path.parent.mkdir(parents=True)
        path.write_bytes(b"k" * 32)
    with transaction.atomic():
        doomed.doom(key, folder, home / "never-there")
    assert not key.exists()
    assert not folder.exists()
    assert doomed.waiting() == 0


@pytest.mark.django_db
def test_a_sealed_file_that_no_row_names_is_an_orphan(home: Path) -> None:
    lost, _ = files.keep([b"nobody's"], sealed=True)
    named, _ = files.keep([b"somebody's"], sealed=True)
    Doomed.objects.create(path=f"elsewhere/{named}")  # any mention in any table keeps it
    assert leftovers.orphans() == []  # too young: its transaction may be open
    assert leftovers.orphans(settled=-60) == [files.sealed_path_of(lost)]


def test_a_small_file_is_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "note"
    whole.write_whole(path, "first", mode=0o600)
    assert path.stat().st_mode & 0o777 == 0o600
    whole.write_once(path, "second")
    assert path.read_text() == "first"
    whole.write_whole(path, b"third")
    assert path.read_text() == "third"
    with pytest.raises(OSError, match="Is a directory"):
        whole.write_whole(_folder(tmp_path / "full"), b"x")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["full", "note"]


def _folder(path: Path) -> Path:
    (path / "inside").mkdir(parents=True)
    return path


def test_a_lock_that_is_held_is_not_taken(tmp_path: Path) -> None:
    path = tmp_path / "held"
    with path.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert whole.taken(path) is None
    lock = whole.taken(path)
    assert lock is not None
    os.close(lock)
    assert whole.taken(tmp_path / "absent") is None
