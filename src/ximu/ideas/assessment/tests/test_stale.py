"""A record that a score counted has its line; when it is corrected or revoked, the score is listed as to be computed anew."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from ximu.ideas.assessment import queries, services
from ximu.ideas.assessment.commands.score import score_group
from ximu.ideas.assessment.models import Run
from ximu.ideas.assessment.rules.frozen import Value
from ximu.ideas.assessment.tests import test_runs as runs
from ximu.ideas.casework import queries as cases
from ximu.ideas.casework import services as casework
from ximu.ideas.disclosure.tests import factories as made
from ximu.ideas.ledger.queries import verify_log
from ximu.kernel.actor import SYSTEM, Actor, Grant

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("M3.1")]
AT = runs.AT


@pytest.fixture(autouse=True)
def home(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    settings.XIMU_HOME = tmp_path
    made.connect(monkeypatch)
    casework.register_stopper("score", services.stop_score)
    yield
    queries._sources.pop("tried", None)


def counted(number: str) -> Any:
    queries.register_source("tried", lambda argument, asked: {"u1": Value("1", (f"record:{number}",)), "u2": Value("20"), "u3": Value("0")})
    return runs.ran(runs.adopted())


def test_a_score_stands_in_the_ledger_of_effects_of_each_record_that_it_counted() -> None:
    number = made.effective()
    run = counted(number)
    [line] = cases.effects_of(number)
    assert (line.code, line.target, line.state) == ("score", run.uid, "live")
    assert queries.to_recompute() == []


def test_a_correction_lists_the_score_as_to_be_computed_anew_with_a_receipt() -> None:
    number = made.effective()
    run = counted(number)
    made.deliver("示罚〔2018〕1号", grade="严重", at=AT)
    casework.reverse([number], cause="corrected", at=AT)
    casework.sweep_effects(at=AT + timedelta(days=2))
    [line] = cases.effects_of(number)
    assert line.state == "stopped" and "须重新计算" in line.receipt
    [told] = queries.to_recompute()
    assert (told["run"], told["units"], told["facts"]) == (run.uid, ["u1"], [{"ref": f"record:{number}", "cause": "更正"}])
    ended = CliRunner().invoke(score_group, ["stale", "--json"], catch_exceptions=False)
    assert json.loads(ended.stdout) == queries.to_recompute()
    clerk, other = (Actor("x", unit, (Grant("entry", frozenset({"assessment.see"}), unit),)) for unit in (made.CLERK.unit, "another"))
    assert queries.to_recompute(clerk) == [], "nobody learns of a draft by it"
    Run.objects.filter(uid=run.uid).update(state="final")
    assert queries.to_recompute(clerk) == [told | {"state": "final"}] and queries.to_recompute(other) == []
    Run.objects.filter(uid=run.uid).update(state="draft")
    assert verify_log().ok
    services.compute_anew(run.uid, by=SYSTEM, at=AT)
    assert [one["run"] for one in queries.to_recompute()] == []


def test_a_record_that_has_no_effect_now_gets_no_new_line() -> None:
    number = made.deliver("示罚〔2018〕2号")
    counted(number)
    assert cases.effects_of(number) == []
