"""Two people list an agency, reports are lodged as signed, and what a report is worth is asked at its use."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from ximu.foundation.profiles import uid_of
from ximu.ideas.credit import queries, services
from ximu.ideas.credit.models import Issuer, Report, Revoked, Use
from ximu.ideas.credit.services import Matter, NewIssuer
from ximu.ideas.credit.tests.factories import (
    AT,
    CLERK,
    CODE,
    DOCUMENT,
    SIGNER,
    THIEF,
    UNIT,
    A,
    B,
    listed,
    lodged,
    note,
    person,
    report,
    revocation,
)
from ximu.ideas.ledger import queries as ledger
from ximu.ideas.registry.tests.factories import load
from ximu.kernel.refusal import Refusal

pytestmark = [pytest.mark.django_db, pytest.mark.database, pytest.mark.row("D3")]
DAY = date(2018, 6, 1)
LEAD = {"issuer": CODE, "number": "XY-2018-001", "issued_on": "2018-03-01", "expires_on": "2018-08-31", "grade": "AA"}
MATTER = Matter("D3", "BD-1", UNIT)


@pytest.fixture(autouse=True)
def city(db: None, settings: Any, tmp_path: Any) -> None:
    settings.XIMU_PROFILE, settings.XIMU_HOME = "example", tmp_path
    load()


def refused(code: str, call: Any, *args: Any, **named: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        call(*args, **named)
    assert caught.value.code == code
    assert caught.value.zh and caught.value.en
    return caught.value


def use(uid: str, matter: Matter = MATTER, *, document: str = DOCUMENT, days: int = 0) -> Use:
    return services.use(uid, matter, document=document, by=CLERK, at=AT + timedelta(days=days))


def test_an_agency_is_listed_by_two_people_and_a_key_once() -> None:
    new = NewIssuer(CODE, "示例资信评估公司（虚构）", SIGNER.verifier(), "示信备〔2018〕1号", date(2018, 1, 1))
    uid = services.propose_issuer(new, by=A, at=AT)
    refused("ISSUER", queries.keys_of, CODE)
    refused("DUAL", services.confirm_issuer, uid, approve=True, by=A, at=AT)
    refused("PERM-DENIED", services.confirm_issuer, uid, approve=True, by=CLERK, at=AT)
    assert services.confirm_issuer(uid, approve=True, by=B, at=AT) == "listed"
    refused("STATE-EDGE", services.confirm_issuer, uid, approve=True, by=B, at=AT)
    refused("ISSUER-DUP", services.propose_issuer, new, by=A, at=AT)
    refused("ISSUER-NONE", services.confirm_issuer, "nobody", approve=True, by=B, at=AT)
    refused("PKG-KEY", services.propose_issuer, NewIssuer(CODE, "n", "no key", "b", DAY), by=A, at=AT)
    for bad in (NewIssuer(CODE[:-1] + "0", "n", THIEF.verifier(), "b", DAY), NewIssuer(CODE, " ", THIEF.verifier(), "b", DAY),
                NewIssuer(CODE, "n", THIEF.verifier(), "", DAY)):
        refused("ISSUER-FORM", services.propose_issuer, bad, by=A, at=AT)
    refused("INPUT-SIGN", services.propose_issuer, NewIssuer(CODE, "n\u202e", THIEF.verifier(), "b", DAY), by=A, at=AT)
    refused("DATE-RANGE", services.propose_issuer, NewIssuer(CODE, "n", THIEF.verifier(), "b", date(9999, 12, 31)), by=A, at=AT)
    other = services.propose_issuer(NewIssuer(CODE, "n", THIEF.verifier(), "b", DAY), by=A, at=AT)
    assert services.confirm_issuer(other, approve=False, by=B, at=AT) == "refused"
    again = services.propose_issuer(NewIssuer(CODE, "n", THIEF.verifier(), "b", DAY), by=A, at=AT)
    assert again != other and services.confirm_issuer(again, approve=False, by=B, at=AT) == "refused", "a refused key may be proposed again"
    assert [one.key for one in queries.keys_of(CODE)] == [SIGNER.verifier()]
    assert ledger.verify_log().ok


def test_a_report_is_lodged_as_its_issuer_signed_it_and_again_changes_nothing() -> None:
    refused("ISSUER", lodged)
    listed()
    row = lodged()
    assert (row.number, bool(row.note), row.document) == ("XY-2018-001", True, DOCUMENT)
    assert lodged().uid == row.uid and Report.objects.count() == 1
    refused("REP-DUP", lodged, grade="A")
    refused("REP-SIGN", services.lodge, note=note(signer=THIEF), unit=UNIT, by=CLERK, at=AT)
    refused("REP-DIGEST", services.lodge, note=note(), document="b" * 64, unit=UNIT, by=CLERK, at=AT)
    refused("REP-FORM", services.lodge, note=note(revocation()), unit=UNIT, by=CLERK, at=AT)
    refused("REP-EXP", lodged, number="X2", expires_on=date(2018, 5, 31))
    refused("REP-EARLY", lodged, number="X3", issued_on=date(2018, 6, 2))
    refused("PERM-DENIED", services.lodge, note=note(), unit=uid_of("example", "q02"), by=CLERK, at=AT)
    refused("ORG-UNKNOWN", services.lodge, note=note(), unit="nobody", by=A, at=AT)
    assert Report.objects.count() == 1 and ledger.verify_log().ok


def test_an_unsigned_file_is_a_lead_that_cannot_be_used_until_its_statement_comes() -> None:
    listed()
    refused("ISSUER", services.lodge, told={**LEAD, "issuer": "1" * 18}, document=DOCUMENT, unit=UNIT, by=CLERK, at=AT)
    refused("REP-EXP", services.lodge, told={**LEAD, "expires_on": "2018-05-01"}, document=DOCUMENT, unit=UNIT, by=CLERK, at=AT)
    refused("REP-FORM", services.lodge, told=LEAD, document="", unit=UNIT, by=CLERK, at=AT)
    lead = services.lodge(told=LEAD, document=DOCUMENT, unit=UNIT, by=CLERK, at=AT)
    assert (lead.note, lead.signed_at) == ("", None)
    assert queries.reports(DAY)[0].faults == ("REP-LEAD",)
    refused("REP-LEAD", use, lead.uid)
    assert lodged().uid == lead.uid
    assert use(lead.uid).about == "BD-1"
    assert services.lodge(told=LEAD, document=DOCUMENT, unit=UNIT, by=CLERK, at=AT).uid == lead.uid
    refused("REP-DUP", services.lodge, told=LEAD, document="c" * 64, unit=UNIT, by=CLERK, at=AT)


def test_a_wrong_lead_keeps_out_neither_the_true_report_nor_another_lead() -> None:
    listed()
    wrong = services.lodge(told={**LEAD, "expires_on": "2018-12-31"}, document="c" * 64, unit=UNIT, by=CLERK, at=AT)
    other = services.lodge(told=LEAD, document="d" * 64, unit=UNIT, by=CLERK, at=AT)
    assert services.lodge(told=LEAD, document="d" * 64, unit=UNIT, by=CLERK, at=AT).uid == other.uid, "a second click"
    true = lodged()
    assert use(true.uid).about == "BD-1" and len({wrong.uid, other.uid, true.uid}) == 3
    refused("REP-LEAD", use, wrong.uid, document="c" * 64)
    assert ledger.verify_log().ok


def test_the_register_is_kept_for_the_coordinating_office_and_not_for_any_unit() -> None:
    uid = listed()
    far, office = person("far", uid_of("example", "q02")), person("office", uid_of("example", "fgw"))
    new = NewIssuer(CODE, "n", THIEF.verifier(), "b", DAY)
    for call, named in ((services.propose_issuer, {"new": new}), (services.confirm_issuer, {"uid": uid, "approve": True}),
                        (services.close_issuer, {"uid": uid, "ending": "x"}), (services.revoke, {"told": {}, "basis": "x"})):
        refused("PERM-DENIED", call, *([named.pop("new")] if "new" in named else [named.pop("uid")] if "uid" in named else []), **named, by=far, at=AT)
    services.propose_issuer(new, by=office, at=AT)
    assert [queries.today(one, AT) for one in (far, office)] == [[], []] and queries.today(B, AT)[0].count == 1


def test_what_a_report_is_worth_is_asked_at_its_use_not_when_it_was_lodged() -> None:
    listed()
    row = lodged()
    assert queries.reports(DAY)[0].faults == ()
    refused("REP-DIGEST", use, row.uid, document="d" * 64)
    refused("REP-EXP", use, row.uid, days=92)
    assert use(row.uid, days=91).used_on == date(2018, 8, 31)
    refused("REP-USED", use, row.uid, days=91)
    refused("REP-NONE", use, "nobody")
    refused("PERM-DENIED", use, row.uid, Matter("D3", "BD-2", uid_of("example", "q02")))
    services.revoke(note=note(revocation(date(2018, 6, 3))), by=CLERK, at=AT + timedelta(days=2))
    refused("REP-REVOKED", use, row.uid, Matter("D3", "BD-3", UNIT), days=2)
    assert Use.objects.count() == 1


def test_a_revocation_after_the_use_is_shown_at_every_use_and_one_for_an_earlier_day_makes_them_void() -> None:
    listed()
    one, two = lodged(), lodged(number="XY-2018-002")
    for place in ("BD-1", "BD-2"):
        use(one.uid, Matter("D3", place, UNIT))
    use(two.uid)
    later = AT + timedelta(days=10)
    services.revoke(note=note(revocation(date(2018, 6, 5))), by=CLERK, at=later)
    services.revoke(note=note(revocation(date(2018, 5, 1), "XY-2018-002", "error")), by=CLERK, at=later)
    states = [(seen.row.report.number[-1], seen.row.about, seen.state) for seen in queries.uses(date(2018, 6, 11))]
    assert states == [("1", "BD-1", "revoked"), ("1", "BD-2", "revoked"), ("2", "BD-1", "void")]
    assert [seen.state for seen in queries.uses(date(2018, 6, 11), known_at=later - timedelta(hours=1))] == ["good"] * 3, "as known before"
    assert [item.count for item in queries.today(CLERK, later)] == [3]
    assert [seen.state for seen in queries.uses(date(2018, 9, 1), about="BD-2")] == ["revoked"], "and expired since: the graver is shown"
    assert ledger.verify_log().ok


def test_a_revocation_may_come_before_its_report_and_needs_a_signature_or_a_paper() -> None:
    refused("ISSUER", services.revoke, note=note(revocation()), by=CLERK, at=AT)
    listed()
    refused("REP-SIGN", services.revoke, note=note(revocation(), THIEF), by=CLERK, at=AT)
    refused("TIME-FUTURE", services.revoke, note=note(revocation(date(2018, 6, 2))), by=CLERK, at=AT)
    refused("REP-FORM", services.revoke, note=note(report()), by=CLERK, at=AT)
    told = {"issuer": CODE, "number": "XY-2018-009", "revoked_on": "2018-05-01", "reason": "withdrawn"}
    refused("PERM-DENIED", services.revoke, told=told, basis="示信函〔2018〕3号", by=CLERK, at=AT)
    refused("BASIS-NONE", services.revoke, told=told, by=A, at=AT)
    refused("REP-FORM", services.revoke, told={**told, "reason": "不喜欢"}, basis="x", by=A, at=AT)
    refused("DATE-FORM", services.revoke, told={**told, "revoked_on": "昨天"}, basis="x", by=A, at=AT)
    services.revoke(told=told, basis="示信函〔2018〕3号", by=A, at=AT)
    refused("REP-REVOKED", lodged, number="XY-2018-009")
    made = services.revoke(note=note(revocation()), by=CLERK, at=AT)
    assert services.revoke(note=note(revocation()), by=CLERK, at=AT).uid == made.uid and Revoked.objects.count() == 2
    refused("REP-REVOKED", services.revoke, note=note(revocation(reason="error")), by=CLERK, at=AT)


def test_an_agency_that_is_closed_issues_nothing_more_and_a_stolen_key_makes_uses_void() -> None:
    uid = listed()
    row = lodged()
    use(row.uid)
    refused("REASON", services.close_issuer, uid, ending=" ", by=A, at=AT)
    refused("TIME-FUTURE", services.close_issuer, uid, ending="注销", distrusted=date(2018, 6, 9), by=A, at=AT)
    refused("PERM-DENIED", services.close_issuer, uid, ending="注销", by=CLERK, at=AT)
    services.close_issuer(uid, ending="机构注销（示例）", by=A, at=AT + timedelta(days=3))
    refused("STATE-EDGE", services.close_issuer, uid, ending="注销", by=A, at=AT)
    refused("ISSUER", use, row.uid, Matter("D3", "BD-9", UNIT), days=3)
    assert [one.state for one in queries.uses(date(2018, 6, 4))] == ["unlisted"]
    listed(THIEF, since=date(2018, 6, 1))
    refused("ISSUER", services.lodge, note=note(signer=THIEF, number="X7"), unit=UNIT, by=CLERK, at=AT)
    Issuer.objects.filter(uid=uid).update(distrusted=date(2018, 2, 1))
    assert [one.state for one in queries.uses(date(2018, 6, 4))] == ["void"]
    assert [one.state for one in queries.uses(date(2018, 6, 4), known_at=AT)] == ["good"], "as known before the key was found stolen"
    refused("ISSUER", services.revoke, note=note(revocation()), by=CLERK, at=AT + timedelta(days=4))
    assert not Revoked.objects.exists(), "who stole the key revokes nothing"


def test_a_verdict_keeps_nothing_and_says_what_speaks_against_the_use() -> None:
    listed()
    told = services.verify(note(), document=DOCUMENT, on=DAY)
    assert (told["usable"], told["faults"], told["file"], told["report"]) == (True, [], "same", "")
    assert services.verify(note(), on=date(2018, 9, 1))["faults"] == ["REP-EXP"]
    refused("REP-DIGEST", services.verify, note(), document="e" * 64, on=DAY)
    assert services.verify(note(), on=DAY)["file"] == "not-given" and not Report.objects.exists()


def test_one_report_serves_many_units_and_says_nothing_of_anybody() -> None:
    listed()
    row = lodged()
    other = person("s", uid_of("example", "q02"))
    assert services.lodge(note=note(), unit=uid_of("example", "q02"), by=other, at=AT).uid == row.uid
    services.use(row.uid, Matter("D3", "BD-8", uid_of("example", "q02")), document=DOCUMENT, by=other, at=AT)
    assert queries.today(other, AT) == []
    assert {field.name for field in Report._meta.get_fields()} & {"name", "subject", "company", "uscc", "person"} == set()
