"""A delivery becomes records once, whole or not at all."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ximu.ideas.ledger.queries.tree import entries_between, head
from ximu.ideas.ledger.rules import claimed_form, commitment
from ximu.ideas.records import queries, services
from ximu.ideas.records.models import Step, Version
from ximu.ideas.records.rules.delivery import LENGTHS
from ximu.ideas.records.services import admission, bulk
from ximu.ideas.records.tests.factories import CLERK, REVIEWER, T0, WholeView, deliver, row
from ximu.kernel.canonical import canonical
from ximu.kernel.refusal import Refusal

pytestmark = [pytest.mark.django_db, pytest.mark.row("M1.2")]
SLOW = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))


def counts(done: services.Admission) -> tuple[int, ...]:
    return (done.new, done.corrected, done.same, done.second_source, done.barred)


def test_it_adds_records_and_a_replay_adds_nothing() -> None:
    rows = [row(f"示罚〔2018〕{n}号", {"a": '引"号\\\t行'}, line=n) for n in range(1, 6)]
    first = deliver(rows)
    assert counts(first) == (5, 0, 0, 0, 0)
    again = deliver(rows, at=T0 + timedelta(days=1), batch="batch2")
    assert counts(again) == (0, 0, 5, 0, 0)
    assert sorted(again.lines["number"]) == sorted(first.lines["number"])
    assert Version.objects.count() == 5


def test_a_correction_keeps_both_versions_and_begins_anew() -> None:
    number = deliver([row("k", {"money": 50000})]).lines["number"][0]
    done = deliver([row("k", {"money": 5000})], at=T0 + timedelta(days=1))
    assert (counts(done), done.lines["number"][0]) == ((0, 1, 0, 0, 0), number)
    assert list(Version.objects.order_by("version").values_list("version", "newest")) == [(1, False), (2, True)]
    assert counts(deliver([row("k", {"money": 50000})], at=T0 + timedelta(days=2))) == (0, 0, 1, 0, 0)


def test_the_same_fact_from_another_source_is_one_record_with_two_sources() -> None:
    deliver([row("k")])
    assert counts(deliver([row("k")], source="court00000000001")) == (0, 0, 0, 1, 0)
    assert counts(deliver([row("k")], source="court00000000001")) == (0, 0, 1, 0, 0)
    assert (Version.objects.count(), Step.objects.filter(what="source").count()) == (1, 1)


def test_two_contents_of_one_key_in_one_delivery_are_two_versions() -> None:
    done = deliver([row("k", {"n": 1}), row("k", {"n": 1}), row("k", {"n": 2})])
    assert list(done.lines["outcome"]) == ["new", "same", "corrected"]
    assert list(Version.objects.order_by("version").values_list("version", "newest")) == [(1, False), (2, True)]


def test_what_was_revoked_does_not_come_back() -> None:
    number = deliver([row("k")]).lines["number"][0]
    services.revoke(number, reason="复议撤销", by=REVIEWER, at=T0)
    assert counts(deliver([row("k", {"n": 2})], at=T0 + timedelta(days=1))) == (0, 0, 0, 0, 1)


@SLOW
@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 2)), min_size=1, max_size=20), st.randoms(use_true_random=False))
def test_admission_does_not_depend_on_repetition_and_order(pairs: list[tuple[int, int]], shuffle: random.Random) -> None:
    Version.objects.all().delete()
    rows = [row(f"k{key}", {"n": content}) for key, content in pairs]
    again = rows + rows
    shuffle.shuffle(again)
    deliver(rows)
    before = set(Version.objects.values_list("natural_key", "digest"))
    assert counts(deliver(again))[:2] == (0, 0)
    assert set(Version.objects.values_list("natural_key", "digest")) == before == {(r["natural_key"], r["digest"]) for r in rows}
    assert Version.objects.filter(newest=True).count() == len({key for key, _ in pairs})


@pytest.mark.parametrize(("change", "code"), [
    ({"event_date": date(2016, 1, 1)}, "LIST-NONE"), ({"subject": "company000000001"}, "SUBJ-KIND"), ({"subject": ""}, "SUBJ-KIND"),
    ({"digest": ""}, "EVID-DIGEST"), ({"digest": "xyz"}, "EVID-DIGEST"), ({"family": ""}, "FIELD-NEED"),
    ({"event_date": date(2018, 5, 8)}, "TIME-FUTURE"), ({"natural_key": ""}, "FIELD-NEED"),
    ({"authority": "局" * 201}, "FIELD-LEN"),
])
def test_there_is_no_record_without_its_parts(change: dict[str, object], code: str) -> None:
    with pytest.raises(Refusal) as refused:
        deliver([row("good"), row("k", **change)])
    assert refused.value.code == code
    assert not Version.objects.exists()


def test_an_item_outside_the_edition_is_refused() -> None:
    for names in ({"item": "XX"}, {"edition": "2017-1"}):
        with pytest.raises(Refusal) as refused:
            deliver([row("k")], **names)
        assert refused.value.code == "LIST-NONE"


def test_a_document_that_is_not_final_is_held() -> None:
    done = deliver([row("k", final=False, final_date=date(2018, 6, 1)), row("l", final=True, final_date=date(2018, 5, 1))])
    assert done.held == 1
    number = done.lines["number"][0]
    with pytest.raises(Refusal) as refused:
        services.check(number, by=REVIEWER, at=T0)
    assert refused.value.code == "FIN-OPEN"
    with pytest.raises(Refusal) as refused:
        services.confirm_final(number, by=REVIEWER, at=T0)
    assert refused.value.code == "FIN-EARLY"
    assert services.confirm_final(number, by=REVIEWER, at=T0 + timedelta(days=30)) == 1


def test_the_column_wise_evidence_equals_the_canonical_object() -> None:
    odd = '控制\x01\u2028"引\\号\x7f\t😀'
    deliver([row("k1", {"a": odd}, authority=odd, end_date=None, line=7), row("k2", grade="")])
    for index, entry, label in queries.provider(0, 10):
        version = Version.objects.get(log_index=index)
        assert version.number in label
        assert b'"kind":"record.sealed"' in entry
        assert commitment(b"\x00" * 32, {}).encode() not in entry
    assert [e for e in verify_differences() if e] == []


def verify_differences() -> list[str]:
    from_log = {i: claimed_form(entry) for i, entry in logged()}
    return [label for index, entry, label in queries.provider(0, 10_000) if from_log.get(index) != entry]


def logged() -> list[tuple[int, bytes]]:
    return list(entries_between(0, head().size))


def test_it_reads_through_a_view_only() -> None:
    deliver([row("k")])
    found = queries.records_of("unit000000000001", view=WholeView(), known_at=T0)
    assert found.total == 1
    assert queries.records_of("unit000000000001", view=WholeView(frozenset()), known_at=T0).total == 0


def test_the_lengths_checked_are_those_of_the_table() -> None:
    assert {name: Version._meta.get_field(name).max_length for name in LENGTHS} == LENGTHS


def test_an_empty_delivery_passes_the_gate_and_adds_nothing() -> None:
    frame = pl.DataFrame([row("k")]).clear()
    words = {"edition": "2018-1", "source": "unit000000000009", "batch": "b", "by": CLERK, "at": T0}
    assert services.admit(frame, item="CF", **words).lines.is_empty()
    with pytest.raises(Refusal):
        services.admit(frame, item="XX", **words)


def test_two_writers_of_one_key_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    deliver([row("k")])
    monkeypatch.setattr(admission, "_known", lambda keys: pl.DataFrame(schema=admission._KNOWN))
    with pytest.raises(Refusal) as refused:
        deliver([row("k")])
    assert refused.value.code == "REC-RACE"


def test_every_column_comes_back_as_it_went_in() -> None:
    texts = ["", "甲\t乙\n\\N", "'\"$x", "𠮷" * 10]
    days = [date(1900, 1, 1), date(1999, 12, 31), date(2000, 1, 1), date(2199, 12, 31)]
    at = datetime(1999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)
    rows = [{
        "log_index": 7 * 10 ** n, "number": f"{n:013}", "version": 1, "newest": n % 2 == 0, "state": "draft", "entered": "held", "by": text,
        "item": "CF", "edition": "2018-1", "key": f"{n:032x}", "natural_key": text, "digest": "d" * 64, "kind": "body", "subject": "s",
        "family": "f", "behaviour": text, "grade": "", "document_number": text, "authority": text, "event_date": day,
        "end_date": None if n % 2 else day, "decision_date": None, "final_date": day, "source": "s", "batch": "b", "line": 2 ** 31 - 1 - n,
        "payload": canonical({"a": text}).decode(), "salt": bytes([n]) * 32, "commitment": "",
    } for n, (text, day) in enumerate(zip(texts, days), 1)]
    frame = pl.DataFrame(rows, schema_overrides={"decision_date": pl.Date, "end_date": pl.Date})
    frame = frame.with_columns(bulk.stamp(at).alias("known_at"), version=pl.col("version").cast(pl.Int64))
    bulk.write(Version, bulk.block(frame, bulk.kinds_of(Version)))
    for row_, found in zip(rows, Version.objects.order_by("log_index")):
        told = {name: getattr(found, name) for name in row_} | {"key": found.key.hex, "salt": bytes(found.salt)}
        assert (told, found.known_at) == (row_, at)
