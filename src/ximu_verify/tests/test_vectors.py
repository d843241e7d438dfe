"""Published vectors of other logs: the reference values must hold here too.

Tree: the eight leaves and proofs of the Certificate Transparency reference tests. Notes: the key pair and the
signatures of the Go checksum database's note tests, and the examples in the C2SP texts.
"""

from __future__ import annotations

import base64
import hashlib

import pytest

from ximu_verify import (
    NoteError,
    ProofError,
    VerifierKey,
    leaf_hash,
    node_hash,
    open_note,
    parse_checkpoint,
    verify_consistency,
    verify_inclusion,
)
from ximu_verify.tiles import tree_root

LEAVES = [bytes.fromhex(text) for text in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")]
ROOTS = [bytes.fromhex(text) for text in (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328")]
A, B, C = (bytes.fromhex(text) for text in (
    "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
    "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"))
D, E, F, G = (bytes.fromhex(text) for text in (
    "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
    "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
    "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f"))
EMPTY = hashlib.sha256(b"").digest()
SOME = hashlib.sha256(b"some other hash").digest()

INCLUSION = [(0, 1, []), (0, 8, [A, B, C]), (5, 8, [D, E, ROOTS[3]]), (2, 3, [ROOTS[1]]), (1, 5, [ROOTS[0], B, D])]
CONSISTENCY = [(1, 1, []), (1, 8, [A, B, C]), (6, 8, [F, E, ROOTS[3]]), (2, 5, [B, D]), (6, 7, [F, G, ROOTS[3]])]


def test_hashes_and_roots() -> None:
    assert leaf_hash(b"").hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert leaf_hash(b"L123456").hex() == "395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56"
    assert node_hash(b"N123", b"N456").hex() == "aa217fe888e47007fa15edab33c2b492a722cb106c64667fc2b044444de66bbb"
    assert tree_root([]) == EMPTY
    assert [tree_root(map(leaf_hash, LEAVES[:n])) for n in range(1, 9)] == ROOTS


@pytest.mark.parametrize(("index", "size", "proof"), INCLUSION)
def test_inclusion(index: int, size: int, proof: list[bytes]) -> None:
    leaf, root = leaf_hash(LEAVES[index]), ROOTS[size - 1]
    assert verify_inclusion(leaf, index, size, proof, root)
    wrong = [
        (leaf, index - 1, size, proof, root), (leaf, index + 1, size, proof, root), (leaf, index ^ 2, size, proof, root),
        (leaf, 2**64 - 1, size, proof, root), (leaf, 2**64, size, proof, root),
        (leaf, index, size * 2, proof, root), (leaf, index, size // 2, proof, root), (leaf, index, 0, proof, root),
        (b"WrongLeaf", index, size, proof, root), (leaf, index, size, proof, EMPTY), (leaf, index, size, proof, SOME),
        (leaf, index, size, [*proof, b""], root), (leaf, index, size, [*proof, root], root),
        (leaf, index, size, [b"", *proof], root), (leaf, index, size, [root, *proof], root),
        (leaf, index, size, proof, b""), (b"", index, size, proof, root), (leaf, index, size, proof, root[:31]),
        *((leaf, index, size, [*proof[:n], bytes([proof[n][0] ^ 8]) + proof[n][1:], *proof[n + 1:]], root)
          for n in range(len(proof))),
        *([(leaf, index, size, proof[:-1], root)] if proof else []),
        *([(leaf, index, size, [proof[0], SOME, *proof[1:]], root), (leaf, index, size, proof[::-1], root)] if proof[1:] else []),
    ]
    for case in wrong:
        with pytest.raises(ProofError):
            verify_inclusion(*case)


@pytest.mark.parametrize(("index", "size"), [(0, 0), (1, 0), (1, 1), (2, 1), (-1, 1)])
def test_no_inclusion_outside_the_tree(index: int, size: int) -> None:
    for leaf in (SOME, EMPTY, b""):
        for root in (EMPTY, SOME, leaf, b""):
            with pytest.raises(ProofError):
                verify_inclusion(leaf, index, size, [], root)


@pytest.mark.parametrize(("old", "new", "proof"), CONSISTENCY)
def test_consistency(old: int, new: int, proof: list[bytes]) -> None:
    first, second = ROOTS[old - 1], ROOTS[new - 1]
    assert verify_consistency(old, new, first, second, proof)
    if not proof:
        return
    wrong = [
        (old - 1, new, first, second, proof), (old + 1, new, first, second, proof), (old ^ 2, new, first, second, proof),
        (old, new * 2, first, second, proof), (old, new // 2, first, second, proof), (0, new, first, second, proof),
        (old, new, b"WrongRoot", second, proof), (old, new, first, b"WrongRoot", proof), (old, new, second, first, proof),
        (old, new, first, second, []), *((old, new, first, second, [*proof, x]) for x in (b"", first, second)),
        *((old, new, first, second, [x, *proof]) for x in (b"", first, second, proof[0])),
        (old, new, first, second, proof[:-1]),
        *((old, new, first, second, [*proof[:n], bytes([proof[n][0] ^ 16]) + proof[n][1:], *proof[n + 1:]])
          for n in range(len(proof))),
    ]
    for case in wrong:
        with pytest.raises(ProofError):
            verify_consistency(*case)


@pytest.mark.parametrize(("old", "new", "first", "second", "proof", "good"), [
    (0, 0, b"don't care 1", b"don't care 1", [], True), (1, 1, b"don't care 2", b"don't care 2", [], True),
    (0, 0, EMPTY, EMPTY, None, True), (3, 3, SOME, SOME, [], True),
    (0, 0, b"a", b"b", [], False), (1, 1, b"a", b"b", [], False), (0, 1, b"a", b"b", [], False),
    (0, 1, EMPTY, SOME, [], False), (0, 1, EMPTY, EMPTY, [EMPTY], False), (0, 0, EMPTY, EMPTY, [EMPTY], False),
    (1, 1, EMPTY, EMPTY, [EMPTY], False), (1, 0, b"a", b"b", [], False), (2, 1, b"a", b"b", [], False),
    (1, 2, SOME, SOME, [], False), (-1, 1, SOME, SOME, [], False), (True, 1, SOME, SOME, [], False),
    (1, 2, SOME, SOME, SOME, False), (1, 1, "a", "a", [], False),
])
def test_consistency_edges(old: int, new: int, first: bytes, second: bytes, proof: list[bytes], good: bool) -> None:
    if good:
        assert verify_consistency(old, new, first, second, proof)
        return
    with pytest.raises(ProofError):
        verify_consistency(old, new, first, second, proof)


PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
ENOCH = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
PETER_LINE = ("— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBw"
              "JnAM=\n")
ENOCH_LINE = ("— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ"
              "=\n")


def spliced(line: str) -> str:
    """The same line with three bytes more in the signature."""
    return line.replace("S9UG", "ABCDS9UG").replace("5n2t", "5nABCD2t") if "S9UG" in line or "5n2t" in line else line


def names(signatures: list[object]) -> list[str]:
    return [signature.name for signature in signatures]


def test_one_known_and_one_unknown_signature() -> None:
    note = open_note(TEXT + "\n" + PETER_LINE + ENOCH_LINE, [PETER])
    verified, unverified = note
    assert (note.text, names(verified), names(unverified)) == (TEXT, ["PeterNeumann"], ["EnochRoot"])
    assert (verified[0].key_id, unverified[0].key_id) == ("c74f20a3", "af0cfe78")
    both = open_note((TEXT + "\n" + PETER_LINE + ENOCH_LINE).encode(), iter([PETER, ENOCH]))
    assert names(both.verified) == ["PeterNeumann", "EnochRoot"]


def test_without_a_known_key_the_note_is_refused_but_can_be_looked_at() -> None:
    with pytest.raises(NoteError) as caught:
        open_note(TEXT + "\n" + PETER_LINE + ENOCH_LINE, [])
    assert names(caught.value.note.unverified) == ["PeterNeumann", "EnochRoot"]


def test_ambiguous_keys_matter_only_when_used() -> None:
    with pytest.raises(NoteError, match="ambiguous"):
        open_note(TEXT + "\n" + ENOCH_LINE, [ENOCH, PETER, ENOCH])
    assert open_note(TEXT + "\n" + PETER_LINE, [ENOCH, PETER, ENOCH])


def test_repeated_lines() -> None:
    other = spliced(ENOCH_LINE)
    note = open_note(TEXT + "\n" + PETER_LINE * 2 + ENOCH_LINE * 2 + other, [PETER])
    assert (len(note.verified), len(note.unverified)) == (1, 2)
    assert open_note(TEXT + "\n" + PETER_LINE * 100, [PETER])
    for keys in ([PETER], []):
        with pytest.raises(NoteError, match="too many"):
            open_note(TEXT + "\n" + PETER_LINE * 101, keys)


def test_a_bad_signature_of_a_known_key_fails_the_note() -> None:
    """signed-note: each line of a known key must be verified, and one that fails should reject the note, be it the second of its
    key. Go's note.Open passes over the later lines of a key unread: all that we open it opens too, not the other way round.
    """
    for lines in (spliced(PETER_LINE), ENOCH_LINE + spliced(PETER_LINE), PETER_LINE + spliced(PETER_LINE)):
        with pytest.raises(NoteError, match=r"invalid signature for key PeterNeumann\+c74f20a3"):
            open_note(TEXT + "\n" + lines, [PETER, ENOCH])
    with pytest.raises(NoteError):
        open_note("X" + TEXT + "\n" + PETER_LINE, [PETER])


@pytest.mark.parametrize("text", [
    TEXT, TEXT + "\n", TEXT + "\n" + PETER_LINE[:-1], "\x01" + TEXT + "\n" + PETER_LINE, TEXT + "\r\n\n" + PETER_LINE,
    b"\xff" + (TEXT + "\n" + PETER_LINE).encode(), "\ud800" + TEXT + "\n" + PETER_LINE, TEXT + PETER_LINE, PETER_LINE,
    TEXT + "\n" + PETER_LINE + "Unexpected line.\n", TEXT + "\n" + PETER_LINE + "\n", TEXT + "\n" + PETER_LINE + "x",
    TEXT + "\n" + PETER_LINE.replace("PeterNeumann", "Bad Name"), TEXT + "\n" + PETER_LINE.replace("PeterNeumann", "a+b"),
    TEXT + "\n" + PETER_LINE.replace("PeterNeumann ", " "), TEXT + "\n" + PETER_LINE.replace("PeterNeumann", "a\u3000b"),
    TEXT + "\n" + PETER_LINE.replace("PeterNeumann", "a\u00a0b"), TEXT + "\n" + PETER_LINE.replace("— ", "- "),
    TEXT + "\n" + PETER_LINE.replace("— ", "—  "), TEXT + "\n" + PETER_LINE[:-1] + " \n",
    TEXT + "\n" + PETER_LINE.replace("nAM=", "nAM"), TEXT + "\n" + PETER_LINE.replace("nAM=", "nAN="),
    TEXT + "\n— PeterNeumann x08gow==\n", TEXT + "\n— PeterNeumann\n", TEXT + "\n— PeterNeumann \n", b"", None, 7,
    "a" * (1 << 20) + "\n\n" + PETER_LINE,
])
def test_malformed_notes(text: object) -> None:
    with pytest.raises(NoteError):
        open_note(text, [PETER])


def test_every_mangling_of_a_verifier_key_is_refused() -> None:
    assert str(VerifierKey.parse(PETER)) == PETER
    parts = {PETER[i:j] for i in range(len(PETER) + 1) for j in range(i, len(PETER) + 1)} - {PETER}
    parts |= {PETER[:n] + chr(ord(PETER[n]) + 1) + PETER[n + 1:] for n in range(len(PETER))}
    parts |= {
        "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",
        "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", PETER + "\n", PETER + "+", "+" + PETER,
    }
    for part in parts:
        with pytest.raises(NoteError):
            VerifierKey.parse(part)
    with pytest.raises(NoteError):
        open_note(TEXT + "\n" + PETER_LINE, [PETER, "nonsense"])


EXAMPLE = """example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==
"""


def test_the_checkpoint_example_of_the_text_is_parsed() -> None:
    with pytest.raises(NoteError) as caught:
        open_note(EXAMPLE, [PETER])
    note = caught.value.note
    assert names(note.unverified) == ["example.com/behind-the-sofa", "witness.example.com/w1"]
    assert len(base64.b64decode(note.unverified[1].base64)) == 4 + 8 + 64
    head = parse_checkpoint(note.text)
    assert (head.origin, head.size, head.extensions) == ("example.com/behind-the-sofa", 20852163, ())
    golden = parse_checkpoint("go.sum database tree\n123456789012\nTszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBb0=\n")
    assert (golden.size, golden.root) == (123456789012, leaf_hash(b"hello world"))


ROOT = "TszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBb0="


@pytest.mark.parametrize("text", [
    f"a\n1\n{ROOT}", f"a\n01\n{ROOT}\n", f"a\n00\n{ROOT}\n", f"a\n-1\n{ROOT}\n", f"a\n+1\n{ROOT}\n", f"a\n 1\n{ROOT}\n",
    f"a\n0x1\n{ROOT}\n", f"a\n１\n{ROOT}\n", f"a\n1_0\n{ROOT}\n", f"a\n\n{ROOT}\n", f"\n1\n{ROOT}\n", f"a\n1\n{ROOT}\n\n",
    f"a\n1\n{ROOT}\next\n\next\n", "a\n1\n", "a\n1\n\n", "", "a\n1\nTszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBTOOBIG=\n",
    f"a\n1\n{ROOT[:-2]}1=\n", f"a\n1\n{ROOT[:-1]}\n", f"a\n1\n{ROOT} \n", f"a\n{2**64}\n{ROOT}\n", None,
])
def test_malformed_checkpoints(text: object) -> None:
    with pytest.raises(NoteError):
        parse_checkpoint(text)


def test_extension_lines_and_the_empty_tree() -> None:
    assert parse_checkpoint(f"a b\n0\n{ROOT}\none\ntwo\n").extensions == ("one", "two")
    assert parse_checkpoint(f"a\n{2**64 - 1}\n{ROOT}\n").size == 2**64 - 1
