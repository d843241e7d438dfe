"""Golden cases of every indicator: true positives and each exclusion, to the last digit."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from ximu.ideas.areas.rules import Line, figure
from ximu.kernel.refusal import Refusal
from ximu.notice.safeguards.s4_training import queries, rules

pytestmark = pytest.mark.row("S4")
CASES = [pytest.param(path.stem, case, id=f"{path.stem} {case['name']}")
         for path in sorted((queries.HERE / "golden").glob("*.json")) for case in json.loads(path.read_text("utf-8"))["cases"]]
FIRST, AS_OF = date(2018, 1, 1), date(2018, 12, 31)


def servants(rows: Sequence[Sequence[str]]) -> list[rules.Servant]:
    return [rules.Servant(uid, uid, unit, date.fromisoformat(since)) for uid, unit, since in rows]


def lines_of(code: str, given: dict[str, Any]) -> list[Line]:
    inside = servants(given.get("servants", ()))
    if code == "S4-1":
        heads = {unit: (AS_OF, staff) for unit, staff in given["heads"].items()}
        return rules.archives(given["units"], heads, inside, as_of=date(2019, 3, 1), due=date(2019, 1, 31), names={})
    if code == "S4-2":
        return rules.training(inside, [rules.Result(*one) for one in given["results"]], as_of=AS_OF, new_days=90)
    if code == "S4-3":
        days = [(uid, kind, date.fromisoformat(on) if on else None, hires, checked) for uid, kind, on, hires, checked in given["runs"]]
        return rules.recruitment([rules.Run(uid, uid, "u", kind, AS_OF, on, hires, checked) for uid, kind, on, hires, checked in days],
                                 first=FIRST, as_of=AS_OF)
    return rules.handbook(inside, {uid: date.fromisoformat(on) for uid, on in given["signed"].items()},
                          in_force=date.fromisoformat(given["in_force"]), days=30, as_of=AS_OF)


@pytest.mark.parametrize(("code", "case"), CASES)
def test_golden(code: str, case: dict[str, Any]) -> None:
    lines, wanted = lines_of(code, case["input"]), case["expected"]
    made = figure(queries.pack().indicators[code].params["form"], lines)
    assert (None if made.value is None else str(made.value)) == wanted["value"]
    assert (list(made.counted), dict(made.excluded)) == (wanted["counted"], wanted["excluded"])
    assert [line.state for line in lines] == wanted["states"] and {line.state for line in lines} <= set(rules.STATES)
    assert {line.why for line in lines} - {""} <= set(queries.pack().indicators[code].exclusions)


@pytest.mark.parametrize(("days", "code"), [(-1, "S4-SPAN"), (181, "S4-SPAN"), (0, ""), (180, "")])
def test_a_procedure_has_an_end(days: int, code: str) -> None:
    ends = date.fromordinal(AS_OF.toordinal() + days)
    if not code:
        rules.must_fit(AS_OF, ends, 180)
        return
    with pytest.raises(Refusal) as caught:
        rules.must_fit(AS_OF, ends, 180)
    assert caught.value.code == code
