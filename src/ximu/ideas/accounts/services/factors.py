"""The second factor: time-based codes (RFC 6238) with a secret sealed outside the database, and recovery codes."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

import pyotp
from django.db import transaction
from django.db.models import F

from ximu.foundation import vault
from ximu.foundation.uid import ALPHABET
from ximu.ideas.accounts import queries
from ximu.ideas.accounts.models import RecoveryCode, SecondFactor, User
from ximu.ideas.accounts.services.audit import note
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal

STEP_SECONDS = 30
DIGITS = 6
DRIFT = 1
"""Steps before and after that are accepted too (RFC 6238 §5.2)."""
RECOVERY_CODES = 10
RECOVERY_LENGTH = 12


def _digest(code: str) -> str:
    return hashlib.sha256(code.replace("-", "").strip().lower().encode()).hexdigest()


def _wrong() -> Refusal:
    return Refusal("MFA-CODE", field="code", rule="6 digits", zh="动态口令不正确或已使用，请等下一个动态口令再试。",
                   en="This code is wrong or was used already; wait for the next one.")


@transaction.atomic
def begin_factor(uid: str, *, by: Actor, at: datetime) -> str:
    """A new secret, not in force until confirmed. Errors: `PERM-DENIED` for another's, `MFA-HELD` when one is in force."""
    user = queries.account(uid)
    if by.uid != uid:
        raise Refusal("PERM-DENIED", status=403, field="by", rule="own account", zh="只能设置本人的第二因素。",
                      en="Only your own second factor.")
    held = SecondFactor.objects.filter(user=user).first()
    if held and held.confirmed_at:
        raise Refusal("MFA-HELD", status=409, field="account", rule="confirmed_at=None", zh="已启用动态口令。",
                      en="A second factor is in force.")
    if held:
        return vault.unseal(held.sealed, about=uid)
    secret = pyotp.random_base32()
    SecondFactor.objects.create(user=user, sealed=vault.seal(secret, about=uid), created_at=at)
    return secret


def _spend_step(factor: SecondFactor, code: str, *, about: str, at: datetime) -> bool:
    """True when the code fits a step near now that was not used before; the step is used up by the row count."""
    totp = pyotp.TOTP(vault.unseal(factor.sealed, about=about))
    now = int(at.timestamp()) // STEP_SECONDS
    for step in range(now - DRIFT, now + DRIFT + 1):
        if secrets.compare_digest(totp.generate_otp(step), code):
            return bool(SecondFactor.objects.filter(pk=factor.pk, last_step__lt=step).update(last_step=step))
    return False


def _ascii_digits(code: str) -> str:
    code = code.replace(" ", "")
    return code if len(code) == DIGITS and code.isascii() and code.isdigit() else ""


@transaction.atomic
def confirm_factor(uid: str, code: str, *, by: Actor, at: datetime, telephone: datetime | None = None) -> list[str]:
    """Puts it in force; the recovery codes, told once. `telephone`: its time, if it is not `at`.

    Errors: `MFA-CODE`, `MFA-HELD`, `PERM-DENIED`.
    """
    begin_factor(uid, by=by, at=at)
    user = queries.account(uid)
    factor = user.second_factor
    digits = _ascii_digits(code)
    if not digits or not _spend_step(factor, digits, about=uid, at=telephone or at):
        raise _wrong()
    SecondFactor.objects.filter(pk=factor.pk, confirmed_at=None).update(confirmed_at=at)
    codes = ["".join(secrets.choice(ALPHABET) for _ in range(RECOVERY_LENGTH)) for _ in range(RECOVERY_CODES)]
    RecoveryCode.objects.filter(user=user).delete()
    RecoveryCode.objects.bulk_create(RecoveryCode(user=user, digest=_digest(c)) for c in codes)
    note("accounts.factor.confirm", by=by, at=at, about=uid)
    return ["-".join(c[i:i + 4] for i in range(0, RECOVERY_LENGTH, 4)) for c in codes]


@transaction.atomic
def check_factor(user: User, code: str, *, at: datetime, telephone: datetime | None = None) -> None:
    """A code of the telephone, or a recovery code, each once. Errors: `MFA-CODE`."""
    digits = _ascii_digits(code)
    if digits and _spend_step(user.second_factor, digits, about=user.uid, at=telephone or at):
        return
    if not digits and RecoveryCode.objects.filter(user=user, digest=_digest(code[:60]), used_at=None).update(used_at=at):
        note("accounts.factor.recovery", by=Actor(user.uid), at=at, about=user.uid)
        return
    raise _wrong()


@transaction.atomic
def drop_factor(uid: str, *, by: Actor, at: datetime) -> None:
    """When the telephone is lost: by a security administrator, not for himself. Errors: `DUAL`. Ends the account's sessions."""
    by.must("accounts.grant")
    user = queries.account(uid)
    if user.person == by.human:
        raise Refusal("DUAL", status=403, field="account", value=uid, rule="another person", zh="不能重置自己的第二因素。",
                      en="Somebody else must reset your second factor.")
    SecondFactor.objects.filter(user=user).delete()
    RecoveryCode.objects.filter(user=user).delete()
    User.objects.filter(pk=user.pk).update(stamp=F("stamp") + 1)
    note("accounts.factor.drop", by=by, at=at, about=uid)
