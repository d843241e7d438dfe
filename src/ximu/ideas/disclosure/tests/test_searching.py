"""Every word of what is public is found, of any length; nothing else is; what is erased leaves no token behind."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from ximu.ideas.disclosure import queries
from ximu.ideas.disclosure.models import Publication
from ximu.ideas.disclosure.queries import finding
from ximu.ideas.disclosure.rules import grams
from ximu.ideas.disclosure.services import indexing

pytestmark = [pytest.mark.row("M1.3")]
DAY = date(2018, 8, 1)
TEXTS = ("示例市财政局\n罚款伍万元\n示罚〔2018〕7号", "示例市环保局\n未按采购合同支付款项 ABC-12", "甲\n区 政府 20180301", "全角ＡＢＣ与半角abc")


def opened(words: str, *, number: int, family: str = "penalty", subject: str = "unit000000000001", on: date = date(2018, 3, 1)) -> Publication:
    """A row as `approve` leaves it, without the rest of the house."""
    row = Publication.objects.create(
        uid=f"p{number:015}", number=f"N{number:012}", version=1, item="CF", family=family, subject=subject, event_date=on, stage="pilot", basis="",
        note="", fields=[], policy="1", closes_on=date(2030, 1, 1), state="open", proposed_at="2018-05-01T00:00Z", proposed_by="a",
        decided_at="2018-05-02T00:00Z", decided_by="b", body='{"record":"x"}', words=words, salt=b"s", commitment="c", log_index=number)
    indexing.found_from_now(row)
    return row


def keys(text: str, **chosen: Any) -> list[int]:
    return [one.pk for one in finding.hits(text, finding.Narrowed(**chosen), on=DAY)[0]]


@pytest.mark.django_db
def test_words_of_one_two_and_many_characters_are_found() -> None:
    rows = [opened(text, number=n) for n, text in enumerate(TEXTS, 1)]
    pk = [row.pk for row in rows]
    for text, found in (("罚", pk[:1]), ("罚款", pk[:1]), ("罚款伍万元", pk[:1]), ("示例市", [pk[1], pk[0]]), ("〔2018〕7", pk[:1]), ("元示", []),
                        ("abc", [pk[3], pk[1]]), ("ＡＢＣ－12", pk[1:2]), ("甲区", []), ("甲 政府", pk[2:3]), ("局 号", pk[:1]), ("局", [pk[1], pk[0]]),
                        ("%", []), ("_", []), ("\\", []), ('"', []), ("罚款 OR 采购", []), ("x" * 100, []), ("号", pk[:1])):
        assert keys(text) == found, text
    assert keys(" ") == []


@pytest.mark.django_db
def test_the_choices_narrow_before_the_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many newer hits do not hide the older one that the reader asks for."""
    monkeypatch.setattr(finding, "MOST_HITS", 3)
    wanted = opened("罚款", number=1, family="judgment", subject="unit000000000002", on=date(2016, 5, 1))
    for n in range(2, 8):
        opened("罚款", number=n)
    found, more = finding.hits("罚款", finding.Narrowed(), on=DAY)
    assert (len(found), more, wanted.pk in {one.pk for one in found}) == (3, True, False)
    for chosen in ({"family": "judgment"}, {"year": 2016}, {"subjects": ("unit000000000002",)}, {"outside": ("unit000000000001",)}):
        assert keys("罚款", **chosen) == [wanted.pk], chosen
    assert keys("罚款", subjects=()) == []
    assert keys("罚款", family='x" OR words:"') == []
    seen = queries.public_facets("罚款", on=DAY)
    assert seen["family"] == [("judgment", None), ("penalty", None)], "too many to count: the values, without a number"
    assert queries.public_facets("罚款", on=DAY, family="judgment")["year"] == [(2016, 1)]


@pytest.mark.django_db
def test_what_ended_or_was_erased_is_not_found() -> None:
    row, other = opened("罚款伍万元", number=1), opened("罚款陆万元", number=2)
    indexing.found_no_more([row])
    Publication.objects.filter(pk=row.pk).update(state="closed", words="", body="", closed_at="2018-06-01T00:00Z", closed_by="a", closed_index=9)
    indexing.forget_for_good()
    assert keys("伍万") == [] and keys("罚款") == [other.pk]
    if connection.vendor == "sqlite":
        token = grams.document("伍万").split()[0].encode()
        with connection.cursor() as cursor:
            cursor.execute("SELECT block FROM disclosure_found_data")
            assert not any(token[2:] in bytes(block) for (block,) in cursor.fetchall()), "no deleted token is left in the index"


@pytest.mark.django_db
def test_counts_are_asked_again_when_something_public_changes() -> None:
    opened("罚款", number=1)
    assert queries.public_search(on=DAY)["total"] == 1
    last = opened("罚款", number=2)
    assert queries.public_search(on=DAY)["total"] == 2
    Publication.objects.filter(pk=last.pk).update(state="closed", words="", body="", closed_at="2018-06-01T00:00Z", closed_by="a", closed_index=9)
    assert queries.public_search(on=DAY)["total"] == 1
    assert queries.public_facets(on=DAY)["year"] == [(2018, 1)]
    assert queries.public_search(on=date(2031, 1, 1))["total"] == 0


@given(st.text(min_size=1, max_size=12), st.text(max_size=30))
def test_pairs_hold_exactly_what_a_search_by_eye_holds(term: str, text: str) -> None:
    """`phrase` in `document` if and only if the plain term is part of a plain part of the text (for one term without blanks)."""
    wanted = grams.terms(term)
    if len(wanted) != 1:
        return
    [one] = wanted
    tokens = f" {grams.document(text)} "
    asked = grams.phrase(one)
    held = f" {asked[:-1]}" in tokens if asked.endswith("*") else f" {asked.strip(chr(34))} " in tokens
    assert held == any(one in part for part in grams.terms(text))
