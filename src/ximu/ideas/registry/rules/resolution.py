"""Exact, ambiguous or none? A name is never guessed; every candidate carries its score and its reasons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from rapidfuzz import fuzz

from ximu.ideas.registry.rules.matching import ASCII_NAME, STAGES, Hit, Index, fold, pairs, rest_of
from ximu.ideas.registry.rules.reforms import heirs
from ximu.kernel import uscc
from ximu.kernel.words import Text

SCORES = {"code": 1.0, "text": 1.0, "folded": 0.98, "placed": 0.95, "bare": 0.9, "pinyin": 0.85, "initials": 0.8}
HOW = {
    "code": Text("统一社会信用代码相同", "the credit code is the same"),
    "text": Text("名称相同", "the name is the same"),
    "folded": Text("名称相同（全半角、空格、标点不同）", "the same name but for width, spaces and punctuation"),
    "placed": Text("名称相同（省略或补全了行政区划、机关后缀）", "the same name with its place or ending left out or written out"),
    "bare": Text("名称相同（未写明所属层级或区）", "the same name without saying the level or the district"),
    "pinyin": Text("拼音相同", "the pinyin is the same"),
    "initials": Text("拼音首字母相同", "the pinyin initials are the same"),
}
OTHER_DAY = 0.95
"""A name that held only on another day counts for a little less."""
LEAST_LIKE = 60
"""Below this likeness (of 100) a name is not even suggested."""
MOST_SUGGESTED = 5
CLOSEST = 60


@dataclass(frozen=True, slots=True)
class Candidate:
    uid: str
    name: str
    score: float
    reasons: list[Text] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Resolution:
    """`exact` has one candidate; `ambiguous` several; `none` none or mere suggestions. `note` says what was odd."""

    status: str
    candidates: list[Candidate]
    note: Text | None = None

    @property
    def uid(self) -> str:
        """The unit, when it is certain."""
        return self.candidates[0].uid if self.status == "exact" else ""

    @property
    def by_sound(self) -> bool:
        """Only its pinyin or initials led here: enough for a search, too little to lay something to a unit's charge."""
        return self.status == "exact" and self.candidates[0].reasons[:1] in ([HOW["pinyin"]], [HOW["initials"]])


def resolve(index: Index, text: str, code: str, as_of: date, *, suggest: bool = True) -> Resolution:
    """Errors: none; what cannot be decided comes back `ambiguous` or `none`."""
    given = text.strip()
    if not code and len(uscc.normalise(given)) == 18 and given.isascii():
        given, code = "", given
    by_name = _by_name(index, given, as_of) if given else {}
    if not code:
        return _settled(index, given, by_name, as_of, suggest=suggest)
    verdict = uscc.check(code)
    if not verdict.valid:
        note = Text("统一社会信用代码校验不通过，未用于识别", "the credit code does not check and was not used")
        return _settled(index, given, by_name, as_of, suggest=suggest, note=note)
    by_code = _by_code(index, verdict.code, as_of)
    return _both(index, given, by_name, by_code, as_of, suggest=suggest)


def _both(
    index: Index, given: str, by_name: dict[str, Candidate], by_code: dict[str, Candidate], as_of: date, *, suggest: bool,
) -> Resolution:
    """Code and name must not contradict each other."""
    agreed = {uid: c for uid, c in by_code.items() if uid in by_name}
    if agreed:
        both = {u: Candidate(u, c.name, 1.0, [*c.reasons, *by_name[u].reasons]) for u, c in agreed.items()}
        return _settled(index, given, both, as_of, suggest=suggest)
    if by_code and given:
        note = Text("代码与名称指向不同单位" if by_name else "代码已登记，但名称不符",
                    "code and name point to different units" if by_name else "the code is on record but the name does not fit")
        return Resolution("ambiguous", _ranked({**by_name, **by_code}), note)
    if by_code:
        return _settled(index, given, by_code, as_of, suggest=suggest)
    note = Text("此代码未在机构名录中", "this code is not on record")
    if any(index.book.units[uid].code for uid in by_name):
        return Resolution("ambiguous", _ranked(by_name), Text("名称已登记，但其代码与所给代码不同",
                                                              "the name is on record under another code"))
    return _settled(index, given, by_name, as_of, suggest=suggest, note=note)


def _settled(
    index: Index, given: str, found: dict[str, Candidate], as_of: date, *, suggest: bool, note: Text | None = None,
) -> Resolution:
    if not found:
        return Resolution("none", suggestions(index, given, as_of) if suggest and given else [], note)
    return Resolution("exact" if len(found) == 1 else "ambiguous", _ranked(found), note)


def _ranked(found: dict[str, Candidate]) -> list[Candidate]:
    return sorted(found.values(), key=lambda c: (-c.score, c.name, c.uid))


def _by_code(index: Index, code: str, as_of: date) -> dict[str, Candidate]:
    return _as_of(index, ((uid, None) for uid in index.codes.get(code, [])), "code", as_of)


def _by_name(index: Index, given: str, as_of: date) -> dict[str, Candidate]:
    """The first stage at which the words fit any name decides."""
    if hits := index.stages["text"].get(given):
        return _as_of(index, _best(hits, as_of), "text", as_of)
    folded = fold(given)
    sounds = ASCII_NAME.fullmatch(folded)
    where, rest = index.speller.split(folded)
    placed = f"{where}|{rest}" if where and len(folded) > 1 else ""  # “市” alone is no name
    keys = {"folded": folded, "placed": placed, "bare": "" if where else rest}
    for stage in STAGES[1:]:
        hits = index.stages[stage].get(keys[stage])
        if hits and keys[stage]:
            return _as_of(index, _best(hits, as_of), stage, as_of)
    if sounds:
        for stage, table in (("pinyin", index.pinyin), ("initials", index.initials)):
            if hits := table.get(folded):
                return _as_of(index, _best(hits, as_of), stage, as_of)
    return {}


def _best(hits: list[Hit], as_of: date) -> list[tuple[str, Hit]]:
    """Names that held that day; only when there are none, those of other days."""
    today = [h for h in hits if h.valid(as_of)]
    return [(h.unit, h) for h in today or hits]


def _as_of(index: Index, found: Iterable[tuple[str, Hit | None]], stage: str, as_of: date) -> dict[str, Candidate]:
    book, out = index.book, {}
    for uid, hit in found:
        reasons, score = [HOW[stage]], SCORES[stage]
        if hit is not None and not hit.valid(as_of):
            reasons.append(_span(hit))
            score *= OTHER_DAY
        if book.living(uid, as_of):
            living = [(uid, [])]
        else:
            living = [(h.uid, [h.reason]) for h in heirs(book, uid, as_of)] if _known(index, as_of) else []
            score *= OTHER_DAY
        for heir, why in living:
            candidate = Candidate(heir, book.name_on(heir, as_of), round(score, 4), [*reasons, *why])
            if heir not in out or out[heir].score < candidate.score:
                out[heir] = candidate
    return out


def _known(index: Index, as_of: date) -> bool:
    return bool(index.book.root_on(as_of))


def _span(hit: Hit) -> Text:
    until = f"{hit.until:%Y-%m-%d}" if hit.until else ""
    return Text(f"名称“{hit.name.text}”用于{hit.since:%Y-%m-%d}至{until or '今'}",
                f"the name “{hit.name.text}” held from {hit.since:%Y-%m-%d} to {until or 'now'}")


def suggestions(index: Index, given: str, as_of: date) -> list[Candidate]:
    """The nearest names, for a person to choose from; never an answer by themselves."""
    rest = rest_of(fold(given))
    shared: Counter[int] = Counter()
    for pair in pairs(rest):
        shared.update(index.bigrams.get(pair, ()))
    found: dict[str, Candidate] = {}
    for place, _ in shared.most_common(CLOSEST):
        hit = index.hits[place]
        like = fuzz.ratio(fold(given), fold(hit.name.text))
        like = max(like, fuzz.ratio(rest, rest_of(fold(hit.name.text))))
        if like < LEAST_LIKE or not index.book.living(hit.unit, as_of):
            continue
        reason = Text(f"与“{hit.name.text}”相似{like:.0f}%", f"{like:.0f}% like “{hit.name.text}”")
        candidate = Candidate(hit.unit, index.book.name_on(hit.unit, as_of), round(like / 100 * 0.79, 4), [reason])
        if hit.unit not in found or found[hit.unit].score < candidate.score:
            found[hit.unit] = candidate
    return _ranked(found)[:MOST_SUGGESTED]


MOST_SUGGESTING = 200
MOST_KEPT = 20_000
"""Exact answers that stay with an index."""
"""So many unknown names of one delivery get suggestions; more unknown names mean the wrong file."""


def resolve_all(index: Index, asked: Sequence[tuple[str, str, date]]) -> list[Resolution]:
    """Set-wise: each different question is answered once for all days between two changes of the registry, and an exact answer is kept
    with the index until somebody changes the registry."""
    known: dict[tuple[str, str, int], Resolution] = {}
    kept = index.answered
    suggested: dict[str, int] = {}
    answers = []
    for text, code, as_of in asked:
        question = (text, code, index.book.epoch(as_of))
        if (answer := known.get(question) or kept.get(question)) is None:
            answer = resolve(index, text, code, as_of, suggest=False)
            if answer.status == "none" and text and (text in suggested or len(suggested) < MOST_SUGGESTING):
                suggested[text] = 1
                answer = Resolution("none", suggestions(index, text, as_of), answer.note)
            known[question] = answer
            if answer.status == "exact" and len(kept) < MOST_KEPT:
                kept[question] = answer
        answers.append(answer)
    return answers
