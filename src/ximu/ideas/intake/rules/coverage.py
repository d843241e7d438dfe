"""What does a cell of the coverage board say? Missing is never a zero, and a zero is the unit's own word."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ximu.ideas.intake.rules.values import FIRST_DAY, LAST_DAY
from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text

DELIVERED, ZERO, LATE, PENDING, MISSING, NOT_DUE, NOT_EXPECTED = (
    "delivered", "zero", "late", "zero-pending", "missing", "not-due", "not-expected",
)
WORDS = {
    DELIVERED: Text("已报送", "delivered"), ZERO: Text("零报告", "attested zero"), LATE: Text("迟报", "late"),
    PENDING: Text("待单位确认", "zero awaits the unit"), MISSING: Text("未报送", "missing"), NOT_DUE: Text("未到期", "not due"),
    NOT_EXPECTED: Text("不需报送", "not expected"),
}


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of one unit, family and month."""

    first_delivered: date | None = None
    rows: int = 0
    zero_claimed: bool = False
    zero_confirmed: date | None = None
    expected: bool = True


def state_of(seen: Seen, *, due: date, today: date) -> str:
    """A delivery beats a zero; a claimed zero counts only when the unit confirmed it."""
    if seen.first_delivered:
        return DELIVERED if seen.first_delivered <= due else LATE
    if seen.zero_confirmed:
        return ZERO if seen.zero_confirmed <= due else LATE
    if seen.zero_claimed:
        return PENDING
    if not seen.expected:
        return NOT_EXPECTED
    return NOT_DUE if today <= due else MISSING


def month_of(day: date) -> str:
    return f"{day.year}-{day.month:02}"


def first_day(month: str) -> date:
    """Errors: `MONTH-FORM`."""
    try:
        if len(month) == len("2018-05") and FIRST_DAY <= (day := date.fromisoformat(month + "-01")) <= LAST_DAY:
            return day
    except ValueError:
        pass
    raise Refusal("MONTH-FORM", field="month", value=month[:20], rule="YYYY-MM", zh=f"月份“{month[:20]}”无效，应为2018-05的样式。",
                  en=f"The month “{month[:20]}” is not valid; write it as 2018-05.")


def due_day(month: str, day: int) -> date:
    """The day of the following month by which a month's return is due."""
    year, number = int(month[:4]), int(month[5:7])
    return date(year + number // 12, number % 12 + 1, day)
