"""The tree is RFC 6962's tree, and an entry's bytes are canonical."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ximu.ideas.ledger import rules
from ximu.ideas.ledger.rules import tree
from ximu.ideas.ledger.rules.note import signed_by
from ximu.ideas.ledger.tests import naive

NOON = datetime(2018, 5, 4, 12, 0, tzinfo=UTC)


@given(st.integers(0, 700))
def test_edge_gives_the_root_of_the_definition(count: int) -> None:
    leaves = [hashlib.sha256(bytes([0]) + b"%d" % n).digest() for n in range(count)]
    edge = tree.Edge(0, [])
    for leaf in leaves:
        edge.add(leaf)
    assert edge.root() == naive.root([b"%d" % n for n in range(count)])
    assert tree.Edge.of(count, edge.packed()).root() == edge.root()


def test_a_full_tile_may_be_added_as_one_subtree() -> None:
    entries = [b"%d" % n for n in range(600)]
    leaves = rules.leaf_hashes(entries)
    edge = tree.Edge(0, [])
    edge.add(tree.tile_root(leaves[:256]), 8)
    edge.add(tree.tile_root(leaves[256:512]), 8)
    for leaf in leaves[512:]:
        edge.add(leaf)
    assert edge.root() == naive.root(entries)


def test_an_entry_is_canonical_and_its_time_is_utc() -> None:
    made = rules.entry_bytes("record.version", {"item": "CF", "a": [1, None]}, NOON)
    assert made == b'{"a":[1,null],"item":"CF","kind":"record.version","time":"2018-05-04T12:00:00.000000Z"}'


@pytest.mark.parametrize(("kind", "body"), [
    ("record.version", {"time": "x"}), ("record.version", {"kind": "x"}), ("record.version", {"clock": 1}),
    ("record", {}), ("", {}), ("record.version", {"a": "x" * 65_536}), ("record.version", {"a": object()}),
])
def test_what_cannot_be_an_entry_is_refused(kind: str, body: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        rules.entry_bytes(kind, body, NOON)


def test_a_moved_entry_can_be_turned_back() -> None:
    made = rules.entry_bytes("record.version", {"text": '"clock":'}, NOON)
    moved = rules.retimed(made, NOON + timedelta(hours=1))
    assert b'"time":"2018-05-04T13:00:00.000000Z"' in moved
    assert rules.claimed_form(moved) == made
    assert rules.claimed_form(made) == made


def test_a_commitment_binds_payload_and_salt() -> None:
    salt = bytes(range(32))
    expected = hashlib.sha256(b"\x00" + salt + b'{"a":1,"b":2}').hexdigest()
    assert rules.commitment(salt, {"b": 2, "a": 1}) == expected
    assert rules.commitment(salt[::-1], {"b": 2, "a": 1}) != expected
    with pytest.raises(ValueError):
        rules.commitment(b"short", {})


def test_paths_are_those_of_the_definition() -> None:
    for size in range(1, 70):
        leaves = [b"%d" % n for n in range(size)]

        def nodes(path: list[list[tree.Place]], leaves: list[bytes] = leaves) -> list[bytes]:
            return [tree.fold([naive.root(leaves[n << h:(n + 1) << h]) for h, n in places]) for places in path]

        for index in range(size):
            assert nodes(rules.inclusion_path(index, size)) == naive.inclusion(index, leaves)
        for old in range(1, size + 1):
            assert nodes(rules.consistency_path(old, size)) == naive.consistency(old, leaves)


def test_one_bad_line_of_our_own_key_spoils_a_note_wherever_it_stands() -> None:
    """As a stranger's `open_note` sees it: what we remember must never be what the reader of the log refuses."""
    ours = rules.Signer("ximu.example/log", bytes(range(32)))
    other = rules.Signer("ximu.example/log", bytes(range(1, 33)))
    text = rules.checkpoint_text(ours.name, 3, bytes(32))
    good, stranger = (signer.sign(text).rpartition("\n\n")[2] for signer in (ours, other))
    bad = ours.sign(text.replace("3", "4")).rpartition("\n\n")[2]
    for lines in (good, good + good, stranger + good, good + stranger):
        assert signed_by(f"{text}\n{lines}", ours.public, ours.name), lines
    for lines in (bad, bad + good, good + bad, stranger, good.replace("\u2014", "-"), good.replace("\n", "\u2028" + bad)):
        assert not signed_by(f"{text}\n{lines}", ours.public, ours.name), lines
