"""Which units are meant by «其他市有关部门»? A proposal from the register of a day; the reading is signed by a person."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from ximu.ideas.registry.rules.book import Book
from ximu.ideas.registry.rules.matching import fold
from ximu.ideas.registry.rules.reforms import owner_of
from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text

ARTICLE = "成员单位"


@dataclass(frozen=True, slots=True)
class Reading:
    """The proposed list, in the order of the register, and why."""

    units: list[str]
    reason: Text


@dataclass(frozen=True, slots=True)
class Change:
    """What became of a reading by another day."""

    kept: list[str]
    added: list[str]
    gone: list[str]
    succeeded: list[tuple[str, str]]


def districts(book: Book, on: date) -> list[str]:
    return _some(book, on, lambda kind, level: kind == "government" and level == "district")


def departments(book: Book, on: date) -> list[str]:
    return _some(book, on, lambda kind, level: kind == "department" and level == "municipal")


def streets(book: Book, on: date) -> list[str]:
    return _some(book, on, lambda kind, level: level == "street" and kind in {"street", "town", "township"})


def providers(book: Book, on: date) -> list[str]:
    return _some(book, on, lambda kind, level: (kind in {"department", "court"} and level == "municipal")
                 or (kind == "government" and level == "district"))


def _some(book: Book, on: date, fits: Callable[[str, str], bool]) -> list[str]:
    return [u.uid for u, level in book.living_levels(on) if fits(u.kind, level)]


def both(book: Book, on: date) -> list[str]:
    return [*districts(book, on), *departments(book, on)]


_ALL_DISTRICTS = Text("当日存续的各区人民政府", "every district government living that day")
_ALL_DEPARTMENTS = Text("当日存续的市政府委、办、局", "every municipal department living that day")
PHRASES: dict[str, tuple[Callable[[Book, date], list[str]], bool, Text]] = {
    **dict.fromkeys(("各区人民政府", "各区政府", "各区", "区人民政府"), (districts, False, _ALL_DISTRICTS)),
    **dict.fromkeys(("市政府委办局", "市政府各委办局", "市政府各委、办、局", "市各委办局", "各委办局", "各部门", "市政府各部门",
                     "市各部门"), (departments, False, _ALL_DEPARTMENTS)),
    **dict.fromkeys(("市有关部门", "市相关部门", "市政府有关部门"), (departments, False, _ALL_DEPARTMENTS)),
    **dict.fromkeys(("其他市有关部门", "其他有关部门", "市其他有关部门", "有关部门", "相关部门", "其他部门"), (
        departments, True, Text("当日存续且未点名的市政府委、办、局", "every municipal department living that day and not yet named"))),
    **dict.fromkeys(("各区各部门", "各部门各区"), (both, False, Text("各区人民政府和市政府委、办、局",
                                                         "every district government and municipal department"))),
    **dict.fromkeys(("各有关单位", "有关单位", "其他有关单位", "各单位"), (
        both, True, Text("当日存续且未点名的各区人民政府和市政府委、办、局",
                         "every district government and municipal department living that day and not yet named"))),
    **dict.fromkeys(("各街道镇乡", "各街镇", "各街道乡镇", "各乡镇街道", "各街道办事处乡镇人民政府"), (
        streets, False, Text("当日存续的各街道、镇、乡", "every subdistrict, town and township living that day"))),
    **dict.fromkeys(("公共信用信息提供单位", "信息提供单位"), (
        providers, False, Text("市级部门、法院和各区人民政府", "municipal departments, the court and the districts"))),
}


def is_phrase(text: str, city: str) -> bool:
    return _key(text, city) in PHRASES or _key(text, city).endswith(ARTICLE)


def _key(text: str, city: str) -> str:
    """Without punctuation and without the city's own name; a closing 等 says nothing."""
    return fold(text).removeprefix(fold(city)).removesuffix("等")


def read(
    book: Book, phrase: str, on: date, *, named: Sequence[str] = (), group: str = "",
) -> Reading:
    """`named` are the units that the same sentence names; `group` the body before 成员单位 (resolved by the caller).

    Errors: `PHRASE-NONE` when the words are no phrase that is known.
    """
    key = _key(phrase, book.city)
    if group:
        return members(book, group, on)
    if key not in PHRASES:
        raise Refusal(
            "PHRASE-NONE", field="phrase", value=phrase, rule=" ".join(PHRASES),
            zh=f"“{phrase}”不是已知的集合称谓。", en=f"“{phrase}” is no phrase that stands for a set of units.",
        )
    fits, without_named, reason = PHRASES[key]
    left_out = {owner_of(book, uid, on) for uid in named} if without_named else set()
    return Reading([uid for uid in fits(book, on) if uid not in left_out], reason)


def members(book: Book, group: str, on: date) -> Reading:
    """The members of a coordinating body; the unit that houses it while no list of members is on record."""
    listed = [m.unit for m in book.members if m.group == group and m.since <= on and (m.until is None or on < m.until)]
    if listed:
        units = list(dict.fromkeys(owner_of(book, uid, on) for uid in listed))
        return Reading(units, Text("当日登记的成员单位", "the members on record that day"))
    host = book.place_on(group, on).parent
    return Reading(
        [owner_of(book, host, on)] if host else [],
        Text("成员名单未登记，暂列办公室所在单位", "no list of members is on record; the unit that houses its office stands in"),
    )


def compare(book: Book, decided: Sequence[str], then_meant: Sequence[str], now_meant: Sequence[str], on: date) -> Change:
    """A signed list against the same phrase on another day.

    `added` are meant now but were not then (a unit that took over a signed one is not new); `gone` are signed units
    that neither live nor have an heir among those meant now; units signed beyond the phrase stay while they live.
    """
    kept: list[str] = []
    gone: list[str] = []
    succeeded: list[tuple[str, str]] = []
    meant = set(now_meant)
    for uid in decided:
        owner = owner_of(book, uid, on)
        beyond = uid not in then_meant
        if owner != uid and (owner in meant or beyond):
            succeeded.append((uid, owner))
        elif owner == uid and (uid in meant or beyond):
            kept.append(uid)
        else:
            gone.append(uid)
    heirs_now = {new for _, new in succeeded}
    before = {owner_of(book, uid, on) for uid in then_meant}
    added = [uid for uid in now_meant if uid not in kept and uid not in heirs_now and uid not in before]
    return Change(kept, added, gone, succeeded)
