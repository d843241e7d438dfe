"""Versions with notice, difference and a second person; reports checked by the catalogue of their day; ties found and cut."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core import serializers

from ximu.foundation import lists
from ximu.foundation.models import SignMark
from ximu.foundation.profiles import uid_of
from ximu.ideas.casework import queries as cases
from ximu.ideas.casework import services as casework
from ximu.ideas.casework.rules import Given
from ximu.ideas.casework.tests.factories import upload
from ximu.ideas.events import services as events
from ximu.ideas.ledger import queries as ledger
from ximu.ideas.registry.tests.factories import load
from ximu.kernel import uscc
from ximu.kernel.actor import SYSTEM, Actor, Grant
from ximu.kernel.refusal import Refusal
from ximu.notice.domains.d12_approval.models import Edition
from ximu.notice.domains.d12_approval.queries import catalogue, register
from ximu.notice.domains.d12_approval.services import catalogue as versions
from ximu.notice.domains.d12_approval.services import register as registers
from ximu.notice.domains.d12_approval.services import reporting

pytestmark = [pytest.mark.django_db, pytest.mark.row("D12")]
AT = datetime(2018, 3, 5, 2, tzinfo=UTC)
DAY = timedelta(days=1)
SGB, HBJ, SWJ = (uid_of("example", key) for key in ("sgb", "hbj", "swj"))


def person(name: str, *rights: str, unit: str | None = None) -> Actor:
    return Actor(name, unit or SGB, (Grant("staff", frozenset(f"d12.{one}" for one in rights), unit),), name)


DRAFTER, PUBLISHER = person("drafter", "see", "catalogue", "register", "decide", "deliver"), person("publisher", "see", "publish", "decide")
CLERK = person("clerk", "see", "handle", "deliver", unit=HBJ)
ROW = {"事项编码": "HB-01", "事项名称": "排污许可", "实施单位": "市环保局", "类别": "行政许可", "设定依据": "法律：水污染防治法 第二十一条",
       "申请材料": "申请表|营业执照（复印件）|监测报告", "法定期限": "20", "承诺期限": "15", "收费（元）": "0", "收费依据": "", "办理条件": "符合排放标准",
       "联合办理": "否", "告知承诺": "是", "中介服务": "", "受理状态": "受理"}
OTHER = {**ROW, "事项编码": "SW-01", "事项名称": "取水许可", "实施单位": "市水务局", "设定依据": "行政法规：取水许可和水资源费征收管理条例 第四条",
         "收费（元）": "120", "收费依据": "行政法规：取水许可和水资源费征收管理条例 第二十八条"}


@pytest.fixture(autouse=True)
def city(settings: Any, tmp_path: Path) -> None:
    settings.XIMU_PROFILE, settings.XIMU_HOME = "example", tmp_path
    load()


def refused(code: str, act: Any, *args: Any, **values: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        act(*args, **values)
    assert caught.value.code == code
    assert caught.value.zh and caught.value.en
    return caught.value


def csv_of(*rows: dict[str, str]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def drafted(number: str, *rows: dict[str, str], at: datetime = AT) -> Edition:
    return versions.draft(number, csv_of(*rows), basis="示例文件〔2018〕1号", by=DRAFTER, at=at)


def published(number: str = "2018-1", *rows: dict[str, str], at: datetime = AT) -> Edition:
    drafted(number, *(rows or (ROW, OTHER)), at=at)
    if catalogue.newest():
        versions.give_notice(number, by=DRAFTER, at=at)
        at += 31 * DAY
    return versions.publish(number, in_force=(at + DAY).date(), by=PUBLISHER, at=at)


def test_a_first_version_is_published_by_another_person_and_proved_by_the_log() -> None:
    drafted("2018-1", ROW, OTHER)
    refused("DUAL", versions.publish, "2018-1", in_force=date(2018, 3, 6), by=person("drafter", "publish"), at=AT)
    refused("PERM-DENIED", versions.publish, "2018-1", in_force=date(2018, 3, 6), by=CLERK, at=AT)
    refused("CAT-PAST", versions.publish, "2018-1", in_force=date(2018, 3, 4), by=PUBLISHER, at=AT)
    row = versions.publish("2018-1", in_force=date(2018, 3, 6), by=PUBLISHER, at=AT)
    assert [one["code"] for one in row.items] == ["HB-01", "SW-01"] and catalogue.in_force(date(2018, 3, 5)) is None
    assert catalogue.in_force(date(2018, 3, 6)) == row and row.items[0]["materials"] == ["申请表", "营业执照（复印件）", "监测报告"]
    [(index, told, _)] = list(catalogue.provider(0, 10**9))
    assert index == row.log_index and row.digest.encode() in told
    Edition.objects.filter(pk=row.pk).update(items=[{**row.items[0], "promised": 99}])
    assert row.digest.encode() not in next(iter(catalogue.provider(0, 10**9)))[1], "a changed row does not fit its entry"


def test_a_published_version_never_changes() -> None:
    published()
    for act, more in ((versions.give_notice, {}), (versions.withdraw, {"reason": "改"})):
        refused("CAT-FROZEN", act, "2018-1", by=DRAFTER, at=AT, **more)
    refused("CAT-FROZEN", versions.publish, "2018-1", in_force=date(2018, 6, 1), by=PUBLISHER, at=AT)
    refused("CAT-NUMBER", drafted, "2018-1", ROW)
    refused("CAT-NUMBER", drafted, "2017-9", ROW)
    refused("CAT-NUMBER", drafted, "二〇一八", ROW)


def test_a_change_lies_out_for_notice_with_its_difference() -> None:
    published()
    drafted("2018-2", {**ROW, "承诺期限": "10"}, {**OTHER, "事项编码": "SW-02"})
    refused("CAT-WAITS", drafted, "2018-3", ROW)
    refused("CAT-NONE", catalogue.edition, "2018-2")
    refused("CAT-NOTICE", versions.publish, "2018-2", in_force=date(2018, 6, 1), by=PUBLISHER, at=AT)
    row = versions.give_notice("2018-2", by=DRAFTER, at=AT)
    assert row.notice_until == date(2018, 4, 4)
    refused("STATE-EDGE", versions.give_notice, "2018-2", by=DRAFTER, at=AT)
    told = {one.key: (one.kind, one.fields) for one in catalogue.difference(row)}
    assert told == {"HB-01": ("changed", (("promised", "15", "10"),)), "SW-01": ("removed", ()), "SW-02": ("added", ())}
    refused("CAT-NOTICE", versions.publish, "2018-2", in_force=date(2018, 6, 1), by=PUBLISHER, at=AT + 30 * DAY)
    assert versions.publish("2018-2", in_force=date(2018, 6, 1), by=PUBLISHER, at=AT + 31 * DAY).state == "published"
    assert catalogue.in_force(date(2018, 5, 31)).number == "2018-1"


def test_a_draft_is_withdrawn_with_a_reason_and_its_number_is_free_again() -> None:
    drafted("2018-1", ROW)
    refused("REASON", versions.withdraw, "2018-1", reason=" ", by=DRAFTER, at=AT)
    versions.withdraw("2018-1", reason="录入有误", by=DRAFTER, at=AT)
    refused("CAT-NONE", versions.give_notice, "2018-1", by=DRAFTER, at=AT)
    assert drafted("2018-1", ROW).number == "2018-1"
    refused("PERM-DENIED", versions.draft, "2018-2", b"", basis="x", by=CLERK, at=AT)


FAULTS = [
    ({"事项编码": ""}, "code", "CAT-FIELD"), ({"类别": "许可"}, "kind", "CAT-FIELD"), ({"实施单位": "某局"}, "unit", "SUBJ-NONE"),
    ({"设定依据": "水污染防治法"}, "basis", "CAT-LEVEL"), ({"设定依据": "红头文件：通知"}, "basis", "CAT-LEVEL"), ({"设定依据": "法律："}, "basis", "CAT-LEVEL"),
    ({"设定依据": "规范性文件：示例通知 第一条"}, "basis", "CAT-BASIS"), ({"设定依据": "部门规章：示例办法 第一条"}, "basis", "CAT-BASIS"),
    ({"承诺期限": "21"}, "promised", "CAT-TERM"), ({"承诺期限": "半年"}, "promised", "CAT-TERM"), ({"法定期限": "-1"}, "promised", "CAT-TERM"),
    ({"收费（元）": "200"}, "fee_basis", "CAT-FEE"), ({"收费（元）": "200", "收费依据": "地方性法规：示例条例"}, "fee_basis", "CAT-FEE"),
    ({"收费（元）": "NaN"}, "fee", "CAT-FEE"), ({"中介服务": "ZJ-99"}, "services", "CAT-SERVICE"), ({"受理状态": "也许"}, "state", "CAT-FIELD"),
    ({"申请材料": ""}, "materials", "CAT-FIELD"),
]


def test_a_file_with_faults_is_refused_whole_and_every_fault_is_named() -> None:
    rows = [{**ROW, "事项编码": f"X-{n:02}", **change} for n, (change, _, _) in enumerate(FAULTS)]
    told = refused("ROWS-BAD", drafted, "2018-1", *rows, {**ROW, "事项编码": "X-01"}).extra["faults"]
    expected = [(n, field, code) for n, (_, field, code) in enumerate(FAULTS, 2)] + [(len(FAULTS) + 2, "code", "CAT-DUP")]
    assert [(one["line"], one["field"], one["code"]) for one in told] == expected
    assert not Edition.objects.exists()
    refused("FILE-EMPTY", versions.draft, "2018-1", csv_of(ROW).splitlines()[0], basis="x", by=DRAFTER, at=AT)
    refused("FILE-KIND", versions.draft, "2018-1", b"[1, 2]", basis="x", by=DRAFTER, at=AT)
    refused("REASON", versions.draft, "2018-1", csv_of(ROW), basis=" ", by=DRAFTER, at=AT)


@pytest.mark.parametrize("form", ["csv", "xlsx", "json"])
def test_what_is_exported_is_read_again_as_the_same_version(form: str) -> None:
    row = published()
    made = catalogue.public_file(None, number="2018-1", form=form)
    assert made.name == f"approvals-2018-1.{form}" and lists.named_rows(made.content)
    assert versions.draft("2018-2", made.content, basis="示例", by=DRAFTER, at=AT + DAY).digest == row.digest
    refused("FILE-FORM", catalogue.public_file, None, number="2018-1", form="exe")
    refused("CAT-NONE", catalogue.public_file, None, number="2099-1", form=form)


HEAD = "办件编号,事项编码,实施单位,办理方式,申请日期,受理日期,决定日期,决定,送达日期,承诺核查日期,核查结果,记入信用记录日期"


def deliver(tmp_path: Path, *lines: str, by: Actor = DRAFTER, at: datetime = AT) -> dict[str, Any]:
    file = tmp_path / "sp.csv"
    file.write_text("\n".join((HEAD, *lines)), "utf-8")
    return registers.LOADERS["approvals"](file, batch=f"b{at:%j%H%M%S}{len(lines)}", by=by, at=at)


def test_an_item_with_open_cases_cannot_go_but_may_take_no_new_ones(tmp_path: Path) -> None:
    published()
    deliver(tmp_path, "A1,SW-01,市水务局,一般,2018-03-01,2018-03-02,,,,,,")
    assert refused("CAT-OPEN", drafted, "2018-2", ROW).extra["open"] == {"SW-01": 1}
    closing = published("2018-2", ROW, {**OTHER, "受理状态": "停止受理"})
    assert closing.items[1]["state"] == "停止受理"
    drafted("2018-3", {**ROW, "承诺期限": "12"}, {**OTHER, "受理状态": "停止受理"}, at=AT + 40 * DAY)
    versions.withdraw("2018-3", reason="另行起草", by=DRAFTER, at=AT + 40 * DAY)
    later = AT + 41 * DAY
    deliver(tmp_path, "A1,SW-01,市水务局,一般,2018-03-01,2018-03-02,2018-04-10,准予,2018-04-11,,,", at=later)
    assert published("2018-3", ROW, at=later).number == "2018-3"


def test_a_case_that_opens_while_the_change_lies_out_stops_its_publication(tmp_path: Path) -> None:
    published()
    drafted("2018-2", ROW)
    versions.give_notice("2018-2", by=DRAFTER, at=AT)
    deliver(tmp_path, "A2,SW-01,市水务局,一般,2018-03-03,,,,,,,")
    refused("CAT-OPEN", versions.publish, "2018-2", in_force=date(2018, 5, 1), by=PUBLISHER, at=AT + 40 * DAY)


def test_rows_of_approvals_with_faults_stay_out_and_are_named(tmp_path: Path) -> None:
    told = deliver(
        tmp_path, "A1,HB-01,市环保局,一般,2018-02-01,2018-02-02,2018-02-03,准予,,,,", "A2,HB-01,市环保局,一般,2018-02-01,,2018-02-03,,,,,",
        "A3,HB-01,市环保局,一般,2018-02-01,,,准予,,,,", "A4,HB-01,市环保局,一般,2018-02-01,,,,2018-02-03,,,",
        "A5,HB-01,市环保局,一般,2018-02-01,,2018-02-03,准予,,2018-02-05,属实,", "A6,HB-01,市环保局,告知承诺,2018-02-01,,2018-02-03,准予,,2018-02-05,,",
        "A7,HB-01,某某局,一般,2018-02-01,,,,,,,", "A8,HB-01,市环保局,一般,2018-02-05,2018-02-02,,,,,,", "A9,HB-01,市水务局,一般,2018-02-05,,,,,,,",
        "A10,HB-01,市环保局,一般,2019-02-05,,,,,,,", "A11,HB-01,市环保局,告知承诺,2018-02-01,,2018-02-03,准予,,,,2018-02-06", by=CLERK)
    assert (told["rows"], told["new"], told["bad"]) == (11, 1, 10)
    assert {(one["line"], one["code"]) for one in told["faults"]} >= {
        (3, "APPR-RESULT"), (4, "APPR-RESULT"), (5, "APPR-RESULT"), (6, "APPR-PLEDGE"), (7, "APPR-PLEDGE"), (8, "SUBJ-NONE"),
        (9, "DATE-ORDER"), (10, "PERM-DENIED"), (11, "TIME-FUTURE"), (12, "APPR-PLEDGE")}
    refused("PERM-DENIED", deliver, tmp_path, "", by=PUBLISHER)


ASKED = {"kind": "material", "item": "HB-01", "unit": HBJ, "words": "无犯罪记录证明", "on": date(2018, 3, 7)}


def ask(**changes: Any) -> Any:
    return reporting.report(**{**ASKED, **changes}, at=AT + 3 * DAY)


@pytest.mark.parametrize(("change", "state"), [
    ({}, "off"), ({"words": "申 请 表"}, "listed"), ({"words": "营业执照"}, "listed"), ({"words": "营业执照原件"}, "unclear"),
    ({"kind": "fee", "words": "50元"}, "off"), ({"kind": "fee", "item": "SW-01", "words": "120"}, "listed"),
    ({"kind": "fee", "item": "SW-01", "words": "500"}, "off"), ({"kind": "fee", "item": "SW-01", "words": "不少钱"}, "unclear"),
    ({"kind": "service", "words": "环评报告"}, "off"), ({"kind": "designated", "words": "指定某检测公司"}, "off"),
    ({"kind": "approval", "item": "", "words": "排污准入证"}, "off"), ({"kind": "approval", "words": "排污许可"}, "listed"),
])
def test_what_was_asked_for_is_checked_by_the_catalogue_of_that_day(change: dict[str, Any], state: str) -> None:
    published()
    verdict, number, code = ask(**change)
    assert (verdict.state, number, bool(code)) == (state, "2018-1", state != "listed")
    assert verdict.why.zh and len(cases.cases_of("off_catalogue")) == (state != "listed")


def test_the_body_answers_and_the_office_decides_never_the_body() -> None:
    published()
    code = ask()[2]
    case = cases.case_for(reporting.look(code, at=AT + 3 * DAY))
    assert (case.source, case.holder, case.state, case.office) == (HBJ, HBJ, "found", SGB)
    assert case.values["told"]["核对结果"] == "目录载明3项，没有这一项。"
    move(case, "contest", CLERK, "上级文件要求")
    own = Actor("own", HBJ, (Grant("x", frozenset({"d12.decide"})),), "own")
    refused("DUAL", move, case, "uphold", own, "x")
    refused("PERM-DENIED", move, case, "uphold", CLERK, "x")
    refused("DISC-PII", move, case, "uphold", PUBLISHER, "经办人13800138000")
    assert move(case, "uphold", PUBLISHER, "目录没有该材料") == "upheld"
    assert register.open_items(AT)["HB-01"] == 0
    silent = cases.case_for(reporting.look(ask(words="学历证明")[2], at=AT + 3 * DAY))
    casework.sweep_deadlines(at=AT + 20 * DAY)
    assert cases.case_for(silent.uid).state == "answered", "no answer in time goes to the office"


def move(case: Any, verb: str, by: Actor, reason: str = "（示例）", *, file: bool = False, at: datetime = AT + 4 * DAY) -> str:
    return casework.move(case.uid, verb, given=Given(reason), files=[upload()] if file else [], by=by, at=at)


@pytest.mark.parametrize(("change", "code"), [
    ({"kind": "dinner"}, "ASK-FORM"), ({"words": " "}, "ASK-FORM"), ({"words": "长" * 201}, "ASK-FORM"), ({"unit": "nobody"}, "ASK-FORM"),
    ({"on": date(2018, 3, 9)}, "ASK-FORM"), ({"on": date(2015, 3, 9)}, "ASK-FORM"), ({"words": "找13800138000要"}, "DISC-PII"),
    ({"on": date(2018, 3, 5)}, "CAT-NONE"), ({"item": "ZZ-99"}, "CAT-ITEM"),
])
def test_a_report_that_cannot_be_checked_is_refused(change: dict[str, Any], code: str) -> None:
    published()
    refused(code, ask, **change)
    assert not cases.cases_of("off_catalogue")


def test_reports_and_codes_cannot_be_tried_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    published()
    monkeypatch.setattr(reporting, "value_on", lambda folder, name, on: 1)
    later = {"at": AT + 5 * DAY}
    refused("RECEIPT", reporting.look, "0" * 16, **later)
    assert refused("RECEIPT-SLOW", reporting.look, "0" * 16, **later).status == 429
    reporting.report(**ASKED, **later)
    refused("RECEIPT-SLOW", reporting.report, **ASKED, **later)


def code_of(n: int, first: str = "91") -> str:
    body = f"{first}990000{n:09}"
    return body + uscc.check_character(body)


ZJ1, ZJ2, SOLE = code_of(1), code_of(2), code_of(3, "92")


def registered(tmp_path: Path, *lines: str, at: datetime = AT) -> dict[str, Any]:
    services = tmp_path / "fw.csv"
    services.write_text("服务编码,服务名称,审批单位,设定依据,费用承担,列入日期\nZJ-01,环境监测,市环保局,法律：示例法 第一条,审批部门,2017-01-01\n", "utf-8")
    registers.LOADERS["intermediary_services"](services, batch="fw", by=DRAFTER, at=AT)
    file = tmp_path / "zj.csv"
    file.write_text("\n".join(("统一社会信用代码,机构名称,中介服务编码,关联单位,关联类型,关联人员内部编号,登记日期", *lines)), "utf-8")
    return registers.LOADERS["intermediaries"](file, batch=f"zj{at:%j%H%M%S}", by=DRAFTER, at=at)


LISTED = (f"{ZJ1},示例甲检测中心,ZJ-01,市环保局,出资举办,,2017-05-01", f"{ZJ2},示例乙检测中心,ZJ-01,市水务局,无,,2017-05-01")


def test_a_declared_tie_is_cut_with_evidence_and_checked_by_another(tmp_path: Path) -> None:
    told = registered(tmp_path, *LISTED)
    assert (told["new"], told["ties"]) == (2, 1)
    assert registers.cut_ties(by=SYSTEM, at=AT + DAY) == 0, "once for ever"
    [case] = cases.cases_of("decoupling")
    assert (case.source, case.values["name"], case.due) == (HBJ, "示例甲检测中心", date(2018, 9, 5))
    refused("EVID-DIGEST", move, case, "report_done", CLERK)
    refused("STATE-EDGE", move, case, "check", PUBLISHER)
    move(case, "report_done", CLERK, file=True)
    refused("DUAL", move, case, "check", DRAFTER)
    refused("DUAL", move, case, "check", Actor("own", HBJ, (Grant("x", frozenset({"d12.decide"})),), "own"))
    move(case, "send_back", PUBLISHER, "缺资产清算")
    move(case, "report_done", CLERK, file=True)
    assert move(case, "check", PUBLISHER, "已核") == "done"


def test_only_organisations_listed_services_and_known_officials_come_in(tmp_path: Path) -> None:
    told = registered(tmp_path, *LISTED, f"{SOLE},示例个体,ZJ-01,市环保局,无,,2017-05-01", "911234567890123456,示例,ZJ-01,市环保局,无,,2017-05-01",
                      f"{code_of(4)},示例丁,ZJ-77,市环保局,无,,2017-05-01", f"{code_of(5)},示例戊,ZJ-01,市环保局,人员兼职,SL99999,2017-05-01")
    assert [(one["line"], one["code"]) for one in told["faults"]] == [
        (4, "MID-CODE"), (5, "MID-CODE"), (6, "MID-SERVICE"), (7, "LINK-OFFICIAL")]
    refused("PERM-DENIED", registers.LOADERS["intermediaries"], tmp_path / "zj.csv", batch="x", by=CLERK, at=AT)


SIGNS = [("provider", ZJ1, "", "phone", "021-5555 0001"), ("provider", ZJ2, "", "phone", "(021)55550002"),
         ("provider", ZJ2, "", "person", "P-000777"), ("provider", ZJ2, "", "address", "示例路 8 号（3楼）"), ("unit", "市环保局", "", "phone", "02155550001"),
         ("unit", "市水务局", "SL00012", "person", "p-000777"), ("unit", "市水务局", "", "address", "示例路８号3楼")]


def signs(rows: Any) -> bytes:
    return csv_of(*(dict(zip(("side", "owner", "official", "kind", "value"), row, strict=True)) for row in rows))


def test_an_undeclared_tie_is_found_by_digests_explained_or_confirmed(tmp_path: Path) -> None:
    registered(tmp_path, *LISTED)
    assert registers.load_signs(signs(SIGNS), by=DRAFTER, at=AT) == {"rows": 7, "new": 7, "same": 0}
    assert registers.load_signs(signs(SIGNS), by=DRAFTER, at=AT)["same"] == 7
    assert registers.find_ties(at=AT) == 1, "the declared one is known"
    assert registers.find_ties(at=AT + DAY) == 0, "asked once"
    [case] = cases.cases_of("undeclared_tie")
    assert (case.source, case.values["signs"], case.values["official"]) == (SWJ, ["address", "person"], "SL00012")
    water = person("water", "handle", unit=SWJ)
    move(case, "explain", water, "同一办公楼，人员已辞职")
    refused("DUAL", move, case, "accept", Actor("own", SWJ, (Grant("x", frozenset({"d12.decide"})),), "own"))
    move(case, "confirm", PUBLISHER, "仍在任职")
    newest = cases.cases_of("decoupling")[0]
    assert (newest.source, newest.values["kind"], newest.state) == (SWJ, "比对发现的线索", "open")
    kept = serializers.serialize("json", [one for model in apps.get_models() for one in model.objects.all()])
    assert not any(value in kept for value in ("55550001", "5555 0001", "000777", "示例路8号", "示例路 8 号"))
    assert all(len(row.mark) == 64 for row in SignMark.objects.all())


@pytest.mark.parametrize(("row", "code"), [
    (("firm", ZJ1, "", "phone", "02155550001"), "LINK-SIDE"), (("provider", code_of(9), "", "phone", "02155550001"), "MID-NONE"),
    (("provider", ZJ1, "", "person", "张三"), "LINK-SIGN"), (("provider", ZJ1, "", "phone", "12"), "LINK-SIGN"),
    (("provider", ZJ1, "", "colour", "red1234"), "LINK-SIGN"), (("unit", "市环保局", "SL99999", "person", "P-000777"), "LINK-OFFICIAL"),
    (("unit", "市环保局", "SL00012", "phone", "02155550001"), "LINK-OFFICIAL"), (("unit", "某某局", "", "phone", "02155550001"), "ORG-UNKNOWN"),
])
def test_signs_with_a_fault_are_refused_whole_and_told_without_their_value(tmp_path: Path, row: Any, code: str) -> None:
    registered(tmp_path, *LISTED)
    told = refused(code, registers.load_signs, signs([*SIGNS, row]), by=DRAFTER, at=AT)
    assert row[4] not in json.dumps(told.envelope(), ensure_ascii=False)
    assert not SignMark.objects.exists()


def test_files_come_in_by_the_common_door(tmp_path: Path) -> None:
    assert ledger.verify_log().ok
    file = tmp_path / "sp.csv"
    file.write_text(f"{HEAD}\nA1,HB-01,市环保局,一般,2018-02-01,2018-02-02,,,,,,\n", "utf-8")
    assert events.load("approvals", file, batch="x", by=SYSTEM, at=AT)["new"] == 1
