"""Indicators over many tickets: the platform's way against the best hand-written SQL, a bare scan and pandas, in one run.

    PYTHONPATH=src python benchmarks/events.py [--rows 20000000] [--home DIR] [--rounds 3]
    PYTHONPATH=src python benchmarks/events.py --spark [--rows 20000000] [--home DIR]      (after `make spark`, which installs pyspark)

300 units × 12 months, eleven counts and five rates (`d13_kpi`). The store is filled through `events.services.append`, a
million tickets a batch. Ratios are medians over interleaved rounds; memory is that of a fresh process that runs the
definition once. pandas is compared where it is installed. `--spark` corrects 100,000 tickets, then runs every definition of the hotline
on Spark (local mode) and on DuckDB and compares them row by row, value by value.
Targets: ≤ 1.1 × hand-written, ≤ 4 × scan, ≥ 6 × pandas, ≤ 1 GiB.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl

AT = datetime(2019, 2, 1, tzinfo=UTC)
SPAN = {"first": date(2018, 1, 1), "last": date(2018, 12, 31), "judged_on": date(2019, 1, 31)}
BATCH = 1_000_000
UNITS = 300
WHERE = ("called_on BETWEEN $first AND $last AND kind IN ('求助', '投诉', '举报') AND (excluded IS NULL OR NOT excluded)")
FLAGS = {
    "contact_due": "contact_by <= $judged_on", "contacted": "contact_by <= $judged_on AND contacted_on <= contact_by",
    "due": "due_on <= $judged_on AND enforcement IS NOT TRUE",
    "on_time": "due_on <= $judged_on AND enforcement IS NOT TRUE AND closed_on <= due_on", "judged": "solved IS NOT NULL",
    "solved": "solved = '是'", "rated": "rating IS NOT NULL", "satisfied": "rating IN ('非常满意', '满意', '基本满意')",
    "claimed": "outcome = '实际解决' AND solved IS NOT NULL", "false_closed": "outcome = '实际解决' AND solved = '否'",
}
USED = ("unit", "called_on", "kind", "excluded", "contact_by", "contacted_on", "due_on", "enforcement", "closed_on", "solved", "rating",
        "outcome")


def tickets(start: int, n: int) -> pl.DataFrame:
    """A batch in no order of days; like the example's, without personal data."""
    draw = np.random.Generator(np.random.PCG64(start))

    def pick(words: list[str | None], weights: list[float]) -> pl.Series:
        codes = np.searchsorted(np.cumsum(weights) / sum(weights), draw.random(n), side="right")
        return pl.Series(words, dtype=pl.String).gather(np.minimum(codes, len(words) - 1))

    called = np.datetime64(SPAN["first"]) + (draw.random(n) * 365).astype(int)
    sent = called + (draw.random(n) * 2).astype(int)
    closed = sent + 1 + (draw.random(n) * 20).astype(int)
    names = pl.Series([f"unit{u:012}" for u in range(UNITS)])
    return pl.DataFrame({
        "ticket": pl.int_range(start, start + n, eager=True).cast(pl.String).str.zfill(12), "called_on": called,
        "kind": pick(["咨询", "求助", "投诉", "举报", "建议", "表扬"], [25, 30, 33, 6, 4, 2]),
        "topic": pick([f"{t:02}" for t in range(1, 13)], [1] * 12), "channel": pick(["电话", "网站", "App"], [7, 2, 1]),
        "unit": names.gather((draw.random(n) ** 1.5 * UNITS).astype(int)), "dispatched_on": sent, "contact_by": sent + 1,
        "contacted_on": sent + (draw.random(n) * 3).astype(int), "due_on": sent + 15, "closed_on": closed,
        "enforcement": draw.random(n) < 0.05, "excluded": draw.random(n) < 0.02,
        "outcome": pick(["实际解决", "解释说明", "未解决"], [7, 2, 1]),
        "solved": pick(["是", "否", None], [45, 8, 47]), "rating": pick(["满意", "基本满意", "不满意", None], [30, 15, 8, 47]),
    })


def fill(rows: int) -> None:
    for start in range(0, rows, BATCH):
        store.append("hotline", tickets(start, min(BATCH, rows - start)), batch=f"bench-{start}", by=SYSTEM,
                     at=AT + timedelta(seconds=start))
        print(f"  {min(start + BATCH, rows):,} stored", end="\r", flush=True)
    print()


def by_platform() -> pl.DataFrame:
    return events.run("d13_kpi", SPAN, known_at=None).frame


def _hand(count: str) -> Callable[[], pl.DataFrame]:
    def run() -> pl.DataFrame:
        sums = ", ".join(count.format(flag=flag) + f" AS {name}" for name, flag in FLAGS.items())
        source = f"read_parquet('{events.folder('hotline')}/part-*.parquet')"
        sql = (f"SELECT *, 100.0 * contacted / nullif(contact_due, 0), 100.0 * on_time / nullif(due, 0), "
               f"100.0 * solved / nullif(judged, 0), "
               f"100.0 * satisfied / nullif(rated, 0), 100.0 * false_closed / nullif(claimed, 0) FROM "
               f"(SELECT unit, date_trunc('month', called_on) AS month, count(*) AS tickets, {sums} "
               f"FROM {source} WHERE {WHERE} GROUP BY ALL) ORDER BY 1, 2")
        return columns.query(sql, SPAN, folder=events.folder("hotline"))
    return run


HAND = {"FILTER": _hand("count(*) FILTER (WHERE {flag})"), "flags": _hand("sum(coalesce({flag}, false)::INT)"),
        "count_if": _hand("count_if({flag})")}


def by_scan() -> pl.DataFrame:
    """Every value of the columns is decoded and looked at; nothing is grouped."""
    looked = ", ".join(f"max({c})" for c in USED)
    return columns.query(f"SELECT {looked} FROM read_parquet('{events.folder('hotline')}/part-*.parquet')", folder=events.folder("hotline"))


def by_pandas() -> object:
    import pandas as pd
    frame = pd.read_parquet(events.folder("hotline"), columns=list(USED))
    day = pd.Timestamp(SPAN["judged_on"])
    dates = ["called_on", "contact_by", "contacted_on", "due_on", "closed_on"]
    frame[dates] = frame[dates].apply(pd.to_datetime)
    frame = frame[frame.kind.isin(["求助", "投诉", "举报"]) & ~frame.excluded.fillna(False)]
    due, real = frame.due_on.le(day) & ~frame.enforcement.fillna(False), frame.outcome.eq("实际解决")
    flags = frame.assign(
        month=frame.called_on.dt.to_period("M"), n=1, a=frame.contact_by.le(day),
        b=frame.contact_by.le(day) & frame.contacted_on.le(frame.contact_by),
        c=due, d=due & frame.closed_on.le(frame.due_on), e=frame.solved.notna(), f=frame.solved.eq("是"), g=frame.rating.notna(),
        h=frame.rating.isin(["非常满意", "满意", "基本满意"]), i=real & frame.solved.notna(), j=real & frame.solved.eq("否"))
    return flags.groupby(["unit", "month"])[list("nabcdefghij")].sum()


def timed(run: Callable[[], object]) -> float:
    begin = time.perf_counter()
    run()
    return time.perf_counter() - begin


def both(run: Callable[[], object]) -> tuple[float, float]:
    """Wall and CPU seconds of all threads: the second one holds on a machine that others use too."""
    begin = time.process_time()
    wall = timed(run)
    return wall, time.process_time() - begin


def compare(rounds: int) -> None:
    ours, best = by_platform(), HAND["FILTER"]()
    names = ["unit", "tickets", *FLAGS]
    assert ours.select(names).equals(best.select(names).cast(ours.select(names).schema)), "the two do not say the same"
    ways: dict[str, Callable[[], object]] = {"platform": by_platform, "scan": by_scan, **HAND}
    took: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, run in ways.items():
            took[name].append(both(run))
    pandas = both(by_pandas) if importlib.util.find_spec("pandas") else None
    for place, clock in enumerate(("wall", "CPU")):
        middle = {name: statistics.median(t[place] for t in found) for name, found in took.items()}
        hand = min(middle[name] for name in HAND)
        print(f"groups {ours.height}; {clock} seconds (median of {rounds}): " + ", ".join(f"{n} {t:.2f}" for n, t in middle.items()))
        print(f"  platform / best hand-written SQL  {middle['platform'] / hand:.2f}   (target ≤ 1.1)")
        print(f"  platform / bare scan              {middle['platform'] / middle['scan']:.2f}   (target ≤ 4)")
        if pandas is not None:
            print(f"  pandas / platform                 {pandas[place] / middle['platform']:.1f}   (target ≥ 6)")
    if pandas is not None:
        return
    print("pandas is not installed: not compared")


CORRECTED, MOST_ROWS = 100_000, 1_000_000


def on_spark() -> None:
    """Every definition of the hotline on both engines, over parts of which some rows were replaced."""
    corrected = tickets(0, BATCH).head(CORRECTED).with_columns(pl.lit("满意").alias("rating"))
    store.append("hotline", corrected, batch="bench-corrections", by=SYSTEM, at=AT + timedelta(days=1))
    sample = {**SPAN, "times": 2, "days": 30}
    for one in events.definitions():
        if one.dataset != "hotline":
            continue
        params = {p.name: sample[p.name] for p in one.parameters}
        begin = time.perf_counter()
        here = events.run(one.name, params, known_at=None).frame
        middle = time.perf_counter()
        if here.height > MOST_ROWS:
            print(f"{one.name:16}{here.height:>10,} rows  not compared: too many to collect on one driver", flush=True)
            continue
        there = events.run_on_spark(one.name, params, known_at=None).frame
        end = time.perf_counter()
        order = here.columns
        same = there.select(order).cast(here.schema).sort(order).equals(here.sort(order))  # type: ignore[arg-type]
        print(f"{one.name:16}{here.height:>10,} rows  {'equal' if same else 'NOT EQUAL'}  DuckDB {middle - begin:.1f} s, "
              f"Spark {end - middle:.1f} s", flush=True)
        if not same:
            raise SystemExit(f"{one.name}: the two engines do not say the same")


def peak_kib() -> int:
    """Of this process alone: `ru_maxrss` would hold what its parent had when it was started."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1])


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rows", type=int, default=20_000_000)
    asked.add_argument("--home", type=Path)
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--once", action="store_true", help="run the definition once and print the peak memory")
    asked.add_argument("--spark", action="store_true", help="compare every definition with Apache Spark, row by row")
    given = asked.parse_args()
    if given.once:
        by_platform()
        print(peak_kib())
        return
    held = events.manifest("hotline").rows
    if held < given.rows:
        print(f"filling: {given.rows:,} tickets ({timed(lambda: fill(given.rows)):.0f} s)")
    if given.spark:
        print(f"{events.manifest('hotline').rows:,} tickets in {len(events.manifest('hotline').parts)} parts")
        on_spark()
        return
    compare(given.rounds)
    once = [sys.executable, __file__, "--once", "--home", str(HOME)]
    peak = int(subprocess.run(once, capture_output=True, text=True, check=True, env=dict(os.environ)).stdout.split()[-1])
    print(f"peak memory of one run            {peak / 1024:.0f} MiB (target ≤ 1024)")


HOME = Path(sys.argv[sys.argv.index("--home") + 1]) if "--home" in sys.argv else Path(tempfile.mkdtemp(prefix="ximu-bench-"))
os.environ.update(XIMU_HOME=str(HOME), DATABASE_URL=f"sqlite://{HOME}/bench.sqlite3", DJANGO_SETTINGS_MODULE="ximu.config.settings_test")
import django  # noqa: E402

django.setup()
from django.core.management import call_command  # noqa: E402

from ximu.foundation import columns  # noqa: E402
from ximu.ideas.events import queries as events  # noqa: E402
from ximu.ideas.events import services as store  # noqa: E402
from ximu.kernel.actor import SYSTEM  # noqa: E402

if __name__ == "__main__":
    HOME.mkdir(parents=True, exist_ok=True)
    call_command("migrate", verbosity=0)
    main()
