"""The matrix tells of every duty what its own sheet tells: whatever was shown for it, and when."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import product
from typing import Any

import pytest

from ximu.ideas.registry.tests.factories import load as load_registry
from ximu.kernel.actor import SYSTEM
from ximu.notice.plan import queries
from ximu.notice.plan.models import Evidence, PlanRow
from ximu.notice.plan.services import importing
from ximu.notice.plan.tests import notice

pytestmark = [pytest.mark.row("P"), pytest.mark.django_db]
AT = datetime(2018, 4, 2, 1, tzinfo=UTC)
KNOWN = datetime(2019, 6, 3, 1, tzinfo=UTC)
DAYS = (date(2018, 4, 20), date(2018, 12, 3), date(2019, 6, 3))
PROOFS = [(dated, until, completes) for dated, until, completes in product(
    (date(2018, 3, 1), date(2018, 12, 3), date(2019, 12, 1)), (date(2018, 11, 30), date(2019, 6, 3), date(2020, 1, 1)), (False, True))]


@pytest.fixture
def plan(db: None) -> Any:
    load_registry("shanghai", at=AT)
    importing.import_plan("notice.txt", notice.text(), by=SYSTEM, at=AT, on=AT.date())
    return queries.plan()


@pytest.mark.parametrize("day", DAYS)
def test_lights_and_counts_of_the_matrix_are_those_of_the_duties(plan: Any, day: date) -> None:
    """None, one or two proofs of each kind, spread over all duties; units that ended count for those that carry their duties."""
    choices = [(), *((one,) for one in PROOFS), *product(PROOFS, PROOFS)]
    duties = [(row, unit) for row in PlanRow.objects.filter(plan=plan) for unit in sorted({d.unit for when in (DAYS[0], day)
                                                                                           for d in queries.duties(row, as_of=when)})]
    Evidence.objects.bulk_create([
        Evidence(row=row, unit=unit, title="x", digest=f"{place:032x}{n:032x}", dated=dated, expires_on=until, completes=completes,
                 state="accepted", submitted_at=AT, submitted_by="a", submitter="a", reviewed_at=AT, reviewed_by="b")
        for place, (row, unit) in enumerate(duties) for n, (dated, until, completes) in enumerate(choices[place * 7 % len(choices)])])
    shown = {unit["uid"]: unit for unit in queries.matrix(plan, as_of=day, known_at=KNOWN)["units"]}
    sheet = queries.duty_status(plan, as_of=day, known_at=KNOWN)
    assert len({one["light"] for one in sheet}) >= 4 and {one["evidence"] for one in sheet} >= {0, 1, 2}
    for one in sheet:
        unit = shown[one["unit"]]
        assert (unit["cells"][one["row"]], unit["lights"][one["row"]], unit["evidence"][one["row"]]) == (
            one["role"], one["light"], one["evidence"]), one
