"""The room's data, read once; a row as plain steps."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path

from ximu.foundation import clock
from ximu.ideas.commitments import rules
from ximu.ideas.commitments.models import Commitment, Step
from ximu.kernel.refusal import Refusal, absent
from ximu.kernel.words import Text
from ximu.kernel.workdays import BUNDLED

ROOM = Path(__file__).parents[1]


@cache
def kinds() -> Mapping[str, rules.Kind]:
    return rules.read_kinds(tomllib.loads((ROOM / "kinds.toml").read_text("utf-8")))


@cache
def procedure() -> rules.Procedure:
    return rules.read_procedure(tomllib.loads((ROOM / "procedure.toml").read_text("utf-8")))


def kind(code: str) -> rules.Kind:
    """Errors: `PROM-KIND`."""
    return rules.kind_of(kinds(), code)


def row(uid: str) -> Commitment:
    """Errors: `PROM-NONE`."""
    found = Commitment.objects.filter(uid=uid).first()
    if found is None:
        raise absent("PROM-NONE", field="uid", value=uid[:40], zh="项承诺", en="promise")
    return found


def deed(step: Step) -> rules.Deed:
    return rules.Deed(step.what, step.on, step.known_at, step.by, step.detail)


def deeds(commitment: Commitment, *, known_at: datetime | None = None) -> list[rules.Deed]:
    steps = Step.objects.filter(commitment=commitment).order_by("log_index")
    return [deed(s) for s in (steps if known_at is None else steps.filter(known_at__lte=known_at))]


def city_day(at: datetime) -> date:
    return clock.city_day(at)


def rolled(day: date) -> tuple[date, bool]:
    """The due day as it is counted, and whether the calendar of its year was known: an unknown year is never guessed."""
    try:
        return BUNDLED.due_calendar_days(day, 0).day, True
    except Refusal:
        return day, False


def moved(asked: date | None, due: date) -> Text | None:
    """Why the due day is not the one that was asked for: the days off between them; nothing where it is."""
    if asked is None or asked == due:
        return None
    over = list(dict.fromkeys(one.name for one in BUNDLED.due_calendar_days(asked, 0).passed))
    zh, en = ("、".join(name or words for name in over) for words in ("周末", "weekend"))
    return Text(f"约定{asked}（{zh}），顺延至{due}", f"agreed for {asked} ({en}), moved to {due}")
