"""How does a list look as a table? Headings and cells of words, the same for pages, spreadsheets and documents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ximu.ideas.catalogue.rules import vocabulary as v
from ximu.ideas.catalogue.rules.editions import Change
from ximu.kernel.words import Text

Table = tuple[list[str], list[list[str]]]
TBC = "待确认"
KINDS = {"added": Text("新增", "added"), "changed": Text("修改", "changed"), "removed": Text("删除", "removed")}
CHANGES_HEAD = Text("变化 清单 代码 名称 项目 原内容 新内容", "Change List Code Name Field Old New")


def period_words(period: Mapping[str, Any]) -> str:
    if not period:
        return ""
    length = f"{period['years']}年" if "years" in period else ""
    length += f"{period['months']}个月" if "months" in period else ""
    return f"自{v.PERIOD_STARTS[period['from']].zh}起{length}"


def _names(codes: Iterable[str], table: Mapping[str, Any]) -> str:
    return "、".join(table[c].zh for c in codes)


def bases_words(body: Mapping[str, Any], bases: Mapping[str, Mapping[str, Any]]) -> str:
    """《名称》（文号，层级）条款, one after the other."""
    parts = []
    for ref in body["bases"]:
        basis = bases[ref["basis"]]
        inside = "，".join(w for w in (basis["number"], basis["level"], TBC if basis["to_be_confirmed"] else "") if w)
        parts.append(f"《{basis['title']}》（{inside}）{ref['article']}")
    return "；".join(parts)


def table_of(canonical: Mapping[str, Any], list_: str, names: Mapping[str, str] | None = None) -> Table:
    """One list of a canonical edition; `names` translates implementers' uids into unit names."""
    bases = {b["code"]: b for b in canonical["bases"]}
    rows = [i for i in canonical["items"] if i["list"] == list_]
    head, cells = {"data": (_DATA, _data), "behaviour": (_BEHAVIOUR, _behaviour), "application": (_APPLICATION, _application)}[list_]
    known = {i["owner"]: i["owner_name"] for i in canonical["items"]} | dict(names or {})
    return [*head, "依据", "备注"], [
        [i["code"], i["body"]["name"]["zh"], i["body"]["name"]["en"], i["owner_name"], *cells(i["body"], known),
         bases_words(i["body"], bases), _remark(i["body"])]
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


def _data(body: Mapping[str, Any], known: Mapping[str, str]) -> list[str]:
    return [
        v.FAMILIES[body["family"]].zh, _names(body["subject_kinds"], v.SUBJECT_KINDS), v.LEVELS[body["level"]].zh,
        _names(body["uses"], v.USES), "、".join(body.get("share_with", ())), period_words(body.get("share_period", {})),
        period_words(body.get("publication_period", {})), v.UPDATES[body["update"]].zh, str(len(body["schema"]["fields"])),
    ]


def _behaviour(body: Mapping[str, Any], known: Mapping[str, str]) -> list[str]:
    return [body["counts"]["zh"], v.DIRECTIONS[body["direction"]].zh, body.get("grade", ""), period_words(body.get("period", {})),
            "可修复" if body.get("repairable") else "不可修复", "、".join(body["areas"]), "、".join(body["documents"])]


def _application(body: Mapping[str, Any], known: Mapping[str, str]) -> list[str]:
    def units(codes: Sequence[str], every: str) -> str:
        return "、".join(every if c == "*" else known.get(c, c) for c in codes)

    return [
        body["matter"]["zh"], _names(body["subject_kinds"], v.SUBJECT_KINDS), body["means"]["zh"],
        units(body["implementers"], "各区、各部门"), v.MEASURE_CLASSES[body["measure_class"]].zh, v.DIRECTIONS[body["direction"]].zh,
        "、".join(body.get("grades", ())), units(body["behaviours"], "全部"), period_words(body.get("period", {})),
    ]


def _remark(body: Mapping[str, Any]) -> str:
    return "；".join(w for w in (body.get("notes", {}).get("zh", ""), TBC if body.get("to_be_confirmed") else "") if w)


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
         TBC if b["to_be_confirmed"] else ""]
        for b in canonical["bases"]
    ]


def changes_table(changes: Iterable[Change], *, language: str = "zh") -> Table:
    """One row per changed field; an added or removed item has one row. What an item says stays as it was published."""
    return getattr(CHANGES_HEAD, language).split(), [
        [getattr(KINDS[c.kind], language), getattr(v.LISTS[c.list], language), c.code, c.name.get(language) or c.name["zh"], path,
         _plain(old), _plain(new)]
        for c in changes for path, old, new in (c.fields or (("", None, None),))
    ]


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
