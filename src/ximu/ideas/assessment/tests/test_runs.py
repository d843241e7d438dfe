"""Methods are versions, runs are bytes: replayed, opened, made final by a second person, compared by the same rule."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from ximu.foundation.documents import Paragraph
from ximu.ideas.assessment import queries, services
from ximu.ideas.assessment.commands.score import score_group
from ximu.ideas.assessment.models import Run
from ximu.ideas.assessment.rules.frozen import Asked, Value
from ximu.ideas.ledger.queries import verify_log
from ximu.kernel.actor import SYSTEM, Actor
from ximu.kernel.refusal import Refusal

pytestmark = [pytest.mark.django_db, pytest.mark.row("M3.1")]
AT = datetime(2019, 1, 20, tzinfo=UTC)
CLOCKS = services.Clocks(date(2018, 12, 31), datetime(2019, 1, 15, tzinfo=UTC))
OTHER = Actor("other", grants=SYSTEM.grants)
METHOD = """
[method]
name = { zh = "考核", en = "Assessment" }
version = "2018-1"
decimals = 2
[normalisation]
method = "goalposts"
range = [0, 100]
[[node]]
code = "S"
[[indicator]]
code = "kept"
parent = "S"
weight = WEIGHT
goalposts = [0, 100]
source = "tried:x"
owner = "fgw"
[[indicator]]
code = "speed"
parent = "S"
weight = REST
goalposts = [0, 10]
source = "file"
owner = "fgw"
"""
DATA = "unit,name,speed\nu1,甲区,0\nu2,乙区,8\nu3,丙区,ND\n"
EARLIER = "unit,name,speed\nu1,甲区,10\nu2,乙区,1\nu3,丙区,ND\n"


def text(weight: str = "0.5", rest: str = "0.5", version: str = "2018-1") -> str:
    return METHOD.replace("WEIGHT", weight).replace("REST", rest).replace("2018-1", version)


def answer(argument: str, asked: Asked) -> dict[str, Value]:
    assert (argument, asked.last.month) == ("x", 12)
    return {"u1": Value("90", ("promise:a",)), "u2": Value("20"), "u3": Value("0")}


@pytest.fixture(autouse=True)
def home(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.XIMU_HOME = tmp_path
    queries.register_source("tried", answer)
    yield
    queries._sources.pop("tried")


def adopted(**how: str) -> str:
    made = services.add_method(text(**how), code="yearly", by=SYSTEM, at=AT)
    return services.adopt(made.uid, resolution="示政办〔2018〕1号", accept=["METH-SRC"], by=SYSTEM, at=AT).uid


def ran(method: str, data: str = DATA, period: str = "2018") -> Run:
    return services.run(method, data, period=period, clocks=CLOCKS, by=SYSTEM, at=AT, draws=50, seed=7)


def refused(expected: str, act: Any, *args: Any, **how: Any) -> None:
    with pytest.raises(Refusal) as told:
        act(*args, **how)
    assert told.value.code == expected


def test_a_method_is_checked_kept_once_and_adopted_by_a_resolution() -> None:
    refused("METH-SUM", services.add_method, text(rest="0.4"), code="yearly", by=SYSTEM, at=AT)
    made = services.add_method(text(), code="yearly", by=SYSTEM, at=AT)
    assert services.add_method(text(), code="yearly", by=SYSTEM, at=AT).pk == made.pk
    refused("METH-VERSION", services.add_method, text("0.6", "0.4"), code="yearly", by=SYSTEM, at=AT)
    refused("METH-DRAFT", ran, made.uid)
    refused("METH-RESOLUTION", services.adopt, made.uid, resolution=" ", by=SYSTEM, at=AT)
    services.adopt(made.uid, resolution="1号", accept=["METH-SRC"], by=SYSTEM, at=AT)
    refused("STATE-EDGE", services.adopt, made.uid, resolution="2号", by=SYSTEM, at=AT)
    refused("METH-NONE", queries.method_row, "nobody")


def test_a_run_replays_to_the_same_bytes_and_a_changed_fact_shows() -> None:
    run = ran(adopted())
    assert queries.replay(run.uid)["same"]
    assert ran(run.method.uid).digest != run.digest, "the size of the log is pinned in the result"
    queries.register_source("tried", lambda argument, asked: {**answer(argument, asked), "u2": Value("21")})
    again = queries.replay(run.uid)
    assert (again["same"], again["same_data"]) == (False, False)


def test_a_clock_of_another_zone_replays_to_the_same_bytes() -> None:
    made = adopted()
    clocks = services.Clocks(CLOCKS.as_of, CLOCKS.known_at.astimezone(timezone(timedelta(hours=8))))
    run = services.run(made, DATA, period="2018", clocks=clocks, by=SYSTEM, at=AT, draws=50, seed=7)
    assert queries.replay(run.uid)["same"]
    assert json.loads(run.result)["pins"]["known_at"] == CLOCKS.known_at.isoformat()


def test_a_score_opens_to_what_it_rests_on_and_keeps_nothing_apart_from_zero() -> None:
    run = ran(adopted())
    told = queries.explained(run.uid, "u1")
    assert (told["rank"], told["score"], told["facts"]) == (2, "45.00", {"kept": ["promise:a"]})
    assert told["interval"]["low"] <= 2 <= told["interval"]["high"]
    kept, speed = queries.explained(run.uid, "u3")["parts"]
    assert (kept["state"], speed["state"]) == ("delivered", "not-delivered")
    refused("INDEX-UNIT", queries.explained, run.uid, "u9")
    refused("SCORE-NONE", queries.run_row, "nobody")


def test_what_cannot_be_run_is_refused() -> None:
    method = adopted()
    refused("SCORE-PERIOD", ran, method, period="18")
    refused("SCORE-COL", ran, method, "unit,kept,speed\nu1,1,2\n")
    later = services.Clocks(CLOCKS.as_of, datetime(2030, 1, 1, tzinfo=UTC))
    refused("SCORE-CLOCK", services.run, method, DATA, period="2018", clocks=later, by=SYSTEM, at=AT)


def test_a_second_person_makes_it_final_once() -> None:
    method = adopted()
    run, second = ran(method), ran(method)
    refused("SCORE-TWO", services.finish, run.uid, by=SYSTEM, at=AT)
    services.finish(run.uid, by=OTHER, at=AT)
    refused("STATE-EDGE", services.finish, run.uid, by=OTHER, at=AT)
    refused("SCORE-FINAL", services.finish, second.uid, by=OTHER, at=AT)


def test_last_years_rank_is_told_by_the_same_rule_and_by_its_own() -> None:
    old = ran(adopted(version="2017-1", weight="0.1", rest="0.9"), EARLIER, "2017")
    new = ran(adopted())
    refused("SCORE-EARLIER", queries.same_rule, new.uid, "u1")
    services.finish(old.uid, by=OTHER, at=AT)
    told = queries.same_rule(new.uid, "u1")
    assert (told["rank"], told["rank_before_same_rule"], told["rank_before_published"], told["same_method"]) == (2, 1, 1, False)


def test_the_change_since_last_year_splits_into_causes_that_add_up() -> None:
    old = ran(adopted(version="2017-1", weight="0.1", rest="0.9"), EARLIER, "2017")
    services.finish(old.uid, by=OTHER, at=AT)
    queries.register_source("tried", lambda argument, asked: {**answer(argument, asked), "u1": Value("70", ("promise:b",))})
    new = ran(adopted())
    told = queries.changed(new.uid, "u1")
    assert (told["before"], told["after"], told["change"], told["same_method"]) == ("99.00", "35.00", "-64.00", False)
    assert sum(Decimal(c["points"]) for c in told["causes"]) == sum(Decimal(p["change"]) for p in told["parts"]) == Decimal("-64.00")
    assert {(c["kind"], c["column"]) for c in told["causes"]} == {("records", "kept"), ("records", "speed"), ("weights", "")}
    kept = next(c for c in told["causes"] if c["column"] == "kept")
    assert (kept["facts_new"], kept["facts_gone"]) == (["promise:b"], ["promise:a"])
    assert queries.changed(new.uid, "u1", other=new.uid)["change"] == "0.00"
    lone = ran(adopted(version="2018-2"), "unit,name,speed\nu1,甲区,0\n")
    refused("SCORE-GAP", queries.changed, new.uid, "u2", other=lone.uid)


def test_a_units_figure_is_replayed_by_both_clocks() -> None:
    run = ran(adopted())
    services.finish(run.uid, by=OTHER, at=AT)
    told = queries.replay_unit("甲区", as_of=CLOCKS.as_of, known_at=CLOCKS.known_at)
    assert (told["unit"], told["score"], told["rank"], told["same"], told["same_bytes"]) == ("u1", "45.00", 2, True, True)
    queries.register_source("tried", lambda argument, asked: {**answer(argument, asked), "u1": Value("100" if asked.known_at > AT else "90")})
    later = queries.replay_unit("u1", as_of=CLOCKS.as_of, known_at=datetime(2019, 2, 1, tzinfo=UTC))
    assert (later["score"], later["published"]["score"], later["same"], later["same_bytes"]) == ("50.00", "45.00", False, None)
    assert queries.replay_unit("u1", as_of=date(2018, 6, 30), known_at=CLOCKS.known_at)["same"]
    area = services.add_method(text(version="2018-9"), code="d08", by=SYSTEM, at=AT)
    services.adopt(area.uid, resolution="示发改〔2018〕9号", accept=["METH-SRC"], by=SYSTEM, at=AT)
    rating = ran(area.uid)
    services.finish(rating.uid, by=OTHER, at=AT)
    for of, uid in (("", run.uid), (rating.uid, rating.uid), ("d08", rating.uid)):
        assert queries.replay_unit("u1", as_of=CLOCKS.as_of, known_at=CLOCKS.known_at, of=of)["run"] == uid, "the year's, or what was asked"
    refused("SCORE-NONE", queries.replay_unit, "u1", as_of=date(2011, 1, 1), known_at=AT)
    asked = ["replay", "--unit", "u1", "--as-of", "2018-12-31", "--known-at", "2019-01-15", "--json"]
    ended = CliRunner().invoke(score_group, asked, catch_exceptions=False)
    assert ended.exit_code == 0 and json.loads(ended.stdout)["score"] == "45.00"


def test_a_new_version_is_tried_on_past_years_before_it_is_adopted() -> None:
    old = ran(adopted(version="2017-1"), "unit,name,speed\nu1,甲区,0\nu2,乙区,9\nu3,丙区,3\n", "2017")
    services.finish(old.uid, by=OTHER, at=AT)
    draft = services.add_method(text("0.1", "0.9", "2018-1"), code="yearly", by=SYSTEM, at=AT)
    [year] = queries.backtest(draft.uid)
    assert (year.period, year.version, year.moved, year.why) == ("2017", "2017-1", 2, None)
    ranks = {line["unit"]: (line["rank_before"], line["rank_after"]) for line in year.lines}
    assert ranks == {"u1": (2, 3), "u2": (1, 1), "u3": (3, 2)}
    assert all([c["kind"] for c in line["causes"]] == ["weights"] for line in year.lines)
    other = services.add_method(text(version="2018-2").replace('code = "speed"', 'code = "pace"'), code="yearly", by=SYSTEM, at=AT)
    assert queries.backtest(other.uid)[0].why.code == "DATA-COL"
    ended = CliRunner().invoke(score_group, ["backtest", draft.uid, "--json"], catch_exceptions=False)
    assert json.loads(ended.stdout)[0]["moved"] == 2


def test_the_measures_say_every_rule_of_the_method() -> None:
    more = """[[deduction]]
column = "late"
each = 2
cap = 6
reason = { zh = "逾期承诺", en = "late promises" }
[[veto]]
column = "false"
limit = 59
reason = { zh = "弄虚作假", en = "false figures" }
[[grade]]
label = "优秀"
lowest = 90
"""
    row = services.add_method(text() + more, code="yearly", by=SYSTEM, at=AT)
    told = queries.measures(row, on=AT.date(), issuer="某委")
    words = "\n".join(p.text for p in told.paragraphs if isinstance(p, Paragraph))
    for said in ("权重0.5", "目标区间0至10", "数据来源：tried:x", "责任单位：fgw", "每件扣2分，最多6分", "弄虚作假：达到1的，得分不超过59分",
                 "90分以上为优秀", "10个工作日", "草案", row.digest):
        assert said in words, said


def test_peers_stand_beside_the_unit_best_first() -> None:
    run = ran(adopted())
    told = queries.peers(run, "u1")
    assert [(p["unit"], p["rank"], p["own"]) for p in told] == [("u2", 1, False), ("u1", 2, True), ("u3", 3, False)]
    assert queries.peers(run, "u9") == []


def test_the_log_proves_methods_and_runs() -> None:
    run = ran(adopted())
    assert verify_log().ok
    Run.objects.filter(pk=run.pk).update(result=run.result.replace("45", "54"))
    assert not verify_log().ok
