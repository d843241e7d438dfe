"""What does the table say, row by row? Merged cells and page breaks healed, each defect named by its line."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text
from ximu.notice.plan.rules import schedule as schedules
from ximu.notice.plan.rules import units as named

HEADERS = {
    "number": ("序号",), "area": ("工作内容", "重点领域", "内容"), "task": ("重点任务", "任务"),
    "units": ("负责单位", "责任单位", "牵头单位"), "schedule": ("时间进度", "时限", "完成时限"),
    "check": ("检查考核", "考核"),
}
COLUMN_WORDS = {
    "number": Text("序号", "number"), "area": Text("工作内容", "area of work"), "task": Text("重点任务", "task"),
    "units": Text("负责单位", "units"), "schedule": Text("时间进度", "schedule"), "check": Text("检查考核", "check"),
}
SECTIONS = (("机制", "M"), ("领域", "D"), ("保障", "S"))
_SECTION = re.compile(r"^[一二三四五六七八九十]+、")
_TAG = re.compile(r"</?[a-zA-Z][^>]*>")
SPLIT_ITEMS = {"M4.1": ("abc", re.compile(r"(?<=制度)[,，]|(?<=记录)。"))}
"""The notice's one row that holds three tasks of different nature: notice/objection, exemption, repair."""


@dataclass(frozen=True, slots=True)
class Raw:
    """A row as it lies in the source; `merged` names the columns whose cell continues the one above."""

    line: int
    cells: tuple[str, ...]
    merged: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Row:
    """One task of the plan. `inherited` names the columns taken from a merged cell above."""

    row: str
    section: str
    number: int
    area: str
    task: str
    tasks: tuple[str, ...]
    unit_words: str
    units: tuple[named.Named, ...]
    schedule: schedules.Schedule
    check: str
    line: int
    inherited: frozenset[str] = frozenset()

    @property
    def items(self) -> tuple[tuple[str, str], ...]:
        """(code, text): one per row, but three for M4.1 (告知异议 a, 免责容错 b, 修复 c)."""
        if self.row not in SPLIT_ITEMS:
            return ((self.row, self.task),)
        letters, cut = SPLIT_ITEMS[self.row]
        parts = [p.strip("。,，") for p in cut.split(self.task) if p.strip("。,，")]
        if len(parts) != len(letters):
            return ((self.row, self.task),)
        return tuple((self.row + letter, part) for letter, part in zip(letters, parts))


@dataclass(slots=True)
class Reading:
    """Good rows and, by line, what was wrong with the others."""

    rows: list[Row] = field(default_factory=list)
    problems: list[dict[str, object]] = field(default_factory=list)

    def note(self, line: int, refusal: Refusal, row: str = "") -> None:
        self.problems.append({"line": line, "row": row, **refusal.envelope()})


def read(raws: Iterable[Raw]) -> Reading:
    """Errors: `PLAN-COLUMNS` when no header row is found; problems of single rows are collected, not raised."""
    rows = list(raws)
    at, columns = _header(rows)
    reading, state = Reading(), _State()
    for raw in rows[at + 1:]:
        cells = [_TAG.sub("", c).strip() for c in raw.cells]
        if not any(cells):
            continue
        if section := _section_of(cells):
            state = _State(section=section)
            continue
        if any("序号" in c for c in cells) and any("重点任务" in c for c in cells):
            continue  # a header repeated after a page break
        try:
            reading.rows.append(_row(raw, cells, columns, state, reading))
        except Refusal as refusal:
            reading.note(raw.line, refusal, state.code())
    return reading


@dataclass(slots=True)
class _State:
    section: str = ""
    number: int = 0
    part: int = 0
    last: dict[str, str] = field(default_factory=dict)
    numbers: set[int] = field(default_factory=set)
    tasks: dict[str, int] = field(default_factory=dict)

    def code(self) -> str:
        return f"M{self.number}.{self.part}" if self.section == "M" else f"{self.section}{self.number}"


def _header(rows: list[Raw]) -> tuple[int, dict[str, int]]:
    for index, raw in enumerate(rows):
        cells = [_TAG.sub("", re.sub(r"\s+", "", c)) for c in raw.cells]
        columns = {
            name: i for name, words in HEADERS.items() for i, c in enumerate(cells) if any(c.startswith(w) for w in words)
        }
        if {"task", "units", "schedule"} <= set(columns):
            return index, columns
    raise Refusal(
        "PLAN-COLUMNS", field="header", value="", rule="序号、工作内容、重点任务、负责单位、时间进度、检查考核",
        zh="没有找到任务分工表的表头（需有重点任务、负责单位、时间进度三栏）。",
        en="No table header was found (columns 重点任务, 负责单位 and 时间进度 are needed).",
    )


def _section_of(cells: list[str]) -> str:
    filled = {c for c in cells if c}
    if len(filled) != 1:
        return ""
    text = next(iter(filled))
    if not _SECTION.match(text):
        return ""
    return next((code for word, code in SECTIONS if word in text), "X")


def _row(raw: Raw, cells: list[str], columns: dict[str, int], state: _State, reading: Reading) -> Row:
    values, inherited = _heal(raw, cells, columns, state)
    _count(values, inherited, state)
    if not values["task"]:
        raise _missing("重点任务", "task")
    if values["task"] in state.tasks:
        raise Refusal(
            "PLAN-DUP", field="重点任务", value=values["task"][:60], rule="unique", extra={"first_line": state.tasks[values["task"]]},
            zh=f"与第{state.tasks[values['task']]}行重复，未重复导入。",
            en=f"Repeats line {state.tasks[values['task']]}; it was not imported twice.",
        )
    if not values["units"]:
        raise _missing("负责单位", "units")
    if not values["schedule"]:
        raise _missing("时间进度", "schedule")
    read_schedule = schedules.read(values["schedule"])
    state.tasks[values["task"]] = raw.line
    tasks = tuple(s.strip() + "。" for s in values["task"].split("。") if s.strip())
    return Row(
        state.code(), state.section, state.number, values["area"], values["task"], tasks, values["units"],
        named.split(values["units"]), read_schedule, values["check"], raw.line, frozenset(inherited),
    )


def _heal(raw: Raw, cells: list[str], columns: dict[str, int], state: _State) -> tuple[dict[str, str], set[str]]:
    """A blank or continued cell takes the value above it, within its section only."""
    values, inherited = {}, set()
    for name in HEADERS:
        place = columns.get(name)
        text = cells[place] if place is not None and place < len(cells) else ""
        if place in raw.merged or (not text and name != "task"):
            text = state.last.get(name, "")
            if text:
                inherited.add(name)
        values[name] = text
    state.last.update({k: v for k, v in values.items() if v})
    return values, inherited


def _count(values: dict[str, str], inherited: set[str], state: _State) -> None:
    if not state.section:
        raise Refusal(
            "PLAN-SECTION", field="工作内容", value=values["area"], rule="一、…机制 / 二、…领域 / 三、…保障",
            zh="该行不在任何一章之下，不能编号。", en="The row stands under no section heading, so it has no number.",
        )
    digits = re.sub(r"\D", "", values["number"])
    if "number" in inherited or not digits:
        state.part += 1
        return
    number = int(digits)
    if number in state.numbers and state.section != "M":
        raise Refusal(
            "PLAN-DUP", field="序号", value=number, rule="unique",
            zh=f"本章序号{number}重复，未导入。", en=f"Number {number} occurs twice in this section; the row was not imported.",
        )
    state.number, state.part = number, 1
    state.numbers.add(number)


def _missing(zh: str, en: str) -> Refusal:
    return Refusal("PLAN-EMPTY", field=zh, value="", rule="required",
                   zh=f"“{zh}”为空，且上方没有可承接的合并单元格。", en=f"“{en}” is empty and no merged cell above gives it.")
