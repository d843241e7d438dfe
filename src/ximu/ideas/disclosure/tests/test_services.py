"""Nothing becomes public by one person, too early, with personal data, or for longer than allowed; every other read leaves a trace."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from ximu.ideas.disclosure import queries, services
from ximu.ideas.disclosure.models import Publication, Use
from ximu.ideas.disclosure.services import looking
from ximu.ideas.disclosure.tests import factories as f
from ximu.ideas.disclosure.tests.factories import DAY, LATER, T0, UNIT
from ximu.ideas.ledger import queries as ledger
from ximu.ideas.records import queries as record_queries
from ximu.ideas.records import services as records
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import SYSTEM, Actor
from ximu.kernel.canonical import canonical
from ximu.kernel.refusal import Refusal
from ximu_verify import bundle as verifier

pytestmark = [pytest.mark.django_db, pytest.mark.row("M1.3")]


@pytest.fixture(autouse=True)
def city(monkeypatch: pytest.MonkeyPatch) -> None:
    f.connect(monkeypatch)


def code_of(call: Any, *args: Any, **words: Any) -> str:
    with pytest.raises(Refusal) as refused:
        call(*args, **words)
    return refused.value.code


def publication_of(number: str) -> str:
    return Publication.objects.get(number=number).uid


def test_two_people_open_a_record_and_the_public_reads_only_the_chosen_fields() -> None:
    number = f.effective()
    assert code_of(queries.public_record, number, on=DAY) == "REC-NONE"
    row = services.propose(number, terms=f.terms(), by=f.PUBLISHER, at=LATER)
    assert code_of(services.approve, row.uid, by=f.PUBLISHER, at=LATER) == "DUAL"
    assert code_of(services.refuse, row.uid, reason="x", by=f.PUBLISHER, at=LATER) == "DUAL"
    assert code_of(services.propose, number, terms=f.terms(), by=f.REVIEWER, at=LATER) == "PUB-TWICE"
    services.approve(row.uid, by=f.COORDINATOR, at=LATER)
    assert code_of(services.approve, row.uid, by=f.COORDINATOR, at=LATER) == "PUB-STATE"
    seen = queries.public_record(number, on=DAY)
    assert seen["fields"] == {"CF_WSH": "示罚〔2018〕1号", "CF_NR": "罚款伍万元", "decision_date": "2018-03-20"}
    assert (seen["stage"], seen["policy"], seen["closes_on"]) == ("pilot", "2017-10-01", "2019-03-20")
    everything = repr([queries.public_search("", on=DAY), queries.public_unit_page([UNIT], on=DAY), seen])
    for secret in ("王小明", "11010519491231002X", "13812345678", "内部说明"):
        assert secret not in everything


def test_it_is_too_early_until_the_record_has_taken_effect() -> None:
    number = f.deliver()
    assert code_of(services.propose, number, terms=f.terms(), by=f.REVIEWER, at=T0) == "DISC-EARLY"
    records.check(number, by=f.REVIEWER, at=T0)
    records.notify(number, served_at=T0, manner="信函", by=f.REVIEWER, at=T0)
    assert code_of(services.propose, number, terms=f.terms(), by=f.REVIEWER, at=LATER) == "DISC-EARLY"


@pytest.mark.parametrize(("content", "code"), [
    ({"CF_NR": "机密★10年"}, "DISC-SECRET"), ({"BZ": "秘密"}, "DISC-SECRET"), ({"CF_NR": "绝 密 ★"}, "DISC-SECRET"),
    ({"BZ": "当事人系未成年人"}, "DISC-PII"), ({"CF_NR": "泄露商业秘密，处罚"}, ""),
])
def test_a_mark_of_secrecy_or_a_minor_closes_the_whole_record(content: dict[str, str], code: str) -> None:
    number = f.effective(payload=canonical({**f.PAYLOAD, **content}).decode())
    if code:
        assert code_of(services.propose, number, terms=f.terms(), by=f.REVIEWER, at=LATER) == code
    else:
        assert services.propose(number, terms=f.terms(), by=f.REVIEWER, at=LATER)


@pytest.mark.parametrize(("change", "code"), [
    ({"fields": ["CF_WSH", "CF_FRDB"]}, "DISC-PII"), ({"fields": ["CF_SY"]}, "DISC-PII"), ({"fields": ["BZ"]}, "DISC-CLOSED"),
    ({"fields": ["nothing"]}, "DISC-CLOSED"), ({"fields": []}, "REASON"), ({"note": " "}, "REASON"), ({"basis": ""}, "REASON"),
    ({"stage": "now"}, "DISC-STAGE"), ({"closes_on": date(2019, 3, 21)}, "DISC-PERIOD"), ({"closes_on": date(2018, 6, 20)}, "DISC-PERIOD"),
])
def test_terms_that_the_policy_does_not_allow_are_refused(change: dict[str, Any], code: str) -> None:
    assert code_of(services.propose, f.effective(), terms=f.terms(**change), by=f.REVIEWER, at=LATER) == code
    assert not Publication.objects.exists()


def test_minor_breaches_and_discipline_are_not_published() -> None:
    minor = f.effective("轻", grade="轻微")
    assert code_of(services.propose, minor, terms=f.terms(fields=["CF_WSH"]), by=f.REVIEWER, at=LATER) == "DISC-PERIOD"
    man = f.effective("纪", item="JL-CF", family="discipline", subject=f.MAN)
    assert code_of(services.propose, man, terms=f.terms(fields=["family"]), by=f.REVIEWER, at=LATER) == "LIST-APPLY"


def test_it_closes_by_itself_on_its_day() -> None:
    number = f.opened()
    last = date(2019, 3, 20)
    assert queries.public_record(number, on=last)["record"] == number
    assert code_of(queries.public_record, number, on=last + timedelta(days=1)) == "REC-NONE"
    assert services.close_due(by=SYSTEM, at=LATER + timedelta(days=400)) == 1
    assert Publication.objects.get().body == ""


def test_repair_and_correction_end_the_publication(django_capture_on_commit_callbacks: Any) -> None:
    one, two = f.opened("一"), f.opened("二")
    at = LATER + timedelta(days=1)
    with django_capture_on_commit_callbacks(execute=True):
        records.repair(one, proof="履行证明", by=f.REVIEWER, at=at)
        f.deliver("二", at=at, grade="严重", digest="0" * 64)
    assert set(Publication.objects.values_list("state", flat=True)) == {"closed"}
    assert queries.public_search(on=DAY)["total"] == 0
    assert code_of(queries.public_record, two, on=DAY) == "REC-NONE"


def test_a_proposal_made_before_a_change_is_stale() -> None:
    number = f.effective()
    row = services.propose(number, terms=f.terms(), by=f.REVIEWER, at=LATER)
    Publication.objects.update(version=9)
    assert code_of(services.approve, row.uid, by=f.PUBLISHER, at=LATER) == "PUB-STALE"
    services.refuse(row.uid, reason="待补正", by=f.PUBLISHER, at=LATER)
    assert Publication.objects.get().state == "refused"
    assert code_of(services.close, row.uid, reason="x", by=f.PUBLISHER, at=LATER) == "PUB-STATE"
    assert code_of(queries.publication, "nothing") == "PUB-NONE"


def test_hidden_records_change_no_byte_of_what_the_public_reads() -> None:
    f.opened()
    def world() -> str:
        return repr([queries.public_search("", on=DAY), queries.public_search("罚款", on=DAY), queries.public_unit_page([UNIT], on=DAY)])
    before = world()
    hidden = f.effective("另一件")
    f.deliver("第三件")
    services.propose(hidden, terms=f.terms(), by=f.REVIEWER, at=LATER)
    assert world() == before


def test_the_bundle_of_a_published_record_verifies_offline_and_shows_only_what_is_public() -> None:
    number = f.opened()
    made = queries.public_bundle(number, on=DAY)
    raw = ledger.bundle_bytes(made)
    report = verifier.verify_bundle(raw, [ledger.key()])
    assert report.trusted
    assert "王小明".encode() not in raw
    with pytest.raises(verifier.BundleError):
        verifier.verify_bundle(raw.replace("伍".encode(), "陆".encode()), [ledger.key()])
    assert made["disclosed"]["payload"]["fields"]["CF_NR"] == "罚款伍万元"


def test_the_log_is_re_derived_and_an_altered_publication_is_named() -> None:
    services.close(publication_of(f.opened()), reason="复核", by=f.PUBLISHER, at=LATER)
    number = f.opened("二")
    assert ledger.verify_log().findings == []
    Publication.objects.filter(state="open").update(stage="full")
    first = ledger.verify_log().first
    assert first is not None
    assert number in first.label


def test_without_a_purpose_nothing_is_read() -> None:
    number = f.effective()
    for purpose in ("", "curiosity", "appointment"):
        assert code_of(services.look, number, by=f.SUPERVISOR, purpose=purpose, at=LATER) == "PURPOSE"
    assert code_of(services.look, number, by=Actor("nobody"), at=LATER) == "PERM-DENIED"
    assert not Use.objects.exists()


def test_each_use_leaves_a_trace_that_the_subject_sees() -> None:
    number = f.effective()
    services.look(number, by=f.SUPERVISOR, purpose="supervision", at=LATER)
    services.look_archive([UNIT], by=f.COORDINATOR, purpose="assessment", at=LATER)
    services.look(number, by=f.SUBJECT, at=LATER)
    uses, total = queries.uses_of([UNIT], by=f.SUBJECT)
    assert (total, [(u.role, u.purpose) for u in uses]) == (2, [("coordinator", "assessment"), ("supervisor", "supervision")])
    assert code_of(queries.uses_of, ["unit000000000002"], by=f.SUBJECT) == "PERM-DENIED"


def test_who_delivered_sees_by_which_office_and_for_what_it_was_read() -> None:
    number, clerk = f.effective(), f.person("clerk", "entry", f.SOURCE)
    services.look(number, by=f.person("auditor", "supervisor"), purpose="audit", at=LATER)
    services.look(number, by=clerk, at=LATER)
    [seen] = queries.uses_of_sent(f.SOURCE, by=clerk)
    assert (seen.number, seen.role, seen.purpose) == (number, "supervisor", "audit"), "its own reads are not told"
    assert not hasattr(seen, "actor"), "never by person"
    other = f.person("far", "entry", "unit000000000002")
    assert queries.uses_of_sent("unit000000000002", by=other) == []
    assert code_of(queries.uses_of_sent, f.SOURCE, by=other) == "PERM-DENIED"


def test_each_role_gets_its_own_picture() -> None:
    number = f.effective()
    fields = {}
    for by, purpose in ((f.SUPERVISOR, "audit"), (f.SUBJECT, ""), (f.COORDINATOR, ""), (f.CLERK, "")):
        _, found = services.look(number, by=by, purpose=purpose, at=LATER)
        fields[by.uid] = {one.name: (one.outcome, one.value) for one in found.versions[-1][2]}
    assert fields["supervisor"]["CF_FRDB"] == ("masked", "王**")
    assert fields["coordinator"]["CF_FR_ZJHM"] == ("absent", None)
    assert fields["supervisor"]["batch"] == ("absent", None)
    assert fields["subject"]["CF_FRDB"] == ("shown", "王小明")
    assert fields["subject"]["CF_FR_ZJHM"] == ("absent", None)
    assert fields["clerk"]["CF_FR_ZJHM"] == ("shown", "11010519491231002X")


def test_a_purpose_with_a_ground_opens_nothing_without_it(monkeypatch: pytest.MonkeyPatch) -> None:
    number = f.effective("纪", item="JL-CF", family="discipline", subject=f.MAN)
    asked: list[tuple[list[str], str]] = []
    monkeypatch.setitem(looking._grounds, "appointment", lambda subjects, purpose, by, at: asked.append((list(subjects), purpose)) or False)
    assert code_of(services.look, number, by=f.COURT, purpose="appointment", at=LATER) == "PURPOSE"
    assert code_of(services.look_archive, [f.MAN], by=f.COURT, purpose="appointment", at=LATER) == "PURPOSE"
    assert asked == [([f.MAN], "appointment")] * 2 and not Use.objects.exists()


def test_a_record_outside_ones_reach_does_not_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(looking._grounds, "appointment", lambda subjects, purpose, by, at: True)
    number = f.effective("纪", item="JL-CF", family="discipline", subject=f.MAN)
    other = f.person("other", "entry", "unit000000000008")
    assert code_of(services.look, number, by=other, at=LATER) == "REC-NONE"
    assert code_of(services.look, number, by=f.SUPERVISOR, purpose="audit", at=LATER) == "REC-NONE"
    assert code_of(services.look, number, by=f.COORDINATOR, at=LATER) == "REC-NONE"
    _, found = services.look(number, by=f.COURT, purpose="appointment", at=LATER)
    assert found.number == number
    records.flag(number, case="YY-9", by=f.REVIEWER, at=LATER)
    records.repair(number, proof="证明", by=f.REVIEWER, at=LATER)
    assert code_of(services.look, number, by=f.COURT, purpose="appointment", at=LATER) == "REC-NONE"


def test_explanations_name_outcome_rule_and_law_and_no_value() -> None:
    number = f.effective()
    told = queries.explain_as(number, "public", at=LATER)
    lines = {line["field"]: line for line in told["fields"]}
    assert (lines["CF_FRDB"]["outcome"], lines["CF_FRDB"]["rule"]) == ("absent", "P5")
    assert (lines["CF_NR"]["outcome"], lines["CF_NR"]["rule"]) == ("shown", "P7")
    assert "王小明" not in repr(told)
    assert code_of(queries.explain_as, number, "emperor", at=LATER) == "ROLE-NONE"


def test_the_unit_page_says_why_a_family_is_not_shown_whatever_lies_there() -> None:
    page = queries.public_unit_page([UNIT], on=DAY)
    reasons = {one["family"]: (one["public"], one["rule"]) for one in page["families"]}
    assert reasons["discipline"] == (False, "P2")
    assert reasons["penalty"] == (True, "P7")
    assert page["never"][0]["rule"] == "P1"


def test_other_rooms_publish_through_one_registry() -> None:
    queries.register_public("test-plan", lambda view, year: {"year": year, "view": view.name})
    assert queries.published("test-plan", year=2018) == {"year": 2018, "view": "public"}
    assert code_of(queries.published, "nothing") == "PUB-NONE"
    with pytest.raises(ValueError, match="test-plan"):
        queries.register_public("test-plan", print)


def test_the_kernels_question_is_answered() -> None:
    assert queries.PUBLIC.allows("CF", "document_number", "effective")
    assert not queries.PUBLIC.allows("CF", "document_number", "draft")
    assert not queries.PUBLIC.allows("JL-CF", "document_number", "effective")
    assert record_queries.records_of(UNIT, view=queries.PUBLIC, known_at=LATER).total == 0
    assert registry.name("unknown", as_of=DAY) == "unknown"
