"""What every act leaves behind: a sealed line of its day, and counts of the hour that belong to nobody."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import F

from ximu.foundation import clock, vault
from ximu.ideas.ledger.rules import commitment
from ximu.kernel.refusal import Refusal
from ximu.notice.mechanisms.m3_complaints import queries
from ximu.notice.mechanisms.m3_complaints.models import Act, Alarm, Hour, Report
from ximu.notice.mechanisms.m3_complaints.rules import keys

SALT_BYTES = 32


def act(what: str, report: str, *, by: str, at: datetime) -> None:
    """One commitment of the day, inside the caller's transaction; it enters the log with the day's seal."""
    body = {"what": what, "report": report, "by": by}
    salt = secrets.token_bytes(SALT_BYTES)
    leaf = commitment(salt, body)
    sealed = vault.seal(json.dumps({**body, "salt": salt.hex()}), about=f"act:{leaf}")
    Act.objects.create(commitment=leaf, day=clock.city_day(at), sealed=sealed)


def hide(row: Report, key: bytes, passages: Iterable[str], files: Iterable[str] = ()) -> None:
    """More passages and files that handlers do not see; the report itself is not touched."""
    before = queries.mask_of(row, key)
    after = {"passages": sorted({*before["passages"], *passages}), "files": sorted({*before["files"], *files})}
    if after != before:
        row.masked = keys.seal(json.dumps(after, ensure_ascii=False), key, about=f"mask:{row.uid}")
        Report.objects.filter(pk=row.pk).update(masked=row.masked)


def count(what: str, *, at: datetime) -> int:
    """One more in this hour; hours that are over are forgotten."""
    hour = queries.hour_of(at)
    with transaction.atomic():
        Hour.objects.filter(what=what).exclude(hour=hour).delete()
        Hour.objects.get_or_create(what=what, hour=hour)
        Hour.objects.filter(what=what, hour=hour).update(count=F("count") + 1)
    return Hour.objects.filter(what=what, hour=hour).values_list("count", flat=True).first() or 0


def must_be_calm(what: str, parameter: str, *, at: datetime) -> None:
    """Errors: `RECEIPT-SLOW`, `REPORT-FLOOD` when the hour's share is used up, by whomever."""
    used = Hour.objects.filter(what=what, hour=queries.hour_of(at)).values_list("count", flat=True).first() or 0
    most = queries.value(parameter, clock.city_day(at))
    if used < most:
        return
    if what == "guess":
        Alarm.objects.get_or_create(day=clock.city_day(at))
        raise Refusal("RECEIPT-SLOW", status=429, field="code", value="", rule=f"{most}/h", zh="查询过于频繁，请在下一个整点后再试。",
                      en="Too many look-ups; please try again after the next full hour.")
    raise Refusal("REPORT-FLOOD", status=429, field="report", value="", rule=f"{most}/h", zh="目前收到的举报过多，请在下一个整点后再提交。",
                  en="Too many reports at present; please send yours after the next full hour.")
