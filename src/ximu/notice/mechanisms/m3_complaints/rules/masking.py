"""How is a passage that could betray the reporter hidden? Always by the same mark, whatever its length; the original is not touched."""

from __future__ import annotations

from collections.abc import Iterable

from ximu.ideas.disclosure.rules import personal_data

MARK = "■■■"


def masked(text: str, passages: Iterable[str]) -> str:
    for passage in sorted(set(passages), key=lambda one: (-len(one), one)):
        text = text.replace(passage, MARK)
    return text


def telling(text: str) -> list[str]:
    """Numbers and addresses that belong to a person: identity, telephone, bank card, e-mail, number plate."""
    return sorted({text[hit.start:hit.end] for hit in personal_data(text)})
