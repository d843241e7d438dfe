"""A statement names nobody, and what a report is worth follows from days alone."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ximu.ideas.credit.rules import standing, statement
from ximu.ideas.credit.tests.factories import CODE, SIGNER, THIEF, note, report, revocation
from ximu.ideas.exchange.rules.package import sealed
from ximu.kernel.canonical import canonical
from ximu.kernel.refusal import Refusal

pytestmark = pytest.mark.row("D3")
DAY = date(2018, 6, 1)
DAYS = st.dates(date(2018, 1, 1), date(2018, 12, 31))


def code_of(call: Any, *args: Any) -> tuple[str, str]:
    with pytest.raises(Refusal) as caught:
        call(*args)
    return caught.value.code, caught.value.field


def test_what_is_signed_is_read_back_also_after_a_form_changed_the_ends_of_lines() -> None:
    for one in (report(), revocation()):
        text = note(one)
        assert statement.read(text) == one == statement.read(text.replace(b"\n", b"\r\n") + b"\r\n")
        assert statement.key_that_signed(text, [THIEF.verifier(), SIGNER.verifier()]) == SIGNER.verifier()
        assert code_of(statement.key_that_signed, text, [THIEF.verifier()]) == ("REP-SIGN", "signature")
        assert code_of(statement.key_that_signed, text.replace(b"XY-2018", b"XY-2019"), [SIGNER.verifier()])[0] == "REP-SIGN"


@pytest.mark.parametrize("field", ["subject", "name", "uscc", "被评价企业"])
def test_a_field_for_who_is_reported_on_is_refused_by_its_name(field: str) -> None:
    told = {"format": statement.REPORT, "issuer": CODE, "number": "1", "issued_on": "2018-01-01", "expires_on": "2018-02-01", "standard": "",
            "grade": "", "document": "a" * 64}
    assert statement.read(sealed(canonical(told), SIGNER))
    assert code_of(statement.read, sealed(canonical({**told, field: "示例公司"}), SIGNER)) == ("REP-FORM", field)


@pytest.mark.parametrize(("changed", "field"), [
    ({"number": "示例公司"}, "number"), ({"number": ""}, "number"), ({"issuer": "1"}, "issuer"), ({"grade": "AAAA"}, "grade"),
    ({"document": "x"}, "document"), ({"expires_on": date(2018, 2, 1)}, "expires_on"), ({"standard": "某公司"}, "standard"),
])
def test_a_statement_has_no_room_for_a_name_and_no_odd_value(changed: dict[str, Any], field: str) -> None:
    assert code_of(statement.read, note(**changed)) == ("REP-FORM", field)


@pytest.mark.parametrize("text", [b"", b"{}", b"[]", b"\xff", b"x" * 5000, b'{"format":"ximu-credit-report/1"}\n\n- x y\n',
                                  b'{ "format": "other" }\n', b"\0"])
def test_what_is_no_statement_is_refused(text: bytes) -> None:
    assert code_of(statement.read, text)[0] == "REP-FORM"


def test_spaces_in_the_line_are_another_line_than_the_one_that_is_signed() -> None:
    loose = statement.line_of(report()).replace(b'","', b'", "', 1)
    assert code_of(statement.read, sealed(loose, SIGNER)) == ("REP-FORM", "line")
    assert code_of(statement.read, sealed(canonical({"format": statement.REVOCATION, "issuer": CODE, "number": "1", "revoked_on": "2018-01-01",
                                                    "reason": "因为"}), SIGNER)) == ("REP-FORM", "reason")


@pytest.mark.parametrize("line", [b'{"format":[]}', b'{"format":{}}', b'{"format":1}', b"[]", b"null", b"{", b"\xff\x00"])
def test_a_line_of_another_shape_is_refused(line: bytes) -> None:
    assert code_of(statement.read, line)[0] == "REP-FORM"


def test_a_file_is_digested_and_must_be_a_pdf() -> None:
    assert statement.document_of([b"%PDF-1", b".4"]) == statement.document_of([b"%PDF-1.4"])
    for bad in ([b"MZ"], [], [b"", b"PK\x03\x04"]):
        assert code_of(statement.document_of, bad)[0] == "REP-FILE"


def lodged(**changed: Any) -> standing.Lodged:
    return standing.Lodged(**{"issued_on": date(2018, 3, 1), "expires_on": date(2018, 8, 31), "signed": True, "since": date(2018, 1, 1), **changed})


@pytest.mark.parametrize(("changed", "on", "codes"), [
    ({}, date(2018, 3, 1), []), ({}, date(2018, 8, 31), []), ({}, date(2018, 9, 1), ["REP-EXP"]), ({}, date(2018, 2, 28), ["REP-EARLY"]),
    ({"signed": False}, DAY, ["REP-LEAD"]), ({"revoked_on": DAY}, DAY, ["REP-REVOKED"]), ({"revoked_on": DAY}, date(2018, 5, 31), []),
    ({"since": date(2018, 3, 2)}, DAY, ["ISSUER"]), ({"until": DAY}, DAY, ["ISSUER"]), ({"until": DAY}, date(2018, 5, 31), []),
    ({"distrusted": date(2018, 3, 1)}, DAY, ["ISSUER"]), ({"distrusted": date(2018, 3, 2)}, DAY, []),
])
def test_worth_on_a_day(changed: dict[str, Any], on: date, codes: list[str]) -> None:
    assert standing.faults(lodged(**changed), on) == codes


@given(used=DAYS, later=st.integers(0, 400), revoked=st.none() | DAYS, until=st.none() | DAYS)
def test_a_use_is_void_only_where_it_would_be_refused_as_known_now_and_never_gets_better(
        used: date, later: int, revoked: date | None, until: date | None) -> None:
    one, today = lodged(revoked_on=revoked, until=until), used + timedelta(days=later)
    state = standing.since_use(one, used, today)
    if used not in (revoked, until):
        assert (state == "void") == bool(standing.faults(one, used))
    assert state in standing.STATES
    if state == "good":
        assert not standing.faults(one, today)
    worse = ["good", "expired", "unlisted", "revoked", "void"]
    assert worse.index(standing.since_use(one, used, today + timedelta(days=30))) >= worse.index(state)


def test_what_happened_on_the_day_of_the_use_came_after_it() -> None:
    assert standing.since_use(lodged(revoked_on=DAY), DAY, DAY) == "revoked"
    assert standing.since_use(lodged(until=DAY), DAY, DAY) == "unlisted"
    assert standing.since_use(lodged(revoked_on=DAY - timedelta(days=1)), DAY, DAY) == "void"
    assert standing.since_use(lodged(revoked_on=date(2018, 8, 31)), date(2018, 8, 31), date(2018, 9, 5)) == "revoked"
