"""What somebody who does not know the house may hand in: an answer or a named error, never another one."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ximu_verify import BundleError, NoteError, ProofError, VerifierKey, leaf_hash, node_hash, open_note, verify_bundle
from ximu_verify import verify_consistency as grows
from ximu_verify import verify_inclusion as holds
from ximu_verify.__main__ import run
from ximu_verify.bundle import MOST_BYTES
from ximu_verify.tests import made
from ximu_verify.tiles import tile_path

SRC = Path(__file__).parents[2]
LEAF = leaf_hash(b"a")
PAIR = node_hash(LEAF, leaf_hash(b"b"))
ODD_NUMBERS: list[Any] = [True, False, None, 1.0, "1", b"1", -1, 2**64, 10**5000, -(10**5000), float("nan"), [1]]
ODD_HASHES: list[Any] = [None, "", "a" * 32, b"", bytes(31), bytes(33), 32, [0] * 32, memoryview(bytes(32))]
ODD_PROOFS: list[Any] = [b"", "", bytes(32), "a" * 32, 1, 0, True, False, object(), [None], ["a" * 32], [bytes(31)], [[LEAF]], {LEAF: 1},
                         [LEAF] * 129]


@pytest.mark.parametrize("number", ODD_NUMBERS, ids=lambda number: repr(number)[:9] if not isinstance(number, int) else type(number).__name__)
def test_a_number_that_is_none_is_a_proof_error(number: Any) -> None:
    for call in (lambda: holds(LEAF, number, 1, [], LEAF), lambda: holds(LEAF, 0, number, [], LEAF), lambda: grows(number, 1, LEAF, LEAF, []),
                 lambda: grows(1, number, LEAF, LEAF, []), lambda: grows(number, number, LEAF, LEAF, [])):
        with pytest.raises(ProofError):
            call()


def test_hashes_and_proofs_of_another_kind_are_proof_errors() -> None:
    assert holds(LEAF, 0, 1, None, LEAF)
    assert holds(bytearray(LEAF), 0, 1, iter(()), LEAF)
    for odd in ODD_HASHES:
        for call in (lambda o=odd: holds(o, 0, 1, [], LEAF), lambda o=odd: holds(LEAF, 0, 1, [], o),
                     lambda o=odd: holds(LEAF, 0, 2, [o], PAIR), lambda o=odd: grows(1, 2, o, PAIR, [LEAF]),
                     lambda o=odd: grows(1, 2, LEAF, o, [LEAF]), lambda o=odd: grows(1, 1, o, LEAF, [])):
            with pytest.raises(ProofError):
                call()
    for odd in ODD_PROOFS:
        for call in (lambda o=odd: holds(LEAF, 0, 1, o, LEAF), lambda o=odd: grows(1, 1, LEAF, LEAF, o),
                     lambda o=odd: grows(1, 2, LEAF, PAIR, o)):
            with pytest.raises(ProofError):
                call()


@pytest.mark.parametrize("data", [5, 0, True, None, "text", [1, 2]])
def test_only_bytes_are_hashed(data: Any) -> None:
    """A number must not silently stand for so many zero bytes."""
    for call in (lambda: leaf_hash(data), lambda: node_hash(data, LEAF), lambda: node_hash(LEAF, data)):
        with pytest.raises(TypeError):
            call()
    assert leaf_hash(bytearray(b"a")) == leaf_hash(memoryview(b"a")) == LEAF


NOTE = made.note("a text\n")


@pytest.mark.parametrize("keys", [None, [], "", b"", 7, ["\ud800+00000000+AQ=="], ["x\udcff+00000000+" + "A" * 44], [None], [b"x"], [7], object()])
def test_keys_that_are_none_open_nothing(keys: Any) -> None:
    with pytest.raises(NoteError):
        open_note(NOTE, keys)


@pytest.mark.parametrize("text", [10**15, True, None, [65], 1.5, object()])
def test_a_note_that_is_no_text_is_malformed(text: Any) -> None:
    with pytest.raises(NoteError, match="neither"):
        open_note(text, [made.LOG_KEY])


def test_no_key_is_no_error_of_another_kind_and_one_key_needs_no_list() -> None:
    with pytest.raises(NoteError) as caught:
        open_note(NOTE, None)
    assert [line.name for line in caught.value.note.unverified] == [made.ORIGIN]
    assert open_note(NOTE, made.LOG_KEY).verified == open_note(NOTE, VerifierKey.parse(made.LOG_KEY)).verified


def test_same_name_or_same_hash_but_not_both_is_an_unknown_key() -> None:
    """signed-note: such signatures must be ignored, not fail the note."""
    other = made.vkey(made.ORIGIN, made.WITNESS)
    assert open_note(NOTE, [made.LOG_KEY, other]).unverified == []
    with pytest.raises(NoteError, match="no verifiable"):
        open_note(NOTE, [other])
    renamed = NOTE.replace(f"— {made.ORIGIN} ", "— another.example/log ")
    note = open_note(NOTE + renamed.rpartition("\n\n")[2], [made.LOG_KEY])
    assert [line.name for line in note.unverified] == ["another.example/log"]


@pytest.mark.parametrize("body", ["\n", "\n\n", "a\n\n\n", "— not a signature\n", "\u2028\u0085\n", "\x7f\u200b\n", "\ufeffa\n"])
def test_texts_of_every_shape_are_signed_as_they_stand(body: str) -> None:
    assert open_note(made.note(body), [made.LOG_KEY]).text == body


def test_a_cosignature_of_the_end_of_time_and_one_beyond() -> None:
    text = f"{made.ORIGIN}\n0\n{made.b64(made.sha256(b''))}\n"
    for time, good in ((0, True), (2**63 - 1, True), (2**63, False), (2**64 - 1, False)):
        signed = made.WITNESS.sign(f"cosignature/v1\ntime {time}\n{text}".encode())
        note = f"{text}\n— witness.example/w1 {made.b64(made.key_id(made.WITNESS_KEY) + time.to_bytes(8, 'big') + signed)}\n"
        if good:
            assert open_note(note, [made.WITNESS_KEY]).verified[0].timestamp == time
            continue
        with pytest.raises(NoteError):
            open_note(note, [made.WITNESS_KEY])


def test_a_witness_that_signed_twice_counts_once_with_its_first_time_and_each_line_must_hold() -> None:
    text = f"{made.ORIGIN}\n0\n{made.b64(made.sha256(b''))}\n"
    lines = []
    for time in (1_525_406_400, 1_525_406_401):
        signed = made.WITNESS.sign(f"cosignature/v1\ntime {time}\n{text}".encode())
        raw = made.key_id(made.WITNESS_KEY) + time.to_bytes(8, "big") + signed
        lines.append(f"— witness.example/w1 {made.b64(raw)}\n")
    assert [line.timestamp for line in open_note(made.note(text) + "".join(lines), [made.LOG_KEY, made.WITNESS_KEY]).verified] == [
        None, 1_525_406_400]
    later = lines[1].replace("— witness.example/w1 ", "")
    untrue = made.b64(base64.b64decode(later)[:11] + b"\x00" + base64.b64decode(later)[12:])
    for told in (lines[0] + f"— witness.example/w1 {untrue}\n", f"— witness.example/w1 {untrue}\n" + lines[0]):
        with pytest.raises(NoteError, match="invalid signature"):
            open_note(made.note(text) + told, [made.LOG_KEY, made.WITNESS_KEY])
        assert len(open_note(made.note(text) + told, [made.LOG_KEY]).unverified) == 2


@pytest.mark.parametrize(("level", "index", "width"), [(0, -1, 256), (-1, 0, 256), (64, 0, 256), (0, 0, 0), (0, 0, 257), ("x", 0, 1), (0, 1.0, 1),
                                                      ("entries", -5, 256), (True, 0, 256), (None, 0, 256)])
def test_there_is_no_such_tile(level: Any, index: Any, width: Any) -> None:
    with pytest.raises(ValueError, match="no such tile"):
        tile_path(level, index, width)


@pytest.mark.parametrize(("index", "path"), [(0, "000"), (999, "999"), (1000, "x001/000"), (256 * 10**6, "x256/x000/000"), (67, "067")])
def test_tiles_lie_where_the_text_says(index: int, path: str) -> None:
    assert tile_path(63, index) == f"tile/63/{path}"
    assert tile_path("entries", index, 255) == f"tile/entries/{path}.p/255"


def stolen(size: int = 5) -> tuple[bytes, str]:
    """A bundle whose first key nobody knows and whose second is the log's own retired one, in a thief's hands; that key's line."""
    thief = Ed25519PrivateKey.from_private_bytes(bytes(range(7, 39)))
    text = json.loads(made.bundle(size=size))["checkpoint"].split("\n\n")[0] + "\n"
    note = made.note(text, private=thief) + made.note(text).rpartition("\n\n")[2]
    return made.bundle(size=size, checkpoint=note, keys=[made.vkey(made.ORIGIN, thief), made.LOG_KEY]), f"{made.LOG_KEY} <= 3"


def test_a_stolen_retired_key_does_not_vouch_beside_an_unknown_one() -> None:
    forged, line = stolen()
    new = made.vkey(made.ORIGIN, made.WITNESS)
    for keys in ([line], [new, line]):
        with pytest.raises(BundleError) as caught:
            verify_bundle(forged, keys)
        assert caught.value.check == "key"
    assert not verify_bundle(forged).trusted


def test_the_same_key_given_twice_is_given_once() -> None:
    assert verify_bundle(made.bundle(witnessed=True), [made.LOG_KEY, made.LOG_KEY, made.WITNESS_KEY, made.WITNESS_KEY]).witnesses[0]["trusted"]
    assert verify_bundle(made.bundle(), made.LOG_KEY).trusted


def test_what_is_no_bundle_and_what_is_no_key() -> None:
    for odd in (None, "{}", 7, [], object()):
        with pytest.raises(BundleError):
            verify_bundle(odd)  # type: ignore[arg-type]
    for odd in ([None], [7], 7, b"x", ["x\ud800+1+2"], [f"{made.LOG_KEY} <= -1"], [f"{made.LOG_KEY} <= " + "9" * 5000]):
        with pytest.raises(NoteError):
            verify_bundle(made.bundle(), odd)  # type: ignore[arg-type]


Start = Callable[..., subprocess.CompletedProcess[bytes]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts `ximu-verify` as a shell does, in a folder with a good bundle `b.json`."""
    (tmp_path / "b.json").write_bytes(made.bundle(witnessed=True))

    def started(shell: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
        path = {"PYTHONPATH": str(SRC), "PATH": os.environ["PATH"], "V": f"{sys.executable} -m ximu_verify", "K": made.LOG_KEY}
        ran = subprocess.run(["bash", "-o", "pipefail", "-c", shell], env=path | environment, cwd=tmp_path, capture_output=True, check=False)
        assert b"Traceback" not in ran.stderr, ran.stderr
        assert b"Exception ignored" not in ran.stderr, ran.stderr
        return ran

    yield started


ASCII = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "LC_ALL": "C"}


@pytest.mark.parametrize(("shell", "code"), [
    ("$V b.json --key $K", 0), ("$V b.json --key $K | true", 0), ("$V b.json --key $K | head -1", 0), ("$V b.json --key $K >&-", 0),
    ("$V b.json --key $K > /dev/full", 2), ("$V - --key $K <&-", 1), ("$V - --key $K < b.json 2>&-", 0), ("$V none.json", 2), ("$V .", 2),
    ("$V b.json --key $'\\xff+00000000+AQ=='", 2), ("$V b.json --key $'\\xff\\xfe'", 2), ("$V /dev/zero", 1), ("$V", 2), ("$V a b", 2),
    ("$V b.json --lang fr", 2), ("$V b.json --key /dev/null", 2), ("$V b.json --key .", 2), ("$V $(printf 'a%.0s' {1..5000})/b", 2),
    ("$V b.json --key $(printf 'a+%.0s' {1..3000})", 2), ("XIMU_LOG_KEY=$(printf 'a%.0s' {1..3000}) $V b.json", 2),
])
def test_every_call_ends_with_a_documented_code(start: Start, shell: str, code: int) -> None:
    for environment in ({}, ASCII):
        assert start(shell, **environment).returncode == code


@pytest.mark.parametrize("shell", ["$V b.json --json --key $K", "$V none.json --json", "$V --json", "$V b.json --json --key x", "$V --json a b"])
def test_json_is_utf_8_json_in_every_locale(start: Start, shell: str) -> None:
    for environment in ({}, ASCII):
        told = json.loads(start(shell, **environment).stdout.decode())
        assert told["message_zh"]
        assert told["message_en"]


def test_a_file_without_end_is_not_read_to_its_end(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    long = tmp_path / "long"
    with long.open("wb") as file:
        file.truncate(MOST_BYTES * 64)
    assert run([str(long)]) == 1
    assert "too large" in capsys.readouterr().out
