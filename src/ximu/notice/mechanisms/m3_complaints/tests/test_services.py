"""A report past those complained of, answered in time, looked at twice, cut off from what it proved."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from ximu.foundation import clock
from ximu.ideas.ledger import queries as ledger
from ximu.ideas.registry import queries as registry
from ximu.ideas.registry.tests import factories as city
from ximu.kernel.actor import SYSTEM, Actor, Grant
from ximu.kernel.refusal import Refusal
from ximu.notice.mechanisms.m3_complaints import queries, services
from ximu.notice.mechanisms.m3_complaints.models import Act, Contact, Hour, Lead, Message, Report, Wrap
from ximu.notice.mechanisms.m3_complaints.services import Finding
from ximu.notice.mechanisms.m3_complaints.tests.factories import (
    ALL,
    AT,
    CZJ,
    DISTRICT,
    FGW,
    HBJ,
    JIANCHA,
    OVERSEER,
    SHI,
    TOWN,
    filed,
    jpeg,
    person,
)

pytestmark = [pytest.mark.django_db, pytest.mark.row("M3.4")]
DAY = clock.city_day(AT)
LEAD = "经查，该镇上半年一笔款项未按合同付清。"


@pytest.fixture(autouse=True)
def _city(db: None, settings: Any) -> None:
    settings.XIMU_PROFILE = "example"
    city.load()


def refused(code: str, call: Any, *args: Any, **named: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        call(*args, **named)
    assert caught.value.code == code
    return caught.value


def only() -> Report:
    return Report.objects.get()


def form() -> str:
    return services.form(on=DAY)


def test_a_report_is_kept_sealed_and_found_by_its_code_only() -> None:
    code = filed("秘密内容CANARY", about="北桥镇、没有的局", contact="张三 13800000000", files=[jpeg()])
    row = only()
    assert (row.about, row.handler, row.named, row.state) == ([TOWN], JIANCHA, True, "received")
    assert "CANARY" not in row.sealed and code not in {row.code, row.uid}
    assert "秘密内容CANARY" in queries.text_of(row, queries.data_key(row, None)) and "没有的局" in queries.text_of(row, queries.data_key(row, None))
    seen = services.look(f" {code[:4]} {code[4:8]}-{code[8:]}", at=AT)
    assert (seen["code"], seen["due"], seen["files"]) == ("received", date(2018, 6, 19), 1)
    assert "张三" not in Contact.objects.get().sealed


def test_wrong_unknown_and_destroyed_codes_get_the_same_words() -> None:
    code = filed()
    wrong = refused("RECEIPT", services.look, "0" * 16, at=AT)
    typo = refused("RECEIPT", services.look, "not a code", at=AT)
    Wrap.objects.all().delete()
    Report.objects.all().delete()
    gone = refused("RECEIPT", services.look, code, at=AT)
    assert wrong.envelope() == typo.envelope() == gone.envelope()


def test_guessing_is_slowed_for_everybody_and_alarms_the_overseer(monkeypatch: pytest.MonkeyPatch) -> None:
    code = filed()
    monkeypatch.setattr(queries, "value", lambda name, on: 3)
    for _ in range(3):
        refused("RECEIPT", services.look, "1" * 16, at=AT)
    refused("RECEIPT-SLOW", services.look, code, at=AT)
    later = AT + timedelta(days=3)
    assert any("RECEIPT-GUESS" in item.title.zh for item in queries.today(OVERSEER, later)), "told for a week, not for an hour"
    assert [(check.state, "RECEIPT-GUESS" in check.found) for check in queries.doctor(later)][:2] == [("warn", True), ("ok", False)]
    assert services.look(code, at=AT + timedelta(hours=1))["code"] == "received"


def test_the_same_form_makes_one_report_and_floods_are_slowed(monkeypatch: pytest.MonkeyPatch) -> None:
    token = form()
    assert filed(token=token) == filed(token=token)
    assert Report.objects.count() == 1
    refused("FORM-OLD", filed, token="x")
    refused("FORM-OLD", filed, token=services.form(on=DAY - timedelta(days=2)))
    refused("FORM-OLD", filed, token=token[:-1] + ("0" if token[-1] != "0" else "1"))
    monkeypatch.setattr(queries, "value", lambda name, on: 1)
    refused("REPORT-FLOOD", filed)


@pytest.mark.parametrize(("code", "change"), [
    ("REPORT-EMPTY", {"text": " "}), ("REPORT-LONG", {"text": "长" * 20_001}), ("FILE-RISK", {"files": [b"%PDF-1.7"]}),
    ("FILE-COUNT", {"files": [jpeg()] * 6}), ("FILE-EMPTY", {"files": [b""]}),
])
def test_what_cannot_be_taken_is_refused_and_nothing_is_kept(code: str, change: dict[str, Any]) -> None:
    refused(code, filed, **change)
    refused("REPORT-TOPIC", services.file_report, services.Filed("poem", "x"), token=form(), at=AT)
    assert (Report.objects.count(), Act.objects.count()) == (0, 0)


@pytest.mark.parametrize(("about", "handler"), [
    ("北桥镇", JIANCHA), ("示例市监察局", FGW), ("示例市监察局、示例市发展和改革委员会", SHI), ("示例市人民政府", ""),
])
def test_a_report_goes_past_those_complained_of(about: str, handler: str) -> None:
    filed(about=about)
    assert only().handler == handler


def test_the_unit_complained_of_finds_nothing_and_is_logged_when_it_tries() -> None:
    filed(about="示例市监察局")
    uid, before = only().uid, ledger.size()
    inside = replace(OVERSEER, uid="inside", person="inside")
    assert queries.visible(inside, DAY) == [] and queries.today(inside, AT) == []
    refused("CONFLICT", services.must_handle, uid, by=inside, at=AT)
    assert ledger.size() == before + 1
    beneath = person("clerk", TOWN)
    filed(about="示例市甲区人民政府")
    other = Report.objects.exclude(uid=uid).get()
    assert registry.unit(TOWN, as_of=DAY).parent == DISTRICT  # type: ignore[union-attr]
    refused("CONFLICT", services.must_handle, other.uid, by=beneath, at=AT)
    refused("REPORT-NONE", services.must_handle, other.uid, by=person("stranger", HBJ), at=AT)
    refused("PURPOSE", services.must_handle, other.uid, by=Actor("x"), at=AT)
    assert [r.uid for r in queries.visible(OVERSEER, DAY)] == [other.uid]


def test_an_official_complained_of_is_kept_out_once_named(monkeypatch: pytest.MonkeyPatch) -> None:
    filed()
    someone = registry.officials()[0]
    himself = person(queries.person_of(someone.number))
    services.must_handle(only().uid, by=himself, at=AT)
    refused("OFFICIAL-UNKNOWN", services.mark_official, only().uid, "nobody0000000000", by=OVERSEER, at=AT)
    services.mark_official(only().uid, someone.uid, by=OVERSEER, at=AT)
    refused("CONFLICT", services.must_handle, only().uid, by=himself, at=AT)


def handled(**given: Any) -> tuple[str, str]:
    code = filed(**given)
    uid = Report.objects.order_by("-pk")[0].uid
    services.accept(uid, by=person("a"), at=AT)
    return code, uid


def test_questions_answers_and_a_second_look_by_another_officer() -> None:
    code, uid = handled(about="北桥镇")
    assert services.look(code, at=AT)["due"] == date(2018, 8, 3)
    refused("STATE-EDGE", services.accept, uid, by=person("a"), at=AT)
    refused("DUAL", services.ask, uid, "合同号是多少？", by=person("b"), at=AT)
    refused("REASON", services.ask, uid, " ", by=person("a"), at=AT)
    services.ask(uid, "合同号是多少？", by=person("a"), at=AT)
    assert [m["text"] for m in services.look(code, at=AT)["talk"]] == ["合同号是多少？"]
    token = form()
    for _ in range(2):
        services.say(code, "甲字12号", token=token, files=[jpeg()], at=AT)
    assert Message.objects.filter(sender="reporter").count() == 1
    assert only().state == "handling" and only().attachments.count() == 1
    refused("OUTCOME", services.answer, uid, Finding("maybe", "x"), by=person("a"), at=AT)
    services.answer(uid, Finding("unproven", "未发现问题。"), by=person("a"), at=AT)
    refused("STATE-EDGE", services.say, code, "又及", token=form(), at=AT)
    refused("REOPEN-LATE", services.reopen, code, "没有解决", at=AT + timedelta(days=31))
    assert services.look(code, at=AT)["may_reopen"]
    services.reopen(code, "没有解决", at=AT)
    refused("DUAL", services.take, uid, by=person("a"), at=AT)
    services.take(uid, by=person("b"), at=AT)
    refused("STATE-EDGE", services.take, uid, by=person("c"), at=AT)
    services.answer(uid, Finding("explained", "已再次核实。"), by=person("b"), at=AT)
    refused("REOPEN-ONCE", services.reopen, code, "还是没有", at=AT)
    assert [m["sender"] for m in services.look(code, at=AT)["talk"]] == ["office", "reporter", "office", "reporter", "office"]


def test_a_report_is_declined_with_reason_or_passed_on_to_one_without_conflict() -> None:
    code = filed(about="北桥镇")
    uid = only().uid
    refused("CONFLICT", services.pass_on, uid, TOWN, by=person("a"), at=AT)
    refused("ORG-UNKNOWN", services.pass_on, uid, "nosuchunit000000", by=person("a"), at=AT)
    services.pass_on(uid, CZJ, by=person("a"), at=AT)
    refused("REPORT-NONE", services.accept, uid, by=person("a"), at=AT)
    refused("REASON", services.decline, uid, reason=" ", by=person("f", CZJ), at=AT)
    services.decline(uid, reason="属于诉讼事项。", by=person("f", CZJ), at=AT)
    assert services.look(code, at=AT)["code"] == "declined"


def test_duplicates_are_linked_and_both_get_the_answer() -> None:
    code, uid = handled()
    again = filed("同一件事另一人说")
    other = Report.objects.exclude(uid=uid).get().uid
    refused("LINK", services.link, uid, uid, by=person("a"), at=AT)
    services.link(other, uid, by=person("a"), at=AT)
    services.answer(uid, Finding("explained", "已说明。"), by=person("a"), at=AT)
    for one in (code, again):
        assert services.look(one, at=AT)["talk"][-1]["text"] == "已说明。"


def test_a_proven_report_leaves_a_lead_that_nothing_joins_to_it() -> None:
    handles = []
    for number in range(3):
        text = f"第{number}号工程承诺三月底前全部付清款项至今分文未付"
        _, uid = handled(text=text, about="北桥镇")
        handles.append(uid)
        refused("LEAD-WORDS", services.answer, uid, Finding("proven", "属实。", TOWN, "短"), by=person("a"), at=AT)
        refused("LEAD-QUOTE", services.answer, uid, Finding("proven", "属实。", TOWN, "经查，承诺三月底前全部 付清款项"), by=person("a"), at=AT)
        services.answer(uid, Finding("proven", "属实，已移送。", "", f"{LEAD}（{number}）"), by=person("a"), at=AT)
        assert services.release_leads(by=OVERSEER, at=AT) == (3 if number == 2 else 0)
    leads = list(Lead.objects.all())
    assert {lead.words[-3:] for lead in leads} == {"（0）", "（1）", "（2）"}
    assert {(lead.unit, lead.month, lead.origin, lead.source) for lead in leads} == {(TOWN, "2018-06", "social", "")}
    assert all(uid not in str(vars(lead)) for lead in leads for uid in handles)
    assert not Report.objects.exclude(lead="").exists() and not Report.objects.exclude(lead_on=None).exists()
    _, uid = handled(text="又一件事", about="北桥镇")
    services.answer(uid, Finding("part", "部分属实。", TOWN, LEAD), by=person("a"), at=AT)
    assert services.release_leads(by=OVERSEER, at=AT + timedelta(days=29)) == 0
    assert services.release_leads(by=OVERSEER, at=AT + timedelta(days=30)) == 1


def test_a_contact_needs_a_purpose_and_a_second_person() -> None:
    filed(contact="张三 13800000000")
    uid = only().uid
    refused("PURPOSE", services.reveal_contact, uid, by=person("a"), at=AT)
    refused("PURPOSE", services.ask_contact, uid, purpose=" ", by=person("a"), at=AT)
    services.ask_contact(uid, purpose="核实合同原件", by=person("a"), at=AT)
    refused("DUAL", services.reveal_contact, uid, by=person("a"), at=AT)
    assert services.reveal_contact(uid, by=person("b"), at=AT) == "张三 13800000000"
    refused("PURPOSE", services.reveal_contact, uid, by=person("b"), at=AT)
    filed()
    refused("CONTACT-NONE", services.ask_contact, Report.objects.get(named=False).uid, purpose="x", by=person("a"), at=AT)


def test_each_day_is_sealed_once_and_empty_days_look_like_busy_ones() -> None:
    for _ in range(17):
        filed()
    assert services.seal_days(by=OVERSEER, at=AT) == 0
    assert services.seal_days(by=OVERSEER, at=AT + timedelta(days=3)) == 3
    assert services.seal_days(by=OVERSEER, at=AT + timedelta(days=3)) == 0
    assert sorted(seal.leaves for seal in queries.seals()) == [16, 16, 32]
    assert ledger.verify_log().ok
    Act.objects.filter(sealed="").first().delete()  # type: ignore[union-attr]
    assert "report" not in str([vars(seal) for seal in queries.seals()])


def test_old_reports_without_a_finding_are_destroyed() -> None:
    code, uid = handled(contact="张三", files=[jpeg()])
    services.answer(uid, Finding("unproven", "未查实。"), by=person("a"), at=AT)
    _, kept = handled(about="北桥镇")
    services.answer(kept, Finding("proven", "属实。", TOWN, LEAD), by=person("a"), at=AT)
    services.release_leads(by=OVERSEER, at=AT + timedelta(days=40))
    assert services.shred_due(by=OVERSEER, at=AT + timedelta(days=180)) == 0
    assert services.shred_due(by=OVERSEER, at=AT + timedelta(days=190)) == 1
    refused("RECEIPT", services.look, code, at=AT)
    assert [row.uid for row in Report.objects.all()] == [kept]
    assert Contact.objects.count() == 0


def test_press_items_are_leads_with_a_source() -> None:
    given = {"origin": "press", "words": "报道称某路段完工日期一再推迟", "source": "示例晚报2018-06-01", "by": OVERSEER, "at": AT}
    for code, change in (("LEAD-ORIGIN", {"origin": "rumour"}), ("LEAD-WORDS", {"words": "短"}), ("LEAD-SOURCE", {"source": ""})):
        refused(code, services.report_press, TOWN, "promise", **(given | change))
    refused("ORG-UNKNOWN", services.report_press, "nosuchunit000000", "promise", **given)
    refused("REPORT-TOPIC", services.report_press, TOWN, "poem", **given)
    refused("PERM-DENIED", services.report_press, TOWN, "promise", **(given | {"by": person("a")}))
    services.report_press(TOWN, "promise", **given)
    assert Lead.objects.get().origin == "press"


class _View:
    name = "public"

    def allows(self, item: str, field: str, status: str) -> bool:
        return True


def test_a_quarter_is_counted_once_and_no_later_count_can_be_taken_from_it() -> None:
    codes = []
    for _ in range(6):
        code, uid = handled()
        codes.append(code)
        services.answer(uid, Finding("unproven", "未查实。"), by=person("a"), at=AT)
    refused("QUARTER", queries.public_figures, _View(), on=DAY, year=2018, number=2)
    refused("QUARTER", queries.public_figures, _View(), on=DAY, year=2018, number=5)
    assert services.publish_figures(by=OVERSEER, at=AT) == 0
    over = AT + timedelta(days=30)
    assert queries.public_figures(_View(), on=date(2018, 7, 2))["tables"] == []
    assert services.publish_figures(by=OVERSEER, at=over) == 1
    assert services.publish_figures(by=OVERSEER, at=over) == 0
    found = queries.public_figures(_View(), on=date(2018, 7, 2))
    assert (found["year"], found["quarter"], [t["total"] for t in found["tables"]]) == (2018, 2, [6, 6])
    assert {r["count"] for r in found["tables"][0]["rows"]} == {0, 6}
    services.reopen(codes[0], "没有解决", at=over)
    services.shred_due(by=OVERSEER, at=AT + timedelta(days=200))
    assert queries.public_figures(_View(), on=date(2018, 7, 2)) == found
    assert services.publish_figures(by=OVERSEER, at=AT + timedelta(days=303)) == 3, "empty quarters are published too"
    refused("PERM-DENIED", services.publish_figures, by=person("a"), at=over)
    assert SYSTEM.can("complaints.oversee")


def test_asking_neither_renews_the_clock_nor_saves_a_late_one() -> None:
    code, uid = handled(about="北桥镇")
    for day, reply in ((10, 15), (20, 25)):
        services.ask(uid, "哪一天？", by=person("a"), at=AT + timedelta(days=day))
        assert only().due == DAY + timedelta(days=day + 15)
        later = AT + timedelta(days=reply)
        services.say(code, "三月一日", token=services.form(on=clock.city_day(later)), at=later)
    assert only().due == date(2018, 8, 13), "60 days and the ten on which the reporter was asked"
    services.ask(uid, "还有呢？", by=person("a"), at=AT + timedelta(days=30))
    assert services.resume_silent(by=OVERSEER, at=AT + timedelta(days=45)) == 0
    assert services.resume_silent(by=OVERSEER, at=AT + timedelta(days=47)) == 1
    assert (only().state, only().left) == ("handling", None)
    late = only().due + timedelta(days=3)  # type: ignore[operator]
    then = AT + (late - DAY)
    services.ask(uid, "再问一次", by=person("a"), at=then)
    assert only().due < late, "late stays late"  # type: ignore[operator]
    services.say(code, "答", token=services.form(on=late), at=then)
    assert only().due < late and only().state == "handling"  # type: ignore[operator]


def chief(unit: str) -> Any:
    """An official who serves in the unit that day."""
    return next(one for one in registry.officials() if queries.served(one.uid, DAY) == {unit})


def test_a_person_named_by_the_reporter_is_kept_out_with_his_unit() -> None:
    someone = chief(FGW)
    filed(about=f"示例市监察局；{someone.name}")
    row = only()
    assert someone.uid in row.officials
    assert row.handler not in {JIANCHA, FGW} and row.handler
    himself = person(queries.person_of(someone.number), HBJ)
    refused("CONFLICT", services.must_handle, row.uid, by=himself, at=AT)
    assert queries.visible(replace(OVERSEER, unit=FGW), DAY) == []


def test_a_report_moves_on_when_the_person_complained_of_serves_where_it_lies() -> None:
    filed(text="有人在承办单位内部说情。")
    services.pass_on(only().uid, FGW, by=person("a"), at=AT)
    someone = chief(FGW)
    lay = only().handler
    services.accept(only().uid, by=person("h", lay), at=AT)
    services.mark_official(only().uid, someone.number, by=person("h", lay), at=AT)
    row = only()
    assert row.handler not in {lay, ""} and row.officer == ""
    refused("CONFLICT", services.must_handle, row.uid, by=person("h", lay), at=AT)


def test_a_report_that_nobody_in_the_city_may_handle_says_so() -> None:
    code = filed(about="示例市人民政府")
    assert services.look(code, at=AT)["alone"]
    assert [check.state for check in queries.doctor(AT)] == ["ok", "warn", "warn"]
    assert not services.look(filed(about="北桥镇"), at=AT)["alone"]


def test_the_database_does_not_know_in_which_hour_somebody_reported() -> None:
    filed()
    kept = " ".join(Hour.objects.values_list("hour", flat=True))
    assert kept and "2018" not in kept and queries.hour_of(AT) == kept != queries.hour_of(AT + timedelta(hours=1))


def test_masking_hides_from_handlers_and_keeps_the_original() -> None:
    code = filed(text="我是二科的，电话13800000000，款项未付。", files=[jpeg()])
    uid, file = only().uid, only().attachments.get().uid
    refused("MASK-NONE", services.mask, uid, ["三科的"], by=person("a"), at=AT)
    refused("MASK-NONE", services.mask, uid, [" "], by=person("a"), at=AT)
    refused("MASK-NONE", services.mask, uid, [], files=["nosuchfile000000"], by=person("a"), at=AT)
    services.mask(uid, ["我是二科的", ""], files=[file], by=person("a"), at=AT)
    services.pass_on(uid, CZJ, by=person("a"), at=AT)
    seen = queries.content(only(), queries.data_key(only(), None))
    assert seen["text"] == "■■■，电话■■■，款项未付。"
    assert (seen["files"], seen["hidden"], seen["masked"]) == ([], 1, True)
    assert "二科" not in only().masked
    services.say(code, "我是二科的，再补充。", token=form(), at=AT)
    assert queries.content(only(), queries.data_key(only(), None))["talk"][0]["text"] == "■■■，再补充。"
    refused("PERM-DENIED", services.original, uid, purpose="核对", by=person("c", CZJ), at=AT)
    refused("PURPOSE", services.original, uid, purpose=" ", by=OVERSEER, at=AT)
    before = ledger.size()
    row = services.original(uid, purpose="核对金额", by=OVERSEER, at=AT)
    assert ledger.size() == before + 1
    assert "13800000000" in queries.content(row, queries.data_key(row, None), original=True)["text"]
    assert "我是二科的" in queries.text_of(only(), queries.data_key(only(), None)), "the original is as it came"


def test_who_oversees_one_unit_does_not_see_the_reports_of_others() -> None:
    filed(about="北桥镇")
    uid = only().uid
    elsewhere = Actor("other", CZJ, (Grant("discipline_officer", ALL, CZJ),), "other")
    assert queries.visible(elsewhere, DAY) == []
    refused("REPORT-NONE", services.must_handle, uid, by=elsewhere, at=AT)
    services.pass_on(uid, CZJ, by=OVERSEER, at=AT)
    assert [row.uid for row in queries.visible(elsewhere, DAY)] == [uid]
    assert [row.uid for row in queries.visible(OVERSEER, DAY)] == [uid], "who oversees the city keeps sight of it"
    bound = Actor("bound", JIANCHA, (Grant("discipline_officer", ALL, JIANCHA),), "bound")
    assert [row.uid for row in queries.visible(bound, DAY)] == [uid], "so does who oversees for the office to which reports go first"


def test_reports_and_conflicts_follow_a_reorganisation() -> None:
    filed(about="北桥镇")
    filed(about="示例市监察局")
    lay, against = Report.objects.order_by("pk")
    later = date(2019, 1, 7)
    heir = queries.acting(JIANCHA, later)
    if heir == JIANCHA:
        old = next(u for u in registry.book().units if queries.acting(u, later) != u and registry.unit(u, as_of=DAY))
        heir = queries.acting(old, later)
        Report.objects.filter(pk=lay.pk).update(handler=old)
        Report.objects.filter(pk=against.pk).update(about=[old])
    clerk = person("heir", heir)
    at = AT + (later - DAY)
    assert [row.pk for row in queries.visible(clerk, later)] == [lay.pk]
    assert services.must_handle(lay.uid, by=clerk, at=at).pk == lay.pk
    refused("CONFLICT", services.must_handle, against.uid, by=clerk, at=at)
