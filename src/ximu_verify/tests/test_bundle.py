"""A bundle is accepted as it was made, and in no other form."""

from __future__ import annotations

import io
import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from ximu_verify import BundleError, ProofError, canonical, leaf_hash, verify_bundle, verify_consistency, verify_inclusion
from ximu_verify.__main__ import run
from ximu_verify.tests import made
from ximu_verify.tiles import entries_of, tile_path, tiles_of, tree_root

SRC = Path(__file__).parents[2]


def refused(data: bytes, keys: tuple[str, ...] = ()) -> BundleError:
    with pytest.raises(BundleError) as caught:
        verify_bundle(data, keys)
    return caught.value


def test_an_honest_bundle_holds() -> None:
    report = verify_bundle(made.bundle(), [made.LOG_KEY])
    assert (report.trusted, report.index, report.checkpoint.size, report.key) == (True, 2, 5, made.LOG_KEY)
    assert report.payload == {"文书": "示政罚〔2018〕5号", "金额": 120}
    assert not verify_bundle(made.bundle()).trusted


@pytest.mark.parametrize("keys", [(), (made.LOG_KEY,)])
def test_every_single_bit_change_is_refused(keys: tuple[str, ...]) -> None:
    data = made.bundle(witnessed=True)
    verify_bundle(data, keys)
    for place in range(len(data)):
        for bit in range(8):
            refused(data[:place] + bytes([data[place] ^ 1 << bit]) + data[place + 1:], keys)


def test_the_digest_is_not_what_proves() -> None:
    """A forger makes a new digest after each change: still nothing but a caption can be changed."""
    data = made.bundle(witnessed=True)
    honest, tried = json.loads(data), 0
    for place in range(len(data)):
        for bit in range(8):
            try:
                forged = json.loads((data[:place] + bytes([data[place] ^ 1 << bit]) + data[place + 1:]).decode())
            except ValueError:
                continue
            if {**forged, "labels": 0, "digest": 0} == {**honest, "labels": 0, "digest": 0}:
                continue
            tried += 1
            refused(made.sealed(forged), (made.LOG_KEY,))
            refused(made.sealed(forged))
    assert tried > 3000


def test_cut_and_lengthened_files_are_refused() -> None:
    data = made.bundle()
    for wrong in (b"", b"{}", b"[]", b"null", data[:-1], data + b"\n", data + b" ", b" " + data, data * 2, b"\xef\xbb\xbf" + data,
                  data.replace(b":2,", b":2.0,"), data.replace(b'"index":2', b'"index":2,"index":2'),
                  json.dumps(json.loads(data)).encode(), b"[" * 100_000, b"\xff"):
        assert refused(wrong).check == "form"


OTHER = made.vkey(made.ORIGIN, made.WITNESS)


@pytest.mark.parametrize(("check", "changes"), [
    ("form", {"format": "ximu-bundle/2"}), ("form", {"more": 1}), ("form", {"labels": ...}), ("form", {"labels": []}),
    ("form", {"labels": {"kind": {"zh": "x"}}}), ("form", {"index": "2"}), ("form", {"index": True}),
    ("form", {"disclosed": {"member": "commitment", "payload": 1}}), ("form", {"disclosed": None}),
    ("form", {"disclosed": {"member": "commitment", "payload": 1, "salt": "AB" * 32}}),
    ("inclusion", {"index": 1}), ("inclusion", {"index": 7}), ("inclusion", {"index": -1}), ("inclusion", {"proof": []}),
    ("inclusion", {"proof": [1, 2]}), ("inclusion", {"proof": ["AAA"]}), ("inclusion", {"entry": {"kind": "x"}}),
    ("commitment", {"disclosed": {"member": "commitment", "payload": {"金额": 1}, "salt": made.SALT.hex()}}),
    ("commitment", {"disclosed": {"member": "item", "payload": {}, "salt": made.SALT.hex()}}),
    ("commitment", {"disclosed": {"member": "none", "payload": {}, "salt": made.SALT.hex()}}),
    ("checkpoint", {"keys": []}), ("checkpoint", {"keys": [made.LOG_KEY, made.WITNESS_KEY]}),
    ("checkpoint", {"keys": [OTHER]}), ("checkpoint", {"keys": [made.LOG_KEY, made.LOG_KEY]}), ("checkpoint", {"keys": [1]}),
    ("checkpoint", {"keys": [made.LOG_KEY.replace("+", "+", 1).upper()]}), ("checkpoint", {"checkpoint": "x"}),
    ("checkpoint", {"checkpoint": made.note("not\na checkpoint\n")}),
    ("checkpoint", {"checkpoint": made.note(f"other.example\n5\n{made.b64(bytes(32))}\n")}),
])
def test_what_does_not_fit_is_refused_with_its_reason(check: str, changes: dict[str, Any]) -> None:
    assert refused(made.bundle(**changes), (made.LOG_KEY,)).check == check


def test_labels_are_covered_by_the_digest_only() -> None:
    data = made.bundle()
    assert refused(data.replace("种类".encode(), "种种".encode())).check == "digest"
    assert verify_bundle(made.sealed(json.loads(data) | {"labels": {}})).labels == {}


def test_another_key_than_the_logs_is_refused() -> None:
    assert refused(made.bundle(), (OTHER,)).check == "key"
    assert refused(made.bundle(witnessed=True), (made.WITNESS_KEY,)).check == "key"


def test_a_forger_with_a_key_of_his_own_is_convicted_by_the_true_key() -> None:
    genuine = json.loads(made.bundle())
    text = genuine["checkpoint"].split("\n\n")[0] + "\n"
    forged = made.bundle(checkpoint=made.note(text, private=made.WITNESS), keys=[OTHER])
    assert not verify_bundle(forged).trusted
    assert refused(forged, (made.LOG_KEY,)).check == "key"


def test_witnesses_are_trusted_only_when_their_key_is_given() -> None:
    data = made.bundle(witnessed=True)
    seen = [verify_bundle(data, keys).witnesses[0] for keys in ((), (made.LOG_KEY,), (made.LOG_KEY, made.WITNESS_KEY))]
    assert [witness["trusted"] for witness in seen] == [False, False, True]
    assert seen[0]["timestamp"] == 1_525_406_400


def test_honest_proofs_of_all_sizes_to_300_hold() -> None:
    leaves = [leaf_hash(b"%d" % n) for n in range(300)]
    memo: dict[tuple[int, int], bytes] = {}

    def node(first: int, last: int) -> bytes:
        if (first, last) not in memo:
            memo[first, last] = tree_root(leaves[first:last])
        return memo[first, last]

    def walk(index: int, first: int, last: int) -> list[bytes]:
        if last - first == 1:
            return []
        middle = first + (1 << (last - first - 1).bit_length() - 1)
        if index < middle:
            return [*walk(index, first, middle), node(middle, last)]
        return [*walk(index, middle, last), node(first, middle)]

    for size in range(1, 301):
        for index in range(size):
            assert verify_inclusion(leaves[index], index, size, walk(index, 0, size), node(0, size))


def test_ten_thousand_altered_proofs_are_refused() -> None:
    dice = random.Random(20180504)
    leaves = [leaf_hash(b"%d" % n) for n in range(137)]
    accepted = 0
    for _ in range(10_000):
        size = dice.randint(2, 137)
        index = dice.randrange(size)
        honest: dict[str, Any] = {"leaf_hash": leaves[index], "index": index, "size": size,
                                  "proof": made.path(index, leaves[:size]), "root": tree_root(leaves[:size])}
        changed = alter(dict(honest, proof=list(honest["proof"])), dice)
        if changed == honest or (changed["size"] != size and same_shape(changed, honest)):
            continue
        try:
            verify_inclusion(**changed)
            accepted += 1
        except ProofError:
            continue
    assert accepted == 0


def same_shape(changed: dict[str, Any], honest: dict[str, Any]) -> bool:
    """RFC 6962's path does not commit to the size: another size with the same path is the checkpoint's to refuse."""
    return all(changed[name] == honest[name] for name in ("leaf_hash", "index", "proof", "root"))


def alter(proof: dict[str, Any], dice: random.Random) -> dict[str, Any]:
    path = proof["proof"]
    place = dice.randrange(len(path))
    how = dice.randrange(10)
    if how < 3:
        path[place] = flipped(path[place], dice)
    elif how == 3:
        del path[place]
    elif how == 4:
        path.insert(place, dice.choice([path[place], proof["root"], proof["leaf_hash"], b"", bytes(32)]))
    elif how == 5:
        dice.shuffle(path)
    elif how == 6:
        proof["index"] += dice.choice([-1, 1, 2, proof["size"], 2**63])
    elif how == 7:
        name = dice.choice(["leaf_hash", "root"])
        proof[name] = flipped(proof[name], dice)
    elif how == 8:
        proof["leaf_hash"], path[place] = path[place], proof["leaf_hash"]
    else:
        proof["size"] = dice.choice([0, proof["index"], proof["size"] * 2, proof["size"] + 1])
    return proof


def flipped(data: bytes, dice: random.Random) -> bytes:
    place = dice.randrange(len(data))
    return data[:place] + bytes([data[place] ^ 1 << dice.randrange(8)]) + data[place + 1:]


def test_consistency_of_all_pairs_to_40() -> None:
    leaves = [leaf_hash(b"%d" % n) for n in range(40)]

    def proof(old: int, part: list[bytes], whole: bool = True) -> list[bytes]:
        if old == len(part):
            return [] if whole else [tree_root(part)]
        k = 1 << (len(part) - 1).bit_length() - 1
        if old <= k:
            return [*proof(old, part[:k], whole), tree_root(part[k:])]
        return [*proof(old - k, part[k:], False), tree_root(part[:k])]

    for new in range(1, 41):
        for old in range(1, new + 1):
            roots = tree_root(leaves[:old]), tree_root(leaves[:new])
            assert verify_consistency(old, new, *roots, proof(old, leaves[:new]))


def test_altered_consistency_proofs_are_refused() -> None:
    dice = random.Random(7)
    leaves = [leaf_hash(b"%d" % n) for n in range(130)]

    def proof(old: int, part: list[bytes], whole: bool = True) -> list[bytes]:
        if old == len(part):
            return [] if whole else [tree_root(part)]
        k = 1 << (len(part) - 1).bit_length() - 1
        if old <= k:
            return [*proof(old, part[:k], whole), tree_root(part[k:])]
        return [*proof(old - k, part[k:], False), tree_root(part[:k])]

    for _ in range(3000):
        new = dice.randint(3, 130)
        old = dice.randint(1, new - 1)
        first, second, path = tree_root(leaves[:old]), tree_root(leaves[:new]), proof(old, leaves[:new])
        place = dice.randrange(len(path))
        wrong = dice.choice([
            (first, second, [*path[:place], flipped(path[place], dice), *path[place + 1:]]),
            (flipped(first, dice), second, path), (first, flipped(second, dice), path), (second, first, path),
            (first, second, path[:place] + path[place + 1:]), (first, second, [*path, first]), (first, second, [second, *path]),
        ])
        with pytest.raises(ProofError):
            verify_consistency(old, new, *wrong)


@given(st.recursive(
    st.none() | st.booleans() | st.integers(-2**53 + 1, 2**53 - 1) | st.text() | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4), max_leaves=12,
))
def test_the_canonical_form_is_that_of_the_reference_library(value: Any) -> None:
    raw = rfc8785.dumps(value)
    assert canonical.dump(value) == raw
    assert canonical.dump(canonical.load(raw)) == raw


def test_tile_helpers() -> None:
    assert tile_path(0, 1234067) == "tile/0/x001/x234/067"
    assert tile_path("entries", 5, 7) == "tile/entries/005.p/7"
    assert list(tiles_of(513)) == [(0, 256), (1, 256), (2, 1)]
    assert entries_of(b"\x00\x02ab\x00\x00") == [b"ab", b""]
    for wrong in (b"\x00", b"\x00\x02a"):
        with pytest.raises(ProofError):
            entries_of(wrong)


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("XIMU_LOG_KEY", raising=False)
    path = tmp_path / "bundle.json"
    path.write_bytes(made.bundle(witnessed=True))
    return path


def test_the_command_explains_itself_in_both_languages(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([str(file), "--key", made.LOG_KEY]) == 0
    told = capsys.readouterr().out
    assert "✔ 有效。" in told
    assert "VALID" in told
    assert "示政罚〔2018〕5号" in told
    assert run([str(file), "--key", made.LOG_KEY, "--lang", "en"]) == 0
    assert "有效" not in capsys.readouterr().out


def test_without_a_key_it_says_plainly_that_the_origin_is_not_shown(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([str(file)]) == 0
    told = capsys.readouterr().out
    assert "公钥取自证明包本身" in told
    assert "key was taken from the bundle itself" in told
    assert "✔" not in told
    assert run([str(file), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["valid"], told["trusted"], told["key_source"]) == (True, False, "bundle")


def test_keys_come_from_file_environment_or_beside(
    file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
) -> None:
    pinned = file.parent / "ximu-log.key"
    pinned.write_text(f"# the log of 示例市\n{made.LOG_KEY}\n", "utf-8")
    for args, environment, source in [
        (["--key", str(pinned)], None, "--key"), ([], made.LOG_KEY, "XIMU_LOG_KEY"), ([], None, "ximu-log.key"),
    ]:
        monkeypatch.delenv("XIMU_LOG_KEY", raising=False)
        if environment:
            monkeypatch.setenv("XIMU_LOG_KEY", environment)
        assert run([str(file), "--json", *args]) == 0
        told = json.loads(capsys.readouterr().out)
        assert (told["trusted"], told["key_source"]) == (True, source)


def test_keys_are_taken_as_the_log_shows_them_after_a_rotation(file: Path, tmp_path: Path) -> None:
    lines = f"{OTHER}\n{made.LOG_KEY} <= 5\n"
    kept = tmp_path / "kept"
    for raw in (lines.encode(), b"\xef\xbb\xbf" + lines.replace("\n", "\r\n").encode(), b"# old and new\n\n" + lines.encode()):
        kept.write_bytes(raw)
        assert run([str(file), "--key", str(kept)]) == 0
    assert run([str(file), "--key", lines]) == 0
    assert run([str(file), "--key", lines.replace("<= 5", "<= 4")]) == 1


def test_exit_codes(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    data = file.read_bytes()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    assert run(["-", "--key", made.LOG_KEY]) == 0
    assert run([str(file), "--key", OTHER]) == 1
    file.write_bytes(data.replace(b'"index":2', b'"index":3'))
    assert run([str(file), "--json"]) == 1
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["check"] == "digest"
    for args in ([str(tmp_path / "none.json")], [str(file), "--key", "nonsense"], [str(file), "--key", "a+00000000+AQ=="]):
        assert run(args) == 2
    with pytest.raises(SystemExit) as ended:
        run([])
    assert ended.value.code == 2


def test_captions_cannot_speak_to_the_terminal(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_bytes(made.bundle(labels={"kind": {"zh": "\u001b[2J\n✔ 有效", "en": "\u202ex"}}))
    assert run([str(file)]) == 0
    told = capsys.readouterr().out
    assert "\x1b" not in told
    assert "\u202e" not in told
    assert not any(line.startswith("✔") for line in told.splitlines())


def test_a_caption_cannot_pass_for_a_proved_value(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = '种类): "record.revoked" （撤销）：“x”' + " " * 500
    file.write_bytes(made.bundle(labels={"kind": {"zh": told, "en": "x"}}))
    assert run([str(file), "--lang", "zh"]) == 0
    (line,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("  kind")]
    assert line.startswith("  kind (种类 record.revoked 撤销x ")
    assert line.endswith('): "record.version"')
    assert len(line) < 120


def test_it_needs_neither_django_nor_the_writer(file: Path) -> None:
    code = ("import sys; from ximu_verify.__main__ import run; code = run(sys.argv[1:]); "
            "loud = [m for m in sys.modules if m.split('.')[0] in {'ximu', 'django', 'orjson', 'rfc8785'}]; "
            "sys.exit(code or len(loud))")
    ran = subprocess.run([sys.executable, "-c", code, str(file)], env={"PYTHONPATH": str(SRC)}, capture_output=True, check=False)
    assert ran.returncode == 0, ran.stderr
