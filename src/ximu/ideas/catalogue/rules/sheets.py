"""How does a list look as a table? Headings and cells of words, the same for pages, spreadsheets and documents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from ximu.ideas.catalogue.rules import vocabulary as v
from ximu.ideas.catalogue.rules.editions import Change
from ximu.ideas.catalogue.rules.forms import parts_of
from ximu.kernel.words import Text

Table = tuple[list[str], list[list[str]]]
TBC = Text("待确认", "to be confirmed")
REPAIR = {True: Text("可修复", "repairable"), False: Text("不可修复", "not repairable")}
EVERY, EVERY_UNIT = Text("全部", "all"), Text("各区、各部门", "all districts and departments")
KINDS = {"added": Text("新增", "added"), "changed": Text("修改", "changed"), "removed": Text("删除", "removed")}
CHANGES_HEAD = Text("变化 清单 代码 名称 项目 原内容 新内容", "Change List Code Name Field Old New")


LABELS = {list_: {part.key: part.label for part in parts_of(list_, {}, bases={})} for list_ in v.LISTS}
OWNERS = {"owner": Text("责任单位标识", "Owner's identifier"), "owner_name": Text("责任单位", "Owner")}
INSIDE = {"zh": Text("（中文）", "(Chinese)"), "en": Text("（英文）", "(English)"), "title": Text("名称", "title"),
          "title_en": Text("英文名称", "English title"),
          "type": Text("类型", "type"), "constraints": Text("约束", "constraints"), "required": Text("必填", "required"),
          "maxLength": Text("最大长度", "longest"), "enum": Text("值域", "values"), "years": Text("年", "years"),
          "months": Text("月", "months"), "from": Text("起算", "counted from"),
          "ximu:level": Text("公开属性", "level"), "ximu:personal": Text("个人信息", "personal")}


def period_words(period: Mapping[str, Any], language: str = "zh") -> str:
    if not period:
        return ""
    if language == "en":
        parts = [f"{period[name]} {name}" for name in ("years", "months") if name in period]
        return f"{' '.join(parts)} from {v.PERIOD_STARTS[period['from']].en}"
    length = f"{period['years']}年" if "years" in period else ""
    length += f"{period['months']}个月" if "months" in period else ""
    return f"自{v.PERIOD_STARTS[period['from']].zh}起{length}"


def _names(codes: Iterable[str], table: Mapping[str, Any], language: str) -> str:
    return (", " if language == "en" else "、").join(getattr(table[c], language) if c in table else c for c in codes)


def bases_words(body: Mapping[str, Any], bases: Mapping[str, Mapping[str, Any]]) -> str:
    """《名称》（文号，层级）条款, one after the other."""
    parts = []
    for ref in body["bases"]:
        basis = bases[ref["basis"]]
        inside = "，".join(w for w in (basis["number"], basis["level"], TBC.zh if basis["to_be_confirmed"] else "") if w)
        parts.append(f"《{basis['title']}》（{inside}）{ref['article']}")
    return "；".join(parts)


def table_of(canonical: Mapping[str, Any], list_: str, names: Mapping[str, str] | None = None, *, language: str = "zh") -> Table:
    """One list of a canonical edition; `names` translates implementers' uids into unit names. The heads stay Chinese (`HEADS`)."""
    bases = {b["code"]: b for b in canonical["bases"]}
    rows = [i for i in canonical["items"] if i["list"] == list_]
    head, cells = {"data": (_DATA, _data), "behaviour": (_BEHAVIOUR, _behaviour), "application": (_APPLICATION, _application)}[list_]
    known = {i["owner"]: i["owner_name"] for i in canonical["items"]} | dict(names or {})
    return [*head, "依据", "备注"], [
        [i["code"], i["body"]["name"]["zh"], i["body"]["name"]["en"], i["owner_name"], *cells(i["body"], known, language),
         bases_words(i["body"], bases), _remark(i["body"], language)]
        for i in rows
    ]


_DATA = ["代码", "名称", "英文名称", "责任单位", "类别", "主体类型", "公开属性", "用途", "共享对象", "共享期限",
         "公开期限", "更新周期", "字段数"]
_BEHAVIOUR = ["代码", "名称", "英文名称", "责任单位", "认定标准", "方向", "等级", "期限", "可否修复", "领域", "认定文书"]
_APPLICATION = ["代码", "名称", "英文名称", "责任单位", "具体事项", "实施对象", "实施手段", "实施主体", "措施性质", "方向",
                "适用等级", "相关联行为", "最长期限"]


HEADS = dict(zip([*_DATA, *_BEHAVIOUR[4:], *_APPLICATION[4:], "依据", "备注"], [
    "Code", "Name", "English name", "Owner", "Family", "Kinds of subject", "Level", "Uses", "Shared with", "Shared for", "Published for",
    "Updated", "Fields", "What counts", "Direction", "Grade", "Period", "Repairable", "Areas", "Documents", "Matter", "Applied to", "Means",
    "Implementers", "Class of measure", "Direction", "Grades", "Behaviours", "Longest", "Basis", "Notes"], strict=True))
"""What the heads are called in English."""


def _data(body: Mapping[str, Any], known: Mapping[str, str], language: str) -> list[str]:
    return [
        getattr(v.FAMILIES[body["family"]], language), _names(body["subject_kinds"], v.SUBJECT_KINDS, language),
        getattr(v.LEVELS[body["level"]], language), _names(body["uses"], v.USES, language),
        _names(body.get("share_with", ()), v.RECEIVERS, language),
        period_words(body.get("share_period", {}), language), period_words(body.get("publication_period", {}), language),
        getattr(v.UPDATES[body["update"]], language), str(len(body["schema"]["fields"])),
    ]


def _behaviour(body: Mapping[str, Any], known: Mapping[str, str], language: str) -> list[str]:
    return [_said(body["counts"], language), getattr(v.DIRECTIONS[body["direction"]], language), body.get("grade", ""),
            period_words(body.get("period", {}), language), getattr(REPAIR[bool(body.get("repairable"))], language),
            "、".join(body["areas"]), "、".join(body["documents"])]


def _application(body: Mapping[str, Any], known: Mapping[str, str], language: str) -> list[str]:
    def units(codes: Sequence[str], every: Text) -> str:
        return "、".join(getattr(every, language) if c == "*" else known.get(c, c) for c in codes)

    return [
        _said(body["matter"], language), _names(body["subject_kinds"], v.SUBJECT_KINDS, language), _said(body["means"], language),
        units(body["implementers"], EVERY_UNIT), getattr(v.MEASURE_CLASSES[body["measure_class"]], language),
        getattr(v.DIRECTIONS[body["direction"]], language), "、".join(body.get("grades", ())), units(body["behaviours"], EVERY),
        period_words(body.get("period", {}), language),
    ]


def _said(pair: Mapping[str, str], language: str) -> str:
    return pair.get(language) or pair["zh"]


def _remark(body: Mapping[str, Any], language: str) -> str:
    note = _said(body["notes"], language) if body.get("notes") else ""
    return " · ".join(w for w in (note, getattr(TBC, language) if body.get("to_be_confirmed") else "") if w)


def fields_table(canonical: Mapping[str, Any]) -> Table:
    """Every field of every data item."""
    head = ["条目", "序号", "字段名称", "字段代码", "英文名称", "类型", "最大长度", "必填", "值域", "公开属性", "个人信息", "别名"]
    return head, [
        [i["code"], str(n), f["title"], f["name"], f["title_en"], f["type"], str(f.get("constraints", {}).get("maxLength", "")),
         "必填" if f.get("constraints", {}).get("required") else "", "、".join(f.get("constraints", {}).get("enum", ())),
         v.LEVELS[f.get("ximu:level", "shared")].zh, "是" if f.get("ximu:personal") else "", "、".join(f.get("ximu:aliases", ()))]
        for i in canonical["items"] if i["list"] == "data" for n, f in enumerate(i["body"]["schema"]["fields"], 1)
    ]


def bases_table(canonical: Mapping[str, Any]) -> Table:
    return ["代码", "登记版本", "名称", "英文名称", "文号", "层级", "施行日", "废止日", "备注"], [
        [b["code"], str(b["version"]), b["title"], b["title_en"], b["number"], b["level"], b["in_force_on"], b["repealed_on"] or "",
         TBC.zh if b["to_be_confirmed"] else ""]
        for b in canonical["bases"]
    ]


VALUES: dict[str, Mapping[str, Text]] = {
    "level": v.LEVELS, "ximu:level": v.LEVELS, "uses": v.USES, "family": v.FAMILIES, "subject_kinds": v.SUBJECT_KINDS,
    "direction": v.DIRECTIONS, "measure_class": v.MEASURE_CLASSES, "update": v.UPDATES, "share_with": v.RECEIVERS, "from": v.PERIOD_STARTS,
}
"""Where a value is a code of the vocabulary: the last word of its path, and how the code is read."""


def changes_table(changes: Iterable[Change], *, language: str = "zh", bases: Mapping[str, str] = MappingProxyType({})) -> Table:
    """One row per changed field, called as its form calls it; an added or removed item has one row. What an item says stays; codes of the
    vocabulary are said in words, and a legal text by its title in `bases`."""
    def said(path: str, value: Any) -> str:
        known = VALUES.get(path.rsplit(".", 1)[-1], {})
        if isinstance(value, Mapping) and "basis" in value:
            return f"《{bases[value['basis']]}》{value.get('article', '')}" if value["basis"] in bases else _plain(value)
        if isinstance(value, list):
            return "、".join(said(path, x) for x in value)
        return str(getattr(known[value], language)) if isinstance(value, str) and value in known else _plain(value)

    return getattr(CHANGES_HEAD, language).split(), [
        [getattr(KINDS[c.kind], language), getattr(v.LISTS[c.list], language), c.code, c.name.get(language) or c.name["zh"],
         path and getattr(path_words(c.list, path), language), said(path, old), said(path, new)]
        for c in changes for path, old, new in (_told(c.fields) or (("", None, None),))
    ]


def _told(fields: Sequence[tuple[str, Any, Any]]) -> list[tuple[str, Any, Any]]:
    """An owner is told by name; its identifier alone only where the name stayed the same."""
    named = any(path == "owner_name" for path, _, _ in fields)
    return [one for one in fields if not (named and one[0] == "owner")]


def path_words(list_: str, path: str) -> Text:
    """`body.schema.fields.CF_WSH.title` as a person says it: 字段 CF_WSH 名称."""
    head, *rest = path.removeprefix("body.").split(".")
    label = LABELS[list_].get(head, OWNERS.get(head, Text(head, head)))
    tail = [INSIDE.get(one, Text(one, one)) for one in rest if one != "fields"]
    return Text(" ".join([label.zh, *(one.zh for one in tail)]), " ".join([label.en, *(one.en for one in tail)]))


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(_plain(x) for x in value)
    if isinstance(value, Mapping):
        return " ".join(str(x) for x in value.values())
    return str(value)
