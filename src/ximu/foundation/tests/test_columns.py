"""Databases stay open, connections do not: many threads ask at once, no call sees another's, a fork opens its own."""

from __future__ import annotations

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import polars as pl
import pytest

from ximu.foundation import columns


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The folders for which a database was opened, in a process that has none open."""
    opened, really = list[Path](), columns._locked

    def locked(folder: Path, memory: str) -> duckdb.DuckDBPyConnection:
        opened.append(folder)
        return really(folder, memory)

    monkeypatch.setattr(columns, "_locked", locked)
    monkeypatch.setattr(columns, "_kept", [columns._Kept()])
    return opened


def doubled(number: int, folder: Path) -> int:
    """Through a frame and a view whose names every call uses."""
    found = columns.query("SELECT n FROM twice", folder=folder, frames={"given": pl.DataFrame({"n": [number]})},
                          views={"twice": "SELECT 2 * n AS n FROM given"})
    return int(found["n"].item())


def test_many_threads_share_a_database_and_none_sees_another(made: list[Path], tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda n: doubled(n, tmp_path), range(96))) == [2 * n for n in range(96)]
    assert made == [tmp_path], "opened once"
    with pytest.raises(duckdb.CatalogException):
        columns.query("SELECT * FROM given", folder=tmp_path)


def test_a_database_reaches_its_folder_only_and_its_settings_stay(made: list[Path], tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    pl.DataFrame({"n": [7]}).write_parquet(tmp_path / "a" / "part.parquet")
    sql = f"SELECT n FROM read_parquet('{tmp_path}/a/part.parquet')"
    assert columns.query(sql, folder=tmp_path / "a")["n"].item() == 7
    pl.DataFrame({"n": [8]}).write_parquet(tmp_path / "a" / "part.parquet")
    assert columns.query(sql, folder=tmp_path / "a")["n"].item() == 8, "nothing of a file is remembered"
    with pytest.raises(duckdb.PermissionException):
        columns.query(sql, folder=tmp_path / "b")
    with columns.opened(tmp_path / "a") as db, pytest.raises(duckdb.InvalidInputException):
        db.execute("SET memory_limit='9GB'")


def test_the_longest_unasked_goes_and_what_is_asked_of_it_is_answered(
    made: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(columns, "MOST_OPEN", 1)
    with columns.opened(tmp_path / "a") as db:
        assert doubled(1, tmp_path / "b") == 2
        assert db.sql("SELECT 3").fetchall() == [(3,)]
    assert doubled(2, tmp_path / "a") == 4
    assert [one.name for one in made] == ["a", "b", "a"]


def test_a_fork_opens_its_own(made: list[Path], tmp_path: Path) -> None:
    assert doubled(1, tmp_path) == 2
    child = os.fork()
    if not child:
        signal.alarm(20)
        os._exit(0 if doubled(2, tmp_path) == 4 and len(made) == 2 else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert doubled(3, tmp_path) == 6
    assert made == [tmp_path]
