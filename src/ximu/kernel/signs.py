"""Do two sides share an address, a telephone or a person? Folded to one writing, then compared by keyed digests only."""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text

SIGNS = {"address": Text("地址", "address"), "phone": Text("电话", "telephone"), "person": Text("人员", "person")}
PERSON = re.compile(r"\d{17}[\dX]|[A-Z0-9][A-Z0-9-]{4,39}")


@dataclass(frozen=True, slots=True)
class Sign:
    """One side's digest; `who` narrows the owner down, where it is known."""

    owner: str
    kind: str
    mark: str
    who: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """Two owners share these kinds of signs."""

    one: str
    other: str
    who: str
    signs: tuple[str, ...]


def folded_sign(kind: str, value: str) -> str:
    """The form in which two writings of one thing are the same. Errors: `LINK-SIGN`."""
    text = "".join(unicodedata.normalize("NFKC", value).upper().split())
    if kind == "phone":
        text = re.sub(r"^(0086|86)(?=\d{10,11}$)", "", re.sub(r"\D", "", text))
        good = 7 <= len(text) <= 20
    elif kind == "address":
        text = "".join(char for char in text if char.isalnum())
        good = 4 <= len(text) <= 200
    else:
        good = kind == "person" and PERSON.fullmatch(text) is not None
    if not good:
        raise Refusal("LINK-SIGN", field=kind[:10], value="", rule="address | phone | person",
                      zh="地址、电话或者人员标识不合要求（人员只按证件号码或者内部编号比对，不按姓名）。",
                      en="No address, telephone or person key (people are compared by document or internal number, never by name).")
    return text


def mark_of(kind: str, value: str, secret: bytes) -> str:
    """The keyed digest of a folded sign. Errors: `LINK-SIGN`."""
    return hmac.new(secret, f"{kind}:{folded_sign(kind, value)}".encode(), hashlib.sha256).hexdigest()


def matches(mine: Iterable[Sign], theirs: Iterable[Sign], known: Iterable[tuple[str, str]] = ()) -> list[Match]:
    """Pairs of owners that share a sign and are not `known`; the first `who` of the other side, in order."""
    by_mark: dict[tuple[str, str], set[str]] = {}
    for one in mine:
        by_mark.setdefault((one.kind, one.mark), set()).add(one.owner)
    found: dict[tuple[str, str], tuple[set[str], set[str]]] = {}
    for sign in theirs:
        for owner in by_mark.get((sign.kind, sign.mark), ()):
            kinds, people = found.setdefault((owner, sign.owner), (set(), set()))
            kinds.add(sign.kind)
            people |= {sign.who} - {""}
    told = set(known)
    return [Match(one, other, min(people, default=""), tuple(sorted(kinds)))
            for (one, other), (kinds, people) in sorted(found.items()) if (one, other) not in told]
