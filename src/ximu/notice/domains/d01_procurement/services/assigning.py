"""Who answers for a step of a unit's purchases from a day on; who did before ends the day before."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction

from ximu.ideas.ledger.rules import Entry
from ximu.ideas.ledger.services import append
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal
from ximu.notice.domains.d01_procurement import queries
from ximu.notice.domains.d01_procurement.models import Responsible
from ximu.notice.domains.d01_procurement.rules.steps import STEPS

PERMISSION = "d01.assign"


def assign(unit: str, *, step: str, post: str, since: date, basis: str, by: Actor, at: datetime) -> str:
    """The uid. Errors: `PERM-DENIED`, `D01-STEP`, `D01-POST`, `BASIS-NONE`, `D01-ORDER`."""
    by.must(PERMISSION, unit)
    if step not in STEPS:
        raise Refusal("D01-STEP", field="step", value=step[:20], rule=" ".join(STEPS), zh="没有这个采购环节。", en="There is no such step.")
    if post not in {one.uid for one in registry.posts(unit, as_of=since)}:
        raise Refusal("D01-POST", field="post", value=post[:16], rule="岗位属于该单位且当日存续", zh="该单位当日没有这个岗位。",
                      en="The unit has no such post on that day.")
    if not basis.strip():
        raise Refusal("BASIS-NONE", field="basis", value="", rule="required", zh="须写明指定负责岗位的文件。",
                      en="Name the document that assigns the post.")
    with transaction.atomic():
        before = Responsible.objects.select_for_update().filter(unit=unit, step=step, until=None).first()
        if before is not None and since <= before.since:
            raise Refusal("D01-ORDER", status=409, field="since", value=since.isoformat(), rule=f"> {before.since}",
                          zh=f"起始日应晚于现任的起始日{before.since}。", en=f"It must begin after the present one, {before.since}.")
        if before is not None:
            Responsible.objects.filter(pk=before.pk, until=None).update(until=since - timedelta(days=1))
        made = Responsible.objects.create(unit=unit, step=step, post=post, since=since, basis=basis.strip()[:120], assigned_at=at,
                                          assigned_by=by.uid)
        [index] = append([Entry(queries.ASSIGNED, queries.assigned_body(made))], at=at)
        Responsible.objects.filter(pk=made.pk).update(log_index=index)
    return made.uid
