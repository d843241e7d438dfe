"""The management measures (考核管理办法) that go with a method: the method file told in the words of an official document."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from ximu.foundation import city
from ximu.foundation.documents import Letter, Paragraph
from ximu.foundation.profiles import uid_of
from ximu.ideas.assessment.models import MethodVersion
from ximu.ideas.assessment.queries.runs import objection_days
from ximu.ideas.assessment.rules import loading
from ximu.ideas.assessment.rules.explain import NORMALISED, RULES
from ximu.ideas.assessment.rules.method import Indicator, Method, Node, Step
from ximu.ideas.registry import queries as registry

MISSING = {
    "omit": "略去该指标，其权重由同级其余指标分担", "incomplete": "有缺失的单位不予评分", "zero": "按零计", "worst": "按最低值计",
    "mean": "以各单位均值补", "median": "以各单位中位数补", "mean-group": "以同组均值补", "median-group": "以同组中位数补",
}
WEIGHED = {
    "given": "按下列权重", "relative": "按下列权重之比", "equal": "同级等权", "entropy": "熵权法", "ahp": "层次分析法",
    "budget": "专家预算分配法", "pca": "主成分法",
}


def measures(row: MethodVersion, *, on: date, issuer: str) -> Letter:
    """Every rule of the method in words; owners by their names, whether the file has a uid or a key of the city's profile."""
    method = loading.load(row.text)
    names = {item.owner: _owner(item.owner, on) for item in method.indicators if item.owner}
    standing = f"经{row.resolution}通过" if row.resolution else "草案，尚未经决议通过"
    body = [
        Paragraph("第一章　总则", 1),
        Paragraph(f"本办法适用于“{row.name_zh}”，版本{row.version}，{standing}。"),
        Paragraph(f"指标共{len(method.indicators)}项，{WEIGHED[method.weighting.name]}赋权。方法文件与本办法不一致的，以方法文件为准。"),
        Paragraph("第二章　指标、来源与权重", 1), *[p for node in reversed(method.upward()) for p in _node(method, node, names)],
        Paragraph("第三章　缺失、加分、扣分、否决与等级", 1), *_rules(method),
        Paragraph("第四章　核对、意见与公布", 1),
        Paragraph(f"初稿送各单位核对，对单项指标有意见的，可在征求意见期内提出，自提出之日起{objection_days(on)}个工作日内核实答复；意见采纳的，重新计算。计算人不得自己定稿或公布。"),
        Paragraph("结果与名次区间、方法文件、输入数据摘要一并公布，任何人可以按同一方法、数据与种子重算。"),
        Paragraph("方法文件SHA-256：", 3), Paragraph(row.digest, 3),
    ]
    return Letter(issuer=issuer, number=row.resolution or "（草案）",
                  title=f"{row.name_zh}管理办法", to="", paragraphs=tuple(body), signer=issuer, day=on)


def _owner(text: str, on: date) -> str:
    found = registry.unit(text, as_of=on) or registry.unit(uid_of(city.code(), text), as_of=on)
    return found.name if found else text


def _number(value: object) -> str:
    return format(Decimal(str(value)).normalize(), "f") if not isinstance(value, str) else value


def _share(weight: object) -> str:
    return "" if weight is None else f"，权重{_number(float(weight)):.6}"  # type: ignore[arg-type]


def _node(method: Method, node: Node, names: dict[str, str]) -> list[Paragraph]:
    rule = RULES[method.rule_of(node)].zh
    made = [Paragraph(f"（{node.name.zh}）由下列各项{rule}得出{_share(node.weight)}。", 2)]
    leaves = {item.code: item for item in method.indicators}
    return made + [_indicator(method, leaves[code], names) for code in method.children(node.code) if code in leaves]


def _indicator(method: Method, item: Indicator, names: dict[str, str]) -> Paragraph:
    step = item.normalise or method.normalisation
    words = [f"{item.name.zh}{_share(item.weight)}", "越高越好" if item.direction == 1 else "越低越好", _step(step)]
    words += [f"定义：{item.definition}"] if item.definition else []
    words += [f"数据来源：{item.source}"] if item.source else []
    words += [f"责任单位：{names.get(item.owner, item.owner)}"] if item.owner else []
    return Paragraph("；".join(words) + "。")


def _step(step: Step) -> str:
    name = NORMALISED.get(step.name, step.name)
    posts = step.params.get("goalposts")
    return f"{name}，目标区间{_number(posts[0])}至{_number(posts[1])}" if posts else name


def _rules(method: Method) -> list[Paragraph]:
    least = f"；报送指标不足{_number(round(100 * method.missing.minimum, 2))}%的单位不予评分" if method.missing.minimum else ""
    owed = "按最低值计" if method.missing.not_delivered == "worst" else "按缺失处理"
    made = [Paragraph(f"数据缺失的，{MISSING[method.missing.rule]}；应报未报的，{owed}；不适用的指标不计；零是实际数值{least}。")]
    for one in method.adjustments:
        kind, cap = ("扣" if one.kind == "deduction" else "加"), f"，最多{_number(one.cap)}分" if one.cap is not None else ""
        made.append(Paragraph(f"{one.reason.zh}（每件{kind}{_number(one.each)}分{cap}）。"))
    made += [Paragraph(f"{one.reason.zh}：达到{_number(one.at_least)}的，得分不超过{_number(one.limit)}分。") for one in method.vetoes]
    if method.grades:
        made.append(Paragraph("等级：" + "；".join(f"{_number(g.lowest)}分以上为{g.label}" for g in method.grades) + "。"))
    return made
