"""How does the operator bring a new key into force? New key, everything sealed anew, older keys destroyed; each can be begun again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidTag
from django.db import transaction

from ximu.foundation import resealing, vault
from ximu.ideas.accounts import services as accounts
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal


def rotate(*, keep_old: bool, by: Actor, at: datetime) -> dict[str, Any]:
    """Versions, and how much was sealed anew by place. Errors: `KEY-GIVEN`, `KEY-BUSY`, `KEY-LEFT`."""
    if not resealing.left() and (keep_old or len(vault.standing()) < 2):
        _fresh()
    if not keep_old and not resealing.others_ended():
        raise Refusal("KEY-BUSY", status=503, field="database", value="", rule="pg_stat_activity",
                      zh="有写入长时间没有结束，其中可能有用旧密钥加密的内容；旧密钥没有销毁，请稍后再次运行。",
                      en="A transaction has been open for long and may hold content under an older key, which was kept; run this later.")
    try:
        renewed = resealing.renew()
    except (InvalidTag, ValueError) as error:
        raise _remaining(resealing.left()) from error
    if left := resealing.left():
        raise _remaining(left)
    if not keep_old:
        for version in vault.standing()[:-1]:
            vault.destroy(version)
    with transaction.atomic():
        accounts.note("vault.rotated", by=by, at=at, about=str(vault.newest()))
    return {"newest": vault.newest(), "there": vault.standing(), "renewed": renewed}


def _fresh() -> None:
    try:
        vault.make_newer()
    except ValueError as error:
        raise Refusal("KEY-GIVEN", status=409, field="XIMU_VAULT_KEY", value="", rule="XIMU_VAULT_KEY=old,new",
                      zh="密钥由环境变量给出：请在其后加逗号和新密钥，重启后再运行本命令。",
                      en="The keys come from XIMU_VAULT_KEY: append a comma and a new key to it, restart, and run this again.") from error


def _remaining(left: dict[str, int]) -> Refusal:
    words = " ".join(f"{place}:{count}" for place, count in left.items())
    return Refusal("KEY-LEFT", status=409, field="place", value=words[:200], rule="0",
                   zh="仍有用旧密钥加密的内容，旧密钥没有销毁；请再次运行，仍不能完成的逐项检查。",
                   en="Some content is still sealed with an older key, which was kept; run this again and look into what remains.")
