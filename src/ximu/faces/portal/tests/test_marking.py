"""Hits are marked wherever they stand, and the text stays what it was."""

from __future__ import annotations

import pytest
from django.template import Context, Template
from hypothesis import given
from hypothesis import strategies as st

from ximu.faces.portal.marking import marked

pytestmark = pytest.mark.row("M1.3")


@pytest.mark.parametrize(("text", "words", "hits"), [
    ("示罚〔2018〕7号", "2018", ["2018"]), ("示例市示例局", "示例", ["示例", "示例"]), ("ＡＢＣ与abc", "Abc", ["ＡＢＣ", "abc"]),
    ("罚款伍万元，责令改正", "改正 罚款", ["罚款", "改正"]), ("aaa", "aa", ["aaa"]), ("甲", "乙", []), ("甲", " ", []), ("㈱甲", "株", ["㈱"]),
])
def test_every_occurrence_of_every_part(text: str, words: str, hits: list[str]) -> None:
    assert [piece for piece, found in marked(text, words) if found] == hits


@given(st.text(max_size=40), st.text(max_size=6))
def test_the_pieces_are_the_text(text: str, words: str) -> None:
    assert "".join(piece for piece, _ in marked(text, words)) == text


def test_hostile_words_are_never_markup() -> None:
    made = Template("{% load portal %}{% hit text %}").render(Context({"q": "<b>", "text": "甲<b>乙</b>"}))
    assert made == "甲<mark>&lt;b&gt;</mark>乙&lt;/b&gt;"
