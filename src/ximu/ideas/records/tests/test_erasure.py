"""Erasure is asked for by one and allowed by another, of exactly what was asked; the log tells it from tampering."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps
from django.db import transaction

from ximu.foundation.scrubbing import scrub
from ximu.ideas.ledger.queries import entry_value, size, verify_log
from ximu.ideas.records import services
from ximu.ideas.records.models import Erasure, Version
from ximu.ideas.records.tests.factories import CHIEF, CLERK, REVIEWER, T0, deliver, effective, row
from ximu.kernel.actor import SYSTEM, Actor
from ximu.kernel.refusal import Refusal

pytestmark = pytest.mark.django_db
LATER = T0 + timedelta(days=50)
BASIS = "个人信息保护法 第四十七条"


@pytest.fixture(autouse=True)
def home(settings, tmp_path: Path) -> Path:
    settings.XIMU_HOME = tmp_path
    return tmp_path


def code_of(act) -> str:
    with pytest.raises(Refusal) as caught:
        act()
    return caught.value.code


def revoked(key: str = "示罚〔2018〕1号") -> str:
    number = effective(key)
    services.revoke(number, reason="原处罚决定被撤销", by=REVIEWER, at=LATER)
    return number


def test_what_must_be_kept_is_kept() -> None:
    number = effective()
    assert code_of(lambda: services.ask_erasure(number, basis=BASIS, by=REVIEWER, at=LATER)) == "STATE-EDGE"
    assert Erasure.objects.count() == 0


def test_two_people_and_exactly_what_was_asked() -> None:
    number = revoked()
    asked = services.ask_erasure(number, basis=BASIS, by=REVIEWER, at=LATER)
    approve = {"digest": asked.digest, "by": CHIEF, "at": LATER}
    assert code_of(lambda: services.approve_erasure(asked.uid, **{**approve, "by": REVIEWER})) == "DUAL"
    assert code_of(lambda: services.approve_erasure(asked.uid, **{**approve, "digest": "0" * 64})) == "ERASE-DIGEST"
    assert code_of(lambda: services.approve_erasure("x", **approve)) == "ERASE-NONE"
    assert code_of(lambda: services.approve_erasure(asked.uid, **{**approve, "by": Actor("x")})) == "PERM-DENIED"
    done = services.approve_erasure(asked.uid, **approve)
    assert (done.state, entry_value(done.log_index)["kind"], size()) == ("done", "erasure.done", done.log_index + 1)
    assert code_of(lambda: services.approve_erasure(asked.uid, **approve)) == "ERASE-STATE"
    left = Version.objects.get(number=number)
    assert (left.state, left.payload, left.salt, left.natural_key, left.subject) == ("erased", None, None, "", "")
    assert verify_log().ok


def test_a_request_that_somebody_altered_in_the_table_is_not_carried_out() -> None:
    first, second = revoked(), revoked("示罚〔2018〕2号")
    asked = services.ask_erasure(first, basis=BASIS, by=REVIEWER, at=LATER)
    Erasure.objects.filter(pk=asked.pk).update(versions={first: 1, second: 1})
    assert code_of(lambda: services.approve_erasure(asked.uid, digest=asked.digest, by=CHIEF, at=LATER)) == "ERASE-DIGEST"
    assert Version.objects.filter(payload__isnull=True).count() == 0


def test_a_record_corrected_since_the_request_is_not_erased_by_it() -> None:
    number, later = effective(), T0 + timedelta(days=6 * 366)
    assert services.expire_due(by=SYSTEM, at=later) == 1
    asked = services.ask_erasure(number, basis=BASIS, by=REVIEWER, at=later)
    assert deliver([row("示罚〔2018〕1号", {"CF_NR": "更正"})], at=later).corrected == 1
    assert code_of(lambda: services.approve_erasure(asked.uid, digest=asked.digest, by=CHIEF, at=later)) == "ERASE-STALE"


def test_a_refused_request_is_over() -> None:
    asked = services.ask_erasure(revoked(), basis=BASIS, by=REVIEWER, at=LATER)
    assert services.refuse_erasure(asked.uid, by=CHIEF, at=LATER).state == "refused"
    assert code_of(lambda: services.approve_erasure(asked.uid, digest=asked.digest, by=CHIEF, at=LATER)) == "ERASE-STATE"


def test_lawful_erasure_and_tampering_are_told_apart() -> None:
    lawful, tampered = revoked(), revoked("示罚〔2018〕2号")
    asked = services.ask_erasure(lawful, basis=BASIS, by=REVIEWER, at=LATER)
    services.approve_erasure(asked.uid, digest=asked.digest, by=CHIEF, at=LATER)
    assert verify_log().ok
    Version.objects.filter(number=tampered).update(payload=None, salt=None, commitment="0" * 64, state="erased", natural_key="", subject="")
    found = verify_log().findings
    assert found
    assert {tampered in finding.label for finding in found} == {True}


def test_a_forged_erasure_has_no_entry() -> None:
    asked = services.ask_erasure(revoked(), basis=BASIS, by=REVIEWER, at=LATER)
    services.approve_erasure(asked.uid, digest=asked.digest, by=CHIEF, at=LATER)
    Erasure.objects.filter(pk=asked.pk).update(versions={})
    assert not verify_log().ok


def test_an_erased_number_cannot_be_confirmed_by_trying() -> None:
    number = revoked()
    key = Version.objects.get(number=number).key.hex
    tried = hashlib.sha256("示罚〔2018〕1号".encode()).hexdigest()
    assert key[8:] != tried[:24]
    asked = services.ask_erasure(number, basis=BASIS, by=REVIEWER, at=LATER)
    services.approve_erasure(asked.uid, digest=asked.digest, by=CHIEF, at=LATER)
    assert deliver([row("示罚〔2018〕1号")], at=LATER).barred == 1


def test_rows_from_before_are_found_again_after_the_key_became_secret(home: Path) -> None:
    plain = hashlib.sha256("示罚〔2018〕1号".encode()).hexdigest()[:24]
    number = deliver([row("示罚〔2018〕1号")]).lines["number"][0]
    version = Version.objects.get(number=number)
    Version.objects.filter(number=number).update(key=version.key.hex[:8] + plain)
    import_module("ximu.ideas.records.migrations.0002_keyed_keys").bring_over(apps, None)
    assert Version.objects.get(number=number).key == version.key
    assert deliver([row("示罚〔2018〕1号")], at=T0).same == 1
    assert (home / "keys" / "natural").stat().st_mode & 0o777 == 0o600


@pytest.mark.django_db(transaction=True)
def test_the_register_outside_makes_a_restored_backup_forget_again(home: Path) -> None:
    number, later = effective(), revoked("示罚〔2018〕2号")
    with transaction.atomic():
        kept = {n: list(Version.objects.filter(number=n).values()) for n in (number, later)}
    assert all(kept.values())
    for n in (later,):
        asked = services.ask_erasure(n, basis=BASIS, by=REVIEWER, at=LATER)
        services.approve_erasure(asked.uid, digest=asked.digest, by=CHIEF, at=LATER)
    assert services.remembered() == {later}
    with (home / "erasures" / "register.jsonl").open("ab") as out:
        out.write(b'{"number": "' + number.encode() + b'"}\n{"num')  # as if it had been erased after the backup; a crash cut the next line
    assert services.erase_again(by=SYSTEM, at=LATER) == 1
    assert Version.objects.get(number=number).payload is None
    assert services.erase_again(by=SYSTEM, at=LATER) == 0
    (home / "erasures" / "register.jsonl").unlink()
    assert services.complete_register(at=LATER) == 2
    assert services.remembered() == {number, later}
    assert verify_log().ok
    assert code_of(lambda: services.erase_again(by=CLERK.__class__("x"), at=LATER)) == "PERM-DENIED"


@pytest.mark.django_db(transaction=True)
def test_the_database_is_rewritten_on_both_engines() -> None:
    number = revoked()
    asked = services.ask_erasure(number, basis=BASIS, by=REVIEWER, at=LATER)
    services.approve_erasure(asked.uid, digest=asked.digest, by=CHIEF, at=LATER)
    scrub()
    assert verify_log().ok


def test_a_stranger_asks_and_approves_nothing_over_the_api(client) -> None:
    sent = client.post("/api/v1/records/erasures", {"numbers": ["x"], "basis": BASIS}, content_type="application/json")
    assert sent.status_code in {401, 403}
    assert client.get("/api/v1/records/erasures/x").status_code in {401, 403}
