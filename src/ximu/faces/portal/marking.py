"""Where in a text stand the words of a search? Every occurrence of each part, whatever its width or case."""

from __future__ import annotations

import unicodedata

MOST = 10
"""Parts of a search that are looked for in a text."""


def marked(text: str, words: str) -> list[tuple[str, bool]]:
    """The text in pieces, each with whether it is a hit; joined they are the text."""
    plain = [unicodedata.normalize("NFKC", char).lower() for char in text]
    joined = "".join(plain)
    owner = [place for place, char in enumerate(plain) for _ in char]
    hit = [False] * len(text)
    for part in unicodedata.normalize("NFKC", words).lower().split()[:MOST]:
        start = joined.find(part)
        while start >= 0:
            for place in owner[start:start + len(part)]:
                hit[place] = True
            start = joined.find(part, start + 1)
    pieces: list[tuple[str, bool]] = []
    for char, found in zip(text, hit, strict=True):
        if pieces and pieces[-1][1] == found:
            pieces[-1] = (pieces[-1][0] + char, found)
        else:
            pieces.append((char, found))
    return pieces
