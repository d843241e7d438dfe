"""Checkpoints, bundles and cosignatures of the writer are read by the verifier that shares no code with it."""

from __future__ import annotations

import base64
import io
import json
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from ximu.ideas.ledger import queries, services
from ximu.ideas.ledger.commands import log_group
from ximu.ideas.ledger.models import Cosignature
from ximu.ideas.ledger.rules import Entry, Signer, commitment, kind_words
from ximu.ideas.ledger.tests.test_services import NOON, grow
from ximu.kernel.actor import SYSTEM, Actor, Grant
from ximu.kernel.canonical import canonical
from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text
from ximu_verify import canonical as strict
from ximu_verify import open_note, parse_checkpoint, verify_bundle
from ximu_verify.tests.made import WITNESS, WITNESS_KEY, b64, key_id

pytestmark = pytest.mark.django_db
SALT = bytes(range(32))
KEEPER = Actor(uid="keeper", grants=(Grant("security_admin", frozenset({"ledger.witness"})),))


@pytest.fixture(autouse=True)
def home(settings, tmp_path: Path) -> Path:
    settings.XIMU_HOME = tmp_path
    settings.XIMU_ORIGIN = "ximu.example/示例市"
    return tmp_path


def code_of(act: Any) -> str:
    with pytest.raises(Refusal) as caught:
        act()
    return caught.value.code


def test_a_checkpoint_is_a_signed_note_of_the_head(home: Path) -> None:
    grow(300)
    note = open_note(queries.checkpoint(), [queries.key()])
    head = parse_checkpoint(note.text)
    assert (head.origin, head.size, head.root, head.extensions) == ("ximu.example/示例市", 300, queries.head().root, ())
    assert queries.checkpoint() == queries.checkpoint()
    assert (home / "keys" / "log.key").stat().st_mode & 0o777 == 0o600


def test_the_empty_log_has_a_checkpoint_too() -> None:
    assert parse_checkpoint(open_note(queries.checkpoint(), [queries.key()]).text).size == 0


@pytest.mark.parametrize("origin", ["", "a b", "a+b", "a\u3000b"])
def test_an_origin_that_cannot_be_a_key_name_is_refused(settings, origin: str) -> None:
    settings.XIMU_ORIGIN = origin
    assert code_of(queries.checkpoint) == "LOG-ORIGIN"


def test_a_damaged_or_foreign_key_is_refused(settings, home: Path) -> None:
    queries.key()
    settings.XIMU_ORIGIN = "other.example/log"
    assert code_of(queries.key) == "LOG-KEY"
    (home / "keys" / "log.key").write_text("PRIVATE+KEY+x", "ascii")
    assert code_of(queries.key) == "LOG-KEY"


def test_the_signing_key_keeps_the_known_text_form() -> None:
    known = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
    signer = Signer.parse(known)
    assert signer.verifier() == "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    assert signer.secret_text() == known + "\n"
    text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
    assert signer.sign(text).endswith("x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6"
                                      "RyyBwJnAM=\n")


@pytest.mark.django_db(transaction=True)
def test_nothing_uncommitted_is_signed() -> None:
    with transaction.atomic():
        services.append([Entry("test.entry")], at=NOON)
        assert code_of(queries.checkpoint) == "LOG-UNCOMMITTED"
        assert code_of(lambda: queries.bundle(0)) == "LOG-UNCOMMITTED"
    assert queries.bundle(0)["index"] == 0


def committed(payload: Any) -> int:
    with transaction.atomic():
        return services.append([Entry("record.version", {"item": "CF", "commitment": commitment(SALT, payload)})], at=NOON)[0]


def test_a_bundle_is_accepted_by_the_verifier() -> None:
    grow(300)
    payload = {"CF_WSH": "示政罚〔2018〕5号", "金额": 1.5, "名": "\x7f\x1b\u2028é"}
    index = committed(payload)
    grow(20)
    data = queries.bundle_bytes(queries.bundle(index, payload=payload, salt=SALT, labels={"payload.CF_WSH": Text("文号", "No.")}))
    report = verify_bundle(data, [queries.key()])
    assert (report.trusted, report.index, report.payload, report.checkpoint.size) == (True, 300, payload, 321)
    assert report.labels["payload.CF_WSH"] == {"zh": "文号", "en": "No."}
    bare = verify_bundle(queries.bundle_bytes(queries.bundle(index)), [queries.key()])
    assert not bare.disclosed
    assert "示政罚" not in json.dumps(queries.bundle(index), ensure_ascii=False)


def test_a_payload_that_was_not_committed_to_is_not_disclosed() -> None:
    index = committed({"a": 1})
    assert code_of(lambda: queries.bundle(index, payload={"a": 2}, salt=SALT)) == "BUNDLE-COMMIT"
    assert code_of(lambda: queries.bundle(7)) == "LOG-INDEX"


@given(st.recursive(
    st.none() | st.booleans() | st.integers(-2**53 + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=3),
    max_leaves=10,
))
def test_writer_and_verifier_agree_on_canonical_bytes(value: Any) -> None:
    assert canonical(value) == strict.dump(value)


def cosigned(note: str, time: int = 1_525_406_400, private: Any = WITNESS) -> str:
    text = note.split("\n\n")[0] + "\n"
    signature = private.sign(f"cosignature/v1\ntime {time}\n{text}".encode())
    return f"{note}— witness.example/w1 {b64(key_id(WITNESS_KEY) + time.to_bytes(8, 'big') + signature)}\n"


def test_a_witness_is_registered_once_and_logged() -> None:
    uid = services.trust_witness(WITNESS_KEY, by=KEEPER, at=NOON)
    assert services.trust_witness(WITNESS_KEY, by=KEEPER, at=NOON) == uid
    assert queries.size() == 1
    assert queries.entry_value(0)["kind"] == "log.witness"
    assert code_of(lambda: services.trust_witness(WITNESS_KEY, by=Actor(uid="x"), at=NOON)) == "PERM-DENIED"
    for wrong in ("x", queries.key(), WITNESS_KEY[:-4], WITNESS_KEY.replace("w1", "w2"), WITNESS_KEY.replace("+", "+ ", 1)):
        assert code_of(lambda wrong=wrong: services.trust_witness(wrong, by=SYSTEM_KEEPER, at=NOON)) == "WITNESS-KEY"


SYSTEM_KEEPER = Actor(uid=SYSTEM.uid, grants=KEEPER.grants)


def test_cosignatures_are_checked_kept_and_given_along() -> None:
    grow(5)
    services.trust_witness(WITNESS_KEY, by=KEEPER, at=NOON)
    note = queries.checkpoint()
    assert services.cosign(cosigned(note), at=NOON) == 1
    assert services.cosign(cosigned(note, 1_525_406_500), at=NOON) == 0
    assert Cosignature.objects.count() == 1
    opened = open_note(queries.checkpoint(), [queries.key(), WITNESS_KEY])
    assert [line.timestamp for line in opened.verified] == [None, 1_525_406_400]
    grow(3, at=NOON + timedelta(hours=1))
    report = verify_bundle(queries.bundle_bytes(queries.bundle(2)), [queries.key(), WITNESS_KEY])
    assert (report.checkpoint.size, report.witnesses[0]["trusted"]) == (6, True)
    newer = verify_bundle(queries.bundle_bytes(queries.bundle(7)), [queries.key()])
    assert (newer.checkpoint.size, newer.witnesses) == (9, [])


def test_false_cosignatures_are_refused_and_unknown_ones_ignored() -> None:
    grow(5)
    note = queries.checkpoint()
    assert services.cosign(cosigned(note), at=NOON) == 0
    services.trust_witness(WITNESS_KEY, by=KEEPER, at=NOON)
    other = Signer("x", bytes(32))
    assert code_of(lambda: services.cosign(note.replace("\n5\n", "\n4\n"), at=NOON)) == "WITNESS-TEXT"
    assert code_of(lambda: services.cosign(other.sign("x\n5\ny\n"), at=NOON)) == "WITNESS-TEXT"
    assert code_of(lambda: services.cosign("nothing", at=NOON)) == "WITNESS-TEXT"
    true = cosigned(note).splitlines()[-1]
    raw = bytearray(base64.b64decode(true.split(" ")[2]))
    raw[20] ^= 1
    assert code_of(lambda: services.cosign(f"{note}— witness.example/w1 {b64(bytes(raw))}\n", at=NOON)) == "WITNESS-SIGN"
    assert Cosignature.objects.count() == 0


def test_a_cosignature_in_another_spelling_is_refused_for_every_strict_reader_would_refuse_the_checkpoint() -> None:
    grow(5)
    services.trust_witness(WITNESS_KEY, by=KEEPER, at=NOON)
    true = cosigned(queries.checkpoint())
    assert true.endswith("==\n")
    other = true[:-4] + chr(ord(true[-4]) + 1) + "==\n"
    assert base64.b64decode(other.splitlines()[-1].split(" ")[2]) == base64.b64decode(true.splitlines()[-1].split(" ")[2])
    assert code_of(lambda: services.cosign(other, at=NOON)) == "WITNESS-SIGN"
    assert services.cosign(true, at=NOON) == 1
    assert len(open_note(queries.checkpoint(), [queries.key(), WITNESS_KEY]).verified) == 2


def run(args: list[str]) -> tuple[int, str]:
    result = CliRunner().invoke(log_group, args)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout


def test_the_command_line(tmp_path: Path) -> None:
    grow(5)
    assert run(["key"]) == (0, queries.key() + "\n")
    assert run(["checkpoint"]) == (0, queries.checkpoint())
    assert json.loads(run(["checkpoint", "--json"])[1])["key"] == queries.key()
    proof = json.loads(run(["proof", "2", "--size", "4", "--json"])[1])
    assert [base64.b64decode(node) for node in proof["proof"]] == queries.inclusion(2, size=4)
    code, out = run(["bundle", "2"])
    assert (code, verify_bundle(out.encode(), [queries.key()]).index) == (0, 2)
    services.trust_witness(WITNESS_KEY, by=KEEPER, at=NOON)
    (tmp_path / "note").write_text(cosigned(queries.checkpoint()), "utf-8")
    assert json.loads(run(["cosign", str(tmp_path / "note"), "--json"])[1]) == {"added": 1}
    assert code_of(lambda: run(["proof", "99"])) == "LOG-INDEX"


def test_notes_and_bundles_are_utf_8_in_every_locale(monkeypatch: pytest.MonkeyPatch) -> None:
    grow(5)
    for args, wanted in ((["checkpoint"], queries.checkpoint()), (["key"], queries.key_lines()),
                         (["bundle", "2"], queries.bundle_bytes(queries.bundle(2)).decode())):
        out = io.TextIOWrapper(io.BytesIO(), encoding="ascii", errors="backslashreplace")
        monkeypatch.setattr(sys, "stdout", out)
        log_group.main(args, standalone_mode=False)
        out.flush()
        assert out.buffer.getvalue().decode() == wanted  # type: ignore[attr-defined]


def test_the_api_answers(client) -> None:
    grow(5)
    get = {name: client.get(f"/api/v1/ledger/{name}") for name in (
        "size", "checkpoint", "entries/2", "inclusion/2", "inclusion/2?size=3", "consistency?old=2", "bundles/4")}
    assert {answer.status_code for answer in get.values()} == {200}
    assert get["size"].json()["size"] == 5
    assert get["entries/2"].json()["entry"]["n"] == 2
    assert get["inclusion/2?size=3"].json()["size"] == 3
    assert verify_bundle(get["bundles/4"].content, [get["checkpoint"].json()["key"]]).index == 4
    assert client.get("/api/v1/ledger/entries/5").json()["code"] == "LOG-INDEX"
    assert client.get("/api/v1/ledger/consistency?old=9").status_code == 404
    assert client.post("/api/v1/ledger/verification").status_code in {401, 403}


def test_kinds_have_words() -> None:
    assert kind_words("record.version").zh == "信用记录（record.version）"
    assert kind_words("record.sealed").zh == "信用记录存证（record.sealed）"
    assert kind_words("other.thing").en == "other.thing"
