"""A new key: the change is an entry signed by both, old proofs verify, and the old key signs nothing larger."""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from ximu.foundation.rooms import SRC
from ximu.ideas.ledger import queries, services
from ximu.ideas.ledger.commands import log_group
from ximu.ideas.ledger.queries import keys
from ximu.ideas.ledger.rules import Signer, checkpoint_text
from ximu.ideas.ledger.rules.note import public_of, rotation_text, verifies
from ximu.ideas.ledger.tests.test_checkpoints import cosigned
from ximu.ideas.ledger.tests.test_checkpoints import home as home
from ximu.ideas.ledger.tests.test_services import NOON, grow
from ximu.kernel.actor import SYSTEM, Actor
from ximu.kernel.canonical import canonical
from ximu.kernel.refusal import Refusal
from ximu_verify import NoteError, open_note, verify_bundle
from ximu_verify.bundle import BundleError, VerifierKey, base64_of
from ximu_verify.tests.made import WITNESS_KEY

pytestmark = pytest.mark.django_db(transaction=True)


def rotate(reason: str = "年度更换") -> tuple[str, str]:
    return services.rotate_key(reason=reason, by=SYSTEM, at=NOON)


def bundle(index: int) -> bytes:
    return queries.bundle_bytes(queries.bundle(index))


def history() -> list[str]:
    return queries.key_lines().splitlines()


def test_old_and_new_proofs_verify_with_the_history_of_keys(home: Path) -> None:
    grow(5)
    before, old_key = bundle(3), queries.key()
    old, new = rotate()
    assert (old, new) == (old_key, queries.key()) and old != new
    after = bundle(3)
    for data in (before, after):
        assert verify_bundle(data, history()).trusted
    assert verify_bundle(before, [old]) and verify_bundle(after, [new])
    for data, key in ((before, new), (after, old)):
        with pytest.raises(BundleError):
            verify_bundle(data, [key])
    entry = queries.entry_value(5)
    text = rotation_text("ximu.example/示例市", old, new)
    assert (entry["kind"], entry["old"], entry["new"]) == ("log.key", old, new)
    assert all(verifies(public_of(key), base64.b64decode(entry[name]), text.encode()) for key, name in ((old, "by_old"), (new, "by_new")))
    assert queries.verify_log(whole_home=True).ok
    assert (home / "keys" / "log.key").stat().st_mode & 0o777 == 0o600 and not (home / "keys" / "log.next").exists()
    held = (home / "keys" / "log.key").read_text("utf-8") + (home / "keys" / "log.retired").read_text("utf-8")
    assert "PRIVATE" not in (home / "keys" / "log.retired").read_text("utf-8") and old not in held.splitlines()[0]


def test_a_stolen_old_key_signs_nothing_after_its_retirement(home: Path) -> None:
    grow(5)
    thief = keys.signer()
    rotate()
    grow(3)
    forged = json.loads(bundle(2))
    forged["checkpoint"] = thief.sign(checkpoint_text(thief.name, queries.size(), queries.head().root))
    forged["keys"] = [thief.verifier()]
    del forged["digest"]

    forged["digest"] = base64_of(hashlib.sha256(canonical(forged)).digest())
    data = canonical(forged)
    assert verify_bundle(data, [thief.verifier()]), "who pinned the old key alone cannot know"
    with pytest.raises(BundleError) as caught:
        verify_bundle(data, history())
    assert caught.value.check == "key"


def test_a_crash_between_entry_and_key_is_finished(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    grow(2)
    monkeypatch.setattr("ximu.ideas.ledger.services.rotating.finish_rotation", lambda: False)
    old, new = rotate()
    assert queries.key() == old
    monkeypatch.undo()
    assert services.finish_rotation() and queries.key() == new and not services.finish_rotation()
    assert [one.vkey for one in queries.own_keys()] == [new, old]
    (home / "keys" / "log.next").write_text(Signer("ximu.example/示例市", bytes(32)).secret_text())
    assert not services.finish_rotation(), "a key whose entry is not in the log is not put in place"
    rotate()
    assert len(queries.own_keys()) == 3 and queries.verify_log().ok


def test_cosigned_bundles_of_the_old_key_stay_good(home: Path) -> None:
    grow(4)
    keeper = Actor("keeper", grants=SYSTEM.grants)
    services.trust_witness(WITNESS_KEY, title="见证人", by=keeper, at=NOON)
    services.cosign(cosigned(queries.checkpoint()), at=NOON)
    rotate()
    report = verify_bundle(bundle(1), [*history(), WITNESS_KEY])
    assert [w["trusted"] for w in report.witnesses] == [True]


def test_the_command_the_program_and_what_is_refused(home: Path, tmp_path: Path) -> None:
    grow(3)
    (tmp_path / "b.json").write_bytes(bundle(1))
    ran = CliRunner().invoke(log_group, ["rotate-key", "--reason", "人员变动", "--json"])
    assert ran.exit_code == 0 and len(json.loads(ran.stdout)["keys"]) == 2
    (tmp_path / "keys.txt").write_text(CliRunner().invoke(log_group, ["key"]).stdout)
    shown = subprocess.run([sys.executable, "-m", "ximu_verify", str(tmp_path / "b.json"), "--key", str(tmp_path / "keys.txt")],
                           env={"PYTHONPATH": str(SRC.parent)}, capture_output=True, text=True)
    assert shown.returncode == 0, shown.stdout
    for by, reason, code in ((SYSTEM, " ", "REASON"), (Actor("x"), "x", "PERM-DENIED")):
        with pytest.raises(Refusal) as refused:
            services.rotate_key(reason=reason, by=by, at=NOON)
        assert refused.value.code == code
    for line in (f"{queries.key()} <= 01", f"{queries.key()} <= x"):
        with pytest.raises(NoteError):
            VerifierKey.parse_line(line)
    note: Any = open_note(queries.checkpoint(), [queries.key()])
    assert note.verified
