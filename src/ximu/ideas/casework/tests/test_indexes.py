"""Pages of one case do not read all cases, however the database has counted its columns."""

from __future__ import annotations

import pytest
from django.db import connection

from ximu.ideas.casework import services
from ximu.ideas.casework.models import Case
from ximu.ideas.casework.rules import Given
from ximu.ideas.casework.services import Opening
from ximu.ideas.casework.tests.factories import COORDINATOR, SOURCE, T0

pytestmark = [pytest.mark.django_db]


def test_the_cases_that_came_of_a_case_are_found_by_index() -> None:
    first = ""
    for n in range(60):
        opened = services.open_case("inquiry", opening=Opening(about=f"A{n}", source=SOURCE, parent=first if n == 1 else ""),
                                    given=Given("请核实"), by=COORDINATOR, at=T0)
        first = first or opened
    assert [one.about for one in Case.objects.filter(parent=first)] == ["A1"]
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
    assert "case_parent" in Case.objects.filter(parent=first).explain()
