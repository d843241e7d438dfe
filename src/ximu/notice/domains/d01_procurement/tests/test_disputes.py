"""What is owed to a small firm is a veto after sixty days, unless a court, an arbitrator or a mediator has the matter; releases keep the standard."""

from __future__ import annotations

import json
import runpy
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from ximu.foundation import clock
from ximu.foundation.profiles import uid_of
from ximu.ideas.accounts import services as accounts
from ximu.ideas.accounts.tests.factories import account, with_password
from ximu.ideas.events import services as events
from ximu.ideas.registry.tests.factories import load
from ximu.kernel.actor import SYSTEM, Actor, Grant
from ximu.kernel.refusal import Refusal
from ximu.notice.domains.d01_procurement import queries, services
from ximu.notice.domains.d01_procurement.queries.shown import figures_of
from ximu.notice.domains.d01_procurement.rules import standard

pytestmark = [pytest.mark.django_db, pytest.mark.row("D1")]
SCRIPT = runpy.run_path(str(Path(__file__).parents[6] / "scripts" / "procurement_example.py"))
ON: date = SCRIPT["ON"]
AT = datetime(2019, 6, 30, 1, tzinfo=UTC)
OWED = "ocds-ximu01-1-05"
JTW = uid_of("example", "jtw")
WHAT: dict[str, Any] = {"contract": "c1", "milestone": "m1", "since": date(2019, 3, 1), "basis": "（2019）示0101民初1号", "on": ON}
HOUR = timedelta(hours=1)
RIGHTS = (Grant("reviewer", frozenset({"d01.dispute", "d01.see"})),)
CHECKER = Actor("checker", "another", RIGHTS, person="checker")


@pytest.fixture
def stored(settings: Any, tmp_path: Path) -> None:
    settings.XIMU_HOME = tmp_path
    load()
    file = tmp_path / "releases.jsonl"
    rows = [one for one in SCRIPT["releases"]() if one["date"][:10] <= ON.isoformat()]
    file.write_text("\n".join(json.dumps(one, ensure_ascii=False) for one in rows), "utf-8")
    events.load("procurement", file, batch="example", by=SYSTEM, at=AT)


def figures(known_at: datetime) -> Any:
    return figures_of(queries.book(ON, known_at=known_at).processes, ON)


def refused(code: str, *args: Any, **given: Any) -> None:
    act = given.pop("act", services.dispute)
    with pytest.raises(Refusal) as found:
        act(*args, **given)
    assert found.value.code == code


@pytest.mark.usefixtures("stored")
def test_a_disputed_debt_is_still_owed_but_no_veto_and_both_clocks_hold() -> None:
    before = figures(AT)
    assert before.vetoes == 1 and before.disputed_small == 0 and before.owed_small > 0
    made = services.dispute(OWED, **WHAT, by=CHECKER, at=AT + HOUR)
    after = figures(AT + HOUR)
    assert (after.owed_small, after.disputed_small, after.vetoes) == (before.owed_small, before.owed_small, 0)
    assert figures(AT) == before, "what was known earlier stays as it was"
    assert figures_of(queries.book(date(2019, 2, 28), known_at=AT + HOUR).processes, date(2019, 2, 28)).vetoes == 1, "not yet in dispute"
    services.end_dispute(made, outcome="owed", until=date(2019, 6, 20), basis="（2019）示0101民初1号判决", by=CHECKER, at=AT + 2 * HOUR, on=ON)
    assert figures(AT + 2 * HOUR).vetoes == 1
    assert figures(AT + HOUR).vetoes == 0, "the end was not known then"
    [told] = queries.disputes(OWED)
    assert (told["until"], told["outcome"].en) == (date(2019, 6, 20), "owed")


@pytest.mark.usefixtures("stored")
def test_what_is_refused() -> None:
    refused("CONFLICT", OWED, **WHAT, by=Actor("own", JTW, RIGHTS, person="own"), at=AT)
    refused("PERM-DENIED", OWED, **WHAT, by=Actor("nobody", "another", (), person="nobody"), at=AT)
    refused("D01-NONE", "ocds-none", **WHAT, by=CHECKER, at=AT)
    refused("D01-PAYMENT", OWED, **{**WHAT, "milestone": "m9"}, by=CHECKER, at=AT)
    refused("BASIS-NONE", OWED, **{**WHAT, "basis": " "}, by=CHECKER, at=AT)
    refused("TIME-FUTURE", OWED, **{**WHAT, "since": ON + timedelta(days=1)}, by=CHECKER, at=AT)
    made = services.dispute(OWED, **WHAT, by=CHECKER, at=AT)
    refused("D01-DISPUTED", OWED, **WHAT, by=CHECKER, at=AT)
    ending: dict[str, Any] = {"outcome": "free", "until": ON, "basis": "和解书", "on": ON, "by": CHECKER, "at": AT, "act": services.end_dispute}
    refused("D01-NONE", "nothing", **ending)
    refused("D01-OUTCOME", made, **{**ending, "outcome": "perhaps"})
    refused("BASIS-NONE", made, **{**ending, "basis": ""})
    refused("D01-ORDER", made, **{**ending, "until": date(2019, 2, 1)})
    services.end_dispute(made, **{k: v for k, v in ending.items() if k != "act"})
    refused("STATE-EDGE", made, **ending)


@pytest.mark.usefixtures("stored")
def test_pages_and_api_record_a_dispute(settings: Any) -> None:
    settings.XIMU_CLOCK, settings.XIMU_STARTED = "2019-06-30T09:00:00", datetime.now(UTC)
    client = Client()
    user = with_password(account("boss", "coordinator", at=clock.now()))
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    _, key = accounts.issue_key(user.uid, "coordinator", unit="", label="测试", days=9, by=SYSTEM, at=clock.now())
    api = Client(headers={"Authorization": f"Bearer {key}"})
    index, page = "/console/d01/", f"/console/d01/process/?ocid={OWED}"
    assert "一票否决" in client.get(index).content.decode()
    assert client.post(f"/console/d01/dispute/?ocid={OWED}", {"payment": "7", "since": "2019-03-01", "basis": "受理书"}).status_code == 404
    assert client.post(f"/console/d01/dispute/?ocid={OWED}", {"payment": "0", "since": "2019-03-01", "basis": "受理书"}).status_code == 302
    shown = client.get(page).content.decode()
    assert "有争议" in shown and "未终结" in shown and "受理书" in shown
    assert "一票否决" not in client.get(index).content.decode()
    [listed] = client.get(f"/api/v1/d01/disputes?ocid={OWED}").json()
    assert client.post(f"/console/d01/dispute/{listed['uid']}/end?ocid={OWED}",
                       {"outcome": "owed", "until": "2019-06-20", "basis": "判决书"}).status_code == 302
    assert "应付" in client.get(page).content.decode()
    sent = {"ocid": OWED, "contract": "c1", "milestone": "m1", "since": "2019-06-25", "basis": "再审"}
    made = api.post("/api/v1/d01/disputes", sent, content_type="application/json").json()
    assert [p["disputed"] for p in client.get("/api/v1/d01/payments?state=overdue").json()] == [True]
    ended = {"outcome": "free", "until": "2019-06-29", "basis": "再审判决"}
    assert api.post(f"/api/v1/d01/disputes/{made['uid']}/end", ended, content_type="application/json").status_code == 200
    assert Decimal(client.get("/api/v1/d01/overview").json()["figures"]["disputed_small"]) == 0


GOOD: dict[str, Any] = {"ocid": "o", "id": "1", "date": "2019-01-02T09:00:00+08:00", "tag": ["tender"], "initiationType": "tender",
                        "buyer": {"name": "示例市财政局"}}


@pytest.mark.parametrize(("change", "path"), [
    ({}, ""), ({"initiationType": None}, "initiationType"), ({"tag": ["surprise"]}, "tag[0]"), ({"awards": [{"title": "x"}]}, "awards[0].id"),
    ({"awards": [{"id": "a", "value": {"amount": "12"}}]}, "awards[0].value.amount"), ({"contracts": {}}, "contracts"),
    ({"tender": {"id": "t", "tenderPeriod": {"endDate": "soon"}}}, "tender.tenderPeriod.endDate"),
    ({"tender": {"id": "t", "documents": [{"id": "d", "url": "not an address"}]}}, ""), ({"own": {"field": 1}}, ""),
])
def test_a_release_departs_from_the_standard(change: dict[str, Any], path: str) -> None:
    assert standard.departs({**GOOD, **change}) == path


def test_the_good_releases_of_a_delivery_are_not_lost(settings: Any, tmp_path: Path) -> None:
    settings.XIMU_HOME = tmp_path
    load()
    rows = [GOOD, {**GOOD, "ocid": "p", "awards": [{"title": "王五"}]}, {k: v for k, v in GOOD.items() if k != "initiationType"} | {"ocid": "q"},
            {**GOOD, "ocid": "r"}]
    file = tmp_path / "releases.jsonl"
    file.write_text("\n".join(json.dumps(one, ensure_ascii=False) for one in rows), "utf-8")
    told = services.load_releases(file, batch="b", by=SYSTEM, at=AT)
    assert (told["rows"], told["new"], told["bad"]) == (4, 2, 2)
    assert [(f["line"], f["field"], f["code"]) for f in told["faults"]] == [(2, "awards[0].id", "D01-SCHEMA"), (3, "initiationType", "D01-SCHEMA")]
    assert "王五" not in json.dumps(told, ensure_ascii=False)
