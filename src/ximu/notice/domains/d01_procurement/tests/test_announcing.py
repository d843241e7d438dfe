"""D01-1: the intention, the result and the contract of a purchase are announced by the day that the law sets, or late, or not."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from ximu.notice.domains.d01_procurement.rules import law
from ximu.notice.domains.d01_procurement.rules.announcing import counted, notices

pytestmark = pytest.mark.row("D1")
ON = date(2023, 6, 30)


def doc(kind: str, day: str) -> dict[str, str]:
    return {"id": kind, "documentType": kind, "datePublished": f"{day}T09:00:00+08:00"}


def process(**more: Any) -> dict[str, Any]:
    return {"ocid": "p", "tender": {"tenderPeriod": {"startDate": "2023-03-01T09:00:00+08:00"}},
            "awards": [{"id": "a", "status": "active", "date": "2023-03-30T09:00:00+08:00"}],
            "contracts": [{"id": "c", "awardID": "a", "dateSigned": "2023-04-20T09:00:00+08:00"}], **more}


def told(one: Any, releases: Any = (), on: date = ON) -> dict[str, tuple[str, date | None]]:
    return {n.kind: (n.state, n.due) for n in notices(one, list(releases), on=on)}


def test_working_days_and_days_ahead_set_the_due_day() -> None:
    assert told(process()) == {"intention": ("missing", date(2023, 1, 30)), "result": ("missing", date(2023, 4, 3)),
                               "contract": ("missing", date(2023, 4, 23))}, "23 April 2023, a Sunday, was worked"


def test_a_document_of_its_kind_tells_the_day_before_any_release() -> None:
    one = process(planning={"documents": [doc("procurementPlan", "2023-01-30")]})
    one["awards"][0]["documents"] = [doc("awardNotice", "2023-04-04"), doc("evaluationReports", "2023-03-30")]
    one["contracts"][0]["documents"] = [doc("contractSigned", "2023-04-21")]
    found = told(one, [(date(2023, 3, 30), {"tag": ["award"], "awards": [{"id": "a", "status": "active"}]})])
    assert {kind: state for kind, (state, _) in found.items()} == {"intention": "on_time", "result": "late", "contract": "on_time"}


def test_without_a_document_the_first_release_that_tells_it_is_the_notice() -> None:
    releases = [(date(2023, 1, 10), {"tag": ["planning"]}), (date(2023, 3, 29), {"tag": ["award"], "awards": [{"id": "a", "status": "pending"}]}),
                (date(2023, 4, 3), {"tag": ["award"], "awards": [{"id": "a", "status": "active"}]}),
                (date(2023, 5, 3), {"tag": ["contract"], "contracts": [{"id": "c", "dateSigned": "2023-04-20"}]})]
    assert {k: s for k, (s, _) in told(process(), releases).items()} == {"intention": "on_time", "result": "on_time", "contract": "late"}


def test_what_is_not_yet_due_or_not_yet_a_duty_is_not_counted() -> None:
    early = told(process(), on=date(2023, 3, 31))
    assert early["result"][0] == "open" and early["contract"][0] == "open"
    old = process(tender={"tenderPeriod": {"startDate": "2021-12-31T09:00:00+08:00"}})
    assert "intention" not in told(old), "units below the province owe it from 2022 on"
    before = process(awards=[{"id": "a", "status": "active", "date": "2015-02-27"}], contracts=[{"id": "c", "dateSigned": "2015-02-28"}],
                     tender={})
    assert told(before) == {} and law.result_workdays(date(2015, 3, 1)) == 2
    assert counted(notices(process(), [], on=date(2023, 3, 31))) == (1, 0)


def test_an_award_that_is_not_in_force_and_a_contract_unsigned_owe_no_notice() -> None:
    one = process(tender={}, awards=[{"id": "a", "status": "cancelled", "date": "2023-03-30"}], contracts=[{"id": "c"}])
    assert told(one) == {}


def test_a_year_without_a_calendar_is_not_guessed() -> None:
    far = date(2093, 3, 30)
    one = process(tender={}, contracts=[], awards=[{"id": "a", "status": "active", "date": far.isoformat()}])
    assert told(one, on=far + timedelta(days=30)) == {"result": ("unknown", None)}
    assert counted(notices(one, [], on=far + timedelta(days=30))) == (0, 0)
