"""Ask, confirm, stop; and tell everybody who follows what is new."""

from __future__ import annotations

import hashlib
import smtplib
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.urls import reverse

from ximu.foundation import clock, vault
from ximu.foundation.outbox import announce
from ximu.foundation.parameters import value_on
from ximu.foundation.uid import new_uid
from ximu.foundation.web import ANONYMOUS
from ximu.ideas.following import queries, rules
from ximu.ideas.following.hooks import FollowAsked
from ximu.ideas.following.models import Follow
from ximu.ideas.ledger.rules import Entry
from ximu.ideas.ledger.services import append
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal

ROOM = Path(__file__).parent
LONGEST = 254
LOG = structlog.get_logger(__name__)


def ask(matter: str, target: str, address: str, *, by: Actor = ANONYMOUS, at: datetime) -> None:
    """Note the wish; a mail asks whether it was really the owner of the address. Twice the same is once.

    Errors: `MAIL-OFF`, `MAIL-FORM`, `FOLLOW-MATTER`, `FOLLOW-BUSY`, those of the matter.
    """
    if not queries.mail_on():
        raise Refusal("MAIL-OFF", status=409, field="address", value="", rule="XIMU_MAIL", zh="本系统没有开通邮件，请用Atom订阅。",
                      en="This site sends no mail; please use the Atom feed.")
    queries.matter(matter, target)
    address = _usable(address)
    most = int(value_on(ROOM, "asks_an_hour", clock.city_day(at)))
    if Follow.objects.filter(asked_at__gt=at - timedelta(hours=1), confirmed=False).count() >= most:
        raise Refusal("FOLLOW-BUSY", status=429, field="address", value="", rule=f"{most}/h", zh="目前申请过多，请一小时后再试。",
                      en="Too many ask at present; please try again in an hour.")
    secret, uid = queries.secret(), new_uid()
    name = rules.known(secret, matter, target, address)
    try:
        with transaction.atomic():
            Follow.objects.create(uid=uid, matter=matter, target=target, known=name, token=_hash(rules.token(secret, uid)),
                                  sealed=vault.seal(address, about=f"follow:{uid}"), asked_at=at)
            announce(FollowAsked(uid), at=at)
    except IntegrityError:
        return


def _usable(address: str) -> str:
    address = address.strip()
    try:
        validate_email(address)
        address.encode("ascii")
    except (ValidationError, UnicodeEncodeError) as error:
        raise Refusal("MAIL-FORM", field="address", value="", rule=f"≤ {LONGEST}", zh="这不是可用的邮件地址。",
                      en="This is no usable mail address.") from error
    return address


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def greet(event: FollowAsked, *, at: datetime) -> None:
    """The one mail before the confirmation. Called by the outbox."""
    row = Follow.objects.filter(uid=event.follow, confirmed=False).first()
    if row is not None:
        _send(row, rules.asking(queries.matter(row.matter, row.target).title, _link(row)))


def confirm(token: str, *, by: Actor = ANONYMOUS, at: datetime) -> None:
    """From now on he is told; what happened before is not told again. Errors: `FOLLOW-NONE`."""
    row = queries.by_link(token)
    told = _last(queries.matter(row.matter, row.target))
    Follow.objects.filter(pk=row.pk, confirmed=False).update(confirmed=True, told=told)


def stop(token: str, *, by: Actor = ANONYMOUS, at: datetime) -> None:
    """The row is gone, with the address. Errors: `FOLLOW-NONE`."""
    queries.by_link(token).delete()


def drop_unconfirmed(*, by: Actor, at: datetime) -> int:
    hours = int(value_on(ROOM, "confirm_hours", clock.city_day(at)))
    return Follow.objects.filter(confirmed=False, asked_at__lt=at - timedelta(hours=hours)).delete()[0]


def tell(*, by: Actor, at: datetime) -> int:
    """One mail to each follower of each matter with something new; the count of mails.

    A mail is marked as sent after the mail server has taken it: a crash in between repeats it with the same Message-ID.
    """
    if not queries.mail_on():
        return 0
    sent = sum(_tell_of(*one) for one in _followed())
    if sent:
        with transaction.atomic():
            append([Entry("following.told", {"mails": sent, "day": clock.city_day(at).isoformat()})], at=at)
    return sent


def _followed() -> Iterable[tuple[str, str]]:
    return Follow.objects.filter(confirmed=True).order_by("matter", "target").values_list("matter", "target").distinct()


def _tell_of(name: str, target: str) -> int:
    try:
        matter = queries.matter(name, target)
    except Refusal:
        return 0  # it is not public any more: nobody is told why
    sent, last = 0, _last(matter)
    for row in Follow.objects.filter(confirmed=True, matter=name, target=target, told__lt=last):
        fresh = [event for event in matter.events if event.index > row.told]
        if not _taken(row, rules.news(matter.title, fresh, settings.XIMU_SITE + matter.path, _link(row)), mark=str(last)):
            continue
        sent += Follow.objects.filter(pk=row.pk, told=row.told).update(told=last)
    return sent


def _taken(row: Follow, letter: rules.Letter, *, mark: str) -> bool:
    """Whether the mail server took it; one refused mailbox does not stop the others and is tried again on the next day."""
    try:
        _send(row, letter, mark=mark)
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError):
        LOG.warning("following.refused", follow=row.uid)
        return False
    return True


def _last(matter: queries.Matter) -> int:
    return max((event.index for event in matter.events), default=-1)


def _link(row: Follow) -> str:
    return settings.XIMU_SITE + reverse("following:one", args=[rules.token(queries.secret(), row.uid)])


def _send(row: Follow, letter: rules.Letter, *, mark: str = "ask") -> None:
    """Plain text, with the one-click way out of RFC 8058."""
    link = _link(row)
    host = settings.XIMU_SITE.split("://")[-1].split("/")[0].split(":")[0]
    EmailMessage(
        letter.subject, letter.body, settings.DEFAULT_FROM_EMAIL, [vault.unseal(row.sealed, about=f"follow:{row.uid}")],
        headers={"Message-ID": f"<{row.uid}.{mark}@{host}>", "List-Unsubscribe": f"<{link}stop>", "Auto-Submitted": "auto-generated",
                 "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
    ).send()
