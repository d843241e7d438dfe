"""How fast is intake, against its peers and its limits? One run, ratios. `python benchmarks/intake.py --rows 1000000`.

Whole processes where it matters (memory), else in-process medians; peers that are slow run on 100,000 rows
and are scaled. `--database URL` adds the COPY limit and the load on PostgreSQL.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from statistics import median
from typing import Annotated, Any, Literal

import duckdb
import polars as pl
import pydantic
import xlsxwriter
from intake_peers import by_frictionless, by_pandera
from intake_rows import DAY, NAMES, SCHEMA, write
from python_calamine import CalamineWorkbook
from stdnum.cn import ric
from stdnum.cn import uscc as stdnum_uscc

from ximu.ideas.intake.reader.reading import read_file
from ximu.ideas.intake.reader.running import KEPT_PAGES
from ximu.ideas.intake.rules.schema import read_schema
from ximu.kernel import resident_id, uscc

PEER_ROWS = 100_000


@dataclass(frozen=True, slots=True)
class Taken:
    wall: float
    cpu: float

    def times(self, factor: float) -> Taken:
        return Taken(self.wall * factor, self.cpu * factor)

    def against(self, other: Taken) -> str:
        return f"{self.wall / other.wall:.2f} by wall, {self.cpu / other.cpu:.2f} by CPU"

    def __str__(self) -> str:
        return f"{self.wall:.2f} s wall, {self.cpu:.2f} s CPU"


def timed(work: Callable[[], Any], *, times: int = 3) -> Taken:
    """Medians; CPU is user and system time of all threads."""
    walls, cpus = [], []
    for _ in range(times):
        start, spent = time.perf_counter(), time.process_time()
        work()
        walls.append(time.perf_counter() - start)
        cpus.append(time.process_time() - spent)
    return Taken(median(walls), median(cpus))


def _code(value: str) -> str:
    if value and not stdnum_uscc.is_valid(value):
        raise ValueError("code")
    return value


def _person(value: str) -> str:
    if value and not ric.is_valid(value):
        raise ValueError("person")
    return value


def _lean_code(value: str) -> str:
    if value and not uscc.check(value).valid:
        raise ValueError("code")
    return value


def _lean_person(value: str) -> str:
    if value and not resident_id.check(value, today=DAY).valid:
        raise ValueError("person")
    return value


def model(check_code: Callable[[str], str], check_person: Callable[[str], str]) -> type[pydantic.BaseModel]:
    def text(most: int) -> Any:
        return (Annotated[str, pydantic.StringConstraints(min_length=1, max_length=most)], ...)

    code = (Annotated[str, pydantic.AfterValidator(check_code)], ...)
    return pydantic.create_model(
        "Row",
        **{  # type: ignore[call-overload]
            "CF_XDR_MC": text(200),
            "CF_XDR_LB": (Literal["法人及非法人组织", "自然人", "个体工商户"], ...),
            "CF_XDR_SHXYM": code,
            "CF_FRDB": (str, ...),
            "CF_XDR_ZJHM": (Annotated[str, pydantic.AfterValidator(check_person)], ...),
            "CF_WSH": text(64),
            "CF_WFXW": text(2000),
            "CF_SY": text(5000),
            "CF_YJ": text(2048),
            "CF_CFLB": (Literal["警告", "罚款", "其他"], ...),
            "CF_NR": text(4000),
            "CF_NR_FK": (Decimal, ...),
            "CF_JDRQ": (date, ...),
            "CF_YXQ": (date, ...),
            "CF_CFJG": text(200),
            "CF_CFJGDM": code,
            "CF_SJLY": text(200),
            "BZ": (str, ...),
        },
    )


def by_pydantic(path: Path, row_type: type[pydantic.BaseModel]) -> int:
    bad = 0
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            try:
                row_type(**row)
            except pydantic.ValidationError as error:
                error.errors()
                bad += 1
    return bad


def peak_of(path: Path, folder: Path) -> tuple[float, int]:
    """Seconds and peak MiB of the reading process as the server starts it."""
    out = folder / "out"
    out.mkdir(exist_ok=True)
    order = folder / "job.json"
    order.write_text(
        json.dumps({"path": str(path), "schema": SCHEMA, "today": DAY.isoformat(), "out": str(out), "records": False}), "utf-8"
    )
    start = time.perf_counter()
    subprocess.run([sys.executable, "-m", "ximu.ideas.intake.reader", str(order), "900"], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10


def workbook(path: Path, source: Path) -> None:
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_numbers": False})
    sheet = book.add_worksheet()
    with source.open(encoding="utf-8", newline="") as file:
        for r, row in enumerate(csv.reader(file)):
            for c, value in enumerate(row):
                sheet.write_string(r, c, value)
    book.close()


def main() -> None:
    ask = argparse.ArgumentParser()
    ask.add_argument("--rows", type=int, default=1_000_000)
    ask.add_argument("--xlsx-rows", type=int, default=100_000)
    ask.add_argument("--begun", action="store_true", help="the reading process's settings of memory are there (set by itself)")
    given = ask.parse_args()
    if not given.begun:  # as the server starts its reading process
        os.execve(sys.executable, [sys.executable, *sys.argv, "--begun"], {**os.environ, **KEPT_PAGES})
    schema = read_schema(SCHEMA)
    with tempfile.TemporaryDirectory(prefix="ximu-bench-") as name:
        folder = Path(name)
        big, small, sheet = folder / "big.csv", folder / "small.csv", folder / "small.xlsx"
        bad, few = write(big, given.rows), write(small, min(PEER_ROWS, given.rows), seed=2)
        print(f"{given.rows:,} rows × {len(NAMES)} columns, {big.stat().st_size / 1e6:.0f} MB, {bad / given.rows:.1%} bad", flush=True)
        seconds, peak = peak_of(big, folder)
        found: dict[str, Any] = {}
        mine = timed(lambda: found.update(read_file(big, schema, today=DAY)))
        assert found["bad"] == bad, (found["bad"], bad)
        polars = timed(lambda: pl.read_csv(big, infer_schema=False))
        duck = timed(lambda: duckdb.connect().execute(f"create table t as select * from read_csv('{big}', all_varchar=true)"))
        scale = given.rows / min(PEER_ROWS, given.rows)
        rich, lean = model(_code, _person), model(_lean_code, _lean_person)
        assert by_pydantic(small, lean) == few
        by_stdnum = timed(lambda: by_pydantic(small, rich), times=1).times(scale)
        by_lean = timed(lambda: by_pydantic(small, lean), times=1).times(scale)
        print(f"read + validate + error report: {mine} = {given.rows / mine.wall:,.0f} rows/s, {found['errors']:,} faults told")
        print(f"  as a process of its own: {seconds:.2f} s, peak {peak} MiB")
        print(f"  × pydantic with python-stdnum ({by_stdnum}, scaled): {by_stdnum.against(mine)}")
        print(f"  × lean pydantic ({by_lean}, scaled): {by_lean.against(mine)}")
        others(small, few, mine.wall / scale)
        print(f"  of the read limit, polars ({polars}): {polars.against(mine)}; duckdb ({duck}): {duck.against(mine)}")
        spreadsheet(sheet, folder, given.xlsx_rows)


def others(path: Path, few: int, mine: float) -> None:
    """Peers that are not installed with Ximu; each must find the same bad rows."""
    valid = {"CF_XDR_SHXYM": uscc_right, "CF_CFJGDM": uscc_right, "CF_XDR_ZJHM": ric.is_valid}
    for name, peer in (("pandera on polars", by_pandera), ("frictionless", by_frictionless)):
        start = time.perf_counter()
        try:
            bad = peer(path, valid)
        except ImportError as absent:
            print(f"  {name}: left out ({absent})")
            continue
        taken = time.perf_counter() - start
        assert bad == few, (name, bad, few)
        print(f"  × {name} with python-stdnum ({taken:.1f} s for {PEER_ROWS:,} rows at most): {taken / mine:.1f}")


def uscc_right(value: str) -> bool:
    return bool(stdnum_uscc.is_valid(value))


def spreadsheet(sheet: Path, folder: Path, rows: int) -> None:
    source = folder / "sheet.csv"
    write(source, rows, seed=3)
    workbook(sheet, source)
    schema = read_schema(SCHEMA)
    reading = timed(lambda: CalamineWorkbook.from_path(str(sheet)).get_sheet_by_index(0).to_python(), times=1)
    mine = timed(lambda: read_file(sheet, schema, today=DAY), times=1)
    print(f"xlsx of {rows:,} rows: {mine}, calamine alone {reading}: {mine.against(reading)} of its time")


if __name__ == "__main__":
    main()
