"""Writers add or retract, take turns, prove themselves in the log, and refuse what does not hold."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import models

from ximu.foundation.profiles import uid_of
from ximu.ideas.ledger import queries as ledger
from ximu.ideas.registry import queries, services
from ximu.ideas.registry.models import Edition, PhraseReading, UnitName
from ximu.ideas.registry.models import Holding as HoldingRow
from ximu.ideas.registry.models import Official as OfficialRow
from ximu.ideas.registry.rules.book import Holding, Member, Official, Post
from ximu.ideas.registry.services import Line, NewName, NewUnit, turns
from ximu.ideas.registry.tests.factories import AT, load
from ximu.kernel.actor import SYSTEM, Actor
from ximu.kernel.refusal import Refusal

pytestmark = pytest.mark.django_db
LATER = datetime(2020, 6, 1, tzinfo=UTC)
D = date(2019, 6, 1)


def example(key: str) -> str:
    return uid_of("example", key)


@pytest.fixture(autouse=True)
def city(db: None) -> None:
    load()


def refused(act: Callable[..., Any], *args: Any, by: Actor = SYSTEM, **more: Any) -> Refusal:
    before = queries.version()
    with pytest.raises(Refusal) as caught:
        act(*args, by=by, at=LATER, **more)
    assert queries.version() == before
    return caught.value


def department(**more: Any) -> NewUnit:
    return NewUnit(**{"kind": "department", "level": "municipal", "full": "示例市某某局", "since": D, "parent": example("shi"), **more})


def test_loading_twice_adds_nothing() -> None:
    before = queries.version()
    assert set(load().values()) == {0}
    assert queries.version() == before


def test_the_real_city_has_every_street_and_town() -> None:
    load("shanghai")
    units = queries.units(as_of=date(2018, 2, 13))
    shanghai = [u for u in units if u.division.startswith("31")]
    assert sum(u.level == "street" for u in shanghai) == 215
    assert sum(u.kind == "government" and u.level == "district" for u in shanghai) == 16
    assert all(u.division.startswith("310") and len(u.division) == 9 for u in shanghai if u.level == "street")


@pytest.mark.parametrize(("unit", "code"), [
    (department(kind="shop"), "ORG-KIND"), (department(full=" "), "ORG-NAME"), (department(parent="nobody"), "ORG-UNKNOWN"),
    (department(code="11310000003100007A"), "ID-USCC"), (department(code="91350100M000100Y43"), "ID-USCC-KIND"),
])
def test_a_unit_that_does_not_hold_is_refused(unit: NewUnit, code: str) -> None:
    refusal = refused(services.register, [unit])
    assert refusal.code == code
    if code == "ID-USCC":
        assert refusal.extra["expected"] == "Y"


def test_one_code_names_one_unit() -> None:
    taken = queries.unit(example("czj"), as_of=D).code
    assert refused(services.register, [department(code=taken)]).code == "ORG-CODE-TAKEN"


def test_only_those_with_the_right_write() -> None:
    assert refused(services.register, [department()], by=Actor("nobody")).code == "PERM-DENIED"


def test_a_write_goes_into_the_log_and_says_nothing_of_a_person() -> None:
    before = ledger.size()
    services.recruit([Official("", "SL99999", "赵示例")], by=SYSTEM, at=LATER)
    services.register([department()], by=SYSTEM, at=LATER)
    assert ledger.size() == before + 2
    assert "赵示例".encode() not in b"".join(ledger.entry(i) for i in range(ledger.size()))


def test_the_log_proves_every_row_and_a_change_behind_its_back_is_seen() -> None:
    post = uid_of("example", "post:czj-1")
    term, _ = queries.holders(post, D)[0]
    services.end_appointment(term.uid, until=D, by=SYSTEM, at=LATER)
    czj = example("czj")
    services.reform("rename", on=D, lines=[Line(czj, czj)], names=[NewName(czj, "full", "示例市财政金融局", D)], by=SYSTEM, at=LATER)
    assert refused(services.decide_phrase, "各\u202e区", as_of=D, reason="按通知").code == "INPUT-SIGN"
    uid = services.decide_phrase("各区", as_of=D, reason="按通知", by=SYSTEM, at=LATER)

    def altered() -> list[str]:
        return [label for at, entry, label in queries.evidence(0, ledger.size()) if ledger.entry(at) != entry]

    assert len(list(queries.evidence(0, ledger.size()))) == Edition.objects.count() == ledger.size()
    assert altered() == []
    last = Edition.objects.count()
    for table, change in ((PhraseReading.objects.filter(uid=uid), {"reason": "改"}), (UnitName.objects.filter(since=D), {"text": "改"}),
                          (HoldingRow.objects.filter(retracted_in__isnull=False), {"retracted_by": "y"})):
        before = len(altered())
        assert table.update(**change)
        assert len(altered()) == before + 1
    assert altered() == [f"registry {last - 2}", f"registry {last - 1}", f"registry {last}"]


def test_a_person_can_be_erased_and_every_proof_stays_valid() -> None:
    assert OfficialRow.objects.filter(name="王伟").update(name="", number=models.F("uid"), salt=b"") == 2
    assert [label for at, entry, label in queries.evidence(0, ledger.size()) if ledger.entry(at) != entry] == []
    assert OfficialRow.objects.filter(number="SL00001").update(name="改")
    assert len([label for at, entry, label in queries.evidence(0, ledger.size()) if ledger.entry(at) != entry]) == 1


def test_a_rename_keeps_the_unit_and_what_was_known_before_stays() -> None:
    czj = example("czj")
    services.reform("rename", on=D, lines=[Line(czj, czj)], names=[NewName(czj, "full", "示例市财政金融局", D)], by=SYSTEM, at=LATER)
    assert queries.name(czj, as_of=date(2019, 5, 31)) == "示例市财政局"
    assert queries.name(czj, as_of=D) == "示例市财政金融局"
    assert queries.unit(czj, as_of=D, known_at=AT).name == "示例市财政局"
    assert queries.resolve("示例市财政局", as_of=D).uid == czj
    assert refused(services.reform, "rename", on=D, lines=[Line(czj, czj)]).code == "REFORM-NAME"


def test_a_reform_founds_its_heir_in_one_act() -> None:
    heir = NewUnit(kind="department", level="municipal", full="示例市综合局", since=D, uid="heir", parent=example("shi"))
    uid = services.reform("merge", on=D, lines=[Line(example("tjj"), "heir"), Line(example("sjj"), "heir")], founds=[heir], sure=False,
                          by=SYSTEM, at=LATER)
    assert queries.owner_of(example("tjj"), D) == "heir"
    assert queries.owner_of(example("tjj"), D, known_at=AT) == example("tjj")
    assert [e.sure for e in queries.lineage("heir") if e.reform == uid] == [False, False]


def test_a_refused_reform_founds_nothing() -> None:
    heir = NewUnit(kind="department", level="municipal", full="示例市综合局", since=D, uid="heir", parent=example("shi"))
    assert refused(services.reform, "merge", on=D, lines=[Line("nobody", "heir")], founds=[heir]).code == "ORG-UNKNOWN"
    assert queries.unit("heir", as_of=D) is None


def test_names_are_added_and_taken_back() -> None:
    services.add_names([NewName(example("czj"), "alias", "钱袋子局", D)], by=SYSTEM, at=LATER)
    assert queries.resolve("钱袋子局", as_of=D).uid == example("czj")
    assert refused(services.add_names, [NewName(example("czj"), "nick", "x", D)]).code == "ORG-NAME"
    assert refused(services.add_names, [NewName("nobody", "alias", "x", D)]).code == "ORG-UNKNOWN"
    assert refused(services.retract_name, "nothing").code == "NAME-NONE"


def test_a_unit_cannot_stand_beneath_itself() -> None:
    move = {"since": D, "level": "municipal", "district": ""}
    assert refused(services.move, example("shi"), parent=example("czj"), **move).code == "PLACE-LOOP"
    services.move(example("lyj"), parent=example("wlj"), by=SYSTEM, at=LATER, **move)
    assert queries.unit(example("lyj"), as_of=D).parent == example("wlj")


def test_two_first_responsible_persons_at_once_are_refused() -> None:
    unit = example("czj")
    other = services.open_posts([Post("", unit, "党组书记", "first", D)], by=SYSTEM, at=LATER)[0]
    person = queries.officials()[0].uid
    refusal = refused(services.appoint, [Holding("", other, person, D)])
    assert refusal.code == "APPT-OVERLAP"
    assert refusal.rule.startswith("2016-01-01")


def test_terms_end_and_posts_end_and_the_duty_goes_up() -> None:
    post = uid_of("example", "post:czj-1")
    term, _ = queries.holders(post, D)[0]
    services.end_appointment(term.uid, until=D, by=SYSTEM, at=LATER)
    assert queries.holders(post, D) == []
    assert queries.holders(post, D, known_at=AT) != []
    services.appoint([Holding("", post, queries.officials()[3].uid, D)], by=SYSTEM, at=LATER)
    assert len(queries.holders(post, D)) == 1
    services.close_post(post, until=date(2019, 9, 1), by=SYSTEM, at=LATER)
    answer = queries.responsible(example("czj"), date(2019, 9, 1))
    assert (answer.code, answer.answering) == ("APPT-ENDED", example("shi"))
    refusal = refused(services.appoint, [Holding("", post, queries.officials()[4].uid, date(2019, 10, 1))])
    assert (refusal.code, refusal.extra["superior"]) == ("APPT-ENDED", example("shi"))
    assert refused(services.close_post, post, until=D).code == "APPT-ENDED"
    assert refused(services.end_appointment, term.uid, until=D).code == "TERM-NONE"


def test_what_does_not_exist_cannot_be_appointed() -> None:
    post, person = uid_of("example", "post:czj-1"), queries.officials()[0].uid
    assert refused(services.appoint, [Holding("", "nothing", person, D)]).code == "POST-UNKNOWN"
    assert refused(services.appoint, [Holding("", post, "nobody", D)]).code == "OFFICIAL-UNKNOWN"
    assert refused(services.appoint, [Holding("", post, person, date(2000, 1, 1))]).code == "APPT-SPAN"
    assert refused(services.open_posts, [Post("", example("czj"), "局长", "king", D)]).code == "POST-ROLE"
    assert refused(services.open_posts, [Post("", example("syj"), "局长", "first", D)]).code == "ORG-ENDED"
    assert refused(services.enrol, [Member("nobody", example("czj"), D)]).code == "ORG-UNKNOWN"


def test_an_official_is_never_known_by_a_resident_number() -> None:
    assert refused(services.recruit, [Official("", "11010519491231002X", "赵示例")]).code == "OFFICIAL-NUMBER"
    assert refused(services.recruit, [Official("", queries.officials()[0].number, "赵示例")]).code == "OFFICIAL-TAKEN"


def test_a_reading_is_signed_and_compared_with_another_day() -> None:
    before, after = date(2018, 2, 13), date(2019, 3, 1)
    uid = services.decide_phrase("其他市有关部门", as_of=before, named=[example("fgw")], reason="按通知", by=SYSTEM, at=LATER)
    change = queries.compare(uid, on=after)
    assert (example("hbj"), example("hj")) in change.succeeded
    assert (example("syj"), example("scjg")) in change.succeeded
    assert example("ypj") in change.added
    assert example("jiancha") in change.gone
    assert example("czj") in change.kept
    signed = queries.signed(uid)
    assert len(change.kept) + len(change.gone) + len(change.succeeded) == len(signed.units)
    assert queries.compare(uid, on=before).kept == signed.units
    assert refused(services.decide_phrase, "各区", as_of=before, reason=" ").code == "REASON"
    assert refused(services.decide_phrase, "各区", as_of=after, reason="x", units=[example("syj")]).code == "ORG-ENDED"


def test_of_two_writers_the_slower_is_told() -> None:
    def slower() -> None:
        with turns.turn("register", by=SYSTEM, at=LATER) as mine:
            Edition.objects.create(number=mine.number, what="other", rows=1, recorded_at=LATER, recorded_by="x", salt=b"")
            mine.wrote()

    with pytest.raises(Refusal) as caught:
        slower()
    assert (caught.value.code, caught.value.status) == ("REG-RACE", 409)
