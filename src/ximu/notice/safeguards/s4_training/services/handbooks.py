"""A version of the handbook is published; each civil servant signs for it, or the unit keeps the signed paper."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import IntegrityError, transaction

from ximu.foundation import clock, files
from ximu.ideas.ledger import services as ledger
from ximu.ideas.ledger.rules import Entry
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal
from ximu.notice.safeguards.s4_training import queries, rules
from ximu.notice.safeguards.s4_training.models import Handbook, Signed


def publish(title: str, *, content: bytes, name: str, in_force_on: date, by: Actor, at: datetime) -> str:
    """The uid of the next version. Errors: `PERM-DENIED`, `S4-FIELD`, `EVID-DIGEST`, `S4-DUP` for a text that was published."""
    by.must("s4.publish")
    rules.must_say("title", title, 120)
    if not content:
        raise Refusal("EVID-DIGEST", field="file", value="", rule="required", zh="须附手册全文。", en="The whole text is needed as a file.")
    digest, _ = files.keep([content], most_bytes=queries.LARGEST_BYTES)
    try:
        with transaction.atomic():
            row = Handbook.objects.create(number=Handbook.objects.count() + 1, title=title.strip(), text=digest, name=name[:120],
                                          in_force_on=in_force_on, published_at=at, published_by=by.uid)
            row.log_index = ledger.append([Entry(queries.HANDBOOK, queries.handbook_body(row))], at=at)[0]
            row.save(update_fields=["log_index"])
    except IntegrityError as error:
        if not Handbook.objects.filter(text=digest).exists():  # another version took the number at the same time
            return publish(title, content=content, name=name, in_force_on=in_force_on, by=by, at=at)
        raise Refusal("S4-DUP", status=409, field="file", value=digest[:12], rule="unique", zh="同一文本的手册已发布。",
                      en="A handbook of the same text was published.") from error
    return row.uid


def sign(handbook: str, *, by: Actor, at: datetime) -> None:
    """I have read it. Only for oneself, once. Errors: `PERM-DENIED`, `BOOK-NONE`, `SIGN-ONCE`."""
    by.must("s4.mine")
    mine = queries.me(by)
    if not mine:
        raise Refusal("PERM-DENIED", status=403, field="by", value="s4.mine", rule="s4.mine", zh="签收手册须由公务员本人办理。",
                      en="Only a civil servant signs, for himself or herself.")
    row = queries.book(handbook)
    if not _sign(row, [mine], by, at):
        raise Refusal("SIGN-ONCE", status=409, field="handbook", value=row.number, rule="1", zh="您已签收过这一版本。",
                      en="You have signed for this version.")


def sign_on_paper(handbook: str, numbers: Sequence[str], *, by: Actor, at: datetime) -> tuple[int, list[str]]:
    """Those whose signed paper the unit keeps, by internal number: how many are new, and the numbers that were not taken (not in office
    in a unit of this person). Errors: `PERM-DENIED`, `BOOK-NONE`."""
    by.must("s4.enter")
    row, inside = queries.book(handbook), queries.servants(clock.city_day(at))
    known = {one.number: one.uid for one in registry.officials()}
    taken, left = list[str](), []
    for number in dict.fromkeys(numbers):
        who = inside.get(known.get(number, ""))
        if who is None or not by.can("s4.enter", who.unit):
            left.append(number)
        else:
            taken.append(who.uid)
    return _sign(row, taken, by, at), left


@transaction.atomic
def _sign(row: Handbook, officials: Sequence[str], by: Actor, at: datetime) -> int:
    """How many are new. The log says how many, never who."""
    Handbook.objects.select_for_update().get(pk=row.pk)
    known = set(row.signed.filter(official__in=officials).values_list("official", flat=True))
    new = [Signed(handbook=row, official=one, signed_at=at, signed_by=by.uid) for one in officials if one not in known]
    if Signed.objects.bulk_create(new):
        ledger.append([Entry("training.signed", {"handbook": row.uid, "rows": len(new), "by": by.uid})], at=at)
    return len(new)
