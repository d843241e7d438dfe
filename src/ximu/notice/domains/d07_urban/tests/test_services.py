"""A matter finds its unit, is handled within hours and days, escalates once, and is closed by another."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from ximu.foundation import clock, outbox
from ximu.foundation.apart import PartlyError
from ximu.ideas.areas.rules import period_of
from ximu.ideas.casework import queries as cases
from ximu.ideas.casework import services as casework
from ximu.ideas.casework.rules import Given
from ximu.ideas.casework.services import sweeping
from ximu.ideas.ledger.queries.verification import verify_log
from ximu.ideas.places import services as placing
from ximu.ideas.places.tests.factories import AT, OFFICE, SECOND, clerk, line, u
from ximu.ideas.registry.tests.factories import load
from ximu.kernel.actor import SYSTEM, Actor
from ximu.kernel.refusal import Refusal
from ximu.notice.domains.d07_urban import queries, services
from ximu.notice.domains.d07_urban.services import Brought
from ximu.notice.domains.d07_urban.tests.factories import CHECK, ENTER, HANDLE, case, found, move, paper

pytestmark = [pytest.mark.django_db, pytest.mark.row("D7")]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CLERK = clerk("q01j1", HANDLE, CHECK, ENTER, "places.accept", "places.inspect", "d07.see")
OTHER = clerk("q01j2", HANDLE, CHECK, "places.accept", "d07.see")


@pytest.fixture(autouse=True)
def city(db: None, settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.XIMU_PROFILE, settings.XIMU_HOME = "example", tmp_path
    load()
    monkeypatch.setattr(clock, "now", lambda: AT)
    line("q01j1", street="q01j1", every=30)


def refused(code: str, call: Any, *args: Any, **named: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        call(*args, **named)
    assert caught.value.code == code and caught.value.zh and caught.value.en
    return caught.value


def test_a_matter_goes_to_its_unit_is_put_right_and_closed_by_another_after_the_reporter_was_told() -> None:
    uid = found(kind="disorder", title="垃圾成堆", origin="hotline", ref="RX-1")
    row = queries.matter(uid)
    assert (row.unit, row.how, case(uid).holder) == (u("q01j1"), "one", u("q01j1"))
    assert (row.site_by, row.tell_by, row.fix_by) == (AT + 24 * HOUR, date(2018, 5, 2), date(2018, 4, 17))
    refused("MATTER-DUP", found, origin="hotline", ref="RX-1")
    move(uid, "arrive", by=CLERK, at=AT + HOUR)
    refused("STATE-EDGE", move, uid, "arrive", by=CLERK, at=AT + HOUR)
    refused("MATTER-KIND", move, uid, "order", by=CLERK, document="示限拆〔2018〕1号")
    refused("EVID-DIGEST", move, uid, "report_done", by=CLERK)
    move(uid, "report_done", by=CLERK, at=AT + DAY, files=True)
    assert case(uid).holder == u("zjw")
    refused("DUAL", move, uid, "close", by=CLERK)
    refused("PERM-DENIED", move, uid, "close", by=OTHER)
    refused("FEEDBACK-NONE", move, uid, "close", by=OFFICE)
    move(uid, "tell_reporter", by=CLERK, at=AT + DAY)
    assert move(uid, "close", by=OFFICE, at=AT + 2 * DAY) == "closed"
    row.refresh_from_db()
    assert (row.closed_as, row.done_on, row.told_on) == ("closed", date(2018, 4, 3), date(2018, 4, 3))
    refused("REPORTER-NONE", move, found(), "tell_reporter", by=CLERK)
    assert verify_log().ok


def test_the_one_who_reported_it_done_may_not_close_it_whatever_the_unit() -> None:
    uid, both = found(kind="hazard", title="电线外露"), Actor("both", u("q01j1"), (*CLERK.grants, *OFFICE.grants), "both")
    move(uid, "report_done", by=both, files=True)
    refused("DUAL", move, uid, "close", by=Actor("both-office", None, OFFICE.grants, "both"))
    assert move(uid, "send_back", by=OFFICE, at=AT + DAY) == "returned"
    assert queries.matter(uid).done_on is None


@pytest.mark.parametrize(("bad", "code"), [
    ({"kind": "ufo"}, "PLACE-KIND"), ({"place": " "}, "PLACE-NONE"), ({"title": ""}, "FIELD-NEED"), ({"title": "长" * 81}, "FIELD-LONG"),
    ({"origin": "rumour"}, "MATTER-ORIGIN"), ({"kind": "hazard", "building": True}, "MATTER-NEW"), ({"place": "路" * 201}, "FIELD-LONG"),
    ({"found_at": AT + HOUR}, "TIME-FUTURE"), ({"found_at": datetime(1000, 1, 1, tzinfo=UTC)}, "DATE-RANGE"), ({"title": "电话13812345678"}, "DISC-PII"), ({"title": "\u202e堵塞"}, "INPUT-SIGN"), ({"place": "甲区\x07"}, "INPUT-SIGN"), ({"ref": "1" * 65}, "FIELD-LONG"),
    ({"by": Actor("stranger")}, "PERM-DENIED")])
def test_a_bad_matter_is_refused_and_nothing_is_kept(bad: dict[str, Any], code: str) -> None:
    refused(code, found, **bad)
    assert not queries.matters(OFFICE).exists() and not cases.cases_of("urban_matter")
    refused("MATTER-NONE", queries.matter, "nosuch")


def test_what_is_being_built_needs_somebody_within_two_hours_and_escalates_once_with_its_history() -> None:
    soon, slow = found(building=True), found(place="甲区中和街道和平路9号")
    assert [queries.matter(one).site_by - AT for one in (soon, slow)] == [2 * HOUR, 24 * HOUR]
    assert services.escalate_due(at=AT + 2 * HOUR) == 0
    assert services.escalate_due(at=AT + 3 * HOUR) == 1
    assert (case(soon).state, case(soon).holder, case(slow).state) == ("supervised", u("q01"), "dispatched")
    assert services.escalate_due(at=AT + 3 * HOUR) == 0 and services.escalate_due(at=AT + 4 * HOUR) == 0, "once"
    steps = [step.verb for step in case(soon).steps.order_by("log_index")]
    assert steps == ["open", "escalate"]
    move(soon, "arrive", by=CLERK, at=AT + 5 * HOUR)
    move(soon, "report_done", by=CLERK, at=AT + 6 * HOUR, files=True)
    move(soon, "send_back", by=OFFICE, at=AT + 7 * HOUR)
    assert services.escalate_due(at=AT + 25 * HOUR) == 1, "the other one, whose day is over"
    assert services.escalate_due(at=AT + 60 * DAY) == 0 and queries.matter(soon).escalated_at == AT + 3 * HOUR, "never a second time"


def test_one_matter_that_is_refused_stops_no_other_and_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    bad, good = found(title="甲"), found(title="乙")
    move_, stuck = casework.move, case(bad).uid

    def moved(uid: str, *args: Any, **named: Any) -> str:
        if uid == stuck:
            raise Refusal("CAL-NONE", field="day", value="", rule="", zh="没有日历。", en="No calendar.")
        return str(move_(uid, *args, **named))

    monkeypatch.setattr(casework, "move", moved)
    late = AT + 25 * HOUR
    with pytest.raises(PartlyError, match="matters: 1/2 CAL-NONE"):
        services.escalate_due(at=late)
    assert (case(good).state, case(bad).state) == ("supervised", "dispatched")
    assert (services.DAILY["urban_stuck"](at=late), queries.matter(bad).escalated_at) == (1, None)
    monkeypatch.undo()
    assert (services.escalate_due(at=late), services.DAILY["urban_stuck"](at=late)) == (1, 0), "it is tried again"


def test_figures_as_known_before_a_step_took_it_back_stay_as_they_were() -> None:
    sent, handed = found(kind="hazard", title="电线外露"), found(kind="hazard", title="通道堵塞")
    move(sent, "report_done", by=CLERK, at=AT + DAY, files=True)

    def known(at: datetime) -> dict[str, tuple[str, str]]:
        period = period_of(2018, today=clock.city_day(at), known_at=at)
        return {one.title: (one.state, one.unit) for one in queries.lines(period)["D07-4"]}

    before = known(AT + 2 * DAY)
    assert before == {"电线外露": ("unchecked", u("q01j1")), "通道堵塞": ("open", u("q01j1"))}
    move(sent, "send_back", by=OFFICE, at=AT + 3 * DAY)
    move(handed, "hand_back", by=CLERK, at=AT + 3 * DAY, files=True)
    assert known(AT + 4 * DAY) == {"电线外露": ("open", u("q01j1")), "通道堵塞": ("unplaced", "")}
    move(handed, "place", by=OFFICE, at=AT + 5 * DAY, procedure="place_unit", unit="甲区西山街道")
    assert known(AT + 2 * DAY) == before, "what was known then is not rewritten"
    assert known(AT + 4 * DAY)["通道堵塞"] == ("unplaced", "") and known(AT + 6 * DAY)["通道堵塞"] == ("open", u("q01j2"))


def test_a_border_is_with_both_units_until_one_accepts() -> None:
    line("q01j1", street="q01j1", road="界河路", side="odd")
    line("q01j2", street="q01j2", road="界河路", side="even")
    uid = found("甲区界河路", kind="disorder", title="界河垃圾")
    assert {one.holder for one in cases.cases_of("place_border", about=uid)} == {u("q01j1"), u("q01j2")}
    assert all(uid in {one.uid for one in queries.matters(who)} for who in (CLERK, OTHER)) and queries.matter(uid).unit == ""
    mine = next(one for one in cases.cases_of("place_border", about=uid) if one.source == u("q01j2"))
    refused("PERM-DENIED", casework.move, mine.uid, "accept", by=CLERK, at=AT)
    assert casework.move(mine.uid, "accept", by=OTHER, at=AT + HOUR) == "accepted"
    assert {one.state for one in cases.cases_of("place_border", about=uid)} == {"accepted", "elsewhere"}
    assert (queries.matter(uid).unit, case(uid).holder) == (u("q01j2"), u("q01j2"))
    refused("MATTER-FIXED", move, uid, "hand_back", by=OTHER, files=True)
    refused("MATTER-TAKEN", services.dispatch, queries.matter(uid), u("q01j1"), fixed=True, by=OFFICE, at=AT)
    assert [uid in {one.uid for one in queries.matters(who)} for who in (CLERK, OTHER)] == [False, True]


def test_what_nobody_accepts_or_no_line_covers_waits_for_people_and_is_never_dropped() -> None:
    line("q01j1", street="q01j1", road="界河路", side="odd")
    line("q01j2", street="q01j2", road="界河路", side="even")
    border, none = found("甲区界河路"), found("丁区没有这条路")
    first, second = cases.cases_of("place_border", about=border)
    casework.move(first.uid, "decline", given=Given("不是我们的"), by=OTHER if first.source == u("q01j2") else CLERK, at=AT)
    assert not cases.cases_of("place_unit", about=border)
    casework.move(second.uid, "lapse", by=SYSTEM, at=AT + 2 * DAY)
    assert queries.matter(border).lapsed_on == date(2018, 4, 4)
    assert {one.uid for one in queries.matters(OFFICE, state="unplaced")} == {border, none}
    verbs = cases.procedure("place_unit").from_state("waiting")
    assert [one.verb for one in verbs] == ["place"], "the only way out is a unit"
    refused("ORG-UNKNOWN", move, none, "place", by=OFFICE, procedure="place_unit", unit="没有的单位")
    refused("PERM-DENIED", move, none, "place", by=CLERK, procedure="place_unit", unit="甲区中和街道")
    move(none, "place", by=OFFICE, procedure="place_unit", unit="示例市丁区人民政府")
    assert (queries.matter(none).unit, case(none).holder) == (u("q04"), u("q04"))
    codes = {(one.code, one.unit, one.about) for one in queries.clues(period_of(2018, today=date(2018, 4, 5), known_at=AT + 5 * DAY))}
    assert {("3", u("q01j1"), border), ("3", u("q01j2"), border)} <= codes


def test_the_limit_of_a_border_passes_by_itself() -> None:
    line("q01j2", street="q01j1")
    uid = found()
    casework.sweep_deadlines(at=AT + 10 * DAY)
    assert {one.state for one in cases.cases_of("place_border", about=uid)} == {"lapsed"} and case(uid, "place_unit").state == "waiting"


def test_a_border_whose_limit_could_not_pass_by_itself_does_so_the_next_time(monkeypatch: pytest.MonkeyPatch) -> None:
    line("q01j2", street="q01j1")
    uid, move_ = found(), sweeping.move
    monkeypatch.setattr(sweeping, "move", lambda *a, **k: [].pop())
    for _ in range(2):
        with pytest.raises(PartlyError, match="deemed: 2/2 IndexError"):
            casework.sweep_deadlines(at=AT + 10 * DAY)
    monkeypatch.setattr(sweeping, "move", move_)
    casework.sweep_deadlines(at=AT + 10 * DAY)
    assert {one.state for one in cases.cases_of("place_border", about=uid)} == {"lapsed"}


def test_a_wrong_unit_hands_back_with_evidence_before_it_begins() -> None:
    uid = found()
    refused("EVID-DIGEST", move, uid, "hand_back", by=CLERK)
    assert move(uid, "hand_back", by=CLERK, files=True) == "handed_back"
    row = queries.matter(uid)
    assert (row.unit, row.dispatched_at, case(uid, "place_unit").state) == ("", None, "waiting")
    move(uid, "place", by=OFFICE, procedure="place_unit", unit="甲区中和街道")
    refused("MATTER-FIXED", move, uid, "hand_back", by=CLERK, files=True)


def test_an_inspection_that_found_something_and_entered_nothing_is_a_sign() -> None:
    duty = queries.places.duties().get()
    placing.inspect(duty.uid, on=date(2018, 4, 2), note="发现一处", found=1, by=CLERK, at=AT)
    period = period_of(2018, today=date(2018, 4, 4), known_at=AT + 2 * DAY)
    assert [(one.code, one.about) for one in queries.clues(period)] == [("1", f"{u('q01j1')}:2018-04-02")]
    line("zjw", kinds=("hazard",))
    theirs = found(kind="hazard", title="堵塞通道", by=CLERK)
    assert queries.matter(theirs).unit == u("zjw"), "by competence it is the bureau's"
    assert queries.clues(period) == [], "the street entered what it found, whosever it is"


def test_six_codes_four_from_facts_two_from_documents_heard_and_decided_by_another() -> None:
    slow = found(building=True)
    at = AT + 40 * DAY
    duty = queries.places.duties().first()
    assert duty is not None
    move(slow, "arrive", by=CLERK, at=AT + HOUR)
    signs = {(one.code, one.about) for one in queries.clues(period_of(2018, today=date(2018, 5, 12), known_at=at))}
    assert signs == {("1", duty.uid), ("2", slow), ("4", slow)}
    refused("DERELICTION-CODE", services.bring_up, Brought("7", u("q01j1")), reason="x", by=OFFICE, at=at)
    refused("CLUE-NONE", services.bring_up, Brought("3", u("q01j1"), slow), reason="x", by=OFFICE, at=at)
    refused("REASON", services.bring_up, Brought("4", u("q01j1"), slow), reason=" ", by=OFFICE, at=at)
    refused("FIELD-NEED", services.bring_up, Brought("5", u("q01j1")), reason="x", by=OFFICE, at=at)
    refused("EVID-DIGEST", services.bring_up, Brought("6", u("q01j1"), "", "示监〔2018〕1号"), reason="x", by=OFFICE, at=at)
    refused("PLACE-OFFICE", services.bring_up, Brought("4", u("q01j1"), slow), reason="x", by=clerk("q01", "d07.office"), at=at)
    refused("ORG-UNKNOWN", services.bring_up, Brought("4", "nobody", slow), reason="x", by=OFFICE, at=at)
    by_fact = services.bring_up(Brought("4", u("q01j1"), slow), reason="两小时未到", by=OFFICE, at=at)
    refused("CASE-DUP", services.bring_up, Brought("4", u("q01j1"), slow), reason="两小时未到", by=OFFICE, at=at)
    services.bring_up(Brought("5", u("q01j1"), "", "示监〔2018〕2号"), reason="违法办证", files=paper(), by=OFFICE, at=at)
    casework.move(by_fact, "reply", given=Given("已于次日拆除"), by=CLERK, at=at)
    refused("DUAL", casework.move, by_fact, "uphold", given=Given("属实"), files=paper(), by=OFFICE, at=at)
    refused("DUAL", casework.move, by_fact, "uphold", given=Given("属实"), files=paper(), by=CLERK, at=at)
    assert casework.move(by_fact, "uphold", given=Given("属实"), files=paper(), by=SECOND, at=at) == "upheld"
    outbox.sweep(at=at)
    [lead] = cases.cases_of("lead")
    assert (lead.key, lead.subject) == (f"area:D7:{cases.case_for(by_fact).number}", u("q01j1"))


def test_a_sign_outlives_a_reform_and_no_sign_comes_from_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two streets of the second district merged on 15 May 2018: what the old one entered it did enter, and its heir is heard."""
    old, heir, later = u("q02j3"), u("q02j9"), datetime(2018, 6, 1, tzinfo=UTC)
    duty = line("q02j3", district="q02", street="q02j3")
    placing.inspect(duty, on=date(2018, 4, 2), note="发现一处", found=1, by=OFFICE, at=AT)
    found("乙区滨江街道江边路1号", kind="hazard", title="堵塞通道")
    border = found("乙区滨江街道江边路2号", kind="disorder", title="垃圾成堆")
    queries.Matter.objects.filter(uid=border).update(units=[old, u("q02j4")], unit="", dispatched_at=None, how="border", lapsed_on=date(2018, 4, 4))
    monkeypatch.setattr(clock, "now", lambda: later)
    signs = {(one.code, one.unit, one.about) for one in queries.clues(period_of(2018, today=later.date(), known_at=later))}
    assert not {about for code, _, about in signs if code == "1" and "2018-04-02" in about}, "it found one and entered one"
    assert ("3", heir, border) in signs
    before = period_of(2018, today=date(2018, 5, 1), known_at=later)
    assert ("3", border) in {(one.code, one.about) for one in queries.signs(clerk("q02j9", "d07.see"), before)}, "the heir may know of it"
    raised = services.bring_up(Brought("3", heir, border), reason="互相推诿", by=OFFICE, at=later)
    assert cases.case_for(raised).source == heir and queries.brought_up(OFFICE, later.date())[0]["what"].en == "3 Passing the buck"


def test_a_number_on_record_as_another_units_is_not_taken_over(tmp_path: Any) -> None:
    names = {"q01j1": "示例市甲区人民政府中和街道办事处", "q01j2": "示例市甲区人民政府西山街道办事处"}

    def load_(unit: str, by: Actor, batch: str, number: str = "WG-1", on: str = "2018-03-01") -> dict[str, Any]:
        path = tmp_path / f"{batch}.csv"
        path.write_text(f"case_no,kind,source,filed_on,unit_name\n{number},脏乱,巡查,{on},{names.get(unit, unit)}\n", "utf-8")
        return services.load("grid_cases", path, batch=batch, by=by, at=AT)

    mine, theirs = (clerk(unit, ENTER) for unit in names)
    assert load_("q01j1", mine, "a")["new"] == 1
    told = load_("q01j2", theirs, "b")
    assert (told["corrected"], told["bad"], told["faults"][0]["field"], told["faults"][0]["code"]) == (0, 1, "unit_name", "PERM-DENIED")
    assert load_("q01j1", mine, "c", on="2018-03-02")["corrected"] == 1 and load_("q01j2", OFFICE, "d")["corrected"] == 1
    assert load_("q01j2", theirs, "e", number="WG-2")["new"] == 1


def test_a_document_case_has_no_fact_and_the_first_of_two_arrivals_stays() -> None:
    case_uid = services.bring_up(Brought("5", u("q01j1"), "x" * 500, "示监〔2018〕2号"), reason="违法办证", files=paper(), by=OFFICE, at=AT)
    assert cases.case_for(case_uid).about == ""
    uid = found(kind="disorder", title="垃圾成堆")
    row, conduct = queries.matter(uid), services.MatterConduct()
    for hours in (1, 3):
        conduct.after(case(uid), cases.procedure("urban_matter").from_state("dispatched")[0], Given("到场"), by=CLERK, at=AT + hours * HOUR)
    row.refresh_from_db()
    assert row.arrived_at == AT + HOUR
    assert queries.pages_of(case(found("丁区没有这条路"), "place_unit"), OFFICE) and {"place_unit", "place_border"} <= set(queries.PAGES)


def test_a_project_is_a_matter_with_its_own_due_day_and_another_verifies_it() -> None:
    site = line("q01j1", street="q01j1", site="幸福大厦", kinds=("quasi",))
    plain = queries.places.duties(unit=u("q01j1")).exclude(site="幸福大厦").first()
    assert plain is not None
    refused("SITE-NONE", services.list_project, plain.uid, title="拆除隔断", due_on=date(2018, 9, 30), by=OFFICE, at=AT)
    refused("PLACE-OFFICE", services.list_project, site, title="拆除隔断", due_on=date(2018, 9, 30), by=clerk("q01j1", "d07.office"), at=AT)
    refused("DATE-ORDER", services.list_project, site, title="拆除隔断", due_on=date(2018, 4, 1), by=OFFICE, at=AT)
    uid = services.list_project(site, title="拆除隔断", due_on=date(2018, 9, 30), by=OFFICE, at=AT)
    refused("MATTER-DUP", services.list_project, site, title="拆除隔断", due_on=date(2018, 9, 30), by=OFFICE, at=AT)
    for last in "甲乙":
        services.list_project(site, title="长" * 79 + last, due_on=date(2018, 9, 30), by=OFFICE, at=AT)
    row = queries.matter(uid)
    assert (row.kind, row.unit, row.fix_by, row.site_by) == ("quasi", u("q01j1"), date(2018, 9, 30), None)
    move(uid, "report_done", by=CLERK, files=True)
    refused("DUAL", move, uid, "close", by=CLERK)
    assert move(uid, "close", by=OFFICE) == "closed"
    assert [(one["kind"], one["n"]) for one in queries.sites(OFFICE, date(2018, 4, 2))] == [("quasi", 3)]
    assert queries.sites(OTHER, date(2018, 4, 2)) == []


def test_a_stranger_learns_of_no_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    uid = found()
    assert queries.matter(uid, actor=CLERK).uid == uid
    assert refused("MATTER-NONE", queries.matter, uid, actor=OTHER).status == 404
    late = datetime(2018, 6, 1, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: late)
    assert queries.matters(OTHER).count() == 0


def test_a_second_click_enters_nothing() -> None:
    uid = found()
    assert refused("MATTER-DUP", found).value == uid and queries.matters(OFFICE).count() == 1
    assert found(title="另一处") and found(found_at=AT - HOUR), "another thing, another time"
