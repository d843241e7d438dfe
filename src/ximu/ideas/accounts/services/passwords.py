"""Passwords: one-time ones from an administrator, own ones under the policy of the day."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F

from ximu.ideas.accounts import queries, rules
from ximu.ideas.accounts.models import PastPassword, User
from ximu.ideas.accounts.services.audit import note
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text

READABLE = "ABCDEFGHJKLMNPQRSTUVWXYZ", "abcdefghijkmnpqrstuvwxyz", "23456789", "-+=@#"


def one_time_password() -> str:
    """Thirteen signs of four kinds that cannot be mistaken for each other."""
    signs = [secrets.choice(kind) for kind in READABLE] + [secrets.choice(READABLE[0] + READABLE[1] + READABLE[2]) for _ in range(9)]
    secrets.SystemRandom().shuffle(signs)
    return "".join(signs)


@transaction.atomic
def issue_password(uid: str, *, by: Actor, at: datetime) -> str:
    """A one-time password, told once; the person must replace it when signing in. Ends all sessions of the account."""
    by.must("accounts.open")
    user = queries.account(uid)
    word = one_time_password()
    user.set_password(word)
    user.one_time, user.password_set_at = True, at
    user.save(update_fields=["password", "one_time", "password_set_at"])
    User.objects.filter(pk=user.pk).update(stamp=F("stamp") + 1)
    note("accounts.password.issue", by=by, at=at, about=uid)
    return word


def _faults(user: User, word: str, *, at: datetime) -> list[Text]:
    policy = queries.password_policy(at=at)
    faults = rules.password_faults(word, login=user.login, policy=policy)
    try:
        CommonPasswordValidator().validate(word)
    except ValidationError:
        faults.append(Text("是常见的弱口令", "it is a common password"))
    past = user.past_passwords.order_by("-set_at", "-pk").values_list("hash", flat=True)[: policy.history]
    if any(check_password(word, old) for old in [user.password, *past]):
        faults.append(Text(f"不得与最近{policy.history}次口令相同", f"it must differ from the last {policy.history}"))
    return faults


@transaction.atomic
def change_password(uid: str, *, old: str, new: str, by: Actor, at: datetime) -> User:
    """By the holder only. Ends every other session. Errors: `PERM-DENIED`, `PASS-WRONG`, `PASS-WEAK` naming all faults."""
    user = queries.account(uid)
    if by.uid != uid:
        raise Refusal("PERM-DENIED", status=403, field="by", rule="own account", zh="只能修改本人的口令。", en="Only your own password.")
    if not check_password(old, user.password):
        raise Refusal("PASS-WRONG", field="old", rule="current password", zh="原口令不正确。", en="The present password is not right.")
    if faults := _faults(user, new, at=at):
        raise Refusal("PASS-WEAK", field="new", rule=queries.password_policy(at=at).source,
                      zh=f"新口令不符合要求：{'；'.join(f.zh for f in faults)}。",
                      en=f"The new password will not do: {'; '.join(f.en for f in faults)}.")
    PastPassword.objects.create(user=user, hash=user.password, set_at=user.password_set_at or at)
    user.set_password(new)
    user.one_time, user.password_set_at = False, at
    user.save(update_fields=["password", "one_time", "password_set_at"])
    note("accounts.password.change", by=by, at=at, about=uid)
    return user
