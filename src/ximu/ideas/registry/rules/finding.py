"""A certain unit or a refusal that helps; civil servants; and the instant search."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from rapidfuzz import fuzz, process

from ximu.ideas.registry.rules.book import Book, spans
from ximu.ideas.registry.rules.matching import ASCII_NAME, STAGES, Hit, Index, fold, sound
from ximu.ideas.registry.rules.posts import post_until
from ximu.ideas.registry.rules.reforms import ended
from ximu.ideas.registry.rules.resolution import Candidate, Resolution, resolve, suggestions
from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text

FORMER = 0.9
"""In the search a name of another day counts a little less."""
NEAR = 0.6
"""A name that only sounds or looks like the words is worth so much of one that holds them."""
LEAST_ALIKE = 80
"""Of 100: how much of a sound that was typed wrongly must fit."""
MOST_ALIKE = 20
MIN_SOUND = 4
"""A shorter sound would fit half the city."""


def certain(index: Index, text: str, code: str, as_of: date) -> str:
    """Errors: `ORG-UNKNOWN` (nearest names), `ORG-ENDED` (successor), `SUBJ-AMBIG` (candidates)."""
    answer = resolve(index, text, code, as_of)
    if named := _named_but_ended(index, text, as_of):
        raise ended(index.book, named, as_of)
    if answer.status == "exact":
        return answer.uid
    nearest = [c.name for c in answer.candidates]
    listed = {"candidates": [{"uid": c.uid, "name": c.name, "score": c.score} for c in answer.candidates]}
    if answer.status == "ambiguous":
        raise Refusal(
            "SUBJ-AMBIG", status=409, field="unit", value=text, rule="exact", extra=listed,
            zh=f"“{text}”可能是：{'、'.join(nearest)}，请选定。", en=f"“{text}” may be: {', '.join(nearest)}; choose one.",
        )
    hint_zh = f"相近的有：{'、'.join(nearest)}" if nearest else "没有相近的名称"
    hint_en = f"the nearest are: {', '.join(nearest)}" if nearest else "no name comes near"
    raise Refusal(
        "ORG-UNKNOWN", status=404, field="unit", value=text, rule="registry", extra=listed,
        zh=f"机构名录中没有“{text}”；{hint_zh}。", en=f"The registry knows no “{text}”; {hint_en}.",
    )


def named(index: Index, text: str, as_of: date) -> str:
    """The unit of that name even when it has ended by that day. Errors: `ORG-UNKNOWN`, `SUBJ-AMBIG`."""
    return _named_but_ended(index, text, as_of) or certain(index, text, "", as_of)


def _named_but_ended(index: Index, text: str, as_of: date) -> str:
    """The one unit that bears exactly this name but has ended by that day, when no living unit bears it."""
    where, rest = index.speller.split(fold(text))
    for stage, key in zip(STAGES, (text.strip(), fold(text), f"{where}|{rest}" if where else ""), strict=False):
        hits = index.stages[stage].get(key, []) if key else []
        if hits:
            gone = {h.unit for h in hits if index.book.ended.get(h.unit, date.max) <= as_of}
            alive = {h.unit for h in hits if index.book.living(h.unit, as_of)}
            return gone.pop() if len(gone) == 1 and not alive else ""
    return ""


def official(book: Book, text: str, unit: str, as_of: date) -> Resolution:
    return officials(book, [(text, unit, as_of)])[0]


def officials(book: Book, asked: Sequence[tuple[str, str, date]]) -> list[Resolution]:
    """By internal number; by name only among those in office that day, in the unit where one is given."""
    by_number = {o.number: o.uid for o in book.officials.values()}
    by_name: dict[str, list[str]] = defaultdict(list)
    for person in book.officials.values():
        by_name[fold(person.name)].append(person.uid)
    served: dict[str, list[tuple[str, date, date | None]]] = defaultdict(list)
    for held in book.holdings:
        post = book.posts[held.post]
        ends = [d for d in (held.until, post_until(book, post)) if d is not None]
        served[held.official].append((post.unit, held.since, min(ends) if ends else None))
    return [_official(book, by_number, by_name, served, *question) for question in asked]


def _official(
    book: Book, by_number: dict[str, str], by_name: dict[str, list[str]],
    served: dict[str, list[tuple[str, date, date | None]]], text: str, unit: str, as_of: date,
) -> Resolution:
    given = text.strip()
    if given in by_number:
        uid = by_number[given]
        why = Text("内部编号相同", "the internal number is the same")
        return Resolution("exact", [Candidate(uid, book.officials[uid].name, 1.0, [why])])
    found = []
    for uid in by_name.get(fold(given), []):
        units = [u for u, since, until in served[uid] if spans(since, until, as_of)]
        if (unit and unit not in units) or not units:
            continue
        where = "、".join(book.name_on(u, as_of) for u in units)
        why = Text(f"姓名相同，当日任职于{where}", f"the same name, in office that day at {where}")
        found.append(Candidate(uid, book.officials[uid].name, 0.95 if unit else 0.8, [why]))
    status = "none" if not found else "exact" if len(found) == 1 else "ambiguous"
    return Resolution(status, found)


def persons(book: Book, asked: Sequence[tuple[str, str, date]]) -> list[Resolution]:
    """By (name, internal number, day): the number decides where the name agrees; where they disagree, or the number is unknown, nobody is
    certain. Each reason says what matched and what did not."""
    by_number = {o.number: o.uid for o in book.officials.values()}
    found = officials(book, [(name.strip() or number, "", on) for name, number, on in asked])
    return [_person(book, by_number.get(number.strip(), ""), name.strip(), number.strip(), answer)
            for (name, number, _), answer in zip(asked, found, strict=True)]


def _person(book: Book, holder: str, name: str, number: str, by_name: Resolution) -> Resolution:
    if not name:
        return by_name
    if not number:
        silent = Text("未报内部编号，无从核对", "no internal number was given to compare")
        return replace(by_name, candidates=[replace(c, reasons=[*c.reasons, silent]) for c in by_name.candidates])
    same = Text("内部编号相同", "the internal number is the same")
    if holder and fold(book.officials[holder].name) == fold(name):
        return Resolution("exact", [Candidate(holder, book.officials[holder].name, 1.0, [same, Text("姓名相同", "the name is the same")])])
    other = Text("所报内部编号不符", "the internal number given is another")
    found = [replace(c, score=min(c.score, NEAR), reasons=[*c.reasons, other]) for c in by_name.candidates if c.uid != holder]
    if holder:
        unlike = Text("姓名不符", "the name is another")
        found.insert(0, Candidate(holder, book.officials[holder].name, NEAR, [same, unlike]))
    return Resolution("ambiguous" if found else "none", found)


def search(index: Index, text: str, as_of: date, limit: int) -> list[tuple[str, str, float]]:
    """(unit, the name that was matched, score). A scan in memory: a city has a few thousand names."""
    sought = fold(text)
    if not sought:
        return []
    best: dict[str, tuple[float, str]] = {}
    for code, uids in index.codes.items():
        if len(sought) >= 6 and sought.upper() in code:
            for uid in uids:
                best[uid] = (0.95 if code == sought.upper() else 0.7, index.book.name_on(uid, as_of))
    tables = [index.stages["folded"]]
    if ASCII_NAME.fullmatch(sought):
        tables += [index.pinyin, index.initials]
    for place, table in enumerate(tables):
        _holding(table, sought, as_of, best, less=place * 0.01)
    return _ranked(best, limit)


def _ranked(best: dict[str, tuple[float, str]], limit: int) -> list[tuple[str, str, float]]:
    ranked = sorted(best.items(), key=lambda item: (-item[1][0], item[1][1]))[:limit]
    return [(uid, matched, round(score, 4)) for uid, (score, matched) in ranked]


def _holding(table: dict[str, list[Hit]], sought: str, as_of: date, best: dict[str, tuple[float, str]], *, less: float) -> None:
    """Names that hold what is sought; the nearer its length to theirs, the better."""
    for key, hits in table.items():
        at = key.find(sought)
        if at < 0:
            continue
        score = (1.0 if key == sought else 0.9 if at == 0 else 0.8) * len(sought) ** 0.1 / len(key) ** 0.1 - less
        for hit in hits:
            worth = score if hit.valid(as_of) else score * FORMER
            if worth > best.get(hit.unit, (0.0, ""))[0]:
                best[hit.unit] = (worth, hit.name.text)


def near(index: Index, text: str, as_of: date, limit: int) -> list[tuple[str, str, float]]:
    """For words that no name holds. Another character of the same sound (also a traditional one); a sound with a slip of the finger; a name
    that looks alike."""
    best: dict[str, tuple[float, str]] = {}
    sought = fold(text)
    heard = sound(sought)
    if len(heard) >= MIN_SOUND:
        _holding(index.pinyin, heard, as_of, best, less=0.0)
    if not best and len(heard) >= MIN_SOUND:
        alike = process.extract(heard, list(index.pinyin), scorer=fuzz.ratio, score_cutoff=LEAST_ALIKE, limit=MOST_ALIKE)
        for key, like, _ in alike:
            _holding({key: index.pinyin[key]}, key, as_of, best, less=1 - like / 100)
    if not best:
        best = {c.uid: (c.score, c.name) for c in suggestions(index, sought, as_of)}
    return _ranked({uid: (score * NEAR, name) for uid, (score, name) in best.items()}, limit)
