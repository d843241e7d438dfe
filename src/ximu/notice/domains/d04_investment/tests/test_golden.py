"""Golden cases of every indicator: true positives and each exclusion, to the last digit."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from ximu.ideas.commitments.rules import Judged, compute, read_spec
from ximu.kernel.refusal import Refusal
from ximu.notice.domains.d04_investment import queries

pytestmark = pytest.mark.row("D4")
CASES = [
    pytest.param(path.stem, whole["first"], whole["last"], case, id=f"{path.stem} {case['name']}")
    for path in sorted((queries.HERE / "golden").glob("*.json")) if (whole := json.loads(path.read_text("utf-8")))
    for case in whole["cases"]
]


def judged(raw: dict[str, Any]) -> Judged:
    days = {name: date.fromisoformat(raw[name]) for name in ("made_on", "due")}
    amount = Decimal(raw["amount"]) if raw.get("amount") else None
    return Judged(**{**raw, **days, "amount": amount, "flags": tuple(raw.get("flags", ())), "papers": tuple(raw.get("papers", ()))})


@pytest.mark.parametrize(("code", "first", "last", "case"), CASES)
def test_golden(code: str, first: str, last: str, case: dict[str, Any]) -> None:
    spec = read_spec(queries.pack().indicators[code].params)
    some = [judged(raw) for raw in case["input"]]
    figure = compute(spec, some, first=date.fromisoformat(first), last=date.fromisoformat(last))
    wanted = case["expected"]
    assert (None if figure.value is None else str(figure.value)) == wanted["value"]
    assert (list(figure.counted), list(figure.base), dict(figure.excluded)) == (wanted["counted"], wanted["base"], wanted["excluded"])
    shuffled = compute(spec, some[::-1], first=date.fromisoformat(first), last=date.fromisoformat(last))
    assert shuffled.value == figure.value


@pytest.mark.parametrize("params", [{}, {"measure": "share", "kinds": []}, {"measure": "count", "kinds": [], "find": ["luck"]},
                                    {"measure": "share", "kinds": [], "by": "feeling"}])
def test_a_wrong_definition_is_refused(params: dict[str, Any]) -> None:
    with pytest.raises(Refusal) as caught:
        read_spec(params)
    assert caught.value.code == "FIG-SPEC"
