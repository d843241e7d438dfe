"""Who answered on the day of each step of a matter? What the register knows is told; what it does not know is a gap, never a guess."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from ximu.ideas.registry.rules.book import Book
from ximu.ideas.registry.rules.posts import holders, post_lives
from ximu.ideas.registry.rules.reforms import owner_of
from ximu.kernel.words import Text

GAP = "RETRACE-GAP"
GAPS = {
    "no-act": Text("该环节没有登记，不作推断", "this step is not on record; nobody is guessed"),
    "no-post": Text("没有写明岗位", "the post is not named"),
    "post-unknown": Text("名录中该单位当日没有这个岗位", "the register knows no such post of the unit on that day"),
    "vacant": Text("该岗位当日空缺", "the post was vacant on that day"),
}


@dataclass(frozen=True, slots=True)
class Act:
    """A step as it was taken: by which unit and post (its title) on which day, by which document."""

    step: str
    on: date
    unit: str
    post: str
    document: str


@dataclass(frozen=True, slots=True)
class Traced:
    """`holders`: officials who held the post on the day; `today`: the unit that carries its duties now; `gap` a key of `GAPS`."""

    step: str
    act: Act | None = None
    holders: tuple[str, ...] = ()
    today: str = ""
    gap: str = ""

    @property
    def code(self) -> str:
        return GAP if self.gap else ""


def trace(book: Book, acts: Iterable[Act], *, steps: Sequence[str], today: date) -> list[Traced]:
    """Every step in its order, each act of it; a step without an act is a gap."""
    listed = list(acts)
    return [one for step in steps
            for one in ([_traced(book, act, today) for act in listed if act.step == step] or [Traced(step, gap="no-act")])]


def _traced(book: Book, act: Act, today: date) -> Traced:
    here = owner_of(book, act.unit, today)
    if not act.post:
        return Traced(act.step, act, (), here, "no-post")
    posts = [p for p in book.posts_of.get(act.unit, []) if p.title == act.post and post_lives(book, p, act.on)]
    if not posts:
        return Traced(act.step, act, (), here, "post-unknown")
    held = tuple(h.official for p in posts for h in holders(book, p.uid, act.on))
    return Traced(act.step, act, held, here, "" if held else "vacant")
