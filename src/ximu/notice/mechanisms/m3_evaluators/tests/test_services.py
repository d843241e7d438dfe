"""From registration to publication: no conflict, granted fields only, no network, the same bytes twice, nobody's veto."""

from __future__ import annotations

import json
import os
import socket
import subprocess
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ximu.foundation import scratch
from ximu.foundation.profiles import uid_of
from ximu.ideas.assessment import queries as assessment
from ximu.ideas.assessment import services as assessing
from ximu.ideas.catalogue.tests import factories as lists
from ximu.ideas.disclosure.queries import PUBLIC
from ximu.ideas.disclosure.tests import factories as made
from ximu.ideas.ledger.queries import verify_log
from ximu.ideas.records.queries import doors
from ximu.ideas.registry.tests import factories as city
from ximu.kernel.actor import SYSTEM, Actor, Grant
from ximu.kernel.refusal import Refusal
from ximu.notice.mechanisms.m3_evaluators import queries, reader, services
from ximu.notice.mechanisms.m3_evaluators.models import Evaluation, Snapshot
from ximu.notice.mechanisms.m3_evaluators.queries import shown
from ximu.notice.mechanisms.m3_evaluators.services import Terms

pytestmark = [pytest.mark.django_db, pytest.mark.row("M3.5")]
AT = datetime(2019, 3, 4, 2, tzinfo=UTC)
FGW, CZJ, HBJ = (uid_of("example", key) for key in ("fgw", "czj", "hbj"))
UNITS = [uid_of("example", f"q{n:02}") for n in range(1, 7)]
RIGHTS = frozenset({"evaluators.manage", "evaluators.see", "evaluators.annotate", "evaluators.publish"})
OFFICE = Actor("office", FGW, (Grant("coordinator", RIGHTS),), "office")
CLERK = Actor("clerk", UNITS[0], (Grant("entry", frozenset({"evaluators.comment"}), UNITS[0]),), "clerk")
INSTITUTE = Actor("institute", None, (Grant("evaluator", frozenset({"evaluators.see"})),), "N900")
OTHER = Actor("other", grants=SYSTEM.grants)
CODE = "12990000MB0XXXXX12"
SAID = {"methods": ["问卷与记录"], "funders": ["示例基金会"], "interests": []}
OFFICIAL = """
[method]
name = "年度评价"
version = "2018-1"
decimals = 2
[normalisation]
method = "goalposts"
range = [0, 100]
[[node]]
code = "S"
[[indicator]]
code = "answered"
parent = "S"
weight = 0.6
goalposts = [0, 100]
source = "file"
owner = "fgw"
[[indicator]]
code = "paid"
parent = "S"
weight = 0.4
goalposts = [0, 100]
source = "file"
owner = "fgw"
"""
METHOD = OFFICIAL.replace('name = "年度评价"', 'name = "第三方评价"').replace("weight = 0.6", "weight = 0.5").replace("weight = 0.4", "weight = 0.5")
COUNTING = METHOD.replace("[[indicator]]\ncode = \"paid\"", "[[indicator]]\ncode = \"fines\"").replace('code = "fines"\n', 'code = "fines"\n') + """
[[measure]]
column = "fines"
item = "CF"
how = "count"
where = { grade = "一般" }
"""


def refused(expected: str, call: Any, *args: Any, **named: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        call(*args, **named)
    assert caught.value.code == expected
    return caught.value


@pytest.fixture(autouse=True)
def _city(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.XIMU_HOME = tmp_path
    city.load()
    lists.published("2017-1", date(2017, 10, 1), ["CF", "JL-CF"])
    monkeypatch.setattr(doors, "kinds_of", lambda pairs: dict.fromkeys(pairs, "government"))
    monkeypatch.setattr(queries.book, "_payments", {})  # what the wiring has put there comes back for the next test


def test_columns_are_called_as_the_method_calls_them_whatever_it_leaves_out() -> None:
    """A name in one language, or a byte order mark, which the engine takes, brought the public page down."""
    text = METHOD.replace('code = "paid"', 'code = "paid"\nname = {zh = "已付"}')
    assert {code: (one.zh, one.en) for code, one in shown._called(f"\ufeff{text}").items()} == {
        "answered": ("answered", "answered"), "paid": ("已付", "已付")}


def official() -> str:
    data = "unit,name,answered,paid\n" + "".join(f"{u},区{k},{40 + 10 * k},{90 - 10 * k}\n" for k, u in enumerate(UNITS))
    method = assessing.add_method(OFFICIAL, code="y", by=SYSTEM, at=AT)
    assessing.adopt(method.uid, resolution="一号", accept=["METH-SRC"], by=SYSTEM, at=AT)
    run = assessing.run(method.uid, data, period="2018", clocks=assessing.Clocks(date(2018, 12, 31), AT), by=SYSTEM, at=AT, draws=20)
    assessing.finish(run.uid, by=OTHER, at=AT)
    return run.uid


def registered(**changes: Any) -> str:
    return services.register("示例大学信用研究中心", code=CODE, kind="university", declaration={**SAID, **changes}, by=OFFICE, at=AT,
                             people=["N900"])


TERMS = Terms("2018年度第三方评价", "2018", UNITS, FGW, FGW, "示评2018-1", {"CF": ["grade", "CF_NR"]}, Decimal(100000))


def engaged(*, funders: tuple[str, ...] = ("示例基金会", FGW), run: bool = True, **changes: Any) -> str:
    told = replace(TERMS, **changes)
    if run and "official" not in changes:
        told = replace(told, official=official(), granted={**told.granted, "run": ["answered", "paid"]})
    return services.engage(registered(funders=list(funders)), told, by=OFFICE, at=AT)


def frozen(**changes: Any) -> Snapshot:
    return queries.snapshot(services.freeze(engaged(**changes), by=OFFICE, at=AT))


def fined(counts: list[int]) -> None:
    """So many penalties of each unit, in effect."""
    for place, count in enumerate(counts):
        for n in range(count):
            key = f"示罚〔2018〕{place}-{n}号"
            made.effective(key, subject=UNITS[place])


def test_an_evaluator_is_registered_once_and_may_declare_anew() -> None:
    uid = registered()
    refused("EVAL-DUP", registered)
    refused("EVAL-NONE", queries.evaluator, "nobody")
    refused("PERM-DENIED", services.register, "x", code=CODE, kind="university", declaration=SAID, by=CLERK, at=AT)
    refused("EVAL-FORM", services.register, "x", code=CODE, kind="club", declaration=SAID, by=OFFICE, at=AT)
    refused("USCC-FORM", services.register, "x", code="12990000MB0XXXXX13", kind="credit", declaration=SAID, by=OFFICE, at=AT)
    services.declare(uid, {**SAID, "funders": ["另一基金会"]}, by=INSTITUTE, at=AT)
    refused("PERM-DENIED", services.declare, uid, SAID, by=CLERK, at=AT)
    row = queries.evaluator(uid)
    assert [d.body["funders"] for d in queries.declarations(row)] == [["示例基金会"], ["另一基金会"]]
    assert queries.declared(row).funders == ("另一基金会",)


def test_a_conflict_refuses_the_engagement() -> None:
    uid = registered(interests=[[UNITS[1], "contract"]])
    terms = replace(TERMS, payer=CZJ)
    assert refused("EVAL-COI", services.engage, uid, terms, by=OFFICE, at=AT).field == "interests"
    services.declare(uid, {**SAID, "funders": [CZJ]}, by=OFFICE, at=AT)
    assert refused("EVAL-COI", services.engage, uid, replace(terms, payer=UNITS[2]), by=OFFICE, at=AT).field == "payer"
    queries.register_payments("tried", lambda code: [(HBJ, "采购合同")] if code == CODE else [])
    told = refused("EVAL-COI", services.engage, uid, terms, by=OFFICE, at=AT)
    assert (told.value, told.extra) == (HBJ, {"known_from": "采购合同"})
    services.declare(uid, {**SAID, "funders": [HBJ]}, by=OFFICE, at=AT)
    services.engage(uid, terms, by=OFFICE, at=AT)
    assert refused("EVAL-COI", services.engage, uid, terms, by=OFFICE, at=AT).value == CZJ, "it was paid by it since and did not say so"


@pytest.mark.parametrize(("code", "change"), [
    ("EVAL-TERMS", {"title": " "}), ("EVAL-TERMS", {"units": []}), ("EVAL-TERMS", {"granted": {}}),
    *(("EVAL-TERMS", {"fee": Decimal(fee)}) for fee in ("-1", "NaN", "Infinity", "1e12")),
    ("ORG-UNKNOWN", {"units": ["nosuchunit000000"]}), ("SCORE-PERIOD", {"period": "18"}), ("SCORE-NONE", {"granted": {"run": ["a"]}}),
    ("LIST-NONE", {"granted": {"ZZ": ["grade"]}}), ("LIST-APPLY", {"granted": {"JL-CF": ["grade"]}}),
    ("EVAL-FIELD", {"granted": {"CF": ["nosuch"]}}), ("EVAL-FIELD", {"granted": {"CF": ["CF_FR_ZJHM"]}}),
    ("EVAL-FIELD", {"granted": {"CF": ["batch"]}}),
])
def test_what_may_not_be_granted_is_refused(code: str, change: dict[str, Any]) -> None:
    refused(code, engaged, run=False, **change)


def test_a_column_that_the_official_run_lacks_is_not_granted() -> None:
    run = official()
    refused("EVAL-FIELD", engaged, official=run, granted={"run": ["salary"]})


def test_a_snapshot_holds_granted_fields_of_records_in_effect_and_its_digest_is_in_the_log() -> None:
    fined([2, 1])
    made.deliver("示罚〔2018〕9-9号", subject=UNITS[0])
    of = frozen()
    content = queries.content_of(of)
    assert [sorted(row) for row in content["facts"]["CF"]] == [["CF_NR", "body", "grade", "unit"]] * 3
    assert [sorted(row) for row in content["units"]] == [["answered", "name", "paid", "unit"]] * 6
    assert "11010519491231002X" not in of.content and "王小明" not in of.content and of.refs["CF"][0] not in of.content
    assert verify_log().ok
    Snapshot.objects.filter(pk=of.pk).update(content=of.content.replace("一般", "严重"))
    assert not verify_log().ok


def test_a_method_that_reads_another_field_is_refused_before_it_runs() -> None:
    of = frozen()
    told = refused("EVAL-FIELD", services.evaluate, of.uid, COUNTING.replace("grade", "CF_WSH"), by=INSTITUTE, at=AT)
    assert told.field == "CF.CF_WSH"
    refused("PERM-DENIED", services.evaluate, of.uid, METHOD, by=CLERK, at=AT)
    assert Evaluation.objects.count() == 0


def test_the_sandbox_has_no_network_by_the_kernel_and_by_its_own_guard() -> None:
    """A door stands open on this machine: from outside one gets in, from the sandbox not, whichever of the two bars is tried."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port), timeout=2):
            server.accept()[0].close()
        server.settimeout(0.2)
        for how in ("hook", "both"):
            assert reader.closed_to_network("127.0.0.1", port, how), how
            with pytest.raises(TimeoutError):
                server.accept()
    [check] = queries.doctor(AT)
    assert check.state in ("ok", "warn") and "both=True" in check.found


def test_the_twin_can_be_tried_and_tells_nothing_real() -> None:
    fined([6, 7, 0, 9, 5, 8])
    of = frozen()
    told = services.try_on_twin(of.uid, COUNTING, by=INSTITUTE)
    assert told["synthetic"] and set(told["published"]) == {f"twin{k:03}" for k in range(1, 7)}
    assert not set(UNITS) & set(json.dumps(queries.twin_of(of)).split('"'))
    refused("PERM-DENIED", services.try_on_twin, of.uid, COUNTING, by=CLERK)


def test_small_cells_are_withheld_and_cannot_be_computed_back() -> None:
    fined([6, 2, 0, 9, 5, 8])
    row = services.evaluate(frozen().uid, COUNTING, by=INSTITUTE, at=AT, draws=20)
    told = queries.told(row)
    cells = {cell["unit"]: cell["n"] for cell in told["cells"]}
    assert [cells[u] for u in UNITS] == [6, None, 0, 9, 5, 8]
    assert told["totals"] == {"fines": None}, "the total would give the count away"
    hidden = [r["unit"] for r in told["ranking"] if r["withheld"]]
    assert hidden == [UNITS[1]], "with one measure beneath it, the score itself would give the count away"
    assert all(r["score"] is None and r["rank"] is None and r["interval"] is None for r in told["ranking"] if r["withheld"])
    assert {w["code"] for w in told["withheld"]} == {"EVAL-CELL"}
    assert UNITS[1] not in {line["unit"] for line in queries.compared(row)}


def test_two_outputs_that_differ_by_a_few_facts_do_not_both_leave() -> None:
    fined([6, 12, 0, 9, 5, 8])
    made.effective("示罚〔2018〕8-8号", subject=UNITS[1], grade="严重")
    made.effective("示罚〔2018〕8-9号", subject=UNITS[1], grade="严重")
    of = frozen()
    first = queries.told(services.evaluate(of.uid, COUNTING, by=INSTITUTE, at=AT, draws=0))
    wider = COUNTING.replace('{ grade = "一般" }', '{ grade = ["一般", "严重"] }')
    second = queries.told(services.evaluate(of.uid, wider, by=INSTITUTE, at=AT, draws=0))
    cells = [{c["unit"]: c["n"] for c in told["cells"]} for told in (first, second)]
    assert cells[0][UNITS[1]] == 12 and cells[1][UNITS[1]] is None, "14 beside 12 would tell of two"
    assert cells[1][UNITS[0]] == 6, "the same facts again tell nothing new"
    share = COUNTING.replace('how = "count"', 'how = "share"').replace("一般", "严重")
    third = queries.told(services.evaluate(of.uid, share, by=INSTITUTE, at=AT, draws=0))
    assert next(c["value"] for c in third["cells"] if c["unit"] == UNITS[1]) is None, "two of fourteen is two"


def test_the_gap_to_the_official_result_is_split_and_adds_up() -> None:
    row = services.evaluate(frozen().uid, METHOD, by=INSTITUTE, at=AT, draws=20)
    lines = queries.compared(row)
    assert len(lines) == 6
    for line in lines:
        assert sum(Decimal(c["points"]) for c in line["causes"]) == Decimal(line["change"])
    first = next(line for line in lines if line["unit"] == UNITS[0])
    assert (first["before"], first["after"], [c["kind"] for c in first["causes"]]) == ("60.00", "65.00", ["weights"])
    assert queries.counts_only(row, lines)[0]["records"] == []


def test_records_that_only_one_side_counted_explain_the_gap() -> None:
    fined([6, 7, 5, 9, 5, 8])
    row = services.evaluate(frozen().uid, COUNTING, by=INSTITUTE, at=AT, draws=20)
    line = next(one for one in queries.compared(row) if one["unit"] == UNITS[0])
    [told] = line["records"]
    assert (told["item"], told["both"], told["only_official"], len(told["only_evaluator"])) == ("CF", 0, [], 6)
    assert queries.counts_only(row, [line])[0]["records"][0]["only_evaluator"] == 6
    opened = queries.records_opened(row, [line], by=made.COORDINATOR, at=AT)[0]["records"][0]["only_evaluator"]
    assert (len(opened["numbers"]), opened["hidden"]) == (6, 0)
    closed = queries.records_opened(row, [line], by=CLERK, at=AT)[0]["records"][0]["only_evaluator"]
    assert (closed["numbers"], closed["hidden"]) == ([], 6)
    few = next(one for one in queries.compared(row) if one["unit"] == UNITS[2])
    few["records"][0]["only_evaluator"] = few["records"][0]["only_evaluator"][:3]
    assert queries.counts_only(row, [few])[0]["records"] == [{"item": "CF", "only_official": 0, "only_evaluator": None}]
    assert queries.records_opened(row, [few], by=CLERK, at=AT)[0]["records"][0]["only_evaluator"] == {"numbers": [], "hidden": None}


def test_nobody_holds_a_result_back_and_notes_travel_with_it() -> None:
    row = services.evaluate(frozen().uid, METHOD, by=INSTITUTE, at=AT, draws=20)
    before = row.result
    refused("STATE-EDGE", services.annotate, row.uid, "早了", by=OFFICE, at=AT)
    refused("STATE-EDGE", services.publish, row.uid, by=OFFICE, at=AT)
    services.send(row.uid, by=INSTITUTE, at=AT)
    refused("STATE-EDGE", services.send, row.uid, by=INSTITUTE, at=AT)
    row = queries.evaluation(row.uid)
    assert row.due == date(2019, 3, 11)
    refused("EVAL-TERM", services.publish, row.uid, by=OFFICE, at=AT + timedelta(days=1))
    services.comment(row.uid, "样本偏少。", unit=UNITS[0], by=CLERK, at=AT)
    refused("PERM-DENIED", services.comment, row.uid, "x", unit=UNITS[1], by=CLERK, at=AT)
    refused("EVAL-UNIT", services.comment, row.uid, "x", unit=CZJ, by=SYSTEM, at=AT)
    refused("REASON", services.annotate, row.uid, " ", by=OFFICE, at=AT)
    services.annotate(row.uid, "与年度评价的权重不同。", by=OFFICE, at=AT)
    assert services.publish_due(by=SYSTEM, at=AT + timedelta(days=7)) == 0, "the last day is still theirs"
    assert services.publish_due(by=SYSTEM, at=AT + timedelta(days=8)) == 1
    row = queries.evaluation(row.uid)
    assert (row.state, row.result) == ("published", before)
    services.comment(row.uid, "迟到的说明。", unit=UNITS[0], by=CLERK, at=AT + timedelta(days=9))
    assert [(n["unit"], n["late"]) for n in queries.notes(row)] == [(UNITS[0], False), ("", False), (UNITS[0], True)]
    shown = queries.public_evaluation(PUBLIC, uid=row.uid)
    assert [note["words"] for note in shown["notes"]] == ["样本偏少。", "与年度评价的权重不同。", "迟到的说明。"]
    assert len(shown["compared"]) == 6 and shown["official"]["ranks"][UNITS[0]] is not None
    assert verify_log().ok


def test_when_every_unit_has_spoken_it_is_published_before_the_last_day() -> None:
    row = services.evaluate(frozen(units=UNITS[:2]).uid, METHOD, by=INSTITUTE, at=AT, draws=0)
    services.send(row.uid, by=INSTITUTE, at=AT)
    for unit in UNITS[:2]:
        services.comment(row.uid, "无异议。", unit=unit, by=SYSTEM, at=AT)
    assert services.publish(row.uid, by=OFFICE, at=AT).state == "published"


def test_what_is_not_the_same_bytes_again_is_never_published() -> None:
    row = services.evaluate(frozen().uid, METHOD, by=INSTITUTE, at=AT, draws=20)
    assert services.rerun(row.uid)["same"]
    services.send(row.uid, by=INSTITUTE, at=AT)
    Evaluation.objects.filter(pk=row.pk).update(inner=row.inner.replace("65", "66"))
    assert not services.rerun(row.uid)["same"] and not verify_log().ok
    refused("EVAL-RERUN", services.publish, row.uid, by=OFFICE, at=AT + timedelta(days=9))
    assert services.publish_due(by=SYSTEM, at=AT + timedelta(days=9)) == 0
    assert queries.evaluation(row.uid).state == "unstable"
    refused("EVAL-RERUN", services.send, row.uid, by=INSTITUTE, at=AT)


def test_a_method_that_cannot_end_is_stopped() -> None:
    of = frozen()
    told = refused("EVAL-RUN", reader.run, reader.Job(queries.content_of(of), METHOD, {"draws": 0, "seed": 0}, seconds=0))
    assert told.value in ("ended", "timeout")


def test_what_a_killed_server_leaves_of_a_computation_is_swept(monkeypatch: pytest.MonkeyPatch) -> None:
    content = queries.content_of(frozen())
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: os._exit(9))
    child = os.fork()
    if child == 0:
        reader.run(reader.Job(content, METHOD, {"draws": 0, "seed": 0}))
    os.waitpid(child, 0)
    [left] = [path for path in scratch.root().iterdir() if path.is_dir()]
    assert sorted(path.name for path in left.iterdir()) == ["content.json", "order.json"]
    assert scratch.sweep() == 1 and not left.exists()


def test_a_survey_is_an_input_with_its_interval() -> None:
    uid = engaged()
    text = "unit,n,value\n" + "".join(f"{u},400,{70 + k}\n" for k, u in enumerate(UNITS))
    told = {"code": "satisfied", "kind": "survey", "frame": "常住居民，电话随机", "by": INSTITUTE, "at": AT, "population": 20_000_000}
    services.add_survey(uid, text, **told)
    refused("EVAL-DUP", services.add_survey, uid, text, **told)
    refused("EVAL-SURVEY", services.add_survey, uid, text, **(told | {"code": "x", "frame": " "}))
    [survey] = queries.surveys(queries.engagement(uid))
    assert survey.lines[0]["low"] < 70 < survey.lines[0]["high"]
    of = queries.snapshot(services.freeze(uid, by=OFFICE, at=AT))
    row = services.evaluate(of.uid, METHOD.replace('"paid"', '"survey:satisfied"'), by=INSTITUTE, at=AT, draws=0)
    assert queries.told(row)["ranking"][0]["score"] == "82.50"
    assert assessment.run_row(of.engagement.official).state == "final"
