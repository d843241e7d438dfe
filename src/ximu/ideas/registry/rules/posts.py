"""Who answers for a unit on a day? Posts, holders, vacancies; the superior where nobody is in office."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ximu.ideas.registry.rules.book import Book, Holding, Post, spans
from ximu.ideas.registry.rules.reforms import owner_of
from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text

ROLES = {
    "first": Text("第一责任人", "first responsible person"), "charge": Text("分管领导", "leader in charge"),
    "contact": Text("联络员", "contact"), "member": Text("其他岗位", "other post"),
}
ANSWERABLE = frozenset({"government", "department", "street", "town", "township", "institution"})
"""Kinds of unit that must have a first responsible person (notice, row on leadership)."""


@dataclass(frozen=True, slots=True)
class Responsible:
    """Who answers for `unit` on a day. When `code` is not empty the duty went up to `answering` for that reason."""

    unit: str
    answering: str
    post: str = ""
    official: str = ""
    code: str = ""
    reason: Text | None = None


def post_until(book: Book, post: Post) -> date | None:
    """A post ends by itself or with its unit."""
    ends = [d for d in (post.until, book.ended.get(post.unit)) if d is not None]
    return min(ends) if ends else None


def post_lives(book: Book, post: Post, on: date) -> bool:
    return spans(post.since, post_until(book, post), on)


def holders(book: Book, post: str, on: date) -> list[Holding]:
    """Those in office that day; nobody holds a post that has ended."""
    if post not in book.posts or not post_lives(book, book.posts[post], on):
        return []
    return [h for h in book.holdings_of.get(post, []) if spans(h.since, h.until, on)]


def overlap(one: tuple[date, date | None], two: tuple[date, date | None]) -> bool:
    return (two[1] is None or one[0] < two[1]) and (one[1] is None or two[0] < one[1])


def check_appointment(book: Book, new: Holding) -> None:
    """Errors: `POST-UNKNOWN`, `OFFICIAL-UNKNOWN`, `APPT-SPAN`, `APPT-ENDED`, `APPT-OVERLAP`."""
    post = book.posts.get(new.post)
    if post is None:
        raise Refusal("POST-UNKNOWN", status=404, field="post", value=new.post, rule="registry",
                      zh="机构名录中没有此岗位。", en="The registry knows no such post.")
    if new.official not in book.officials:
        raise Refusal("OFFICIAL-UNKNOWN", status=404, field="official", value=new.official, rule="registry",
                      zh="机构名录中没有此人员。", en="The registry knows no such official.")
    if new.since < post.since or (new.until is not None and new.until <= new.since):
        raise Refusal("APPT-SPAN", field="since", value=new.since.isoformat(), rule=post.since.isoformat(),
                      zh="任职起止不成立：早于岗位设立，或终止不晚于起始。",
                      en="The term does not hold: it begins before the post, or ends before it begins.")
    end = post_until(book, post)
    if end is not None and new.since >= end:
        raise _ended(book, post, new.since, end)
    _check_overlap(book, post, new)


def _check_overlap(book: Book, post: Post, new: Holding) -> None:
    rivals = [post] if post.role != "first" else [p for p in book.posts_of[post.unit] if p.role == "first"]
    for rival in rivals:
        end = post_until(book, rival)
        for held in book.holdings_of.get(rival.uid, []):
            until = min((d for d in (held.until, end) if d is not None), default=None)
            if overlap((held.since, until), (new.since, new.until)):
                term = f"{held.since:%Y-%m-%d}—{until.isoformat() if until else ''}"
                raise Refusal(
                    "APPT-OVERLAP", status=409, field="since", value=new.since.isoformat(), rule=term,
                    zh=f"“{rival.title}”在{term}已有任职，同一单位不能同时有两名{ROLES[post.role].zh}。",
                    en=f"“{rival.title}” is already held {term}; one unit cannot have two of “{ROLES[post.role].en}” at once.",
                )


def _ended(book: Book, post: Post, since: date, end: date) -> Refusal:
    superior = responsible(book, post.unit, since)
    name = book.name_on(superior.answering, since)
    return Refusal(
        "APPT-ENDED", status=409, field="post", value=post.title, rule=end.isoformat(),
        zh=f"岗位“{post.title}”已于{end:%Y-%m-%d}结束，其职责由“{name}”承担。",
        en=f"The post “{post.title}” ended on {end:%Y-%m-%d}; its duties are carried by “{name}”.",
        extra={"superior": superior.answering, "superior_name": name},
    )


def first_posts(book: Book, unit: str, on: date) -> list[Post]:
    return [p for p in book.posts_of.get(unit, []) if p.role == "first" and post_lives(book, p, on)]


def responsible(book: Book, unit: str, on: date) -> Responsible:
    """The first responsible person for a unit that day; where there is none the superior's, with the reason.

    Errors: those of `owner_of`.
    """
    start = here = owner_of(book, unit, on)
    code, reason = ("", None) if start == unit else ("ORG-ENDED", Text("原单位当日不存续，由承继单位承担", "carried by the heir"))
    seen: set[str] = set()
    while here and here not in seen:
        seen.add(here)
        for post in first_posts(book, here, on):
            for held in holders(book, post.uid, on):
                return Responsible(unit, here, post.uid, held.official, code, reason)
        had_one = any(p.role == "first" for p in book.posts_of.get(here, [])) and not first_posts(book, here, on)
        if had_one:
            code, reason = "APPT-ENDED", Text("岗位已结束，交由上级承担", "the post has ended; handed to the superior")
        elif not code or code == "ORG-ENDED":
            code, reason = "APPT-VACANT", Text("第一责任人空缺，交由上级承担", "no first responsible person; handed to the superior")
        parent = book.place_on(here, on).parent
        here = owner_of(book, parent, on) if parent else ""
    return Responsible(unit, start, code=code or "APPT-VACANT", reason=reason)


def vacancies(book: Book, on: date) -> list[tuple[str, Text]]:
    """Living units that must have a first responsible person and have none that day, with the reason."""
    found = []
    for unit in book.living_units(on):
        if unit.kind not in ANSWERABLE:
            continue
        posts = first_posts(book, unit.uid, on)
        if not posts:
            found.append((unit.uid, Text("未设第一责任人岗位", "no post of first responsible person")))
        elif not any(holders(book, p.uid, on) for p in posts):
            found.append((unit.uid, Text(f"“{posts[0].title}”空缺", f"the post “{posts[0].title}” is vacant")))
    return found
