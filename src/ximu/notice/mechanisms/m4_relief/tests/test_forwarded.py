"""An objection that a platform forwards: marked at once, decided like any other, never lost beside another one."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from django.apps import apps

from ximu.ideas.casework import queries as cases
from ximu.ideas.casework import services as casework
from ximu.ideas.casework.rules import Given
from ximu.ideas.records import queries as records
from ximu.kernel.actor import SYSTEM
from ximu.kernel.refusal import Refusal
from ximu.notice.mechanisms.m4_relief import services
from ximu.notice.mechanisms.m4_relief.tests.factories import DAY, ENTERER, OFFICE, SECOND, SOURCE_UNIT, checked, in_effect

pytestmark = [pytest.mark.django_db, pytest.mark.row("M4.1")]


def forwarded(number: str, at: datetime, theirs: str = "全国异〔2018〕7号") -> str:
    return services.object_forwarded(number, reason="处罚日期有误", channel="national", theirs=theirs, lodged_on=date(2018, 6, 5), at=at)


def state(number: str) -> str:
    return records.duties(number).state


def test_it_marks_the_record_and_is_sorted_by_the_office() -> None:
    number, at = in_effect()
    uid = forwarded(number, at)
    case = cases.case(uid, actor=OFFICE, at=at).row
    assert (case.procedure, case.state, case.about, case.source) == ("objection", "lodged", number, SOURCE_UNIT)
    assert case.values["forwarded"] == {"通道": "national", "对方案号": "全国异〔2018〕7号", "对方收到日期": "2018-06-05"}
    assert case.due is not None, "the limit for forwarding it runs from today"
    assert state(number) == "flagged"
    casework.move(uid, "forward", given=Given(), by=OFFICE, at=at)
    with pytest.raises(Refusal) as refused:
        casework.move(uid, "refuse", given=Given("没有错误"), by=ENTERER, at=at)
    assert refused.value.code == "DUAL", "who entered the record does not decide"
    casework.move(uid, "refuse", given=Given("经核对原件，日期无误"), by=SECOND, at=at)
    assert state(number) == "effective"


def test_two_matters_about_one_record_are_two_cases_and_the_mark_stays_until_the_last_is_decided() -> None:
    number, at = in_effect()
    first, second = forwarded(number, at), forwarded(number, at, "全国异〔2018〕8号")
    assert first != second
    for uid, mark in ((first, "flagged"), (second, "effective")):
        casework.move(uid, "keep", given=Given(), by=OFFICE, at=at)
        casework.move(uid, "refuse", given=Given("没有错误"), by=OFFICE, at=at + DAY)
        assert state(number) == mark


def test_what_has_ended_or_was_never_told_cannot_be_objected_to() -> None:
    number, at = in_effect()
    casework.move(forwarded(number, at), "keep", given=Given(), by=OFFICE, at=at)
    uid = cases.open_cases(("objection",), about=number)[0].uid
    casework.move(uid, "revoke", given=Given("确有错误"), by=OFFICE, at=at)
    for one in (number, checked("示罚〔2018〕2号")):
        with pytest.raises(Refusal) as refused:
            forwarded(one, at)
        assert refused.value.code == "STATE-EDGE"
    assert apps.get_model("casework", "Case").objects.filter(procedure="objection").count() == 1
    assert SYSTEM.human == cases.case(uid, actor=OFFICE, at=at).row.opened_by
