"""How does a firm without an account say that a promise to it was not kept? By a code that the unit handed to it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F

from ximu.foundation import vault
from ximu.ideas.commitments import queries
from ximu.ideas.commitments.models import Commitment, Guess, Key
from ximu.ideas.ledger.rules import Entry
from ximu.ideas.ledger.services import append
from ximu.kernel import codes
from ximu.kernel.actor import Actor, Grant
from ximu.kernel.refusal import Refusal

RIGHT = "commitments.counterpart"


def acting(row: Commitment) -> Actor:
    """The counterpart of one promise: may speak of it and of nothing else."""
    return Actor(f"to-{row.uid}", row.unit, (Grant("counterpart", frozenset({RIGHT}), row.unit),), channel="portal", label="承诺对象")


@transaction.atomic
def give_key(uid: str, *, by: Actor, at: datetime) -> str:
    """A new code for the counterpart, to be shown once and put in the letter; the former one is void.

    Errors: `PERM-DENIED`, `PROM-NONE`, `PROM-TO`.
    """
    row = queries.row(uid)
    by.must("commitments.people", row.unit)
    if queries.counterpart(row) is None:
        raise Refusal("PROM-TO", field="to", value=row.uid, rule="counterpart", zh="该承诺没有特定的承诺对象。",
                      en="This promise has no particular counterpart.")
    code = codes.fresh_code()
    Key.objects.update_or_create(commitment=row, defaults={"slow": _slow(code), "given_at": at, "given_by": by.human})
    append([Entry("promises.key", {"promise": row.uid, "by": by.uid})], at=at)
    return code


def of_key(typed: str, *, at: datetime) -> Commitment:
    """The promise to which a code belongs. One hash and one answer for wrong, void and unknown ones. Errors: `PROM-CODE`, `PROM-SLOW`."""
    hour = at.replace(minute=0, second=0, microsecond=0)
    most = queries.procedure().guesses(queries.city_day(at))
    if (Guess.objects.filter(hour=hour).values_list("count", flat=True).first() or 0) >= most:
        raise Refusal("PROM-SLOW", status=429, field="code", value="", rule=f"{most}/h", zh="查询过于频繁，请在下一个整点后再试。",
                      en="Too many look-ups; please try again after the next full hour.")
    found = Key.objects.select_related("commitment").filter(slow=_slow(codes.digits_of(typed))).first()
    if found is None:
        _guessed(hour)
        raise Refusal("PROM-CODE", status=404, field="code", value="", rule="16 digits",
                      zh="没有与这个办理码对应的承诺，请核对16位数字，或向承诺单位索取新码。",
                      en="No promise belongs to this code; check the 16 digits or ask the body for a new code.")
    return found.commitment


def _guessed(hour: datetime) -> None:
    with transaction.atomic():
        Guess.objects.exclude(hour=hour).delete()
        Guess.objects.get_or_create(hour=hour)
        Guess.objects.filter(hour=hour).update(count=F("count") + 1)


def _slow(code: str) -> str:
    return codes.slow_hash(code, secret=vault.secret("promises"))
