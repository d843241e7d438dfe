"""Which matters can be followed, and does mail leave this house at all?"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from ximu.foundation import vault
from ximu.foundation.resealing import Place, text_place
from ximu.ideas.following.models import Follow
from ximu.ideas.following.rules import Event
from ximu.kernel.health import Check
from ximu.kernel.refusal import Refusal, absent
from ximu.kernel.words import Text


@dataclass(frozen=True, slots=True)
class Matter:
    """What is public of one matter: its title, where its page is (path), and its events, earliest first."""

    title: str
    path: str
    events: list[Event]


_matters: dict[str, Callable[[str], Matter]] = {}


def register_matter(name: str, ask: Callable[[str], Matter]) -> None:
    """Called by the wiring; `ask(target)` refuses what is not public."""
    _matters[name] = ask


def matter(name: str, target: str) -> Matter:
    """Errors: `FOLLOW-MATTER` for an unknown kind, those of the room that has it."""
    if name not in _matters:
        raise Refusal("FOLLOW-MATTER", field="matter", value=name[:16], rule=" ".join(sorted(_matters)), zh="这类事项不能关注。",
                      en="This cannot be followed.")
    return _matters[name](target)


def sealed_places() -> list[Place]:
    return [text_place(Follow, "sealed", lambda row: f"follow:{row.uid}")]


def mail_on() -> bool:
    return bool(settings.XIMU_MAIL)


def secret() -> bytes:
    return vault.secret("following")


def by_link(token: str) -> Follow:
    """Errors: `FOLLOW-NONE`."""
    found = Follow.objects.filter(token=hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()).first()
    if found is None:
        raise absent("FOLLOW-NONE", field="link", value="", zh="项关注，可能已经退订或者过期", en="such follow: stopped or out of date")
    return found


def doctor(at: datetime) -> list[Check]:
    where = settings.XIMU_MAIL.split("@")[-1] if mail_on() else "—"
    mend = None if mail_on() else Text("设置 XIMU_MAIL、XIMU_MAIL_FROM 和 XIMU_SITE", "set XIMU_MAIL, XIMU_MAIL_FROM and XIMU_SITE")
    return [Check(Text("公众邮件订阅", "Mail to followers"), "ok" if mail_on() else "warn", where, mend)]
