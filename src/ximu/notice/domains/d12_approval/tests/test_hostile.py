"""A code of an item is a code and no free text; what is decided later was open when it was known."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from ximu.foundation import clock, outbox
from ximu.ideas.casework import queries as cases
from ximu.notice.domains.d12_approval.rules.catalogue import read_item
from ximu.notice.domains.d12_approval.services import reporting
from ximu.notice.domains.d12_approval.tests import test_services as f
from ximu.notice.domains.d12_approval.tests.test_services import city  # noqa: F401  a fixture that every test uses

pytestmark = [pytest.mark.django_db]


@pytest.mark.parametrize(("item", "code"), [
    ("张三的手机13800138000，他收了钱", "ASK-FORM"), ("X" * 25, "ASK-FORM"), ("13800138000", "DISC-PII"), ("310101199003078515", "DISC-PII"),
    ("a\nb", "ASK-FORM"),
])
def test_nothing_but_a_code_is_told_as_the_item(item: str, code: str) -> None:
    f.published()
    f.refused(code, f.ask, kind="approval", item=item, words="准入证")
    assert not cases.cases_of("off_catalogue")


def test_what_was_decided_later_the_same_day_was_open_when_it_was_known() -> None:
    f.published()
    case = cases.case_for(reporting.look(f.ask()[2], at=f.AT + 3 * f.DAY))
    f.move(case, "contest", f.CLERK)
    f.move(case, "dismiss", f.PUBLISHER)
    closed = cases.case_for(case.uid).closed_at
    today = clock.city_day(closed)

    def state(at: Any) -> str:
        return cases.stood("off_catalogue", today, at)[0][1]

    assert (state(closed - f.timedelta(minutes=1)), state(closed)) == ("", "unfounded")


def test_the_same_form_sent_twice_is_one_report_with_one_code(monkeypatch: pytest.MonkeyPatch) -> None:
    f.published()
    first, second, other = (f.ask(token="a" * 32, words=words)[2] for words in ("无犯罪记录证明", "无犯罪记录证明", "学历证明"))
    assert first == second != other and len(cases.cases_of("off_catalogue")) == 2
    monkeypatch.setattr(cases, "case_of_key", lambda procedure, key: "")
    assert f.ask(token="a" * 32)[2] == first, "a double click: neither saw the other's case"
    assert f.ask()[2] != f.ask()[2], "whoever sends no token is told apart"
    assert len(cases.cases_of("off_catalogue")) == 4


def test_whoever_tries_codes_without_end_locks_out_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    f.published()
    code = f.ask()[2]
    monkeypatch.setattr(reporting, "value_on", lambda folder, name, on: 1)
    later = f.AT + 5 * f.DAY
    f.refused("RECEIPT", reporting.look, "0" * 16, at=later, source="192.0.2.1")
    f.refused("RECEIPT-SLOW", reporting.look, code, at=later, source="192.0.2.1")
    assert reporting.look(code, at=later, source="192.0.2.2")
    assert b"192.0.2" not in (settings.XIMU_HOME / "pace.bin").read_bytes()


def test_what_was_upheld_goes_the_way_of_all_leads_once_and_names_no_reporter() -> None:
    f.published()
    for words in ("无犯罪记录证明", "学历证明"):
        case = cases.case_for(reporting.look(f.ask(words=words)[2], at=f.AT + 3 * f.DAY))
        f.move(case, "contest", f.CLERK)
        f.move(case, "uphold" if words == "学历证明" else "dismiss", f.PUBLISHER)
    for _ in range(2):
        outbox.sweep(at=f.AT + 5 * f.DAY)
    [lead] = cases.cases_of("lead")
    assert (lead.subject, lead.values["origin"]) == (f.HBJ, "area")
    said = str(lead.values) + str([step.detail for step in lead.steps.all()])
    assert "XW-D12-2" in said and "学历证明" not in said


def test_a_fee_is_written_as_people_write_it() -> None:
    item, faults = read_item({**f.ROW, "收费（元）": "1.2E+2", "收费依据": "法律：某法 第一条"}, {"市环保局": f.HBJ}, ())
    assert (item["fee"], faults) == ("120", [])


def test_an_approval_of_another_unit_is_not_taken_over(tmp_path: Path) -> None:
    f.published("2018-1", f.ROW, f.OTHER)
    assert f.deliver(tmp_path, "A-1,SW-01,市水务局,一般,2018-03-01,2018-03-02,,,,,,")["new"] == 1
    told = f.deliver(tmp_path, "A-1,HB-01,市环保局,一般,2018-03-01,2018-03-02,,,,,,", by=f.CLERK, at=f.AT + f.DAY)
    assert [one["code"] for one in told["faults"]] == ["PERM-DENIED"]


def test_a_version_is_not_dated_so_far_off_that_none_can_follow() -> None:
    f.refused("CAT-NUMBER", f.drafted, "2099-999", f.ROW)
    f.refused("CAT-NUMBER", f.drafted, "20１８-1", f.ROW)
    f.drafted("2018-1", f.ROW)
    for day in (date(2199, 12, 31), date(2019, 3, 7), date(2018, 3, 4)):
        f.refused("CAT-PAST", f.versions.publish, "2018-1", in_force=day, by=f.PUBLISHER, at=f.AT)
