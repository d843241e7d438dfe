"""Codes, routing, files, withheld figures, sealed days."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ximu.kernel import codes
from ximu.kernel.refusal import Refusal
from ximu.notice.mechanisms.m3_complaints import rules
from ximu.notice.mechanisms.m3_complaints.rules.sealing import is_member, padding
from ximu.notice.mechanisms.m3_complaints.tests.factories import chunk, exif, jpeg, png, segment

pytestmark = pytest.mark.row("M3.4")
SECRET = bytes(range(32))


def test_a_code_follows_from_its_form_and_its_hash_from_a_secret() -> None:
    code = codes.new_code(SECRET, "2018-06-04.aa")
    assert len(code) == 16 and code.isdigit()
    assert codes.new_code(SECRET, "2018-06-04.aa") == code != codes.new_code(SECRET, "2018-06-04.ab")
    assert codes.new_code(bytes(32), "2018-06-04.aa") != code
    assert codes.slow_hash(code, secret=SECRET) != codes.slow_hash(code, secret=bytes(32))
    assert codes.digits_of(codes.shown_code(code)) == code == codes.digits_of(code.translate(str.maketrans("0123456789", "０１２３４５６７８９")))


@pytest.mark.parametrize("typed", ["", "123", "1" * 17, "abcd" * 4, "１２a4567812345678", "\x00" * 16, "١" * 16])
def test_what_is_no_code_becomes_one_that_nobody_has(typed: str) -> None:
    assert codes.digits_of(typed) == "x" * 16


UNITS = "abcdefgh"


@given(st.dictionaries(st.sampled_from(UNITS), st.sampled_from(UNITS)), st.sets(st.sampled_from(UNITS)), st.lists(st.sampled_from(UNITS)))
def test_nobody_complained_of_and_nobody_beneath_is_ever_asked(parents: dict[str, str], about: set[str], offices: list[str]) -> None:
    def parent(unit: str) -> str:
        return parents.get(unit, "")

    found = rules.route(offices, about, parent)
    assert not (found and rules.in_conflict(found, about, parent))
    free = [one for one in offices if not rules.in_conflict(one, about, parent)]
    assert found == free[0] if free else found not in offices


@given(st.dictionaries(st.text("abcdefgh", min_size=1, max_size=3), st.integers(0, 60), max_size=8), st.integers(2, 10))
def test_no_small_cell_is_told_or_follows_from_the_total(cells: dict[str, int], smallest: int) -> None:
    shown, total = rules.withheld(cells, smallest)
    hidden = [name for name in cells if shown[name] is None]
    assert all(shown[name] in (None, count) for name, count in cells.items())
    assert not any(0 < count < smallest and shown[name] is not None for name, count in cells.items())
    if total is not None and hidden:
        room = sum(cells[name] for name in hidden) - (len(hidden) - 1)
        assert len(hidden) >= 2 and room >= smallest - 1, "each of them may be any small number"
    assert total in (None, sum(cells.values()))


@given(st.integers(0, 200))
def test_a_day_is_padded_to_steps_of_sixteen(count: int) -> None:
    assert padding(count) >= 1
    assert (count + padding(count)) % 16 == 0


def test_a_day_shows_its_leaves_whatever_their_order() -> None:
    leaves = [f"{n:064x}" for n in range(16)]
    root = rules.day_root(leaves)
    assert root == rules.day_root(reversed(leaves))
    assert is_member(leaves[3], leaves, root) and not is_member("ff" * 32, leaves, root)


def test_a_picture_loses_place_device_author_and_what_hangs_behind_it() -> None:
    comment, icc = segment(0xFE, b"author CANARY"), segment(0xE2, b"ICC CANARY")
    kind, kept = rules.clean(jpeg(exif(6), comment, icc, tail=b"CANARY trailer PK\x03\x04"))
    assert kind == "jpeg"
    assert b"CANARY" not in kept and b"GPS" not in kept and kept.endswith(b"\xff\xd9")
    assert rules.clean(kept) == ("jpeg", kept), "cleaning twice changes nothing; the orientation stays"
    assert b"Exif\0\0MM" in kept
    assert b"Exif" not in rules.clean(jpeg(exif(1)))[1]
    kind, kept = rules.clean(png(chunk(b"tEXt", b"Author\0CANARY"), chunk(b"eXIf", b"CANARY"), chunk(b"tRNS", b"\0\0")) + b"CANARY")
    assert kind == "png" and b"CANARY" not in kept and b"tRNS" in kept
    assert rules.clean("\ufeff证人张三".encode()) == ("text", "证人张三".encode())
    assert rules.clean("证人".encode("gb18030")) == ("text", "证人".encode())


@pytest.mark.parametrize("bad", [
    b"%PDF-1.7\n", b"PK\x03\x04\x14\x00", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"<html><script>", b"{\\rtf1", b"GIF89a\x01\x00\x01", b"\x00\x01",
    b"\xff\xd8\xff\xd9", b"\xff\xd8\xff\xe1\x00", b"\x89PNG\r\n\x1a\n", png()[:-4], png(chunk(b"EVIL", b"x")), jpeg()[:-2],
    b"\xff\xd8" + segment(0xDB, b"\0" * 65) + b"\xff\xd9", b"MZ\x90\x00", b"\xff\xd8\x00\x00",
])
def test_everything_else_is_refused(bad: bytes) -> None:
    with pytest.raises(Refusal) as caught:
        rules.clean(bad)
    assert caught.value.code == "FILE-RISK"


@given(st.binary(max_size=400), st.integers(0, 200))
@settings(max_examples=200)
def test_no_bytes_break_the_cleaner(noise: bytes, cut: int) -> None:
    for content in (noise, jpeg(exif(3))[:cut] + noise, png()[:cut] + noise, b"\xff\xd8" + noise):
        try:
            kind, kept = rules.clean(content)
        except Refusal as refusal:
            assert refusal.code in {"FILE-RISK", "FILE-EMPTY"}
        else:
            assert rules.clean(kept) == (kind, kept)


def test_sizes_are_bounded() -> None:
    with pytest.raises(Refusal) as caught:
        rules.clean(b"a" * ((10 << 20) + 1))
    assert caught.value.code == "FILE-SIZE"
    with pytest.raises(Refusal) as caught:
        rules.clean(b"")
    assert caught.value.code == "FILE-EMPTY"
