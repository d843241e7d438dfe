"""API keys: one per organisation and use, with one role, an end, and a person who answers for it."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction

from ximu.foundation.uid import ALPHABET
from ximu.ideas.accounts import queries, rules
from ximu.ideas.accounts.models import ApiKey
from ximu.ideas.accounts.services.audit import note
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal

LONGEST_DAYS = 366
PREFIX_LENGTH = 8
SECRET_LENGTH = 40
"""Two hundred random bits: a fast hash is enough."""


def _random(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


@transaction.atomic
def issue_key(keeper: str, role: str, *, unit: str, label: str, days: int, by: Actor, at: datetime) -> tuple[ApiKey, str]:
    """The key and its text, which is told only now. Errors: `ROLE-NONE`, `KEY-ROLE`, `KEY-TERM`, `DUAL`.

    The keeper must hold the role (for the unit, or for the city): a key never carries more than its keeper.
    """
    by.must("accounts.grant")
    user = queries.account(keeper)
    if role not in queries.roles():
        raise Refusal("ROLE-NONE", field="role", value=role[:40], rule=" ".join(queries.roles()), zh="没有这个角色。",
                      en="There is no such role.")
    if user.person == by.human:
        raise Refusal("DUAL", status=403, field="keeper", value=keeper, rule="issuer ≠ keeper", zh="不能给自己签发密钥。",
                      en="Nobody issues a key to himself.")
    holds = [g for g in queries.actor_for(user, at=at).grants if g.role == role and (g.unit is None or g.unit == unit)]
    if not rules.may_hold_key(role) or not holds:
        raise Refusal("KEY-ROLE", field="role", value=role, rule="keeper holds it; no administrator",
                      zh="密钥的角色须为责任人在该单位持有的业务角色，不能是管理员角色。",
                      en="A key carries a business role that its keeper holds for that unit, never an administrator's.")
    if not 1 <= days <= LONGEST_DAYS:
        raise Refusal("KEY-TERM", field="days", value=days, rule=f"1-{LONGEST_DAYS}", zh=f"有效期应为1至{LONGEST_DAYS}天。",
                      en=f"A key lives for 1 to {LONGEST_DAYS} days.")
    prefix, secret = _random(PREFIX_LENGTH), _random(SECRET_LENGTH)
    text = f"ximu_{prefix}_{secret}"
    key = ApiKey.objects.create(prefix=prefix, digest=hashlib.sha256(text.encode()).hexdigest(), label=label[:60], keeper=user, role=role,
                                unit=unit, issued_at=at, issued_by=by.uid, until=at + timedelta(days=days))
    note("accounts.key.issue", by=by, at=at, about=key.uid)
    return key, text


@transaction.atomic
def revoke_key(uid: str, *, by: Actor, at: datetime) -> None:
    """It opens nothing from the next request on. Errors: `KEY-STATE`."""
    by.must("accounts.grant")
    if not ApiKey.objects.filter(uid=uid, revoked_at=None).update(revoked_at=at, revoked_by=by.uid):
        raise Refusal("KEY-STATE", status=409, field="key", value=uid[:16], rule="revoked_at=None", zh="没有这个密钥，或已吊销。",
                      en="There is no such key, or it is revoked.")
    note("accounts.key.revoke", by=by, at=at, about=uid)
