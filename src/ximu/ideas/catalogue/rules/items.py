"""What must an item of a list say, and on which law may it rest?

The data list follows 上海市社会信用条例 (2017) arts 9-11; the application list has the five columns of its art 22
(具体事项、实施对象、实施手段、实施主体、实施依据).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from ximu.ideas.catalogue.rules import vocabulary as v
from ximu.ideas.catalogue.rules.forbidden import must_not_be_forbidden, names_in
from ximu.ideas.catalogue.rules.schema import CODE, Problem, Schema, problems_of
from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text

LONGEST_CODE = 40
ANY = "*"
"""In `implementers`, `behaviours` and `empowers`: no limit within the register."""


@dataclass(frozen=True, slots=True)
class Basis:
    """One version of a legal text in the basis register. `empowers` names the units that it lets act; empty: every unit."""

    code: str
    version: int
    title: str
    number: str
    level: str
    in_force_on: date
    repealed_on: date | None = None
    empowers: tuple[str, ...] = ()
    to_be_confirmed: bool = False

    def lives(self, on: date) -> bool:
        return self.in_force_on <= on and (self.repealed_on is None or on < self.repealed_on)

    def lets(self, unit: str) -> bool:
        return not self.empowers or unit in self.empowers


@dataclass(frozen=True, slots=True)
class Ref:
    """An item's reference to a legal text: its code in the register and the article."""

    basis: str
    article: str


@dataclass(frozen=True)
class Item:
    """One item of one list in one edition; `body` is exactly what the edition's digest covers."""

    list: str
    code: str
    owner: str
    owner_name: str
    edition: str
    body: Mapping[str, Any]

    @property
    def name(self) -> Text:
        return Text(self.body["name"]["zh"], self.body["name"]["en"])

    @cached_property
    def schema(self) -> Schema:
        """The fields of a data item. Errors: `LIST-SCHEMA` for an item of another list."""
        return Schema.of(self.body.get("schema"))

    @property
    def bases(self) -> tuple[Ref, ...]:
        return tuple(Ref(b["basis"], b["article"]) for b in self.body["bases"])

    @property
    def to_be_confirmed(self) -> bool:
        return self.body.get("to_be_confirmed", False)

    @property
    def family(self) -> str:
        return self.body.get("family", "")

    @property
    def subject_kinds(self) -> tuple[str, ...]:
        """Kinds of subjects (for a measure: 实施对象)."""
        return tuple(self.body.get("subject_kinds", ()))

    @property
    def level(self) -> str:
        return self.body.get("level", "closed")

    @property
    def uses(self) -> frozenset[str]:
        """What may be done under this item: stated for data, given by the kind of list for the others."""
        return {"data": frozenset(self.body.get("uses", ())), "behaviour": frozenset({"collect", "measure", "score"}),
                "application": frozenset({"measure"})}[self.list]

    @property
    def share_with(self) -> tuple[str, ...]:
        return tuple(self.body.get("share_with", ()))

    @property
    def grade(self) -> str:
        return self.body.get("grade", "")

    @property
    def direction(self) -> str:
        return self.body.get("direction", "")

    @property
    def repairable(self) -> bool:
        return self.body.get("repairable", False)

    @property
    def period(self) -> Mapping[str, Any]:
        """How long it counts: `{"years", "months", "from"}`; empty when the item sets none."""
        return self.body.get("period", {})

    @property
    def implementers(self) -> tuple[str, ...]:
        return tuple(self.body.get("implementers", ()))

    @property
    def grades(self) -> tuple[str, ...]:
        """Of a measure: the grades for which it may be taken; empty: all."""
        return tuple(self.body.get("grades", ()))

    @property
    def behaviours(self) -> tuple[str, ...]:
        return tuple(self.body.get("behaviours", ()))


Check = Callable[[Any], bool]
_PAIR: Check = lambda x: isinstance(x, Mapping) and set(x) == {"zh", "en"} and all(isinstance(w, str) and w.strip() for w in x.values())  # noqa: E731
_WORDS: Check = lambda x: isinstance(x, list) and all(isinstance(w, str) and w for w in x)  # noqa: E731
_FLAG: Check = lambda x: isinstance(x, bool)  # noqa: E731


def _some_of(allowed: Mapping[str, Any] | tuple[str, ...]) -> Check:
    return lambda x: _WORDS(x) and bool(x) and set(x) <= set(allowed)


def _one_of(allowed: Mapping[str, Any]) -> Check:
    return lambda x: isinstance(x, str) and x in allowed


def _is_period(x: Any) -> bool:
    return (
        isinstance(x, Mapping) and set(x) <= {"years", "months", "from"} and x.get("from") in v.PERIOD_STARTS
        and all(isinstance(x[k], int) and not isinstance(x[k], bool) and x[k] > 0 for k in ("years", "months") if k in x)
        and ("years" in x or "months" in x)
    )


def _are_refs(x: Any) -> bool:
    return isinstance(x, list) and all(
        isinstance(r, Mapping) and set(r) == {"basis", "article"} and isinstance(r["basis"], str) and isinstance(r["article"], str)
        for r in x
    )


_ALWAYS: dict[str, Check] = {"name": _PAIR, "bases": _are_refs, "subject_kinds": _some_of(v.SUBJECT_KINDS)}
_SOMETIMES: dict[str, Check] = {"notes": _PAIR, "to_be_confirmed": _FLAG}
_MUST: dict[str, dict[str, Check]] = {
    "data": {"family": _one_of(v.FAMILIES), "level": _one_of(v.LEVELS), "uses": _some_of(v.USES),
             "update": _one_of(v.UPDATES), "schema": lambda x: not any(problems_of(x))},
    "behaviour": {"counts": _PAIR, "direction": _one_of(v.DIRECTIONS), "documents": _WORDS, "areas": _WORDS},
    "application": {"matter": _PAIR, "means": _PAIR, "implementers": lambda x: _WORDS(x) and bool(x),
                    "measure_class": _one_of(v.MEASURE_CLASSES), "direction": _one_of(v.DIRECTIONS),
                    "behaviours": lambda x: _WORDS(x) and bool(x)},
}
_MAY: dict[str, dict[str, Check]] = {
    "data": {"share_with": _WORDS, "share_period": _is_period, "publication_period": _is_period},
    "behaviour": {"grade": _one_of(v.GRADES), "period": _is_period, "repairable": _FLAG},
    "application": {"grades": _some_of(v.GRADES), "period": _is_period},
}


def faults_of(list_: str, body: Any) -> Iterator[Problem]:
    """Every fault of an item body; nothing when it is proper. An unknown key is a fault."""
    if not isinstance(body, Mapping):
        yield Problem("body", "应为对象", "must be an object")
        return
    must = _ALWAYS | _MUST[list_]
    may = _SOMETIMES | _MAY[list_]
    for key in sorted(set(must) - set(body)):
        yield Problem(key, "缺少", "is missing")
    for key, value in body.items():
        check = must.get(key) or may.get(key)
        if check is None:
            yield Problem(key, "未知的键", "unknown key")
        elif key == "schema":
            yield from problems_of(value)
        elif not check(value):
            yield Problem(key, "内容不符合要求", "has an improper value")
    yield from _contradictions(list_, body)


def _contradictions(list_: str, body: Mapping[str, Any]) -> Iterator[Problem]:
    if list_ == "behaviour" and body.get("direction") == "breach":
        for key in sorted({"grade", "period", "repairable"} - set(body)):
            yield Problem(key, "失信行为必须写明", "is needed for a breach")
    uses = body.get("uses", ()) if _WORDS(body.get("uses")) else ()
    if list_ == "data" and "publish" in uses and body.get("level") != "public":
        yield Problem("uses", "不对社会公开的数据项不能用于公开", "an item that is not public cannot be published")
    if list_ == "data" and ("share" in uses) != bool(body.get("share_with")):
        yield Problem("share_with", "用于共享的须写明共享对象，反之不得写", "receivers and the use “share” belong together")


def must_be_item(list_: str, code: str, body: Any) -> None:
    """Errors: `LIST-ITEM` with every fault in `extra["problems"]`; `LIST-FORBIDDEN` for what may not be collected."""
    problems = list(faults_of(list_, body))
    if not CODE.fullmatch(code) or len(code) > LONGEST_CODE:
        problems.insert(0, Problem("code", "代码应为大写字母、数字，以连字符分段", "must be capitals and digits, parted by hyphens"))
    if problems:
        first = problems[0]
        raise Refusal(
            "LIST-ITEM", field=f"{code}.{first.where}", value=len(problems), rule=list_,
            zh=f"清单条目“{code}”有{len(problems)}处不符合要求，首处“{first.where}”：{first.zh}。",
            en=f"List item “{code}” has {len(problems)} faults, the first at “{first.where}”: {first.en}.",
            extra={"problems": [{"where": p.where, "zh": p.zh, "en": p.en} for p in problems]},
        )
    must_not_be_forbidden(names_in(code, body))


def must_rest_on_law(item: Item, bases: Mapping[str, Basis], *, on: date) -> None:
    """Errors: `LIST-BASIS` (none, unknown, not yet in force, repealed, too low), `LIST-ULTRA` (no law lets this unit)."""
    if not item.bases:
        raise _no_basis(item, "", "没有写明依据", "states no legal basis")
    living = [_living(item, ref, bases, on) for ref in item.bases]
    high = [b for b in living if b.level in v.HIGH_LEVELS]
    if item.list == "behaviour" and item.direction == "breach" and not high:
        raise _no_basis(item, living[0].code, "失信行为的依据须为法律、法规或党中央、国务院文件",
                        "records a breach, which needs a law, a regulation or a central document as its basis")
    if item.list == "application":
        allowed = high if item.body["measure_class"] == "restrict" else living
        for unit in item.implementers:
            if not any(b.lets(unit) for b in allowed):
                raise ultra_vires(item.code, unit, "、".join(b.title for b in living))


def _living(item: Item, ref: Ref, bases: Mapping[str, Basis], on: date) -> Basis:
    basis = bases.get(ref.basis)
    if basis is None:
        raise _no_basis(item, ref.basis, f"依据“{ref.basis}”未在依据库登记", f"rests on “{ref.basis}”, which is not registered")
    if on < basis.in_force_on:
        raise _no_basis(item, ref.basis, f"依据《{basis.title}》自{basis.in_force_on}起施行，当日尚未生效",
                        f"rests on {basis.code}, which is in force only from {basis.in_force_on}")
    if not basis.lives(on):
        raise _no_basis(item, ref.basis, f"依据《{basis.title}》已于{basis.repealed_on}废止",
                        f"rests on {basis.code}, repealed on {basis.repealed_on}")
    return basis


def _no_basis(item: Item, basis: str, zh: str, en: str) -> Refusal:
    return Refusal("LIST-BASIS", field=f"{item.code}.bases", value=basis, rule="依据 basis",
                   zh=f"清单条目“{item.code}”{zh}。", en=f"List item “{item.code}” {en}.")


def ultra_vires(measure: str, unit: str, rule: str) -> Refusal:
    """A unit may do only what a published list and a law let it do (上海市社会信用条例 arts 22, 32)."""
    return Refusal("LIST-ULTRA", field="implementers", value=unit or measure, rule=rule,
                   zh=f"没有依据允许“{unit or '任何单位'}”采取措施“{measure}”。",
                   en=f"No law lets “{unit or 'any unit'}” use the measure “{measure}”.")
