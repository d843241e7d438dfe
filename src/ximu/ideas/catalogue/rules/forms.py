"""How does an item become a form, and a filled form an item? Nothing is judged here: `items.faults_of` judges what comes out.

A form posts plain names: `name.zh`, `period.years`, `bases.0.article`, `schema.2.title`. What a form does not show of a
field (patterns, bounds, separators) is kept from the item as it was.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from ximu.ideas.catalogue.rules import vocabulary as v
from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text

ROLE_WORDS = {
    "subject_name": Text("主体名称", "Name of the subject"), "subject_code": Text("主体代码", "Code of the subject"),
    "subject_kind": Text("主体类型", "Kind of subject"), "event_date": Text("发生日", "Day of the event"),
    "end_date": Text("终止日", "Day of its end"), "document_number": Text("文书号", "Number of the document"),
    "authority_name": Text("作出机关", "Authority"), "authority_code": Text("作出机关代码", "Code of the authority"),
    "decision_date": Text("文书日期", "Day of the decision"), "final_date": Text("确定（生效）日", "Day on which it is final"),
    "finality": Text("是否确定", "Finality"), "behaviour": Text("行为代码", "Behaviour"), "grade": Text("程度", "Grade"),
    "domain": Text("领域", "Area"), "summary": Text("事实摘要", "Summary"),
}
"""`vocabulary.ROLES` in words."""
SPARE_ROWS, SPARE_FIELDS, MOST_ROWS = 2, 4, 300
_PARTED = re.compile(r"[\s、，,;；]+")
_COLUMNS = (("name", "name"), ("title", "title"), ("title_en", "title_en"), ("type", "type"), ("kind", "ximu:kind"),
            ("level", "ximu:level"))


class Form(Protocol):
    """What a web framework hands over: the last value of a name, or all of them."""

    def get(self, name: str, default: str = "") -> str | None: ...
    def getlist(self, name: str) -> list[str]: ...


@dataclass(frozen=True, slots=True)
class Part:
    """One question of the form. `value` has the shape that its `shape` draws; `options` are code → words."""

    key: str
    shape: str
    label: Text
    hint: Text | None = None
    options: Mapping[str, Text] = field(default_factory=dict)
    needed: bool = False
    value: Any = None


_ALWAYS = (
    Part("name", "pair", Text("名称", "Name"), needed=True),
    Part("subject_kinds", "many", Text("适用主体", "Subjects"),
         Text("只限政府机构和在任公务员。", "Government bodies and civil servants only."), v.SUBJECT_KINDS, needed=True),
    Part("bases", "refs", Text("依据", "Legal basis"),
         Text("先在法律依据库登记，再在此选择并写明条款。", "Register it first, then choose it and name the article.")),
)
_ALSO = (
    Part("notes", "pair", Text("说明", "Notes")),
    Part("to_be_confirmed", "flag", Text("待确认", "To be confirmed"), Text("内容尚未核实时勾选。", "Tick while it is not verified.")),
)
_OF_LIST = {
    "data": (
        Part("family", "one", Text("记录类别", "Family"), options=v.FAMILIES, needed=True),
        Part("level", "one", Text("公开属性", "Disclosure level"), options=v.LEVELS, needed=True),
        Part("uses", "many", Text("用途", "Uses"), options=v.USES, needed=True),
        Part("update", "one", Text("更新周期", "Update"), options=v.UPDATES, needed=True),
        Part("share_with", "words", Text("共享对象", "Receivers"),
             Text("多个以顿号分开；* 表示不限。", "Part several by commas; * means any.")),
        Part("share_period", "period", Text("共享期限", "Shared for")),
        Part("publication_period", "period", Text("公开期限", "Published for")),
        Part("schema", "schema", Text("字段", "Fields"), needed=True),
    ),
    "behaviour": (
        Part("counts", "pair", Text("认定情形", "What counts"), needed=True),
        Part("direction", "one", Text("方向", "Direction"), options=v.DIRECTIONS, needed=True),
        Part("grade", "one", Text("程度（失信必填）", "Grade (needed for a breach)"), options=v.GRADES),
        Part("period", "period", Text("期限（失信必填）", "Period (needed for a breach)")),
        Part("repairable", "choice", Text("可否修复（失信必填）", "Repairable (needed for a breach)"),
             options={"yes": Text("可修复", "Yes"), "no": Text("不可修复", "No")}),
        Part("documents", "words", Text("证明文书（数据项代码）", "Documents (codes of data items)")),
        Part("areas", "words", Text("领域", "Areas")),
    ),
    "application": (
        Part("matter", "pair", Text("具体事项", "Matter"), needed=True),
        Part("means", "pair", Text("实施手段", "Means"), needed=True),
        Part("measure_class", "one", Text("措施类别", "Class of measure"), options=v.MEASURE_CLASSES, needed=True),
        Part("direction", "one", Text("方向", "Direction"), options=v.DIRECTIONS, needed=True),
        Part("implementers", "words", Text("实施主体（机构标识）", "Implementers (unit identifiers)"),
             Text("* 表示登记册内不限。", "* means any unit of the register."), needed=True),
        Part("behaviours", "words", Text("对应行为（代码）", "Behaviours (codes)"), Text("* 表示不限。", "* means any."), needed=True),
        Part("grades", "many", Text("适用程度", "Grades"), options=v.GRADES),
        Part("period", "period", Text("期限", "Period")),
    ),
}
OPEN_LISTS = {"documents", "areas"}
"""Lists of words that the item must state even when they are empty."""


def parts_of(list_: str, body: Mapping[str, Any], *, bases: Mapping[str, Text]) -> list[Part]:
    """The questions of an item of this list, each with its answer in `body`. `bases`: code → title of what is registered."""
    found = []
    for part in (*_ALWAYS, *_OF_LIST[list_], *_ALSO):
        options = bases if part.shape == "refs" else v.PERIOD_STARTS if part.shape == "period" else part.options
        found.append(Part(part.key, part.shape, part.label, part.hint, options, part.needed, _shown(part.shape, body.get(part.key))))
    return found


def _shown(shape: str, value: Any) -> Any:
    if shape == "words":
        return "、".join(value or ())
    if shape == "refs":
        return [*(value or ()), *({"basis": "", "article": ""} for _ in range(SPARE_ROWS))]
    if shape == "choice":
        return "" if value is None else "yes" if value else "no"
    if shape == "schema":
        return _schema_shown(value or {})
    return value or {"pair": {}, "many": [], "period": {}}.get(shape, "")


def _limits_shown(limits: Mapping[str, Any]) -> dict[str, Any]:
    return {"length": limits.get("maxLength", ""), "required": limits.get("required", False), "enum": "；".join(limits.get("enum", ()))}


def _schema_shown(schema: Mapping[str, Any]) -> dict[str, Any]:
    keys, roles = list(schema.get("primaryKey", ())), schema.get("ximu:roles", {})
    rows = [{
        **{column: raw.get(name, "") for column, name in _COLUMNS}, "was": raw.get("name", ""),
        **_limits_shown(raw.get("constraints", {})),
        "aliases": "；".join(raw.get("ximu:aliases", ())),
        "personal": raw.get("ximu:personal", False), "key": keys.index(raw["name"]) + 1 if raw.get("name") in keys else "",
    } for raw in schema.get("fields", ())]
    return {"rows": [*rows, *({"type": "string"} for _ in range(SPARE_FIELDS))], "types": v.TYPES, "kinds": v.KINDS, "levels": v.LEVELS,
            "roles": [(role, words, roles.get(role, "")) for role, words in ROLE_WORDS.items()],
            "rules": json.dumps(schema.get("ximu:rules", []), ensure_ascii=False, indent=1)}


def body_from(list_: str, given: Form, *, old: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The item that a filled form says. Errors: `LIST-JSON` for cross-field rules that are not JSON."""
    body: dict[str, Any] = {}
    for part in (*_ALWAYS, *_OF_LIST[list_], *_ALSO):
        value = _read(part, given, (old or {}).get(part.key))
        if value is not None:
            body[part.key] = value
    return body


def _read(part: Part, given: Form, old: Any) -> Any:
    """The answer to one question; None where it is left open."""
    key = part.key
    if part.shape == "pair":
        pair = {code: _text(given, f"{key}.{code}") for code in ("zh", "en")}
        return pair if any(pair.values()) else None
    if part.shape == "many":
        return given.getlist(key) or None
    if part.shape == "words":
        words = words_of(_text(given, key))
        return words if words or key in OPEN_LISTS else None
    if part.shape == "refs":
        rows = [{name: _text(given, f"bases.{n}.{name}") for name in ("basis", "article")} for n in _numbers(given, "bases")]
        return [row for row in rows if row["basis"]]
    if part.shape == "period":
        period = {unit: _number(_text(given, f"{key}.{unit}")) for unit in ("years", "months") if _text(given, f"{key}.{unit}")}
        return {**period, "from": _text(given, f"{key}.from")} if period else None
    if part.shape == "schema":
        return _schema_from(given, old or {})
    answer = _text(given, key)
    return {"flag": bool(answer) or None, "choice": {"yes": True, "no": False}.get(answer)}.get(part.shape, answer or None)


def _schema_from(given: Form, old: Mapping[str, Any]) -> dict[str, Any]:
    known = {raw.get("name"): raw for raw in old.get("fields", ())}
    fields: list[dict[str, Any]] = []
    keys: list[tuple[int | str, str]] = []
    for n in _numbers(given, "schema"):
        name = _text(given, f"schema.{n}.name")
        if not name:
            continue
        fields.append(_field_from(given, n, known.get(_text(given, f"schema.{n}.was"), {})))
        if place := _text(given, f"schema.{n}.key"):
            keys.append((_number(place), name))
    keys.sort(key=lambda key: (isinstance(key[0], str), key))
    roles = {role: name for role in ROLE_WORDS if (name := _text(given, f"schema.role.{role}"))}
    rules = _rules(_text(given, "schema.rules"))
    kept = {key: value for key, value in old.items() if key == "$schema"}
    return {**kept, "fields": fields, "primaryKey": [name for _, name in keys], **({"ximu:roles": roles} if roles else {}),
            **({"ximu:rules": rules} if rules or "ximu:rules" in old else {})}


def _field_from(given: Form, n: int, old: Mapping[str, Any]) -> dict[str, Any]:
    made = {k: w for k, w in old.items() if k not in {"constraints", "ximu:aliases", "ximu:personal"}}
    for column, name in _COLUMNS:
        value = _text(given, f"schema.{n}.{column}")
        if value:
            made[name] = value
        else:
            made.pop(name, None)
    limits = {k: w for k, w in old.get("constraints", {}).items() if k not in {"required", "maxLength", "enum"}}
    if _text(given, f"schema.{n}.required"):
        limits["required"] = True
    if length := _text(given, f"schema.{n}.length"):
        limits["maxLength"] = _number(length)
    if values := words_of(_text(given, f"schema.{n}.enum"), spaces=False):
        limits["enum"] = values
    more = {"constraints": limits, "ximu:aliases": words_of(_text(given, f"schema.{n}.aliases"), spaces=False),
            "ximu:personal": bool(_text(given, f"schema.{n}.personal"))}
    return {**made, **{k: w for k, w in more.items() if w}}


def _rules(text: str) -> list[Any]:
    try:
        found = json.loads(text or "[]")
    except ValueError as error:
        raise Refusal("LIST-JSON", field="schema.rules", value="", rule="JSON", zh="跨字段规则不是正确的JSON。",
                      en="The cross-field rules are not proper JSON.") from error
    return found if isinstance(found, list) else [found]


def _numbers(given: Form, head: str) -> Iterable[int]:
    """The numbers of the rows that were posted: they are counted from zero without a gap."""
    mark = {"bases": "basis", "schema": "name"}[head]
    n = 0
    while n < MOST_ROWS and given.get(f"{head}.{n}.{mark}") is not None:
        yield n
        n += 1


def _text(given: Form, name: str) -> str:
    return (given.get(name) or "").strip()


def words_of(text: str, *, spaces: bool = True) -> list[str]:
    """What was parted by commas, semicolons or blanks, each once; without `spaces` only semicolons part: names hold the others."""
    parts = _PARTED.split(text) if spaces else re.split(r"[;；\n]+", text)
    return list(dict.fromkeys(part.strip() for part in parts if part.strip()))


def _number(text: str) -> int | str:
    """What is no number stays as it is, so that the item's own check names it."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else text
