"""What does the table say, row by row? Merged cells and page breaks healed, each defect named by its line."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text
from ximu.notice.plan.rules import schedule as schedules
from ximu.notice.plan.rules import units as named
from ximu.notice.plan.rules.numbering import Chapter, is_chapter, told_in

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
LONGEST, LONGEST_TITLE = 200, 40
"""Characters of a cell other than task and units, and of a column's title: a sentence that begins like one is none."""
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
        cells = [_TAG.sub("", c.replace("\x00", "")).strip() for c in raw.cells]
        if not any(cells):
            continue
        if heading := _heading_of(cells):
            state.open(heading, raw.line)
            continue
        try:
            if again := _columns_of(cells):
                columns = again  # a header repeated after a page break
                continue
            reading.rows.append(_row(raw, cells, columns, state))
        except Refusal as refusal:
            reading.note(raw.line, refusal, state.chapter.code())
    for chapter in state.chapters.values():
        if gap := chapter.gap():
            reading.note(chapter.line, gap, chapter.section)
    return reading


@dataclass(slots=True)
class _State:
    chapter: Chapter = field(default_factory=Chapter)
    chapters: dict[str, Chapter] = field(default_factory=dict)
    last: dict[str, str] = field(default_factory=dict)
    tasks: dict[str, int] = field(default_factory=dict)

    def open(self, heading: str, line: int) -> None:
        """A heading begins a chapter; repeated after a page break it goes on with it."""
        section = next((code for word, code in SECTIONS if word in heading), "X")
        if self.chapter.section != section:
            self.last = {}
        self.chapter = self.chapters.setdefault(section, Chapter(section, line, told_in(heading)))


def _header(rows: list[Raw]) -> tuple[int, dict[str, int]]:
    for index, raw in enumerate(rows):
        if columns := _columns_of([_TAG.sub("", c) for c in raw.cells]):
            return index, columns
    raise Refusal(
        "PLAN-COLUMNS", field="header", value="", rule="序号、工作内容、重点任务、负责单位、时间进度、检查考核",
        zh="没有找到任务分工表的表头（需有重点任务、负责单位、时间进度三栏）。",
        en="No table header was found (columns 重点任务, 负责单位 and 时间进度 are needed).",
    )


def _columns_of(cells: list[str]) -> dict[str, int]:
    """Where each column stands, if the row is a header. Errors: `PLAN-COLUMNS` when one of them is there twice."""
    cells = [re.sub(r"\s+", "", c) for c in cells]
    columns: dict[str, list[int]] = {}
    for name, words in HEADERS.items():
        exact = [i for i, c in enumerate(cells) if c in words]
        if found := exact or [i for i, c in enumerate(cells) if any(c.startswith(w) for w in words) and len(c) <= LONGEST_TITLE]:
            columns[name] = found
    if not {"task", "units", "schedule"} <= set(columns):
        return {}
    for name, found in columns.items():
        if len(found) > 1:
            twice = HEADERS[name][0]
            raise Refusal("PLAN-COLUMNS", field="header", value=twice, rule="1", zh=f"表头中“{twice}”栏出现了{len(found)}次。",
                          en=f"The header has the column “{twice}” {len(found)} times.")
    return {name: found for name, (found,) in columns.items()}


def _heading_of(cells: list[str]) -> str:
    """The heading of a chapter, also where it stands in two cells; empty for any other row."""
    filled = list(dict.fromkeys(c for c in cells if c))
    text = "".join(filled)
    if len(filled) > 2 or not is_chapter(text):
        return ""
    return text if len(filled) == 1 or (is_chapter(filled[0]) and any(word in text for word, _ in SECTIONS)) else ""


def _row(raw: Raw, cells: list[str], columns: dict[str, int], state: _State) -> Row:
    values, inherited = _heal(raw, cells, columns, state.last)
    if values["task"] and (first := state.tasks.get(values["task"])):
        raise Refusal(
            "PLAN-DUP", field="重点任务", value=values["task"][:60], rule="unique", extra={"first_line": first},
            zh=f"与第{first}行重复，未重复导入。", en=f"Repeats line {first}; it was not imported twice.",
        )
    own = "number" not in inherited and bool(values["number"])
    state.chapter.count(values["number"], values["area"], own=own, area_own="area" not in inherited)
    state.last.update({k: v for k, v in values.items() if v})
    for name in ("area", "task", "units", "schedule"):
        above = name in inherited and columns.get(name) not in raw.merged
        if (not values[name] and (name != "area" or "area" in columns)) or (above and own and state.chapter.part == 1):
            raise _missing(HEADERS[name][0], name)
    for name in ("area", "schedule", "check"):
        if len(values[name]) > LONGEST:
            zh = HEADERS[name][0]
            raise Refusal("PLAN-LONG", field=zh, value=values[name][:60], rule=f"≤ {LONGEST}", zh=f"“{zh}”超过{LONGEST}字，未导入。",
                          en=f"“{name}” has more than {LONGEST} characters; it was not imported.")
    read_schedule = schedules.read(values["schedule"])
    state.tasks[values["task"]] = raw.line
    tasks = tuple(s.strip() + "。" for s in values["task"].split("。") if s.strip())
    return Row(
        state.chapter.code(), state.chapter.section, state.chapter.number, values["area"], values["task"], tasks, values["units"],
        named.split(values["units"]), read_schedule, values["check"], raw.line, frozenset(inherited),
    )


def _heal(raw: Raw, cells: list[str], columns: dict[str, int], last: dict[str, str]) -> tuple[dict[str, str], set[str]]:
    """A blank or continued cell takes the value above it, within its section only."""
    values, inherited = {}, set()
    for name in HEADERS:
        place = columns.get(name)
        text = cells[place] if place is not None and place < len(cells) else ""
        if place in raw.merged or (not text and name != "task"):
            text = last.get(name, "")
            if text:
                inherited.add(name)
        values[name] = text
    return values, inherited


def _missing(zh: str, en: str) -> Refusal:
    return Refusal("PLAN-EMPTY", field=zh, value="", rule="required",
                   zh=f"“{zh}”为空，且上方没有可承接的合并单元格。", en=f"“{en}” is empty and no merged cell above gives it.")
