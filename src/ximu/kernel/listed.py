"""Is this on a list, or close to something on it? Without width, case, blanks, signs and what stands in brackets."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence


def folded(text: str) -> str:
    """Writings that fold to one are the same thing."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(char for char in re.sub(r"\([^)]*\)|《|》", "", plain) if char.isalnum())


def found_in(words: str, listed: Sequence[str]) -> tuple[str, str]:
    """(the same one, one that holds it or lies in it); empty where there is none."""
    asked, known = folded(words), {folded(one): one for one in listed}
    like = [one for key, one in known.items() if len(asked) > 1 and key and (asked in key or key in asked)]
    return known.get(asked, ""), like[0] if like else ""
