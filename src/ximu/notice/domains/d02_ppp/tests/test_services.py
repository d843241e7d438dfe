"""Files are taken whole or refused whole, obligations are promises, payments measure them, and a breach is final by a document only."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ximu.foundation import clock, outbox
from ximu.foundation.profiles import uid_of
from ximu.ideas.areas import queries as areas
from ximu.ideas.casework import queries as cases
from ximu.ideas.casework import services as casework
from ximu.ideas.casework.rules import Given
from ximu.ideas.commitments import queries as promises
from ximu.ideas.events import services as store
from ximu.ideas.ledger.queries import verify_log
from ximu.ideas.registry.tests.factories import load
from ximu.kernel.actor import EVERY_RIGHT, Actor, Grant
from ximu.kernel.refusal import Refusal
from ximu.notice.domains.d02_ppp import queries, services
from ximu.notice.domains.d02_ppp.models import Breach
from ximu.notice.domains.d02_ppp.queries.register import DATASETS
from ximu.notice.domains.d02_ppp.services import NewBreach

pytestmark = [pytest.mark.django_db, pytest.mark.database, pytest.mark.row("D2")]
AT = datetime(2019, 3, 20, 9, tzinfo=clock.CITY)
TODAY = date(2019, 3, 20)
ALL = (Grant("all", frozenset({EVERY_RIGHT})),)
FIRST, SECOND = (Actor(name, uid_of("example", "fgw"), ALL, person=name) for name in ("first", "second"))
Q1, CZJ = uid_of("example", "q01"), uid_of("example", "q01czj")
HEADS = {
    "ppp_projects": "project,title,unit_name,mode,payment,investment,partner,company,contract,initiated_on,signed_on,converted_on,ended_on,"
                    "document,restates",
    "ppp_acts": "project,step,acted_on,unit_name,post,document",
    "ppp_duties": "project,duty,unit_name,sort,title,deliverable,made_on,due,amount,basis,budget_line,post,why",
    "ppp_payments": "project,duty,unit_name,paid_on,amount,voucher",
    "ppp_disclosures": "project,field,unit_name,published_on,place",
    "ppp_spending": "unit_name,year,stated_on,project,equity,subsidy,risk,support,budgeted,document,restates",
    "ppp_budgets": "unit_name,year,stated_on,spending,document,restates",
}
PROJECT = "P-1,污水厂（示例）,示例市甲区环境保护局,BOT,政府付费,100,,示例项目公司,P-1-合同,2017-02-06,2018-02-05,,,示财金〔2017〕1号,"
DUTY = "P-1,D1,示例市甲区财政局,付费,2018年服务费,支付服务费100万元,2018-02-05,2018-10-01,1000000,第8条,211类,局长,"
PAID = "P-1,D1,示例市甲区财政局,2018-10-08,1000000,V-1"


@pytest.fixture
def folder(db: None, settings: Any, tmp_path: Path) -> Path:
    settings.XIMU_PROFILE, settings.XIMU_HOME = "example", tmp_path
    load()
    return tmp_path


@pytest.fixture
def known(folder: Path) -> Path:
    give(folder, "ppp_projects", PROJECT)
    give(folder, "ppp_duties", DUTY)
    return folder


def give(folder: Path, dataset: str, *rows: str, by: Actor = FIRST, at: datetime = AT, batch: str = "") -> dict[str, Any]:
    path = folder / "delivered.csv"
    path.write_text("\n".join([HEADS[dataset], *rows]) + "\n", "utf-8")
    return services.deliver(dataset, path, batch=batch or f"{dataset}{rows}"[:40], by=by, at=at)


def refused(code: str, call: Any, *args: Any, **named: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        call(*args, **named)
    assert caught.value.code == code, caught.value
    return caught.value


def book(at: datetime = AT) -> queries.Book:
    return queries.book(clock.city_day(at), known_at=at)


def duty(at: datetime = AT) -> Any:
    return promises.row(queries.uid_of_duty(book(at), "P-1", "D1"))


def paper(words: str = "证据") -> casework.Upload:
    found = casework.received(None)
    assert found is None
    digest, size = casework.keep([words.encode()])
    return casework.Upload(digest, size, f"{words}.txt")


def test_an_obligation_is_a_promise_and_its_day_is_moved_off_the_holidays_and_shown(known: Path) -> None:
    row = duty()
    assert (row.kind, row.domain, row.reference, row.unit, row.amount) == ("ppp_obligation", "D2", "P-1/D1", CZJ, 1_000_000)
    assert (row.due_asked, row.due) == (date(2018, 10, 1), date(2018, 10, 8))
    [shown] = queries.shown(book(), "P-1", on=TODAY, today=TODAY)["duties"]
    assert shown["moved"].zh == "约定2018-10-01（国庆节），顺延至2018-10-08"
    assert row.state == "broken" and give(known, "ppp_duties", DUTY, batch="again")["same"] == 1
    changed = refused("PROM-DUP", give, known, "ppp_duties", DUTY.replace("1000000", "900000"), batch="other")
    assert changed.extra["line"] == 2


def test_a_payment_keeps_the_promise_from_the_day_on_which_it_was_whole(known: Path) -> None:
    give(known, "ppp_payments", PAID.replace("1000000", "400000"))
    assert (duty().state, str(duty().progress)) == ("broken", "0.4000")
    give(known, "ppp_payments", PAID.replace("2018-10-08", "2018-10-09").replace("1000000", "600000").replace("V-1", "V-2"))
    assert duty().kept_on == date(2018, 10, 9)
    sheet = areas.sheet(queries.AREA, 2018, today=TODAY, known_at=AT)
    assert [str(sheet.figures[code, Q1].value) for code in ("D02-1", "D02-2")] == ["0.00", "40.00"]
    give(known, "ppp_payments", PAID.replace("1000000", "600000").replace("V-1", "V-2"), batch="told anew: the same voucher, a day before")
    assert duty().kept_on == date(2018, 10, 8)
    over = refused("PROM-OVER", give, known, "ppp_payments", PAID.replace("1000000", "0.01").replace("V-1", "V-3"))
    assert over.value == "1000000.01" and duty().kept_on == date(2018, 10, 8)
    assert verify_log().findings == []


def test_who_paid_whole_in_two_parts_is_at_no_moment_told_to_have_broken_the_promise(known: Path) -> None:
    outbox.sweep(at=AT)
    before = len(cases.cases_of("lead"))
    give(known, "ppp_duties", DUTY.replace("D1", "D2").replace("2018-10-01", "2019-03-29"))
    give(known, "ppp_payments", PAID.replace("D1", "D2").replace("2018-10-08", "2018-03-01").replace("1000000", "1"),
         PAID.replace("D1", "D2").replace("V-1", "V-2").replace("1000000", "999999"), at=AT + timedelta(days=60))
    outbox.sweep(at=AT + timedelta(days=60))
    assert len(cases.cases_of("lead")) == before


HOSTILE = [
    ("ppp_acts", "X-9,项目发起,2018-01-05,示例市甲区环境保护局,局长,甲〔2018〕1号", "PPP-NONE"),
    ("ppp_acts", "P-1,特许经营协议签订,2018-01-05,示例市甲区环境保护局,局长,甲〔2018〕1号", "PPP-STEP"),
    ("ppp_acts", "P-1,项目发起,2016-01-05,示例市甲区环境保护局,局长,甲〔2016〕1号", "DATE-ORDER"),
    ("ppp_acts", "P-1,项目发起,2030-01-05,示例市甲区环境保护局,局长,甲〔2030〕1号", "ROWS-BAD"),
    ("ppp_acts", "P-1,项目发起,2018-01-05,不存在的局,局长,甲〔2018〕1号", "ROWS-BAD"),
    ("ppp_duties", DUTY.replace("D1", "D3").replace(",1000000,", ",,"), "ROWS-BAD"),
    ("ppp_duties", DUTY.replace("D1", "D3").replace("2018-02-05", "2016-02-05"), "DATE-ORDER"),
    ("ppp_duties", DUTY.replace("D1", "D3").replace("付费", "担保"), "ULTRA"),
    ("ppp_duties", DUTY.replace("D1", "D3").replace("付费", "配套").replace("支付服务费100万元", "大力支持").replace("2018年服务费", "支持"), "PROM-VAGUE"),
    ("ppp_duties", DUTY.replace("D1", "D3").replace("局长", "科长"), "PROM-POST"),
    ("ppp_payments", PAID.replace("D1", "D9"), "PPP-DUTY"),
    ("ppp_payments", PAID.replace("2018-10-08", "2018-01-02"), "TIME-ORDER"),
    ("ppp_disclosures", "P-1,领导行程,示例市甲区环境保护局,2018-03-01,网站", "PPP-FIELD"),
    ("ppp_spending", "示例市甲区人民政府,2018,2018-12-31,X-9,0,1,0,0,1,甲〔2019〕1号,", "PPP-NONE"),
]


@pytest.mark.parametrize(("dataset", "row", "code"), HOSTILE)
def test_one_bad_row_and_nothing_of_the_file_is_taken(known: Path, dataset: str, row: str, code: str) -> None:
    before = verify_log().size
    found = refused(code, give, known, dataset, row)
    assert verify_log().size == before and found.extra.get("line", 2) == 2


def test_a_project_without_a_partner_owes_nobody_and_a_change_names_its_document(folder: Path) -> None:
    give(folder, "ppp_projects", PROJECT.replace("示例项目公司", ""))
    refused("PROM-VAGUE", give, folder, "ppp_duties", DUTY)
    refused("RESTATE-BASIS", give, folder, "ppp_projects", PROJECT, batch="b")
    told = give(folder, "ppp_projects", PROJECT + "示财金〔2018〕9号", batch="c", at=AT + timedelta(days=1))
    assert told["corrected"] == 1 and set(DATASETS) <= set(store.loaders())
    assert [book(at).projects["P-1"]["company"] for at in (AT, AT + timedelta(days=1))] == [None, "示例项目公司"]


def test_a_clerk_delivers_for_the_own_district_only(folder: Path) -> None:
    clerk = Actor("clerk", Q1, (Grant("entry", frozenset({"d02.deliver", "d02.see"}), Q1),), "clerk")
    assert give(folder, "ppp_projects", PROJECT, by=clerk)["new"] == 1, "the bureau belongs to the district"
    refused("PERM-DENIED", give, folder, "ppp_projects", PROJECT.replace("P-1", "P-2").replace("甲区", "乙区"), by=clerk)
    refused("PERM-DENIED", give, folder, "ppp_projects", PROJECT, by=Actor("stranger"))
    other = Actor("other", None, (Grant("entry", frozenset({"d02.see"}), uid_of("example", "q02")),), "other")
    assert [len(queries.listed(book(), one)) for one in (clerk, other, FIRST)] == [1, 0, 1]
    q2 = Actor("q2", None, (Grant("entry", frozenset({"d02.deliver", "d02.find"}), uid_of("example", "q02")),), "q2")
    mine = PROJECT.replace("甲区", "乙区") + "示财金〔2018〕9号"
    refused("PERM-DENIED", give, folder, "ppp_projects", mine, by=q2, batch="t")
    assert book().projects["P-1"]["unit"] == uid_of("example", "q01hbj"), "a project is not taken away by its number"
    refused("PERM-DENIED", find, "1", date(2016, 1, 1), "", by=q2)
    give(folder, "ppp_duties", DUTY)
    both = Actor("both", None, (*q2.grants, Grant("entry", frozenset({"d02.deliver"}), uid_of("example", "q01czj"))), "both")
    for dataset, row in (("ppp_acts", "P-1,项目发起,2017-03-05,{},局长,乙〔2017〕1号"), ("ppp_disclosures", "P-1,项目概况,{},2018-03-01,网站"),
                         ("ppp_payments", "P-1,D1,{},2018-10-08,1000000,V-9"), ("ppp_duties", DUTY.replace("示例市甲区财政局", "{}").replace("D1", "D7")),
                         ("ppp_spending", "{},2018,2018-12-31,P-1,0,1,0,0,1,乙〔2019〕1号,")):
        refused("PERM-DENIED", give, folder, dataset, row.format("示例市乙区人民政府"), by=q2, batch="s")
    assert give(folder, "ppp_payments", PAID, by=both)["new"] == 1, "who owes it says what it paid"
    refused("PPP-NONE", queries.seen, book(), "P-1", other)
    refused("PPP-NONE", queries.seen, book(), "X-9", FIRST)


def find(kind: str = "1", on: date = date(2018, 11, 8), number: str = "D1", **named: Any) -> str:
    new = NewBreach("P-1", kind, on, named.pop("words", "到期未付"), number)
    return services.find(new, evidence=named.pop("evidence", paper()), by=named.pop("by", FIRST), at=AT)


def test_a_breach_needs_its_facts(known: Path) -> None:
    for code, named in (("PPP-TYPE", {"kind": "9"}), ("PPP-DUTY", {"number": "D9"}), ("DATE-ORDER", {"on": date(2016, 1, 1)}),
                        ("TIME-FUTURE", {"on": date(2019, 3, 21)}), ("REASON", {"words": " "}), ("EVID-DIGEST", {"evidence": None}),
                        ("PERM-DENIED", {"by": Actor("stranger")})):
        refused(code, find, **named)
    refused("PPP-NONE", services.find, NewBreach("X-9", "1", TODAY, "w"), evidence=paper(), by=FIRST, at=AT)
    assert not Breach.objects.exists()
    case = find()
    assert refused("CASE-DUP", find).extra["case"] == case
    told = cases.case_for(case).values["told"]
    assert told["责任环节"].endswith("（RETRACE-GAP）") and told["违约类型"] == "未按约支付"


def step(case: str, verb: str, by: Actor, *, days: int = 0, file: bool = True, **values: str) -> str:
    return casework.move(case, verb, given=Given("理由", values=values), files=[paper(verb)] if file else [], by=by, at=AT + timedelta(days=days))


def upheld(**named: Any) -> str:
    case = find(**named)
    unit = cases.case_for(case).source
    clerk = Actor("unit", unit, (Grant("entry", frozenset({"d02.answer"}), unit),), "unit")
    step(case, "reply", clerk, file=False, accepts="no")
    refused("DUAL", step, case, "uphold", FIRST)
    step(case, "uphold", SECOND)
    return case


FINAL = {"paper": "judgment", "document": "（2019）示01民终1号", "final_on": "2019-03-19"}


def test_nothing_is_final_before_its_document_is(known: Path) -> None:
    case = upheld()
    for code, wrong in (("FIELD-NEED", {"document": " "}), ("DATE-FORM", {"final_on": "昨天"}), ("FIN-OPEN", {"final_on": "2019-03-21"}),
                        ("FIN-OPEN", {"final_on": "2018-11-01"}), ("FIN-OPEN", {"paper": "uncontested"}), ("VALUE-CHOICE", {"paper": "白条"})):
        refused(code, step, case, "finalise", SECOND, **{**FINAL, **wrong})
    refused("EVID-DIGEST", step, case, "finalise", SECOND, file=False, **FINAL)
    assert Breach.objects.get().final_on is None and areas.sheet(queries.AREA, 2019, today=TODAY, known_at=AT).warned is not None
    assert step(case, "finalise", SECOND, days=31, **{**FINAL, "paper": "uncontested"}) == "final"


def test_a_final_breach_is_in_the_log_is_not_said_again_and_becomes_one_lead(known: Path) -> None:
    outbox.sweep(at=AT)
    leads = {one.key for one in cases.cases_of("lead")}
    step(upheld(), "finalise", SECOND, **FINAL)
    step(upheld(kind="3", number=""), "finalise", SECOND, **{**FINAL, "document": "（2019）示01民终2号"})
    refused("PPP-FINAL", find)
    refused("PPP-FINAL", find, kind="3", number="")
    outbox.sweep(at=AT)
    new = {one.key: one for one in cases.cases_of("lead") if one.key not in leads}
    numbers = {cases.case_for(one.case).number for one in Breach.objects.filter(kind="3")}
    assert leads == {f"promise:{duty().uid}"}, "the promise was broken before, and its lead stays the one"
    assert set(new) == {f"area:{number}" for number in numbers}
    assert {one.subject for one in new.values()} == {uid_of("example", "q01hbj")}
    warned = [one for one in areas.sheet(queries.AREA, 2019, today=TODAY, known_at=AT).warned if one.rule == "D02-W9"]
    assert len(warned) == 2 and verify_log().findings == []
    Breach.objects.filter(kind="3").update(document="另一份")
    assert len(verify_log().findings) == 1, "an altered document is named"


def test_a_contested_finding_is_final_by_a_court_or_arbitrator_only(known: Path) -> None:
    case = upheld()
    source = cases.case_for(case).source
    step(case, "contest", Actor("unit", source, (Grant("entry", frozenset({"d02.answer"}), source),), "unit"))
    refused("FIN-OPEN", step, case, "finalise", SECOND, days=60, **{**FINAL, "paper": "uncontested"})
    assert step(case, "finalise", SECOND, days=60, **{**FINAL, "paper": "award"}) == "final"


def test_what_is_not_on_record_is_a_gap_and_nobody_is_guessed(known: Path) -> None:
    give(known, "ppp_acts", "P-1,项目发起,2017-02-06,示例市甲区环境保护局,局长,甲〔2017〕1号", "P-1,管理架构组建,2017-09-05,示例市甲区人民政府,,甲〔2017〕9号")
    told = queries.trace(book(), "P-1", on=date(2018, 11, 8), duty="D1", today=TODAY)
    assert {one.step: one.gap for one in told if one.gap} == {
        "项目筛选": "no-act", "物有所值评价": "no-act", "财政承受能力论证": "no-act", "管理架构组建": "no-post"}
    assert {one.code for one in told if one.gap} == {"RETRACE-GAP"} and all(not one.holders for one in told if one.gap)
    held = {one.step: one.act.post for one in told if one.act and one.holders}
    assert held == {"项目发起": "局长", "合同义务": "局长", "违约当日": "局长"}
    refused("PPP-NONE", queries.trace, book(), "X-9", on=TODAY, today=TODAY)
