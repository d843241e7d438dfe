"""A delivered table gets the checks that are asked for, by command, page and API; nothing is kept, and a fault is named."""

from __future__ import annotations

import io
import json
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from django.test import Client, RequestFactory

from ximu.foundation import clock
from ximu.ideas.accounts.tests.factories import account, with_password
from ximu.ideas.warnings import api
from ximu.ideas.warnings.commands.quality import quality_command
from ximu.ideas.warnings.rules.tables import Checks, judged
from ximu.kernel.actor import SYSTEM
from ximu.kernel.refusal import Refusal

pytestmark = pytest.mark.row("D13", "D15")
RNG = np.random.default_rng(3)
ROWS = [(f"k{n}", round(float(10 ** RNG.uniform(1, 5)), 2), 50 + 10 * n, 3, 4, 7, "2018-05-01", "2018-05-02") for n in range(200)]
HEAD = "key,paid,round,a,b,sum,changed,due"


def table(**changes: Any) -> str:
    rows = [list(map(str, row)) for row in ROWS]
    for place, (column, value) in changes.values():
        rows[place - 1][HEAD.split(",").index(column)] = value
    return "\n".join([HEAD, *(",".join(row) for row in rows)])


ALL = Checks(("paid",), (), ("round",), ("key",), "sum", ("a", "b"), "changed", "due")


def test_honest_figures_pass_and_rounded_ones_are_asked_about() -> None:
    found = {one.check: one.suspicious for _, one in judged(table().splitlines(), ALL)}
    assert found == {"benford": False, "heaping": True}


def test_each_fault_is_named_by_its_line() -> None:
    spoilt = table(a=(7, ("key", "k0")), b=(9, ("sum", "8")), c=(11, ("b", "")), d=(150, ("changed", "2018-05-04")))
    found = {(one.check, one.suspicious): one.lines for _, one in judged(spoilt.splitlines(), ALL) if one.lines}
    assert found == {("duplicate", True): (1, 7), ("sum", True): (9,), ("sum", None): (11,), ("late-revision", True): (150,)}
    reasons = [one.reason.zh for _, one in judged(spoilt.splitlines(), ALL) if one.check == "late-revision"]
    assert "150" in reasons[0]


def test_a_change_on_the_day_of_the_deadline_is_in_time_and_an_empty_cell_is_not_judged() -> None:
    checks = Checks(changed="changed", deadline="due")
    assert judged(table(a=(3, ("changed", "2018-05-02T23:59:59+00:00")), b=(4, ("changed", ""))).splitlines(), checks) == []


@pytest.mark.parametrize(("text", "checks", "code"), [
    ("", ALL, "QUAL-TABLE"), ("a,b\n1\n", ALL, "QUAL-TABLE"), ("a\n1\n", Checks(), "QUAL-NONE"), ("a\n1\n", Checks(total="a"), "QUAL-NONE"),
    ("a\n1\n", Checks(changed="a"), "QUAL-NONE"), ("a\n1\n", Checks(amounts=("x",)), "QUAL-COLUMN"), ("a\nx\n", Checks(amounts=("a",)), "QUAL-VALUE"),
    ("a\nNaN\n", Checks(counts=("a",)), "QUAL-VALUE"), ("a,b\nx,2018-01-01\n", Checks(changed="a", deadline="b"), "QUAL-VALUE"),
])
def test_what_cannot_be_checked_is_refused(text: str, checks: Checks, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        judged(text.splitlines(), checks)
    assert refused.value.code == code


@pytest.mark.django_db
def test_command_page_and_api_say_the_same() -> None:
    given = ["-", "--estimates", "round", "--key", "key", "--json"]
    said = json.loads(CliRunner().invoke(quality_command, given, input=table()).stdout)
    assert [(one["check"], one["columns"], one["suspicious"]) for one in said] == [("heaping", "round", True)]
    assert "存疑" in CliRunner().invoke(quality_command, given[:-1], input=table()).stdout
    client = Client()
    client.force_login(with_password(account("boss", "coordinator", at=clock.now())), backend="django.contrib.auth.backends.ModelBackend")
    request = RequestFactory().post("/api")
    request.actor = SYSTEM  # type: ignore[attr-defined]
    told = api.quality(request, api.TableIn(csv=table(), estimates=["round"], keys=["key"]))
    assert [(one["check"], one["columns"], one["suspicious"]) for one in told] == [("heaping", "round", True)]
    assert "报送数据核查" in client.get("/console/warnings/quality").content.decode()
    file = io.BytesIO(table().encode())
    file.name = "delivered.csv"
    page = client.post("/console/warnings/quality", {"file": file, "estimates": "round", "keys": "key"}).content.decode()
    assert "存疑" in page and "heaping" in page
    assert "QUAL-TABLE" in client.post("/console/warnings/quality", {"estimates": "round"}).content.decode()
