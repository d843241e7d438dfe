"""Supervision slips: the office's running number of the year, in the letter, in the steps, told to the head of the unit."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from ximu.ideas.casework import queries, services
from ximu.ideas.casework.models import Case, Slip, Telling
from ximu.ideas.casework.rules import Given
from ximu.ideas.casework.services import Opening, slips
from ximu.ideas.casework.tests.factories import ALL, CLERK, COORDINATOR, OFFICE, SOURCE, STRANGER, T0, person
from ximu.ideas.ledger import queries as ledger
from ximu.kernel.refusal import Refusal

pytestmark = [pytest.mark.django_db, pytest.mark.row("M2.2")]
CHIEF = person("chief", OFFICE, ALL | {"casework.supervise"}, city=True)


def code_of(call: Any, *args: Any, **words: Any) -> str:
    with pytest.raises(Refusal) as caught:
        call(*args, **words)
    return caught.value.code


def asked(about: str) -> str:
    return services.open_case("inquiry", opening=Opening(about=about, source=SOURCE), given=Given("请核实"), by=COORDINATOR, at=T0)


def test_slips_are_numbered_in_a_row_within_office_and_year() -> None:
    one, two = asked("A"), asked("B")
    told = {"reason": "请于三日内答复", "by": CHIEF}
    assert services.issue_slip(one, at=T0, **told) == "诚督〔2018〕1号"
    assert services.issue_slip(two, at=T0, **told) == "诚督〔2018〕2号"
    assert services.issue_slip(one, at=T0 + timedelta(days=1), **told) == "诚督〔2018〕3号", "a second slip for the same case"
    assert services.issue_slip(one, at=T0.replace(year=2019), **told) == "诚督〔2019〕1号"
    seen = queries.case(one, actor=CHIEF, at=T0)
    letter = queries.letter_of(seen, "supervision", on=T0.date())
    assert letter.number == "诚督〔2019〕1号"
    assert any("请于三日内答复" in p.text for p in letter.paragraphs)
    assert Telling.objects.filter(what="supervised", post="head", unit=SOURCE).count() == 4
    assert [s.verb.zh for s in seen.steps] == ["提出", "督办", "督办", "督办"]
    assert ledger.verify_log().ok


@pytest.mark.parametrize("change", [
    lambda slip: Slip.objects.filter(pk=slip.pk).update(serial=7),
    lambda slip: Slip.objects.filter(pk=slip.pk).update(to="elsewhere"),
    lambda slip: slip.delete(),
])
def test_a_slip_that_was_altered_or_taken_away_is_named(change: Any) -> None:
    services.issue_slip(asked("A"), reason="x", by=CHIEF, at=T0)
    slip = Slip.objects.get()
    change(slip)
    found = ledger.verify_log()
    assert [(one.what, one.index) for one in found.findings] == [("record-altered", slip.log_index)]


def test_a_slip_that_nobody_issued_is_named() -> None:
    case = asked("A")
    services.issue_slip(case, reason="x", by=CHIEF, at=T0)
    slip, opened = Slip.objects.get(), Case.objects.get(uid=case).steps.order_by("log_index").first()
    assert opened
    Slip.objects.create(case=slip.case, office=slip.office, year=2018, serial=2, to=slip.to, by=slip.by, at=T0, log_index=opened.log_index)
    assert [(one.what, one.index) for one in ledger.verify_log().findings] == [("record-foreign", opened.log_index)]


def test_a_serial_that_somebody_took_is_not_given_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two officers read the same last number: the second is refused by the table and numbered anew."""
    case = asked("A")
    services.issue_slip(case, reason="x", by=CHIEF, at=T0)
    real, stale = slips._last, [0]
    monkeypatch.setattr(slips, "_last", lambda office, year: stale.pop() if stale else real(office, year))
    assert services.issue_slip(case, reason="x", by=CHIEF, at=T0) == "诚督〔2018〕2号"
    assert sorted(Slip.objects.values_list("serial", flat=True)) == [1, 2]
    monkeypatch.setattr(slips, "_last", lambda office, year: 0)
    assert code_of(services.issue_slip, case, reason="x", by=CHIEF, at=T0) == "STATE-RACE"


def test_who_may_not_issue_one() -> None:
    case = asked("A")
    assert code_of(services.issue_slip, case, reason=" ", by=CHIEF, at=T0) == "REASON"
    assert code_of(services.issue_slip, case, reason="x", by=CLERK, at=T0) == "PERM-DENIED"
    assert code_of(services.issue_slip, "nothing", reason="x", by=CHIEF, at=T0) == "CASE-NONE"
    own = person("own", SOURCE, ALL | {"casework.supervise"}, city=True)
    assert code_of(services.issue_slip, case, reason="x", by=own, at=T0) == "SLIP-OWN"
    far = person("far", STRANGER.unit or "", frozenset({"casework.supervise"}))
    assert code_of(services.issue_slip, case, reason="x", by=far, at=T0) == "CASE-NONE"
    services.move(case, "answer", given=Given("已核实"), by=CLERK, at=T0)
    services.move(case, "close", given=Given("办结"), by=person("closer", OFFICE, ALL, city=True), at=T0)
    assert code_of(services.issue_slip, case, reason="x", by=CHIEF, at=T0) == "STATE-EDGE"
    assert Slip.objects.count() == 0
