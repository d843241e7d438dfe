"""What does a check find, duty by duty, and what became of the last one? From frozen inputs only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text
from ximu.notice.plan.rules.lights import LIGHTS

HALVES = {"mid": Text("年中检查", "mid-year check"), "end": Text("年底考核", "year-end assessment")}
CLAIMS = {"done": Text("已完成", "done"), "running": Text("推进中", "under way"), "not_started": Text("未开始", "not started")}
VERDICTS = {"met": Text("落实", "met"), "partly": Text("部分落实", "partly met"), "not_met": Text("未落实", "not met"),
            "expired": Text("证据过期", "evidence expired")}
BECAME = {"mended": Text("已整改到位", "put right"), "open": Text("仍未落实", "still open"), "held": Text("保持落实", "still met"),
          "worse": Text("不如年中", "worse than at mid-year"), "new": Text("年中未检查", "not checked at mid-year")}
STATES = {"open": Text("自查中", "self-report"), "frozen": Text("已冻结，核查中", "frozen, being examined"), "closed": Text("已签署",
                                                                                                                  "signed")}
BY_LIGHT = {"done": "met", "on_time": "met", "at_risk": "partly", "overdue": "not_met", "not_started": "not_met",
            "evidence_expired": "expired"}
MOST_MARK = 100


def verdict_of(light: str) -> str:
    """What the system finds of a duty by its light: accepted evidence decides, not the self-report."""
    return BY_LIGHT[light]


def became(before: str | None, now: str) -> str:
    """What became of the mid-year finding."""
    if before is None:
        return "new"
    if before == "met":
        return "held" if now == "met" else "worse"
    return "mended" if now == "met" else "open"


def must_hold(verdict: str, system: str, mark: int | None, reason: str) -> None:
    """Errors: `CHECK-VERDICT`, `CHECK-MARK`, `REASON` where a person finds otherwise than the system without saying why."""
    if verdict not in VERDICTS:
        raise Refusal("CHECK-VERDICT", field="verdict", value=verdict[:20], rule=" ".join(VERDICTS), zh="核查结论不正确。",
                      en="That is no verdict.")
    if mark is not None and not 0 <= mark <= MOST_MARK:
        raise Refusal("CHECK-MARK", field="mark", value=mark, rule=f"0–{MOST_MARK}", zh="评分应在0至100之间。",
                      en="A mark is between 0 and 100.")
    if verdict != system and not reason.strip():
        raise Refusal("REASON", field="reason", value="", rule="required",
                      zh=f"系统依据证据判定为“{VERDICTS[system].zh}”，改判须写明理由。",
                      en=f"By the evidence the system finds “{VERDICTS[system].en}”; say why you find otherwise.")


def mean_mark(marks: Iterable[int | None]) -> str:
    """To one place, rounded half up; a stroke where nobody gave a mark: no mark is not nought."""
    given = [mark for mark in marks if mark is not None]
    if not given:
        return "—"
    tenths = (20 * sum(given) + len(given)) // (2 * len(given))
    return f"{tenths // 10}.{tenths % 10}"


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a report: `key` finds it again, `source` says what it was counted from."""

    key: str
    value: str
    words: Text
    source: str


def figures(inputs: Mapping[str, Any]) -> list[Figure]:
    """All figures of a check's report, from its inputs and nothing else."""
    lines, duties = inputs["lines"], inputs["duties"]
    day = f"基准日{inputs['as_of']}，数据截至{inputs['known_at'][:16].replace('T', ' ')}，日志前{inputs.get('log_size', '—')}条"
    by_light = Counter(line["light"] for line in lines)
    by_duty = Counter(duty["light"] for duty in duties)
    met = sum(verdict_of(light) == "met" for light in (duty["light"] for duty in duties))
    found = [Figure("rows", str(len(lines)), Text("项任务", "tasks"), f"任务分工表；{day}")]
    for light in ("done", "on_time", "at_risk", "overdue", "evidence_expired", "not_started"):
        rows = "、".join(line["row"] for line in lines if line["light"] == light) or "无"
        words = LIGHTS[light]
        found.append(Figure(f"light:{light}", str(by_light[light]), words, f"任务进度判定为“{words.zh}”：{rows}；{day}"))
    found.append(Figure("duties", str(len(duties)), Text("项职责（单位×任务）", "duties (unit × task)"), f"单位×任务职责表；{day}"))
    found.append(Figure("units", str(len({d["unit"] for d in duties})), Text("个责任单位", "units"), f"单位×任务职责表；{day}"))
    found.append(Figure("met", str(met), Text("项职责有有效证据", "duties with valid evidence"),
                        f"职责判定为“{LIGHTS['done'].zh}”或“{LIGHTS['on_time'].zh}”；{day}"))
    for light in ("overdue", "evidence_expired"):
        units = len({d["unit"] for d in duties if d["light"] == light})
        found.append(Figure(f"units:{light}", str(units), Text("个单位", "units"),
                            f"职责判定为“{LIGHTS[light].zh}”，共{by_duty[light]}项；{day}"))
    return found


def finding_figures(findings: Iterable[tuple[str, str]], became_of: Iterable[str]) -> list[Figure]:
    """Figures of what was found: each duty's (verdict, system's verdict), and what became of the mid-year findings."""
    pairs, since = list(findings), Counter(became_of)
    count = Counter(verdict or system for verdict, system in pairs)
    differ = sum(bool(verdict) and verdict != system for verdict, system in pairs)
    source = "本次检查的核查结论"
    return [
        Figure("findings", str(len(pairs)), Text("项职责", "duties"), source),
        *[Figure(f"verdict:{code}", str(count[code]), words, f"{source}为“{words.zh}”") for code, words in VERDICTS.items()],
        Figure("differ", str(differ), Text("项改判", "found otherwise"), f"{source}与系统判定不同"),
        *[Figure(f"became:{code}", str(since[code]), words, f"{source}：与年中相比“{words.zh}”")
          for code, words in BECAME.items() if code in since],
    ]


def stale(then: Iterable[Figure], now: Iterable[Figure]) -> list[tuple[Figure, str]]:
    """Figures that would be another today, with the value that they would have."""
    known = {one.key: one.value for one in now}
    return [(one, known.get(one.key, "—")) for one in then if known.get(one.key) != one.value]


@dataclass(frozen=True, slots=True)
class Carried:
    """What becomes of a task in the next year's plan: `carry` False with the reason, or the day by which it is due then."""

    row: str
    carry: bool
    due: date | None
    standing: bool
    reason: Text


def next_year(lines: Sequence[Mapping[str, Any]], *, year: int) -> list[Carried]:
    """Standing tasks go on; what is done ends; what is not done is carried with a new day: the same one, a year later."""
    return [_carried(line, year) for line in lines]


def _carried(line: Mapping[str, Any], year: int) -> Carried:
    due = line["due"] if isinstance(line["due"], date) or line["due"] is None else date.fromisoformat(line["due"])
    if line["standing"]:
        if line["light"] in ("overdue", "not_started", "evidence_expired"):
            reason = Text(f"持续任务，上年度为“{line['light_words'].zh}”，列为重点",
                          f"standing; last year “{line['light_words'].en}”, in focus")
            return Carried(line["row"], True, _later(due, year), True, reason)
        return Carried(line["row"], True, None, True, Text("持续任务，继续实施", "standing, goes on"))
    if line["light"] == "done":
        return Carried(line["row"], False, None, False, Text("限期任务已完成，不再列入", "done, not carried"))
    return Carried(line["row"], True, _later(due, year), False, Text("限期任务未完成，结转", "not done, carried over"))


def _later(due: date | None, year: int) -> date | None:
    if due is None:
        return None
    return date(year, due.month, min(due.day, 28)) if (due.month, due.day) == (2, 29) else date(year, due.month, due.day)
