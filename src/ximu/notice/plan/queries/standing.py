"""What is stored of the plan: tasks, signed readings, evidence, and the light that follows from one duty's proofs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Aggregate, DateField, OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Cast

from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal, absent
from ximu.kernel.workdays import BUNDLED
from ximu.notice.plan.models import Evidence, Plan, PlanRow, Reading
from ximu.notice.plan.rules import lights


class Joined(Aggregate):
    """All values of a group in one text, a blank between: one row travels instead of a thousand."""

    function, template, output_field = "STRING_AGG", "%(function)s(%(expressions)s, ' ')", TextField()

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, function="GROUP_CONCAT", **extra)


def has_registry() -> bool:
    """Is a city loaded, so that unit names can be checked against it?"""
    return bool(registry.version())


def plans() -> list[Plan]:
    return list(Plan.objects.order_by("-imported_at"))


def plan(uid: str = "") -> Plan:
    """The plan with that uid, or the newest. Errors: `PLAN-NONE`."""
    found = (Plan.objects.filter(uid=uid) if uid else Plan.objects.order_by("-imported_at")).first()
    if found is None:
        raise Refusal("PLAN-NONE", status=404, field="plan", value=uid, rule="exists",
                      zh="尚未导入任务分工。", en="No plan has been imported yet.")
    return found


def rows(of: Plan) -> list[PlanRow]:
    return list(of.rows.all())


def row(uid: str) -> PlanRow:
    found = PlanRow.objects.select_related("plan").filter(uid=uid).first()
    if found is None:
        raise absent("PLAN-NONE", field="row", value=uid, zh="项任务", en="task")
    return found


def readings(of: PlanRow) -> list[Reading]:
    return list(of.readings.order_by("-chosen_at"))


def evidence_for(uid: str, actor: Actor) -> Evidence:
    """Evidence whose file this person may open: the unit's own, and those who review or examine. Errors: `PLAN-NONE`, `PERM-DENIED`."""
    found = evidence(uid)
    if found is None:
        raise absent("PLAN-NONE", field="evidence", value=uid[:16], zh="份材料", en="evidence")
    if not (actor.can("plan.review") or actor.can("plan.examine")):
        actor.must("plan.report", found.unit)
    return found


def evidence(uid: str) -> Evidence | None:
    return Evidence.objects.select_related("row").filter(uid=uid).first()


def awaiting_review() -> list[Evidence]:
    return list(Evidence.objects.filter(state=Evidence.State.SUBMITTED).select_related("row").order_by("submitted_at"))


def due_of(target: PlanRow, *, signed: dict[int, Reading]) -> tuple[date | None, str]:
    """The due day and where it comes from: `signed`, `proposed` or, for standing duties, neither."""
    if reading := signed.get(target.pk):
        return reading.due, "signed"
    return target.proposed_due, "proposed" if target.proposed_due else ""


def live_readings(known_at: datetime) -> QuerySet[Reading]:
    return Reading.objects.filter(signed_at__lte=known_at).filter(Q(withdrawn_at=None) | Q(withdrawn_at__gt=known_at))


def signed_readings(of: Plan, known_at: datetime) -> dict[int, Reading]:
    return {r.row_id: r for r in live_readings(known_at).filter(row__plan=of)}


def borne_rows(of: Plan, known_at: datetime | None) -> list[PlanRow]:
    """The tasks with what decides who bears them and when they are due, no more; `known_due` is the day of the signed reading.

    Tasks whose units are written alike share one list of them: it is not to be changed.
    """
    signed = Subquery(live_readings(known_at).filter(row=OuterRef("pk")).values("due")[:1]) if known_at else Value(
        None, output_field=DateField())
    found = list(of.rows.only("row", "plan", "position", "standing", "proposed_due").annotate(known_due=signed))
    alike = of.rows.order_by().values_list("units").annotate(tasks=Joined(Cast("pk", TextField())))
    units = {int(pk): written for written, tasks in alike for pk in tasks.split()}
    for target in found:
        target.units = units[target.pk]
    return found


def judge(due: date | None, standing: bool, issued: date | None, proofs: Sequence[lights.Proof], as_of: date) -> lights.Light:
    """The light, with the working days that are left."""
    return lights.light_of(due=due, standing=standing, issued=issued, proofs=proofs, as_of=as_of, working_days_left=_left(as_of, due))


def _left(as_of: date, due: date | None) -> int | None:
    """None when there is no due day or its calendar is not loaded; lights do not guess working days."""
    if due is None or {as_of.year, due.year} - set(BUNDLED.years):
        return None
    return BUNDLED.count(as_of, due)
