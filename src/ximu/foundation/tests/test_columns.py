"""What may a question to DuckDB reach, and what does it leave behind?"""

from __future__ import annotations

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import polars as pl
import pytest

from ximu.foundation import columns

SHOWN = pl.DataFrame({"x": [1, 2, 3]})


def test_views_and_frames_are_gone_when_the_answer_is_there(tmp_path: Path) -> None:
    assert columns.query("SELECT sum(x) AS s FROM v", folder=tmp_path, frames={"given": SHOWN}, views={"v": "SELECT x FROM given"}).item() == 6
    for name in ("v", "given"):
        with pytest.raises(duckdb.CatalogException):
            columns.query(f"SELECT * FROM {name}", folder=tmp_path)


def test_nothing_can_be_written_and_no_setting_be_changed(tmp_path: Path) -> None:
    for sql in ("CREATE TABLE kept AS SELECT 1", "SET memory_limit='9GB'", "SET allowed_directories=['/']", "SET enable_external_access=true"):
        with pytest.raises(duckdb.Error):
            columns.query(sql, folder=tmp_path)
    assert columns.query("SELECT 1 AS one", folder=tmp_path).item() == 1, "a refused question spoils none of the next"


def test_only_the_folder_is_read_though_another_was_read_before(tmp_path: Path) -> None:
    for name in ("ours", "theirs"):
        (tmp_path / name).mkdir()
        SHOWN.write_parquet(tmp_path / name / "rows.parquet")
        assert columns.query(f"SELECT count(*) FROM '{tmp_path}/{name}/rows.parquet'", folder=tmp_path / name).item() == 3
    with pytest.raises(duckdb.PermissionException):
        columns.query(f"SELECT * FROM '{tmp_path}/theirs/rows.parquet'", folder=tmp_path / "ours")


def test_a_file_that_was_replaced_is_read_anew(tmp_path: Path) -> None:
    for rows in (SHOWN, SHOWN * 10):
        rows.write_parquet(tmp_path / "rows.parquet")
        assert columns.query(f"SELECT sum(x) FROM '{tmp_path}/rows.parquet'", folder=tmp_path).item() == rows["x"].sum()


def test_threads_do_not_see_each_other(tmp_path: Path) -> None:
    def ask(number: int) -> int:
        return int(columns.query("SELECT max(x) AS m FROM given", folder=tmp_path, frames={"given": pl.DataFrame({"x": [number]})}).item())

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, range(200))) == list(range(200))


def test_a_child_process_asks_and_ends(tmp_path: Path) -> None:
    columns.query("SELECT 1", folder=tmp_path)
    child = os.fork()
    if child == 0:
        signal.alarm(20)  # a child that waits for threads it does not have is killed, and the test fails
        columns._database.cache_clear()
        os._exit(columns.query("SELECT 7", folder=tmp_path).item())
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
    assert columns.query("SELECT 2", folder=tmp_path).item() == 2
