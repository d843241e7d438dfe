"""Honest reporting never scores below the same facts found by others, and silence is never worth more than the truth (invariant I8)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ximu.ideas.assessment.rules import loading, normalise
from ximu.ideas.assessment.rules import score as scoring
from ximu.ideas.assessment.rules.data import read
from ximu.ideas.assessment.rules.score import score
from ximu.kernel.refusal import Refusal

pytestmark = pytest.mark.row("M3.1")
STEPS = ('method = "minmax"\nrange = [1, 100]', 'method = "zscore"', 'method = "zscore"\nsd = "population"', 'method = "rank"', 'method = "prank"',
         'method = "percentile"', 'method = "borda"', 'method = "dist2max"', 'method = "dist2ref"\nreference = "best"',
         'method = "ratio"\nreference = "mean"', 'method = "abovebelow"\np = 0.2', 'method = "goalposts"\nrange = [1, 100]\ngoalposts = [0, 100]',
         'method = "bands"\nbands = [[0, 5], [40, 60], [80, 100]]', 'method = "yesno"', 'method = "deduction"\neach = 3\nfull = 100')
MEANS = ("arithmetic", "geometric", "harmonic", "median", "minimum", "maximum")
RULES = ("omit", "incomplete", "worst", "zero", "mean", "median")
POSITIVE = {"geometric", "harmonic"}

case = st.fixed_dictionaries({
    "step": st.sampled_from(STEPS), "mean": st.sampled_from(MEANS), "rule": st.sampled_from(RULES),
    "stage": st.sampled_from(["raw", "normalised"]), "directions": st.tuples(*[st.sampled_from([1, -1])] * 3),
    "weights": st.tuples(*[st.integers(1, 9)] * 3), "cap": st.sampled_from([None, 4, 10]), "each": st.sampled_from([1, 2]),
    "rows": st.lists(st.tuples(*[st.integers(1, 100)] * 3, st.integers(0, 8)), min_size=3, max_size=7),
    "place": st.integers(0, 2), "who": st.integers(0, 2), "gap": st.booleans(),
})


def method(one: dict[str, Any]) -> str:
    aggregate = one["mean"] if one["mean"] not in POSITIVE or "[1, 100]" in one["step"] else "arithmetic"
    indicators = "".join(f'[[indicator]]\ncode = "x{n}"\nparent = "root"\nweight = {w}\ndirection = {d}\n'
                         for n, (w, d) in enumerate(zip(one["weights"], one["directions"], strict=True)))
    cap = "" if one["cap"] is None else f"cap = {one['cap']}\n"
    return (f'[normalisation]\n{one["step"]}\n[weights]\nmethod = "relative"\n[missing]\nrule = "{one["rule"]}"\nstage = "{one["stage"]}"\n'
            f'[[node]]\ncode = "root"\naggregate = "{aggregate}"\n{indicators}'
            f'[[deduction]]\ncolumn = "facts"\neach = {one["each"]}\n{cap}reason = {{ zh = "在册", en = "on record" }}\n')


def table(one: dict[str, Any], **silent: str) -> str:
    lines = ["unit,x0,x1,x2,facts"]
    for n, row in enumerate(one["rows"]):
        cells = [str(v) for v in row]
        if one["gap"] and n == len(one["rows"]) - 1:
            cells[(one["place"] + 1) % 3] = ""
        if n == one["who"]:
            cells = [silent.get(name, cell) for name, cell in zip(lines[0].split(",")[1:], cells, strict=True)]
        lines.append(",".join([f"u{n}", *cells]))
    return "\n".join(lines) + "\n"


def of(one: dict[str, Any], **silent: str) -> float:
    """The unit's score; minus infinity where it is not rated."""
    found = score(loading.load(method(one)), read(table(one, **silent))).scores["root"][one["who"]]
    return float(found) if np.isfinite(found) else -np.inf


def kept(one: dict[str, Any]) -> bool:
    """The unit tells its value and its facts; or others find the same facts and it is silent about its value, or about both.

    A deduction without a cap has no lowest: there METH-SILENT warns, and only facts that somebody else has as many of are compared.
    """
    try:
        honest = of(one)
    except Refusal as refused:
        return refused.code == "DATA-SIGN"
    if not np.isfinite(honest):   # a column without spread: nothing is to be told by it
        return True
    name, (*others, own) = f"x{one['place']}", [row[3] for n, row in enumerate(one["rows"]) if n != one["who"]] + [one["rows"][one["who"]][3]]
    worlds = [{name: "ND"}] if one["cap"] is None and own > max([1, *others]) else [{name: "ND"}, {"facts": "ND"}, {name: "ND", "facts": "ND"}]
    return all(honest >= of(one, **silent) - 1e-9 for silent in worlds)


@settings(max_examples=150, deadline=None)
@given(case)
def test_the_truth_is_never_worth_less_than_silence(one: dict[str, Any]) -> None:
    assert kept(one)


def sampled(seed: int, *, step: str | None = None, rule: str | None = None) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    rows = [(*(int(v) for v in rng.integers(1, 101, 3)), int(rng.integers(0, 9))) for _ in range(int(rng.integers(3, 8)))]
    return {"step": step or STEPS[rng.integers(len(STEPS))], "mean": "arithmetic", "rule": rule or "omit", "stage": "raw",
            "directions": (1, -1, 1), "weights": (3, 1, 2), "cap": None, "each": 2, "rows": rows, "place": int(rng.integers(3)),
            "who": int(rng.integers(3)), "gap": False}


def lowest_known(name: str, normalised: np.ndarray, params: Any) -> float:
    return float(np.nanmin(normalised))


def best_known(name: str, normalised: np.ndarray, params: Any) -> float:
    return float(np.nanmax(normalised))


MUTANTS: dict[str, tuple[Any, str, Callable[..., Any]]] = {
    "the lowest that is known": (normalise, "worst", lowest_known), "the best that is known": (normalise, "worst", best_known),
    "one fact only": (scoring, "_owed", lambda item, counts, states: item.each),
    "nothing": (scoring, "_owed", lambda item, counts, states: Decimal(0)),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_the_property_finds_an_engine_that_rewards_silence(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    sample = [sampled(seed, step=STEPS[1] if name.startswith("the lowest") else None) for seed in range(60)]
    assert all(kept(one) for one in sample)
    monkeypatch.setattr(*MUTANTS[name])
    assert not all(kept(one) for one in sample)


@pytest.mark.parametrize(("change", "refused"), [
    ('[normalisation]\nmethod = "none"\n', True), ('[normalisation]\nmethod = "zscore"\n', False),
    ('[normalisation]\nmethod = "goalposts"\ngoalposts = [0, 100]\nclip = false\n', True),
    ('[normalisation]\nmethod = "zscore"\n[missing]\nrule = "omit"\nnot_delivered = "missing"\n', True),
    ('[[deduction]]\ncolumn = "facts"\neach = 1\nreason = { zh = "在册", en = "on record" }\n[normalisation]\nmethod = "zscore"\n', True),
    ('[[deduction]]\ncolumn = "records:WY-RD"\neach = 1\nreason = { zh = "在册", en = "on record" }\n[normalisation]\nmethod = "zscore"\n', False),
    ('[normalisation]\nmethod = "zscore"\n[missing]\nrule = "incomplete"\nnot_delivered = "missing"\n', False),
])
def test_an_official_method_says_where_silence_could_pay(change: str, refused: bool) -> None:
    tail = '[[node]]\ncode = "root"\n[[indicator]]\ncode = "x0"\nparent = "root"\nweight = 1\nowner = "o"\nsource = "s"\n'
    head = '[method]\nofficial = true\n'
    if refused:
        with pytest.raises(Refusal) as found:
            loading.load(head + change + tail)
        assert found.value.code == "METH-SILENT"
        loaded = loading.load(head + 'accept = ["METH-SILENT"]\n' + change + tail)
        assert [w.accepted for w in loaded.warnings if w.code == "METH-SILENT"] == [True]
    else:
        assert not [w for w in loading.load(head + change + tail).warnings if w.code == "METH-SILENT"]
