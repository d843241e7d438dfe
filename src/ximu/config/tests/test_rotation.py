"""Identity numbers and contacts lie sealed; a new key comes into force, also after a kill; the old one is not needed then."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from cryptography.exceptions import InvalidTag
from django.apps import apps
from django.db import connection, connections, transaction
from django.db.utils import OperationalError

from ximu.config.tests import open_city
from ximu.faces.operator import doctor, rotating
from ximu.faces.operator.commands import keys_group
from ximu.foundation import files, resealing, vault
from ximu.ideas.accounts.services import factors
from ximu.ideas.following import services as following
from ximu.ideas.ledger import queries as ledger
from ximu.ideas.ledger.rules import commitment
from ximu.ideas.records import queries as records
from ximu.ideas.records import services as removing
from ximu.ideas.records.rules.evidence import COLUMNS, evidence_value
from ximu.kernel.actor import SYSTEM, Actor
from ximu.kernel.refusal import Refusal

Version: Any = apps.get_model("records", "Version")
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("M1.3")]
AT = open_city.LATER + timedelta(days=1)
NUMBER, ADDRESS = "11010519491231002X", "citizen@mail.example"
"""The sample of GB 11643 itself."""


@pytest.fixture(autouse=True)
def city(settings: Any, tmp_path: Path) -> None:
    settings.XIMU_HOME, settings.XIMU_VAULT_KEY, settings.XIMU_MAIL = tmp_path, "", "file:" + str(tmp_path / "mail")
    open_city.city(settings)


def everything() -> Iterator[tuple[str, str]]:
    """Every value of every row of every table, as text."""
    with connection.cursor() as cursor:
        for table in set(connection.introspection.table_names(cursor)) - {"disclosure_found"}:  # the index lies in tables of its own
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            for row in cursor.fetchall():
                for value in row:
                    yield table, bytes(value).decode("utf-8", "replace") if isinstance(value, bytes | memoryview) else str(value)


def found(*needles: str) -> set[str]:
    return {table for table, text in everything() if any(needle in text for needle in needles)}


def filled() -> dict[str, Any]:
    """Something in every place that is sealed."""
    user = apps.get_model("accounts", "User").objects.create(
        login="somebody", display_name="某人", person="p", created_at=AT, created_by="system", one_time=False, password_set_at=AT)
    secret = factors.begin_factor(user.uid, by=Actor(user.uid, person="p"), at=AT)
    following.ask("unit", open_city.unit(), ADDRESS, at=AT)
    complaints_act = vault.seal("{}", about="act:x")
    apps.get_model("m3_complaints", "Act").objects.create(commitment="x", day=AT.date(), sealed=complaints_act)
    made = [open_city.effective(f"示罚〔2018〕{n}号", CF_FR_ZJHM=NUMBER, CF_XDR_ZJHM="") for n in range(1, 6)]
    digest, _ = files.keep([b"an upload with " + NUMBER.encode()], sealed=True)
    return {"user": user, "secret": secret, "numbers": made, "digest": digest}


def test_nothing_of_a_number_or_an_address_is_in_the_database() -> None:
    filled()
    assert not found(NUMBER, ADDRESS)
    row = Version.objects.first()
    assert row is not None and records.payload_of(row)["CF_FR_ZJHM"] == NUMBER
    assert ledger.verify_log().ok


def test_whoever_has_the_database_cannot_confirm_a_number_by_trying() -> None:
    """Digest, salt and commitment lie beside the row: none of them follows from the right number without the key."""
    [number] = [open_city.effective("示罚〔2018〕1号", CF_FR_ZJHM=NUMBER)]
    row = Version.objects.get(number=number)
    payload = records.payload_of(row)
    text = json.dumps(payload, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert hashlib.sha256(text.encode()).hexdigest() != row.digest
    value = evidence_value({name: getattr(row, name) for name in COLUMNS}, payload)
    assert commitment(records.salt_of(row), value) in "".join(text for _, text in everything()), "the log holds the commitment"
    kept = bytes(row.salt)
    assert records.salt_of(row) not in kept
    for cut in range(len(kept) - 31):
        assert commitment(kept[cut:cut + 32], value) != commitment(records.salt_of(row), value)
    again = open_city.effective("示罚〔2018〕2号", CF_FR_ZJHM=NUMBER)
    assert vault.version_of(json.loads(Version.objects.get(number=again).payload or "")["CF_FR_ZJHM"]["sealed"]) == 1


def test_equal_rows_stay_equal_and_a_value_of_another_record_does_not_open() -> None:
    open_city.effective("示罚〔2018〕1号", CF_FR_ZJHM=NUMBER)
    other = open_city.effective("示罚〔2018〕2号", CF_FR_ZJHM=NUMBER)
    with pytest.raises(Refusal):
        open_city.effective("示罚〔2018〕1号", CF_FR_ZJHM=NUMBER)
    assert Version.objects.count() == 2, "delivered again it is the same record, not a correction"
    first = Version.objects.exclude(number=other).get()
    Version.objects.filter(number=other).update(payload=first.payload)
    with pytest.raises(InvalidTag):
        records.payload_of(Version.objects.get(number=other))
    told = ledger.verify_log()
    assert not told.ok


def test_a_rotation_that_was_killed_goes_on_and_then_no_older_key_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    was = filled()
    monkeypatch.setattr(resealing, "BATCH", 2)
    assert vault.make_newer() == 2
    [place] = [one for one in resealing.places() if one.name == Version._meta.db_table]
    assert next(resealing._batches(place)) == 2, "one batch, and then the process dies"
    left = resealing.left()
    assert left[Version._meta.db_table] == 3 and left["files"] == 1 and len(left) == 5
    assert records.payload_of(Version.objects.order_by("pk")[0])["CF_FR_ZJHM"] == NUMBER
    assert records.payload_of(Version.objects.order_by("pk")[4])["CF_FR_ZJHM"] == NUMBER, "old and new are both read"
    assert [c.state for c in doctor.examine(at=AT) if c.name.en == "Versions of the sealing key"] == ["warn"]
    ran = CliRunner().invoke(keys_group, ["rotate", "--json"])
    told = json.loads(ran.output)
    assert (told["newest"], told["there"], resealing.left()) == (2, [2], {})
    assert told["renewed"][Version._meta.db_table] == 3
    assert not (vault._path(1)).exists()
    _all_opens(was)
    assert json.loads(CliRunner().invoke(keys_group, ["show", "--json"]).output) == {"newest": 2, "there": [2], "left": {}}
    assert [c.state for c in doctor.examine(at=AT) if c.name.en == "Versions of the sealing key"] == ["ok"]
    assert json.loads(CliRunner().invoke(keys_group, ["rotate", "--json"]).output)["there"] == [3]
    _all_opens(was)


def _all_opens(was: dict[str, Any]) -> None:
    """With the keys that are there, everything opens, proofs hold, and nothing lies in the clear."""
    assert [records.payload_of(row)["CF_FR_ZJHM"] for row in Version.objects.all()] == [NUMBER] * 5
    assert ledger.verify_log().ok
    factor = apps.get_model("accounts", "SecondFactor").objects.get()
    assert vault.unseal(factor.sealed, about=was["user"].uid) == was["secret"]
    row = apps.get_model("following", "Follow").objects.get()
    assert vault.unseal(row.sealed, about=f"follow:{row.uid}") == ADDRESS
    assert vault.unseal(apps.get_model("m3_complaints", "Act").objects.get().sealed, about="act:x") == "{}"
    with files.opened(was["digest"]) as plain:
        assert NUMBER.encode() in plain.read()
    assert not found(NUMBER, ADDRESS)
    assert vault.mark(1) not in "".join(text for _, text in everything())


def test_what_no_key_opens_keeps_the_old_key_and_is_named() -> None:
    filled()
    Version.objects.filter(pk=Version.objects.order_by("pk")[0].pk).update(payload='{"CF_FR_ZJHM":{"sealed":"A256GCM:AAAA"}}')
    with pytest.raises(Refusal) as refused:
        rotating.rotate(keep_old=False, by=SYSTEM, at=AT)
    assert refused.value.code == "KEY-LEFT"
    assert vault.standing() == [1, 2]


def test_what_an_open_transaction_still_seals_keeps_the_old_key_until_it_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resealing, "PATIENCE_SECONDS", 0.1)
    begun, asked, faults = threading.Event(), threading.Event(), list[BaseException]()

    def load() -> None:
        try:
            with transaction.atomic():
                sealer = vault.Sealer()
                acts = apps.get_model("m3_complaints", "Act").objects
                acts.create(commitment="x", day=AT.date(), sealed=vault.seal("1", about="act:x"))
                begun.set()
                assert asked.wait(60)
                acts.create(commitment="y", day=AT.date(), sealed=sealer.text(b"2", about="act:y").decode())
        except BaseException as fault:
            faults.append(fault)
        finally:
            connections.close_all()

    loading = threading.Thread(target=load)
    loading.start()
    assert begun.wait(60)
    with pytest.raises((Refusal, OperationalError)) as refused:
        rotating.rotate(keep_old=False, by=SYSTEM, at=AT)
    assert refused.value.code == "KEY-BUSY" if isinstance(refused.value, Refusal) else "locked" in str(refused.value)
    assert vault.standing() == [1, 2]
    asked.set()
    loading.join()
    assert not faults
    assert rotating.rotate(keep_old=False, by=SYSTEM, at=AT)["there"] == [2]
    assert [vault.unseal(row.sealed, about=f"act:{row.commitment}")
            for row in apps.get_model("m3_complaints", "Act").objects.order_by("commitment")] == ["1", "2"]


def test_keys_from_the_environment(settings: Any) -> None:
    settings.XIMU_VAULT_KEY = "aa" * 32
    old = vault.seal("x", about="y")
    with pytest.raises(Refusal) as refused:
        rotating.rotate(keep_old=False, by=SYSTEM, at=AT)
    assert refused.value.code == "KEY-GIVEN"
    settings.XIMU_VAULT_KEY = "aa" * 32 + "," + "bb" * 32
    new = vault.seal("x", about="y")
    assert (vault.version_of(old), vault.version_of(new)) == (1, 2)
    assert vault.unseal(old, about="y") == vault.unseal(new, about="y") == "x"
    settings.XIMU_VAULT_KEY = "-," + "bb" * 32
    assert vault.unseal(new, about="y") == "x"
    with pytest.raises(InvalidTag):
        vault.unseal(old, about="y")


def test_an_erased_record_leaves_no_sealed_number_either() -> None:
    number = open_city.effective("示罚〔2018〕1号", CF_FR_ZJHM=NUMBER)
    chief = open_city.person("chief", "reviewer")
    removing.revoke(number, reason="原处罚决定已撤销", by=chief, at=AT)
    removing.erase_due(by=SYSTEM, at=AT + timedelta(days=2))
    row = Version.objects.get(number=number)
    assert (row.payload, row.salt) == (None, None)
    assert ledger.verify_log().ok
