"""A package is what was signed, byte for byte; a receiver takes each one once and in order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ximu.ideas.exchange import rules
from ximu.ideas.exchange.rules.package import MOST_ROWS, manifest_of, sealed
from ximu.ideas.exchange.services.transport import arrived
from ximu.ideas.ledger.rules import Signer
from ximu.kernel.canonical import canonical
from ximu.kernel.refusal import Refusal

pytestmark = pytest.mark.row("M1.3")
AT = datetime(2018, 7, 2, 1, 0, tzinfo=UTC)
US, PEER = Signer("city.example/exchange", b"\x01" * 32), Signer("peer.example", b"\x02" * 32)
HEAD = rules.Head("c1", US.name, "peer", 1, "", "2017-1", "2017-10-01", "s" * 64, AT.isoformat())
ROWS = [canonical({"op": "put", "record": f"Z{n}", "fields": {"文号": f"示罚〔2018〕{n}号"}}) for n in range(3)]
STAND = rules.Stand("c1", US.name, "peer")


def made(head: rules.Head = HEAD, rows: list[bytes] = ROWS, signer: Signer = US) -> bytes:
    return rules.joined(rules.build(head, rows, signer)[0], rows)


WHOLE = made()


def code_of(call: Callable[..., Any], *args: Any, **words: Any) -> str:
    with pytest.raises(Refusal) as refused:
        call(*args, **words)
    return refused.value.code


def test_a_package_opens_to_what_was_put_in() -> None:
    package = rules.opened(WHOLE, US.verifier())
    assert (package.head, list(package.rows)) == (HEAD, ROWS)
    assert [row["record"] for row in package.parsed() if row] == ["Z0", "Z1", "Z2"]
    assert rules.opened(made(rows=[]), US.verifier()).rows == ()


@given(st.integers(0, len(WHOLE) - 1), st.integers(1, 255))
def test_any_single_byte_changed_is_refused(place: int, flip: int) -> None:
    changed = bytearray(WHOLE)
    changed[place] ^= flip
    assert code_of(rules.opened, bytes(changed), US.verifier()) in {"PKG-FORM", "PKG-FORGED", "PKG-DIGEST"}


@given(st.integers(0, len(WHOLE)), st.binary(min_size=1, max_size=3))
def test_any_byte_added_or_lost_is_refused(place: int, more: bytes) -> None:
    if (longer := WHOLE[:place] + more + WHOLE[place:]) != WHOLE:
        code_of(rules.opened, longer, US.verifier())
    if place < len(WHOLE):
        code_of(rules.opened, WHOLE[:place], US.verifier())


def test_every_bit_of_a_receipt_counts() -> None:
    note = rules.issue(rules.opened(WHOLE, US.verifier()), ["", "SUBJ-NONE", ""], PEER)
    assert rules.read(note, PEER.verifier()).outcomes == ("", "SUBJ-NONE", "")
    for place in range(len(note)):
        changed = bytearray(note)
        changed[place] ^= 1
        code_of(rules.read, bytes(changed), PEER.verifier())


def test_one_peers_key_cannot_speak_for_another() -> None:
    assert code_of(rules.opened, WHOLE, PEER.verifier()) == "PKG-FORGED"
    same_name = Signer(US.name, b"\x03" * 32)
    assert code_of(rules.opened, made(signer=same_name), US.verifier()) == "PKG-FORGED"
    assert code_of(rules.read_key, "peer+00000000+AAAA") == "PKG-KEY"
    for part, stranger in (("channel", "c2"), ("sender", "x"), ("receiver", "x")):
        package = rules.opened(made(replace(HEAD, **{part: stranger})), US.verifier())
        assert code_of(rules.fits, package, STAND, at=AT) == "PKG-PEER"


def test_other_algorithms_and_second_keys_are_no_packages() -> None:
    body = manifest_of(HEAD, [])
    for bad in (body.replace(b'"ed25519"', b'"none"'), body.replace(b'"rows":0', b'"rows":0,"rows":0'), body.replace(b'"rows":0', b'"rows":1'),
                body.replace(b'"sequence":1', b'"sequence":true')):
        assert code_of(rules.opened, sealed(bad, US) + b"\n", US.verifier()) == "PKG-FORM"


def test_rows_that_were_not_signed_are_refused() -> None:
    note = rules.build(HEAD, ROWS, US)[0]
    for rows in ([ROWS[1], ROWS[0], ROWS[2]], ROWS[:2], [*ROWS, ROWS[0]]):
        assert code_of(rules.opened, rules.joined(note, rows), US.verifier()) == "PKG-DIGEST"
    assert code_of(rules.build, HEAD, [b"{}"] * (MOST_ROWS + 1), US) == "PKG-SIZE"


def test_an_erased_row_leaves_its_place_and_digest() -> None:
    note = rules.build(HEAD, ROWS, US)[0]
    package = rules.opened(rules.joined(note, [ROWS[0], b"", ROWS[2]]), US.verifier())
    assert package.parsed()[1] is None
    assert package.row_digests[1] == rules.row_digest(ROWS[1])


def test_order_gap_replay_and_the_future() -> None:
    first = rules.opened(WHOLE, US.verifier())
    assert rules.fits(first, STAND, at=AT)
    after = replace(STAND, sequence=1, digest=first.digest)
    assert not rules.fits(first, after, at=AT), "the last one once more is no error and has no effect"
    second = rules.opened(made(replace(HEAD, sequence=2, previous=first.digest)), US.verifier())
    assert rules.fits(second, after, at=AT)
    assert code_of(rules.fits, second, STAND, at=AT) == "PKG-GAP"
    other = rules.opened(made(rows=ROWS[:1]), US.verifier())
    assert code_of(rules.fits, other, after, at=AT) == "PKG-REPLAY"
    assert code_of(rules.fits, first, replace(after, sequence=2, digest=second.digest), at=AT) == "PKG-REPLAY"
    loose = rules.opened(made(replace(HEAD, sequence=2, previous="0" * 64)), US.verifier())
    assert code_of(rules.fits, loose, after, at=AT) == "PKG-ORDER"
    assert rules.fits(first, STAND, at=AT - timedelta(minutes=10))
    assert code_of(rules.fits, first, STAND, at=AT - timedelta(minutes=11)) == "PKG-TIME"


def test_a_receipt_settles_only_its_own_package() -> None:
    package = rules.opened(WHOLE, US.verifier())
    receipt = rules.read(rules.issue(package, ["", "", ""], PEER), PEER.verifier())
    rules.settles(receipt, channel="c1", sequence=1, digest=package.digest, rows=3)
    for wrong in ({"channel": "c2"}, {"sequence": 2}, {"digest": "0" * 64}, {"rows": 2}):
        told = {"channel": "c1", "sequence": 1, "digest": package.digest, "rows": 3, **wrong}
        assert code_of(rules.settles, receipt, **told) == "RCPT-WRONG"
    assert code_of(rules.read, sealed(b'{"format":"ximu-receipt/1"}', PEER), PEER.verifier()) == "RCPT-FORM"


def test_both_sides_are_compared_by_number() -> None:
    found = rules.balance({"a": "1", "b": "2", "c": "3"}, {"b": "2", "c": "4", "d": "5"})
    assert (found.ours, found.theirs, found.missing, found.extra, found.different) == (3, 3, ("a",), ("d",), ("c",))
    assert not found.even
    assert rules.balance({"a": "1"}, {"a": "1"}).even


def test_profiles_speak_the_receivers_words() -> None:
    form = {"record": "Z1", "version": 1, "item": "CF", "family": "penalty", "closes_on": "2019-03-20", "subject_name": "示例市某局",
            "fields": {"CF_NR": "罚款伍万元", "decision_date": "2018-03-20", "document_number": "示罚〔2018〕1号"}}
    row = rules.opened(made(rows=[rules.put_row(form, rules.profile("national-platform"), salt="00")]), US.verifier()).parsed()[0]
    assert row is not None
    assert row["fields"] == {"CF_NR": "罚款伍万元", "CF_JDRQ": "2018/03/20", "CF_WSH": "示罚〔2018〕1号", "CF_XDR_MC": "示例市某局"}
    assert set(rules.profiles()) == {"national-platform", "credit-china", "municipal", "trading-centre", "units"}
    assert code_of(rules.profile, "../national-platform") == "CHAN-PROFILE"


def test_pauses_double_up_to_half_a_day() -> None:
    pauses = [rules.pause(n) for n in range(20)]
    assert pauses[:3] == [timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4)]
    assert max(pauses) == timedelta(hours=12)


def test_no_part_of_a_receipt_looks_whole() -> None:
    """A file that is still being uploaded is left alone."""
    signer = Signer("peer.example", b"\x05" * 32)
    head = rules.Head("national", "a", "b", 1, "", "", "", "", "2018-06-21T02:00:00+00:00")
    note = rules.issue(rules.Package(head, "0" * 64, (), ()), ["", "CODE"], signer)
    assert arrived(note)
    assert not any(arrived(note[:end]) for end in range(len(note)))
