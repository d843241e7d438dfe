"""Archives are read in a procedure only, once, after notice, and nothing stays; courses and the handbook come in and are counted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ximu.foundation import clock
from ximu.foundation.profiles import uid_of
from ximu.ideas.accounts import queries as accounts
from ximu.ideas.accounts import rules as accounts_rules
from ximu.ideas.areas import queries as areas
from ximu.ideas.disclosure import queries as disclosure
from ximu.ideas.disclosure import services as reading
from ximu.ideas.ledger import queries as ledger
from ximu.ideas.registry import queries as registry
from ximu.ideas.registry.tests.factories import load
from ximu.kernel.actor import SYSTEM, Actor
from ximu.kernel.refusal import Refusal
from ximu.notice.safeguards.s4_training import queries, services
from ximu.notice.safeguards.s4_training.models import Attended, Handbook, Named, Procedure

pytestmark = [pytest.mark.django_db, pytest.mark.database, pytest.mark.row("S4")]
AT = datetime(2018, 8, 20, 2, tzinfo=UTC)
TODAY = date(2018, 8, 20)
WATCH = uid_of("example", "jiancha")


@pytest.fixture(autouse=True)
def city(db: None, settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    settings.XIMU_PROFILE, settings.XIMU_HOME = "example", tmp_path / "home"
    load(at=datetime(2017, 1, 2, tzinfo=UTC))
    monkeypatch.setattr(clock, "now", lambda: AT)


def person(name: str, role: str, unit: str = "") -> Actor:
    return Actor(name, unit or None, (accounts_rules.grant_of(role, unit, accounts.permissions()),), person=name)


PANEL, CLERK = person("panel", "discipline_officer", WATCH), person("clerk", "entry", uid_of("example", "czj"))
PUBLISHER, SERVANT_NUMBER = person("publisher", "publisher"), "SL00007"


def uid_of_number(number: str = SERVANT_NUMBER) -> str:
    found = registry.official_of(number)
    assert found is not None
    return found.uid


def code_of(call: Callable[..., Any], *args: Any, **words: Any) -> str:
    with pytest.raises(Refusal) as caught:
        call(*args, **words)
    return caught.value.code


def new(**changes: Any) -> services.procedures.NewProcedure:
    words = {"number": "示干〔2018〕1号", "kind": "promote", "unit": WATCH, "title": "副局级选任", "basis": "公务员法第四十五条",
             "opened_on": TODAY, "ends_on": TODAY + timedelta(days=60)}
    return services.procedures.NewProcedure(**{**words, **changes})


def opened(**changes: Any) -> str:
    return services.open_procedure(new(**changes), by=PANEL, at=AT)


def named(procedure: str, number: str = SERVANT_NUMBER, **changes: Any) -> str:
    words = {"notified_on": TODAY, "manner": "书面告知", "by": PANEL, "at": AT}
    return services.name_official(procedure, number, **{**words, **changes})


def look(by: Actor = PANEL, purpose: str = "appointment", at: datetime = AT, subject: str = "") -> Any:
    return reading.look_archive([subject or uid_of_number()], by=by, purpose=purpose, at=at)


def uses() -> list[str]:
    return [one.purpose for one in disclosure.uses_of([uid_of_number()], by=person("me", "subject", uid_of_number()))[0]]


def test_a_purpose_alone_opens_no_archive_and_a_procedure_only_while_it_runs_and_only_for_whom_it_names() -> None:
    assert code_of(look) == "PURPOSE" and not uses()
    procedure = opened()
    assert code_of(look) == "PURPOSE"
    named(procedure)
    look()
    for refused in ({"purpose": "award"}, {"subject": uid_of_number("SL00008")}, {"at": AT + timedelta(days=61)},
                    {"by": person("other", "discipline_officer", uid_of("example", "gy"))}):
        assert code_of(look, **refused) == "PURPOSE", refused
    assert code_of(reading.certify, uid_of_number("SL00008"), named="x", by=PANEL, purpose="appointment", at=AT) == "PURPOSE"
    services.end(procedure, by=PANEL, at=AT)
    assert code_of(look) == "PURPOSE"
    assert uses() == ["appointment"], "the person sees the one use"


def test_a_person_is_asked_for_once_and_when_it_ends_nothing_of_the_result_is_left() -> None:
    procedure = opened()
    one = named(procedure)
    uid = services.check(one, by=PANEL, at=AT)
    made = disclosure.search_certificate(uid, by=PANEL)
    assert made.payload["result"] == "none" and made.payload["purpose"] == "appointment"
    assert code_of(services.check, one, by=PANEL, at=AT) == "CHECK-ONCE"
    assert services.end(procedure, by=PANEL, at=AT) == 1
    gone = disclosure.search_certificate(uid, by=PANEL)
    assert (gone.payload, gone.salt, gone.subject, gone.numbers) == (None, None, "", [])
    assert ledger.verify_log().ok
    assert code_of(services.end, procedure, by=PANEL, at=AT) == "STATE-EDGE"
    assert code_of(services.check, one, by=PANEL, at=AT) == "STATE-EDGE"


def test_a_procedure_that_nobody_ends_is_ended_on_its_day() -> None:
    procedure = opened(ends_on=TODAY)
    services.check(named(procedure), by=PANEL, at=AT)
    assert services.end_due(at=AT) == 0
    assert (services.end_due(at=AT + timedelta(days=1)), services.end_due(at=AT + timedelta(days=1))) == (1, 0)
    row = Procedure.objects.get(uid=procedure)
    assert (row.purged, row.ended_by) == (1, SYSTEM.uid) and ledger.verify_log().ok


@pytest.mark.parametrize(("changes", "code"), [
    ({"kind": "spy"}, "S4-KIND"), ({"number": " "}, "S4-FIELD"), ({"number": "长" * 81}, "S4-FIELD"), ({"basis": "长" * 401}, "S4-FIELD"),
    ({"basis": ""}, "PURPOSE"), ({"ends_on": TODAY - timedelta(days=1)}, "S4-SPAN"),
    ({"ends_on": TODAY + timedelta(days=181)}, "S4-SPAN"), ({"unit": uid_of("example", "gy")}, "PERM-DENIED"),
])
def test_a_procedure_is_refused_whole(changes: dict[str, Any], code: str) -> None:
    assert code_of(opened, **changes) == code and not Procedure.objects.exists()


def test_who_is_no_civil_servant_or_was_not_told_is_not_named() -> None:
    procedure = opened()
    assert code_of(services.open_procedure, new(), by=PANEL, at=AT) == "S4-DUP"
    for words, code in (({"number": "Z9"}, "OFFICIAL-NONE"), ({"manner": ""}, "NOTICE-NONE"),
                        ({"notified_on": TODAY + timedelta(days=1)}, "TIME-FUTURE")):
        assert code_of(named, procedure, **words) == code
    named(procedure)
    assert code_of(named, procedure) == "S4-DUP" and Named.objects.count() == 1
    assert (code_of(queries.procedure, "x"), code_of(queries.named, "x"), code_of(queries.book, "x")) == ("PROC-NONE", "NAMED-NONE", "BOOK-NONE")


def test_a_recruitment_ends_with_numbers_and_their_proof() -> None:
    procedure = opened(kind="recruit")
    for words, code in (({}, "S4-COUNT"), ({"hires": 2, "checked": 3}, "S4-COUNT"), ({"hires": 2, "checked": 2}, "EVID-DIGEST")):
        assert code_of(services.end, procedure, by=PANEL, at=AT, **words) == code
    services.end(procedure, hires=3, checked=2, proof="汇总".encode(), by=PANEL, at=AT)
    assert queries.AREA.lines(areas.sheet(queries.AREA, 2018, today=TODAY, known_at=AT).period)["S4-3"][0].part == Decimal(2)


def course(**changes: Any) -> str:
    words = {"code": "K1", "title": "诚信课", "kind": "training", "hours": 4, "unit": uid_of("example", "czj"), "held_on": TODAY,
             "pass_mark": 60}
    return services.open_course(services.courses.NewCourse(**{**words, **changes}), by=CLERK, at=AT)


def test_results_come_in_row_by_row_and_a_correction_is_a_new_row(tmp_path: Path) -> None:
    for changes, code in (({"kind": "x"}, "S4-KIND"), ({"hours": 0}, "S4-FIELD"), ({"title": "长" * 201}, "S4-FIELD"), ({"held_on": TODAY + timedelta(days=1)}, "TIME-FUTURE")):
        assert code_of(course, **changes) == code
    course()
    assert code_of(course) == "S4-DUP"
    course(code="K2", pass_mark=None)
    path = tmp_path / "结果.csv"
    lines = ["KCBH,NBBH,QD,CJ", "K1,SL00007,是,59", "K9,SL00007,是,80", "K1,ZZ,是,80", "K2,SL00007,是,80", "K1,SL00008,否,80", "K1,SL00008,也许,",
             "K1,SL00008,是,101", "K2,SL00008,是,"]
    path.write_text("\n".join(lines), "utf-8")
    told = services.deliver_results(path, by=CLERK, at=AT)
    assert (told["rows"], told["new"], told["bad"]) == (8, 2, 6)
    assert {(one["line"], one["code"]) for one in told["faults"]} == {
        (3, "COURSE-NONE"), (4, "OFFICIAL-NONE"), (5, "SCORE"), (6, "SCORE"), (7, "FIELD-CODE"), (8, "NUM-RANGE")}
    path.write_text("\n".join(["KCBH,NBBH,QD,CJ", "K1,SL00007,是,61"]), "utf-8")
    assert services.deliver_results(path, by=CLERK, at=AT + timedelta(hours=1))["corrected"] == 1
    assert services.deliver_results(path, by=CLERK, at=AT + timedelta(hours=2))["same"] == 1
    assert Attended.objects.count() == 3 and ledger.verify_log().ok
    before = queries.results(date(2018, 1, 1), TODAY, AT)
    after = queries.results(date(2018, 1, 1), TODAY, AT + timedelta(hours=1))
    assert [one.passed for one in before if one.official == uid_of_number()] == [False]
    assert [one.passed for one in after if one.official == uid_of_number()] == [True]
    late = tmp_path / "late.csv"
    late.write_text("KCBH,NBBH,QD,CJ\nK3,SL00007,是,\n", "utf-8")
    services.open_course(services.courses.NewCourse("K3", "诚信课", "training", 4, uid_of("example", "czj"), date(2019, 1, 8)), by=CLERK,
                         at=AT + timedelta(days=200))
    told = services.deliver_results(late, by=CLERK, at=AT + timedelta(days=200))
    assert [one["code"] for one in told["faults"]] == ["OFFICE-NONE"], "the post ended with the reform of 2018-11-30"


def test_the_handbook_is_signed_for_once_by_oneself_or_on_paper() -> None:
    words = {"content": "第一版".encode(), "name": "手册.pdf", "in_force_on": TODAY, "by": PUBLISHER, "at": AT}
    assert code_of(services.publish, " ", **words) == "S4-FIELD"
    assert code_of(services.publish, "手册", **{**words, "content": b""}) == "EVID-DIGEST"
    book = services.publish("手册", **words)
    assert code_of(services.publish, "手册", **words) == "S4-DUP"
    me = person("me", "subject", uid_of_number())
    services.sign(book, by=me, at=AT)
    assert code_of(services.sign, book, by=me, at=AT) == "SIGN-ONCE"
    assert code_of(services.sign, book, by=person("office", "subject", uid_of("example", "czj")), at=AT) == "PERM-DENIED"
    inside = [one.number for one in queries.servants(TODAY).values() if one.unit == uid_of("example", "czj")]
    assert services.sign_on_paper(book, [*inside, inside[0], SERVANT_NUMBER, "ZZ"], by=CLERK, at=AT) == (len(inside), [SERVANT_NUMBER, "ZZ"])
    assert [one["signed_at"] for one in queries.own(uid_of_number())["books"]] == [AT] and ledger.verify_log().ok


def test_two_versions_published_at_once_take_two_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    words, stale = {"name": "a.pdf", "in_force_on": AT.date(), "by": PUBLISHER, "at": AT}, iter([0, 0])
    monkeypatch.setattr(Handbook.objects, "count", lambda: next(stale, 1))
    made = [services.publish(title, content=title.encode(), **words) for title in ("手册一", "手册二")]
    assert [queries.book(one).number for one in made] == [1, 2], "who lost the number takes the next"

