"""Makes tickets of the 12345 hotline for the made-up city, the same ones every time, with planted faults.

    python scripts/hotline_example.py tickets.csv [--rows 60000] [--weeks-back 15]
    ximu events load hotline tickets.csv

No ticket holds personal data. What is planted stands in `PLANTED`; nothing else in the data should raise an alarm.
"""

from __future__ import annotations

import argparse
import csv
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl

SEED = 20180213
REGISTER = Path(__file__).resolve().parents[1] / "src" / "ximu" / "config" / "cities" / "example" / "registry" / "units.csv"
FIRST, LAST = date(2017, 1, 2), date(2019, 6, 30)
UNITS = [
    *(f"示例市{d}区人民政府" for d in "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳"), "示例市财政局", "示例市交通委员会", "示例市水务局",
    "示例市住房和城乡建设管理委员会", "示例市公安局", "示例市民政局", "示例市人力资源和社会保障局", "示例市司法局",
]
TOPICS = [f"{n:02}" for n in range(1, 13)]
PLANTED = {
    "outbreak": {"unit": "示例市水务局", "topic": "04", "weeks": [date(2019, 5, 20), date(2019, 5, 27)], "more": 22},
    "false_closure": {"unit": "示例市丁区人民政府", "since": date(2019, 3, 1), "share": 0.45},
    "missing_week": date(2018, 10, 8),
    "repeat": {"unit": "示例市己区人民政府", "matter": "SX-PLANTED-1", "days": [date(2019, 5, 6), date(2019, 5, 14), date(2019, 5, 28)]},
    "returned": {"unit": "示例市财政局", "ticket": "T-RETURNED-1", "day": date(2019, 6, 3), "times": 3},
    "words": {"unit": "示例市乙区人民政府", "ticket": "T-WORDS-1", "day": date(2019, 6, 5), "text": "招商时说好的奖励至今没给，承诺未兑现"},
    "alike": {"unit": "示例市丑区人民政府", "tickets": ["T-ALIKE-1", "T-ALIKE-2"], "day": date(2019, 6, 4),
              "text": "小区门口的路灯连续三晚不亮，请派人检修。"},
    "heaped": {"unit": "示例市甲区人民政府", "since": date(2019, 4, 1), "days": 7, "within": 4},
    "massed": {"unit": "示例市癸区人民政府", "first": date(2019, 5, 20), "day": date(2019, 5, 31)},
}


class Draws:
    """Uniform numbers only, so that the tickets do not change with the library."""

    def __init__(self, seed: int) -> None:
        self.source = np.random.Generator(np.random.PCG64(seed))

    def of(self, weights: np.ndarray, n: int) -> np.ndarray:
        edges = np.cumsum(weights / weights.sum())
        return np.minimum(np.searchsorted(edges, self.source.random(n), side="right"), len(weights) - 1)

    def below(self, share: float | np.ndarray, n: int) -> np.ndarray:
        return self.source.random(n) < share

    def whole(self, least: int, most: int, n: int) -> np.ndarray:
        return least + (self.source.random(n) * (most - least + 1)).astype(int)


def tickets(rows: int = 60_000, seed: int = SEED, *, weeks_back: int = 0) -> pl.DataFrame:
    """The delivered columns, in order of the day; `weeks_back` moves every day, planted faults too, so many weeks into the past."""
    draw = Draws(seed)
    days = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
    season = np.array([(0.45 if d.weekday() >= 5 else 1.0) * (1 + 0.15 * np.cos(2 * np.pi * d.timetuple().tm_yday / 365)) for d in days])
    gap = PLANTED["missing_week"]
    season[[gap <= d < gap + timedelta(days=7) for d in days]] = 0
    base = pl.DataFrame({
        "called_on": pl.Series(days).gather(draw.of(season, rows)), "unit": draw.of(np.linspace(1.6, 0.6, len(UNITS)), rows),
        "topic": draw.of(np.linspace(1.5, 0.5, len(TOPICS)), rows),
    }).with_columns(pl.col("unit").replace_strict(dict(enumerate(UNITS)), return_dtype=pl.String),
                    pl.col("topic").replace_strict(dict(enumerate(TOPICS)), return_dtype=pl.String))
    more = _outbreak()
    frame = pl.concat([base, more]).sort("called_on", maintain_order=True)
    return _placed(_handled(frame, draw, outbreak=more.height), Draws(seed + 1)).with_columns(pl.col(pl.Date).dt.offset_by(f"-{weeks_back}w"))


def _outbreak() -> pl.DataFrame:
    told = PLANTED["outbreak"]
    days = [week + timedelta(days=n % 5) for week in told["weeks"] for n in range(told["more"])]
    return pl.DataFrame({"called_on": days, "unit": [told["unit"]] * len(days), "topic": [told["topic"]] * len(days)})


def _handled(frame: pl.DataFrame, draw: Draws, *, outbreak: int) -> pl.DataFrame:
    n = frame.height
    kinds = np.array(["咨询", "求助", "投诉", "举报", "建议", "表扬"])
    channels = np.array(["电话", "网站", "App", "微信", "短信", "其他"])
    called = frame["called_on"].to_numpy().astype("datetime64[D]")
    sent = called + draw.whole(0, 1, n)
    closed = sent + draw.whole(1, 12, n)
    _report(closed, sent, called, frame["unit"].to_numpy())
    answered = draw.below(0.55, n)
    claimed = draw.below(0.72, n)
    fault = PLANTED["false_closure"]
    planted = (frame["unit"] == fault["unit"]).to_numpy() & (called >= np.datetime64(fault["since"]))
    happy = np.where(claimed, ~draw.below(np.where(planted, fault["share"], 0.04), n), draw.below(0.15, n))
    rating = np.where(happy, np.where(draw.below(0.5, n), "满意", "基本满意"), "不满意")
    chosen = kinds[draw.of(np.array([0.25, 0.3, 0.33, 0.06, 0.04, 0.02]), n)]
    return pl.concat([pl.DataFrame({
        "ticket": [f"T{i:08}" for i in range(n)], "channel": channels[draw.of(np.array([6, 1, 1, 1.5, 0.3, 0.2]), n)],
        "called_on": frame["called_on"], "kind": chosen, "topic": frame["topic"], "unit_name": frame["unit"],
        "dispatched_on": sent, "contacted_on": sent + draw.of(np.array([6, 3, 0.4, 0.2]), n), "closed_on": closed,
        "outcome": np.where(claimed, "实际解决", np.where(draw.below(0.5, n), "解释说明", "未解决")),
        "called_back_on": closed + draw.whole(1, 5, n), "answered": answered, "solved": np.where(happy, "是", "否"), "rating": rating,
    }).with_columns(pl.when("answered").then(pl.col(c)).alias(c) for c in ("solved", "rating", "called_back_on")).drop("answered"),
        _planted()], how="diagonal_relaxed").sort("called_on", maintain_order=True)


def _streets() -> dict[str, list[str]]:
    """District → its streets and towns, as the made-up city's register has them."""
    with REGISTER.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    names = {row["key"]: row["short"] for row in rows}
    found: dict[str, list[str]] = {}
    for row in rows:
        if row["level"] == "street":
            found.setdefault(names[row["district"]], []).append(row["short"])
    return found


def _placed(frame: pl.DataFrame, draw: Draws) -> pl.DataFrame:
    """Where each ticket happened: in the district that handles it, else anywhere; one in fifty tells no street."""
    streets, n = _streets(), frame.height
    districts = list(streets)
    anywhere, share, silent = draw.of(np.linspace(1.5, 0.5, len(districts)), n), draw.source.random(n), draw.below(0.02, n)
    at = [name[3:5] if name.endswith("区人民政府") else districts[k] for name, k in zip(frame["unit_name"], anywhere, strict=True)]
    chosen = [None if quiet else streets[d][int((s**1.3) * len(streets[d]))] for d, s, quiet in zip(at, share, silent, strict=True)]
    return frame.with_columns(pl.Series("district", at), pl.Series("street", chosen, dtype=pl.String))


def _report(closed: np.ndarray, sent: np.ndarray, called: np.ndarray, unit: np.ndarray) -> None:
    """Two units report other days than those on which they closed."""
    heap, mass = PLANTED["heaped"], PLANTED["massed"]
    own = (unit == heap["unit"]) & (called >= np.datetime64(heap["since"])) & (closed <= sent + heap["within"])
    closed[own] = sent[own] + heap["days"]
    first, day = np.datetime64(mass["first"]), np.datetime64(mass["day"])
    closed[(unit == mass["unit"]) & (sent < day) & (closed >= first) & (closed <= day)] = day


def _planted() -> pl.DataFrame:
    repeat, returned, words, alike = (PLANTED[n] for n in ("repeat", "returned", "words", "alike"))
    one = {"channel": "电话", "kind": "投诉", "topic": "12", "matter": None, "returned": None, "content": None}
    return pl.DataFrame([
        *({**one, "ticket": f"T-REPEAT-{i}", "called_on": d, "dispatched_on": d, "unit_name": repeat["unit"], "matter": repeat["matter"]}
          for i, d in enumerate(repeat["days"], 1)),
        {**one, "ticket": returned["ticket"], "called_on": returned["day"], "dispatched_on": returned["day"], "unit_name": returned["unit"],
         "returned": returned["times"]},
        {**one, "ticket": words["ticket"], "called_on": words["day"], "dispatched_on": words["day"], "unit_name": words["unit"],
         "content": words["text"]},
        *({**one, "ticket": number, "called_on": alike["day"], "dispatched_on": alike["day"], "unit_name": alike["unit"],
           "content": alike["text"]} for number in alike["tickets"]),
    ], infer_schema_length=None)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("file", type=Path)
    asked.add_argument("--rows", type=int, default=60_000)
    asked.add_argument("--weeks-back", type=int, default=0)
    given = asked.parse_args()
    tickets(given.rows, weeks_back=given.weeks_back).write_csv(given.file)


if __name__ == "__main__":
    main()
