"""Releases with a fault stay out and are named by place, field and code; payments are judged by their day."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.template.loader import render_to_string

from ximu.foundation import clock
from ximu.ideas.events import queries as events
from ximu.ideas.registry.tests.factories import load
from ximu.kernel.actor import SYSTEM
from ximu.kernel.refusal import Refusal
from ximu.notice.domains.d01_procurement import services
from ximu.notice.domains.d01_procurement.rules import entering, law, payments

pytestmark = pytest.mark.row("D1")
AT = datetime(2019, 7, 1, 1, tzinfo=UTC)
GOOD: dict[str, Any] = {"ocid": "o", "id": "1", "date": "2019-01-02T09:00:00+08:00", "tag": ["tender"], "initiationType": "tender",
                        "buyer": {"name": "示例市财政局"}}


def judged(release: Any) -> str:
    found = entering.entry_of(release, 1, today=date(2019, 7, 1), city_day=clock.city_day)
    return found.code if isinstance(found, entering.Fault) else ""


@pytest.mark.parametrize(("change", "code"), [
    ({}, ""), ({"ocid": ""}, "D01-ID"), ({"ocid": 7}, "D01-ID"), ({"id": None}, "D01-ID"), ({"id": 12}, ""), ({"tag": []}, "D01-TAG"),
    ({"tag": "tender"}, "D01-TAG"), ({"date": "2019-01-02"}, "DATE-NONE"), ({"date": "2019-01-02T09:00:00"}, "DATE-NONE"),
    ({"date": "2020-01-01T00:00:00Z"}, "TIME-FUTURE"), ({"tender": {"value": {"amount": 5}}}, "AMT-CUR"),
    ({"tender": {"value": {"amount": 5, "currency": ""}}}, "AMT-CUR"), ({"tender": {"value": {"amount": 5, "currency": "CNY"}}}, ""),
    ({"awards": [{"value": {"amount": 5, "currency": "CNY"}}, {"value": {"amount": 5, "currency": "USD"}}]}, "AMT-CUR"),
])
def test_a_release_by_itself(change: dict[str, Any], code: str) -> None:
    assert judged({**GOOD, **change}) == code


@pytest.mark.parametrize("release", [None, 5, "x", []])
def test_what_is_no_release(release: Any) -> None:
    assert judged(release) == "D01-FORM"


def test_every_fault_has_words_in_both_languages() -> None:
    assert all(words.zh and words.en for words in entering.FAULTS.values())


@pytest.mark.parametrize(("process", "field"), [
    ({"tender": {"tenderPeriod": {"startDate": "2019-02-01T00:00:00Z"}}, "awards": [{"date": "2019-01-01T00:00:00Z"}]}, "awards.date"),
    ({"awards": [{"id": 1, "date": "2019-02-02T00:00:00Z"}], "contracts": [{"awardID": 1, "dateSigned": "2019-02-01T00:00:00Z"}]},
     "contracts.dateSigned"),
    ({"awards": [{"id": 1, "date": "2019-02-02T09:00:00Z"}], "contracts": [{"awardID": 1, "dateSigned": "2019-02-02T08:00:00Z"}]}, ""),
    ({"awards": [{"id": 1}], "contracts": [{"awardID": 1, "dateSigned": "2019-02-01T00:00:00Z"}]}, ""),
])
def test_the_order_of_events(process: dict[str, Any], field: str) -> None:
    assert entering.out_of_order(process) == field


@pytest.mark.django_db
def test_a_delivery_is_reported_release_by_release_and_a_second_currency_is_refused_across_releases(settings: Any, tmp_path: Path) -> None:
    settings.XIMU_HOME = tmp_path
    load()
    rows = [
        {**GOOD, "tender": {"id": "t", "value": {"amount": 10, "currency": "CNY"}, "tenderPeriod": {"startDate": "2019-01-02T09:00:00+08:00"}}},
        {**GOOD, "id": "2", "date": "2019-02-02T09:00:00+08:00", "awards": [{"id": "a", "value": {"amount": 9, "currency": "USD"}}]},
        {**GOOD, "id": "3", "date": "2019-03-02T09:00:00+08:00", "awards": [{"id": "b", "date": "2018-12-01T00:00:00Z"}]},
        {**GOOD, "ocid": "p", "buyer": {"name": "没有的局"}}, {**GOOD, "ocid": "q", "tag": None},
        {**GOOD, "ocid": "r", "awards": [{"id": 1}, {"id": 1, "suppliers": 7}]},
    ]
    file = tmp_path / "releases.jsonl"
    file.write_text("\n".join(json.dumps(one, ensure_ascii=False) for one in rows) + "\nnot json\n", "utf-8")
    told = services.load_releases(file, batch="b", by=SYSTEM, at=AT)
    named = {(f["line"], f["code"]) for f in told["faults"]}
    assert {(2, "AMT-CUR"), (3, "SEQ"), (4, "SUBJ-NONE"), (5, "D01-TAG"), (7, "D01-FORM")} <= named
    assert told["rows"] == 7 and told["new"] + told["bad"] == 7
    assert "没有的局" not in json.dumps(told["faults"], ensure_ascii=False), "no value, since a cell may hold personal data"
    assert events.span("procurement") is not None
    more = tmp_path / "more.json"
    more.write_text(json.dumps({**GOOD, "id": "9", "date": "2019-04-02T09:00:00+08:00", "awards": [
        {"id": "c", "value": {"amount": 9, "currency": "EUR"}}]}), "utf-8")
    assert [f["code"] for f in services.load_releases(more, batch="m", by=SYSTEM, at=AT)["faults"]] == ["AMT-CUR"], "also against the store"
    with pytest.raises(Refusal) as refused:
        (tmp_path / "empty").write_text("", "utf-8")
        services.load_releases(tmp_path / "empty", batch="e", by=SYSTEM, at=AT)
    assert refused.value.code == "D01-INPUT"


def paid(milestone: dict[str, Any], *, on: date = date(2021, 6, 30), scale: str = "sme", transactions: Any = ()) -> payments.Payment:
    process = {"ocid": "o", "parties": [{"id": "F", "details": {"scale": scale}}], "awards": [{"id": "a", "suppliers": [{"id": "F"}]}],
               "contracts": [{"id": "c", "awardID": "a", "value": {"amount": 1, "currency": "CNY"}, "milestones": [
                   {"id": "m", "type": "payment", **milestone}], "implementation": {"transactions": list(transactions)}}]}
    [found] = payments.payments(process, "u", on=on, per_day=law.interest_per_day)
    return found


@pytest.mark.parametrize(("milestone", "state", "late", "interest"), [
    ({"dueDate": "2021-06-20T00:00:00Z", "dateMet": "2021-06-20T00:00:00Z", "value": {"amount": 1000}}, "paid", 0, "0.00"),
    ({"dueDate": "2021-06-20T00:00:00Z", "dateMet": "2021-06-30T00:00:00Z", "value": {"amount": 1000}}, "late", 10, "5.00"),
    ({"dueDate": "2021-06-20T00:00:00Z", "value": {"amount": 1000}}, "overdue", 10, "5.00"),
    ({"dueDate": "2021-06-20T00:00:00Z", "dateMet": "2021-07-05T00:00:00Z", "value": {"amount": 1000}}, "overdue", 10, "5.00"),
    ({"dueDate": "2021-07-20T00:00:00Z", "value": {"amount": 1000}}, "open", 0, "0.00"),
    ({"dueDate": "2021-06-20T00:00:00Z"}, "overdue", 10, None),
])
def test_a_payment_by_its_day(milestone: dict[str, Any], state: str, late: int, interest: str | None) -> None:
    found = paid(milestone)
    assert (found.state, found.days_late, None if found.interest is None else str(found.interest)) == (state, late, interest)
    assert paid(milestone, scale="large").interest is None, "interest of the regulation is for small firms"


def test_a_payment_is_shown_in_its_currency() -> None:
    due = {"dueDate": "2021-06-20T00:00:00Z", "value": {"amount": 1000, "currency": "USD"}}
    assert render_to_string("d01_procurement/payments.html", {"rows": [paid(due)]}).count("USD") == 2, "the amount and its interest"


def test_the_amount_may_come_from_the_transactions_that_name_the_milestone() -> None:
    own = {"relatedImplementationMilestone": {"id": "m"}, "date": "2021-06-22T00:00:00Z", "value": {"amount": 300, "currency": "CNY"}}
    found = paid({"dueDate": "2021-06-20T00:00:00Z"}, transactions=[own, {**own, "date": "2021-06-25T00:00:00Z"}, {"value": {"amount": 7}}])
    assert (found.amount, found.met, found.days_late, found.currency) == (Decimal(600), date(2021, 6, 25), 5, "CNY")


def test_a_part_is_no_payment() -> None:
    """What is left stays owed and bears the interest; D01-3 counts what was paid in time. A dateMet that is stated, stands."""
    def part(day: int, amount: float, currency: str = "CNY") -> dict[str, Any]:
        return {"relatedImplementationMilestone": {"id": "m"}, "date": f"2021-06-{day}T00:00:00Z", "value": {"amount": amount, "currency": currency}}

    due = {"dueDate": "2021-06-20T00:00:00Z", "value": {"amount": 1000, "currency": "CNY"}}
    told = {name: paid(due | more, transactions=parts) for name, more, parts in (
        ("part", {}, [part(25, 200), part(18, 300)]), ("whole", {}, [part(24, 700), part(18, 300), part(28, 5)]),
        ("nearly", {}, [part(18, 999)]), ("stated", {"dateMet": "2021-06-19T00:00:00Z"}, [part(25, 200)]),
        ("foreign", {}, [part(25, 200, "USD")]))}
    assert {name: (one.state, one.days_late, one.in_time, one.left, str(one.interest)) for name, one in told.items()} == {
        "part": ("overdue", 10, 300, 500, "3.00"), "whole": ("late", 4, 300, 0, "1.40"), "nearly": ("overdue", 10, 999, 1, "0.01"),
        "stated": ("paid", 0, 1000, 0, "0.00"), "foreign": ("late", 5, 0, 0, "2.50")}
    figures = payments.figures([], told.values(), on=date(2021, 6, 30), signing_days=law.signing_days, veto_days=5)
    assert (figures.due, figures.paid, figures.owed_small, figures.vetoes) == (5000, 2599, 501, 2)


def test_figures_over_nothing_are_not_zero() -> None:
    empty = payments.figures([], [], on=date(2021, 1, 1), signing_days=law.signing_days, veto_days=60)
    assert (empty.signed_rate, empty.paid_rate, empty.owed_small) == (None, None, Decimal(0))
    award = {"awards": [{"id": "a", "status": "active", "date": "2021-01-01T00:00:00Z"}]}
    signed = {**award, "contracts": [{"awardID": "a", "dateSigned": "2021-02-05T00:00:00Z"}]}
    told = [payments.figures([one], [], on=on, signing_days=law.signing_days, veto_days=60).signed_rate
            for one, on in ((award, date(2021, 1, 20)), (award, date(2021, 3, 1)), (signed, date(2021, 3, 1)))]
    assert told == [None, 0.0, 0.0], "not yet due; never signed; signed after 35 days"


def test_the_rate_is_dated() -> None:
    assert law.interest_per_day(date(2020, 9, 1)) == Decimal("0.0005")
    assert law.signing_days(date(2018, 1, 1)) == 30
