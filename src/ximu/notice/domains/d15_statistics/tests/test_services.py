"""Letters and checks are the bureau's; fabrication rests on a check, is decided by another person, and becomes a record only when final."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection

from ximu.foundation import clock
from ximu.foundation.profiles import uid_of
from ximu.ideas.areas import queries as areas
from ximu.ideas.casework import services as casework
from ximu.ideas.casework.rules import Given
from ximu.ideas.catalogue.tests.factories import published
from ximu.ideas.disclosure import queries as disclosure
from ximu.ideas.filings import queries as filed
from ximu.ideas.filings import services as filing_desk
from ximu.ideas.filings.tests.factories import NOTICE, RAW, UNIT, approved, declared, reported
from ximu.ideas.filings.tests.factories import A as FILER_A
from ximu.ideas.filings.tests.factories import B as FILER_B
from ximu.ideas.filings.tests.factories import C as FILER_C
from ximu.ideas.intake import queries as intake
from ximu.ideas.ledger import queries as ledger
from ximu.ideas.registry.tests.factories import load
from ximu.kernel.actor import SYSTEM, Actor, Grant
from ximu.kernel.refusal import Refusal
from ximu.notice.domains.d15_statistics import queries, services

pytestmark = [pytest.mark.django_db, pytest.mark.database, pytest.mark.row("D15")]
BUREAU, POST = uid_of("example", "tjj"), uid_of("example", "post:q01-1")
DAY, AT = date(2018, 5, 21), datetime(2018, 5, 21, 2, tzinfo=UTC)
RIGHTS = frozenset({"d15.see", "d15.work", "d15.handle", "intake.deliver", "records.admit"})
PAPER = "a" * 64
FILERS = (FILER_A, FILER_B, FILER_C)
DECISION = {"document": "示统决〔2018〕1号", "behaviour": "XW-D15-1", "grade": "严重", "act_on": "2018-04-05"}


def person(name: str, unit: str = BUREAU, *, whole: bool = False) -> Actor:
    return Actor(name, unit, (Grant("r", RIGHTS, None if whole else unit),), name)


A, B, CLERK = person("a"), person("b"), person("clerk", UNIT)


@pytest.fixture(autouse=True)
def city(db: None, settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.XIMU_PROFILE, settings.XIMU_HOME = "example", tmp_path
    load()
    declared()
    monkeypatch.setattr(clock, "now", lambda: AT)


def refused(code: str, call: Any, /, *args: Any, **named: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        call(*args, **named)
    assert caught.value.code == code
    return caught.value


def paper(words: str = "取证") -> casework.Upload:
    digest, size = casework.keep([words.encode()])
    return casework.Upload(digest, size, f"{words}.txt")


def checked(filing: str, value: str = "80", *, by: Actor = A, figure: str = "total", document: str = "示统核〔2018〕1号", on: date = DAY,
            file: str = PAPER, traced: bool = True) -> str:
    return services.check(filing, services.NewCheck(figure, value, traced, on, document), paper=file, by=by, at=AT)


def opened(check: str, **changes: Any) -> str:
    given = {"offence": "编造虚假数据", "text": "虚报20万元（示例）", "evidence": paper(), "by": A, "at": AT} | changes
    return services.open_finding(check, **given)


def step(finding: str, verb: str, by: Actor, *, days: int = 1, file: bool = True, **values: Any) -> str:
    given, files = Given("理由", values=values), [paper(verb)] if file else []
    return casework.move(queries.finding(finding).case, verb, given=given, files=files, by=by, at=AT + timedelta(days=days))


def decided() -> str:
    one = opened(checked(approved()))
    step(one, "reply", CLERK, file=False)
    step(one, "uphold", B, **DECISION)
    return one


def line(code: str) -> Any:
    sheet = areas.sheet(queries.AREA, 2018, today=date(2018, 12, 31), known_at=AT + timedelta(days=200))
    return sheet.figures[code, UNIT]


def test_a_letter_is_of_a_post_that_is_held_and_is_entered_by_the_bureau() -> None:
    plain = {"on": DAY, "until": None, "paper": PAPER, "at": AT}
    refused("STAT-BUREAU", services.sign, POST, by=CLERK, **plain)
    refused("STAT-BUREAU", services.sign, POST, by=person("boss", UNIT, whole=True), **plain)
    refused("STAT-BUREAU", services.sign, POST, by=SYSTEM, **plain)
    refused("PERM-DENIED", services.sign, POST, by=Actor("nobody"), **plain)
    refused("STAT-PLEDGE", services.sign, "nosuchpost", by=A, **plain)
    refused("STAT-PLEDGE", services.sign, POST, by=A, **plain | {"on": date(2014, 1, 1)})
    refused("TIME-FUTURE", services.sign, POST, by=A, **plain | {"on": date(2018, 5, 22)})
    refused("DATE-ORDER", services.sign, POST, by=A, **plain | {"until": date(2018, 1, 1)})
    refused("EVID-DIGEST", services.sign, POST, by=A, **plain | {"paper": ""})
    before = line("D15-3")
    services.sign(POST, by=A, **plain)
    refused("STAT-PLEDGE", services.sign, POST, by=A, **plain)
    assert (str(before.value), str(line("D15-3").value)) == ("0.00", "50.00")
    queries.Pledge.objects.update(until=date(2030, 1, 1))
    assert [one.what for one in ledger.verify_log().findings] == ["record-altered"]


def test_a_check_stands_beside_what_was_approved_and_is_committed_to() -> None:
    uid = approved()
    for code, changes in (("STAT-BUREAU", {"by": CLERK}), ("STAT-CHECK", {"figure": "none"}), ("STAT-CHECK", {"document": " "}),
                          ("FIGURE-BAD", {"value": "很多"}), ("FIGURE-BAD", {"value": ""}), ("TIME-FUTURE", {"on": date(2018, 5, 22)}),
                          ("EVID-DIGEST", {"file": ""})):
        refused(code, checked, uid, **changes)
    refused("FILING-NONE", checked, "nosuch")
    made = queries.check(checked(uid))
    assert (str(made.reported), str(made.checked), str(line("D15-1").value)) == ("100.00", "80.00", "25.00")
    refused("STAT-CHECK", checked, uid)
    assert ledger.verify_log().ok
    with connection.cursor() as cursor:
        cursor.execute("UPDATE d15_statistics_check SET checked = 99")
    assert [one.kind for one in ledger.verify_log().findings] == ["stats.checked"]


def test_a_check_stands_beside_what_was_approved_on_its_day_and_not_beside_a_later_correction() -> None:
    uid = approved()
    reported(AT, a="20", b="60", total="80", notice=NOTICE)
    for verb, by in (("review", FILERS[1]), ("approve", FILERS[2])):
        filing_desk.pass_on(uid, verb, by=by, at=AT)
    made = services.check(uid, services.NewCheck("total", "80", True, date(2018, 4, 20), "示统核〔2018〕1号"), paper=PAPER, by=A,
                          at=AT + timedelta(days=1))
    assert str(queries.check(made).reported) == "100.00"
    refused("STAT-CHECK", checked, uid, on=date(2018, 4, 4), document="示统核〔2018〕2号")


def test_a_period_of_a_closed_declaration_stays_closed_when_a_later_one_is_open() -> None:
    uid = approved()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE filings_form SET declared = %s", [json.dumps({**RAW, "open": False})])
    declared(since="2018-07-01")
    shown = disclosure.published("d15-figures")
    assert [(one["table"].since, one["periods"]) for one in shown["tables"]] == [(date(2018, 7, 1), [])], "once, without what is closed"
    refused("STAT-NONE", disclosure.published, "d15-figures", code="XM-1", period="2018-Q1")
    assert filed.filing(uid).state == "approved"


def test_a_regularity_alone_opens_no_case() -> None:
    """A case rests on a check that found a difference or no records, and on evidence."""
    uid = approved()
    assert "统计规律" in refused("STAT-EVID", opened, "JYRS-1:heaping:counts").zh
    refused("STAT-EVID", opened, checked(uid, "100"))
    differs = checked(uid, "80", document="示统核〔2018〕2号")
    refused("STAT-EVID", opened, differs, evidence=None)
    refused("STAT-OFFENCE", opened, differs, offence="运气")
    refused("STAT-OFFENCE", opened, differs, text=" ")
    refused("STAT-BUREAU", opened, differs, by=CLERK)
    opened(differs)
    refused("CASE-DUP", opened, differs)
    assert opened(checked(uid, "100", document="示统核〔2018〕3号", traced=False)), "no records is enough"
    refused("STAT-NONE", queries.finding, "nosuch")


def test_the_unit_is_heard_another_person_decides_and_only_the_bureau() -> None:
    one = opened(checked(approved()))
    refused("STATE-EDGE", step, one, "uphold", B, **DECISION)
    step(one, "reply", CLERK, file=False)
    refused("DUAL", step, one, "uphold", A, **DECISION)
    refused("PERM-DENIED", step, one, "uphold", CLERK, **DECISION)
    refused("STAT-BUREAU", step, one, "uphold", person("boss", uid_of("example", "fgw"), whole=True), **DECISION)
    refused("FIELD-NEED", step, one, "uphold", B, **DECISION | {"document": " "})
    refused("TIME-FUTURE", step, one, "uphold", B, **DECISION | {"act_on": "2018-12-01"})
    refused("DATE-FORM", step, one, "uphold", B, **DECISION | {"act_on": "四月"})
    refused("EVID-DIGEST", step, one, "uphold", B, file=False, **DECISION)
    step(one, "uphold", B, **DECISION)
    row = queries.finding(one)
    assert (row.upheld, row.document, row.final_on, str(line("D15-4").value)) == (True, "示统决〔2018〕1号", None, "0")
    assert line("D15-4").excluded == {one: "not-final"}


def test_whoever_entered_the_check_does_not_decide_the_case_that_rests_on_it() -> None:
    one = opened(checked(approved(), by=B))
    step(one, "reply", CLERK, file=False)
    refused("DUAL", step, one, "uphold", B, **DECISION)
    refused("DUAL", step, one, "drop", Actor("second", BUREAU, B.grants, B.human))
    step(one, "uphold", person("c"), **DECISION)


def test_a_decision_under_appeal_is_no_record_and_one_that_was_overturned_never_becomes_one() -> None:
    one = decided()
    assert refused("FIN-OPEN", services.deliver, one, by=B, at=AT + timedelta(days=2)).status == 409
    step(one, "appeal", CLERK, days=3)
    refused("PERM-DENIED", step, one, "sustain", CLERK, days=4)
    casework.sweep_deadlines(at=AT + timedelta(days=100))
    refused("FIN-OPEN", services.deliver, one, by=B, at=AT + timedelta(days=101))
    step(one, "overturn", B, days=101)
    refused("FIN-OPEN", services.deliver, one, by=B, at=AT + timedelta(days=102))
    assert line("D15-4").excluded == {one: "dropped"}


def test_what_was_known_of_a_case_before_it_ended_is_told_again() -> None:
    """A year in which a case was open has 0 findings, not none, whatever became of the case later."""
    one = decided()
    step(one, "appeal", CLERK, days=3)
    step(one, "overturn", B, days=260)

    def told(year: int, today: date, known: int) -> Any:
        known_at = AT + timedelta(days=known)
        return areas.sheet(queries.AREA, year, today=today, known_at=known_at).figures["D15-4", UNIT]

    now = [told(year, date(year, 12, 31), 600) for year in (2018, 2019, 2020)]
    assert [one.value for one in now] == [0, 0, None]
    assert told(2018, date(2018, 12, 31), 600).excluded == told(2018, date(2018, 12, 31), 200).excluded == {one: "not-final"}
    assert told(2019, date(2019, 1, 10), 240).value == 0 and told(2019, date(2019, 12, 31), 600).excluded == {one: "dropped"}


def test_what_intake_sends_back_is_not_delivered_and_may_be_delivered_again(monkeypatch: pytest.MonkeyPatch) -> None:
    one = decided()
    for days in (60, 64):
        casework.sweep_deadlines(at=AT + timedelta(days=days))
    later, row_of = AT + timedelta(days=65), services._row_of
    published("2018-1", date(2018, 1, 1), ["TJ-WF", "JL-CF", "XW-D15-1"])
    with monkeypatch.context() as wrong:
        wrong.setattr(services, "_row_of", lambda *given: row_of(*given) | {"ZTLX": "9"})
        assert refused("STAT-RETURNED", services.deliver, one, by=B, at=later).value == "FIELD-CODE"
        assert (queries.finding(one).delivery, [got.state for got in intake.deliveries(B)]) == ("", ["refused"])
        wrong.setattr(services.intake, "faults", lambda uid: [])
        refused("STAT-RETURNED", services.deliver, one, by=B, at=later)
    uid = services.deliver(one, by=B, at=later)
    assert (queries.finding(one).delivery, intake.delivery(uid).outcome["new"]) == (uid, 1)


def test_a_part_that_was_taken_without_the_row_is_no_delivery(monkeypatch: pytest.MonkeyPatch) -> None:
    one = decided()
    for days in (60, 64):
        casework.sweep_deadlines(at=AT + timedelta(days=days))
    published("2018-1", date(2018, 1, 1), ["TJ-WF", "JL-CF", "XW-D15-1"])
    nothing = SimpleNamespace(state="committed", outcome=dict.fromkeys(services.TAKEN, 0), summary={"bad": 1})
    monkeypatch.setattr(services.intake, "delivery", lambda uid: nothing)
    refused("STAT-RETURNED", services.deliver, one, by=B, at=AT + timedelta(days=65))
    assert queries.finding(one).delivery == ""


def test_a_final_decision_becomes_a_record_by_the_ordinary_delivery(monkeypatch: pytest.MonkeyPatch) -> None:
    one = decided()
    casework.sweep_deadlines(at=AT + timedelta(days=60))
    refused("FIN-OPEN", services.deliver, one, by=B, at=AT + timedelta(days=60))
    casework.sweep_deadlines(at=AT + timedelta(days=64))
    later = AT + timedelta(days=65)
    assert (queries.finding(one).final_on, str(line("D15-4").value)) == (date(2018, 7, 24), "1")
    refused("STAT-BUREAU", services.deliver, one, by=CLERK, at=later)
    refused("LIST-NONE", services.deliver, one, by=B, at=later)
    assert queries.finding(one).delivery == ""
    published("2018-1", date(2018, 1, 1), ["TJ-WF", "JL-CF", "XW-D15-1"])
    uid = services.deliver(one, by=B, at=later)
    got = intake.delivery(uid)
    assert (got.item, got.state, got.outcome["new"], got.source) == ("TJ-WF", "committed", 1, BUREAU)
    refused("STATE-EDGE", services.deliver, one, by=B, at=later)
    monkeypatch.setattr(clock, "now", lambda: later)
    [(_, here), (_, there)] = queries.pages_of(casework_row(one), B)
    assert here.endswith(f"/XM-1/2018-Q1/{UNIT}") and uid in there
    assert [label.en for label, _ in queries.pages_of(casework_row(one), CLERK)] == ["The report and its check"]
    assert ledger.verify_log().ok and filed.verified()[1] == []


class casework_row:
    def __init__(self, finding: str) -> None:
        self.uid = queries.finding(finding).case
