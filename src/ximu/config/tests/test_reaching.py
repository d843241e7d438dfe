"""What the wiring connects between exchange, relief, certificates and erasure, on the made-up city."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.apps import apps

from ximu.config.tests import open_city
from ximu.ideas.casework import queries as cases
from ximu.ideas.disclosure import services as disclosure
from ximu.ideas.exchange import rules, services
from ximu.ideas.ledger import queries as ledger
from ximu.ideas.ledger.rules import Signer
from ximu.ideas.records import queries as records
from ximu.ideas.records import services as removing
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import SYSTEM

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("M1.3", "M4.1")]
PLATFORM = Signer("platform.example", b"\x05" * 32)
AT = open_city.LATER + timedelta(days=1)


@pytest.fixture(autouse=True)
def city(settings: Any) -> None:
    open_city.city(settings)


def test_an_objection_forwarded_by_a_platform_is_a_case_of_relief_and_its_end_is_told_to_the_platform() -> None:
    setup = services.Setup("national-platform", "pull", "", PLATFORM.verifier())
    channel = services.open_channel("national", setup=setup, by=SYSTEM, at=open_city.T0)
    number = open_city.opened("示罚〔2018〕1号")
    made = services.pack("national", by=SYSTEM, at=AT)
    assert made is not None
    receipt = rules.issue(rules.Package(rules.Head("national", "", "", 1, "", "", "", "", ""), made.digest, (), ()), [""] * made.rows, PLATFORM)
    assert services.settle("national", receipt, at=AT)
    row = rules.objection_row(rules.Objection("全国异〔2018〕7号", number, "处罚日期有误", date(2018, 6, 20)), salt="0" * 32)
    head = rules.Head("national", PLATFORM.name, services.own().name, 1, "", "", "", "", AT.isoformat())
    note = services.receive("national", rules.joined(rules.build(head, [row], PLATFORM)[0], [row]), by=SYSTEM, at=AT)
    assert rules.read(note, services.own().verifier()).outcomes == ("",)
    [case] = cases.open_cases(("objection",), about=number)
    assert (case.procedure, case.state, records.duties(number).state) == ("objection", "lodged", "flagged")
    apps.get_model("casework", "Case").objects.filter(pk=case.pk).update(state="closed")
    services.sweep(at=AT + timedelta(days=1))
    answer = apps.get_model("exchange", "Row").objects.get(channel=channel.pk, op="answer")
    assert json.loads(answer.body)["case"] == "全国异〔2018〕7号"
    assert answer.state == "packed"


def forwarded(*rows: bytes, sequence: int, previous: str) -> tuple[tuple[str, ...], str]:
    head = rules.Head("national", PLATFORM.name, services.own().name, sequence, previous, "", "", "", AT.isoformat())
    note, digest = rules.build(head, rows, PLATFORM)
    told = services.receive("national", rules.joined(note, rows), by=SYSTEM, at=AT)
    return rules.read(told, services.own().verifier()).outcomes, digest


def test_an_objection_that_is_taken_back_at_the_platform_ends_its_case_here_and_frees_the_record() -> None:
    services.open_channel("national", setup=services.Setup("national-platform", "pull", "", PLATFORM.verifier()), by=SYSTEM, at=open_city.T0)
    number = open_city.opened("示罚〔2018〕1号")
    made = services.pack("national", by=SYSTEM, at=AT)
    assert made is not None
    note = rules.issue(rules.Package(rules.Head("national", "", "", 1, "", "", "", "", ""), made.digest, (), ()), [""] * made.rows, PLATFORM)
    services.settle("national", note, at=AT)
    salt, day = "0" * 32, date(2018, 6, 20)
    takes_back = rules.withdraw_row(rules.Withdrawal("全国异〔2018〕7号", "主体已与来源单位达成一致", day), salt=salt)
    unknown = rules.withdraw_row(rules.Withdrawal("全国异〔2018〕8号", "x", day), salt=salt)
    told, last = forwarded(takes_back, sequence=1, previous="")
    assert told == ("FWD-NONE",), "nothing was forwarded under it yet"
    told, last = forwarded(rules.objection_row(rules.Objection("全国异〔2018〕7号", number, "处罚日期有误", day), salt=salt), sequence=2, previous=last)
    assert (told, records.duties(number).state) == (("",), "flagged")
    told, last = forwarded(takes_back, unknown, sequence=3, previous=last)
    assert (told, records.duties(number).state) == (("", "FWD-NONE"), "effective")
    [case] = apps.get_model("casework", "Case").objects.filter(procedure="objection")
    assert (case.state, case.about) == ("withdrawn", number)
    told, last = forwarded(takes_back, sequence=4, previous=last)
    assert told == ("",), "taken back once more, it stays so"
    services.sweep(at=AT + timedelta(days=1))
    answer = apps.get_model("exchange", "Row").objects.get(op="answer")
    assert (json.loads(answer.body)["outcome"], json.loads(answer.body)["case"]) == ("withdrawn", "全国异〔2018〕7号")
    bad = [rules.withdraw_row(rules.Withdrawal("a\nb", "x", day), salt=salt), rules.withdraw_row(rules.Withdrawal("a", " ", day), salt=salt),
           rules.withdraw_row(rules.Withdrawal("a", "x", date(2031, 1, 1)), salt=salt)]
    assert forwarded(*bad, sequence=5, previous=last)[0] == ("FWD-FORM", "FWD-FORM", "TIME-FUTURE")


def test_what_is_decided_is_not_taken_back_any_more() -> None:
    services.open_channel("national", setup=services.Setup("national-platform", "pull", "", PLATFORM.verifier()), by=SYSTEM, at=open_city.T0)
    number = open_city.effective("示罚〔2018〕1号")
    table = apps.get_model("exchange", "Row")
    table.objects.create(channel=apps.get_model("exchange", "Channel").objects.get(), publication="p", op="put", number=number, version=1,
                         made_at=AT, state="accepted")
    row = rules.objection_row(rules.Objection("7", number, "处罚日期有误", date(2018, 6, 20)), salt="0" * 32)
    told, last = forwarded(row, sequence=1, previous="")
    assert told == ("",)
    apps.get_model("casework", "Case").objects.filter(procedure="objection").update(state="upheld")
    row = rules.withdraw_row(rules.Withdrawal("7", "不再坚持", date(2018, 6, 21)), salt="0" * 32)
    assert forwarded(row, sequence=2, previous=last)[0] == ("STATE-EDGE",)


def test_the_erasure_of_a_persons_record_reaches_the_certificate_that_found_nothing() -> None:
    man = registry.official_of("SL00007")
    assert man is not None
    number = open_city.effective("示纪〔2018〕2号", subject=man.uid, item="JL-CF", family="discipline")
    disclosure.certify(man.uid, named=man.name, by=open_city.person("c", "coordinator"), purpose="handling", as_of=date(2018, 5, 4), at=AT)
    table = apps.get_model("disclosure", "SearchCertificate").objects
    assert table.get().payload["result"] == "none"
    removing.revoke(number, reason="决定被撤销", by=SYSTEM, at=AT)
    removing.erase(number, basis="上海市社会信用条例 第三十七条", by=SYSTEM, at=AT)
    left = table.get()
    assert (left.payload, left.salt, left.subject) == (None, None, "")
    assert ledger.verify_log().ok
