"""How is Chinese text found without a dictionary? By pairs of neighbouring characters: complete for every word, of any length.

A dictionary tokenizer misses words that it cuts otherwise, and trigrams find no word of two characters.
"""

from __future__ import annotations

import unicodedata
from itertools import pairwise

WIDTH = 5
"""Hexadecimal digits of one code point."""
END = "0" * WIDTH


def plain(text: str) -> str:
    """Unicode NFKC in lower case: full-width and half-width forms are one."""
    return unicodedata.normalize("NFKC", text).lower()


def terms(query: str) -> list[str]:
    """What a reader asks for: each part between blanks must be found."""
    return plain(query).replace("\x00", " ").split()


def document(text: str) -> str:
    """The text as tokens: one for each pair of neighbours, and one that closes each part, so that no pair spans a blank."""
    tokens: list[str] = []
    for part in terms(text):
        codes = [f"{ord(char):0{WIDTH}x}" for char in part]
        tokens += [here + following for here, following in zip(codes, [*codes[1:], END], strict=True)]
    return " ".join(tokens)


def phrase(term: str) -> str:
    """The FTS5 expression for one term: its pairs in a row; a single character is the beginning of a pair."""
    codes = [f"{ord(char):0{WIDTH}x}" for char in term]
    if len(codes) == 1:
        return f"{codes[0]}*"
    return '"' + " ".join(here + following for here, following in pairwise(codes)) + '"'


def pairs(term: str) -> list[str]:
    """For an index of sets: the pairs of one term, or the single character."""
    return sorted({term[place:place + 2] for place in range(len(term) - 1)}) or [term]
