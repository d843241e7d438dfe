"""`ximu check` and `ximu due`: JSON with --json, `-` reads standard input, exit 2 for a refusal."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import islice
from typing import Any

import click

from ximu.kernel import resident_id, uscc, workdays
from ximu.kernel.refusal import Refusal
from ximu.kernel.zone import CITY

DJANGO = False
COMMANDS = {"check": "check_group", "due": "due_command"}

AT_ONCE = 1000
DAY, WHOLE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"), re.compile(r"-?[0-9]{1,12}")
REASONS = {
    "length": ("长度应为18位", "must have 18 characters"),
    "character": ("含有不允许的字符", "contains a character that is not allowed"),
    "region": ("行政区划代码不正确", "the region code is wrong"),
    "date": ("出生日期不存在", "the date of birth does not exist"),
    "future": ("出生日期在今天之后", "the date of birth lies in the future"),
    "check": ("校验码错误", "the check character is wrong"),
    "inner-check": ("主体标识码（组织机构代码）校验码不符，仅提示", "the inner organisation code does not check (warning only)"),
}


def _codes(given: tuple[str, ...]) -> Iterator[str]:
    """`-` stands for the lines of standard input, which may begin with a byte order mark. Read as they come: a million are no list."""
    for one in given:
        yield from filter(None, (line.strip().strip("\ufeff") for line in sys.stdin)) if one == "-" else (one,)


def _show(verdicts: Iterable[uscc.Verdict | resident_id.Verdict], *, as_json: bool) -> None:
    """Told as they are found, so many at a time; exit 2 at the end if one of them is invalid."""
    ask, tell, gap = iter(verdicts), _told if as_json else _line, ", " if as_json else "\n"
    good, before = True, "[" if as_json else ""
    while some := list(islice(ask, AT_ONCE)):
        good = good and all(verdict.valid for verdict in some)
        click.echo(before + gap.join(map(tell, some)), nl=False)
        before = gap
    click.echo(("]" if before == gap else "[]") if as_json else "", nl=as_json or before == gap)
    if not good:
        sys.exit(2)


def _told(verdict: uscc.Verdict | resident_id.Verdict) -> str:
    why = dict(zip(("reason_zh", "reason_en"), REASONS.get(verdict.reason, ("", ""))))
    return json.dumps({name: getattr(verdict, name) for name in type(verdict).__slots__} | why, ensure_ascii=False)


def _line(verdict: uscc.Verdict | resident_id.Verdict) -> str:
    why = verdict.reason or getattr(verdict, "warning", "")
    hint = f"（应为 expected {verdict.expected}）" if verdict.reason == "check" else ""
    mark = "有效 valid" if verdict.valid else "无效 invalid"
    return f"{_one_line(verdict.input)}\t{mark}\t{'，'.join(REASONS[why]) if why else ''}{hint}"


def _one_line(text: str) -> str:
    """What was given in stays in its column: no tab, no control or formatting character reaches the terminal as such."""
    return "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in text)


@click.group("check")
def check_group() -> None:
    """校验代码 Check codes; exit 2 if any is invalid."""


@check_group.command("uscc")
@click.argument("codes", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def check_uscc(codes: tuple[str, ...], as_json: bool) -> None:
    """统一社会信用代码 unified social credit codes (GB 32100-2015); `-` reads lines."""
    _show(map(uscc.check, _codes(codes)), as_json=as_json)


@check_group.command("resident-id")
@click.argument("numbers", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def check_resident_id(numbers: tuple[str, ...], as_json: bool) -> None:
    """公民身份号码 resident identity numbers (GB 11643-1999); `-` reads lines and keeps them out of the history."""
    today = datetime.now(CITY).date()
    _show((resident_id.check(number, today=today) for number in _codes(numbers)), as_json=as_json)


class _Count(click.ParamType):
    """A whole number in plain digits: not `1_0`, not `１`."""

    name = "integer"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        text = str(value)
        if not WHOLE.fullmatch(text):
            self.fail(f"{text[:40]!r} is not a whole number", param, ctx)
        return int(text)


def _day(text: str) -> date:
    try:
        if not DAY.fullmatch(text):
            raise ValueError(text)
        return date.fromisoformat(text)
    except ValueError as error:
        raise Refusal(
            "DATE-FORM", field="START", value=text, rule="YYYY-MM-DD",
            zh=f"日期“{text}”无效，应为YYYY-MM-DD。", en=f"The date “{text}” is not valid; write YYYY-MM-DD.",
        ) from error


@click.command("due", context_settings={"ignore_unknown_options": True})  # -1 is a term that is refused, no option
@click.argument("start")
@click.argument("n", type=_Count())
@click.option("--calendar-days", is_flag=True, help="自然日，末日顺延 calendar days, rolled forward to a working day")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def due_command(start: str, n: int, calendar_days: bool, as_json: bool) -> None:
    """START 之后 N 个工作日的到期日 the day N working days after START, and how it was counted."""
    count = workdays.BUNDLED.due_calendar_days if calendar_days else workdays.BUNDLED.due
    first = _day(start)
    due = count(first, n)
    workdays.BUNDLED.table(first)  # the day itself is not counted, but its year is to be known as every other
    if as_json:
        click.echo(json.dumps(due.envelope(), ensure_ascii=False))
        return
    click.echo(due.day.isoformat())
    for passed in due.passed:
        click.echo(f"  {passed.day.isoformat()} {passed.kind} {passed.name}".rstrip())
