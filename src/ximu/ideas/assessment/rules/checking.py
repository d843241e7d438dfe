"""Does the method hold together? Tree, sums of weights, sources, goalposts: what is checked before any data."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text

from . import normalise
from .method import Indicator, Method, Step, Warn

NEARLY = Fraction(1, 10**9)


def check(method: Method) -> Method:
    """The method with its warnings, or a refusal: METH-TREE, METH-NORM, METH-POST, METH-SUM, METH-SRC, METH-WEIGHT, METH-SILENT."""
    _tree(method)
    filled = replace(method, indicators=tuple(complete(method, i) for i in method.indicators))
    _sums(filled)
    _tables(filled)
    _ends(filled)
    return replace(filled, warnings=(*filled.warnings, *_sources(filled), *_silences(filled)))


def _tree(method: Method) -> None:
    everyone = method.items
    codes = [c.code for c in everyone]
    for code in codes:
        if not code or codes.count(code) > 1:
            _bad_tree(code, "代码为空或重复", "the code is empty or used twice")
    if not method.indicators:
        _bad_tree("indicator", "没有任何指标", "there is no indicator")
    roots = [n.code for n in method.nodes if not n.parent]
    if len(roots) != 1:
        _bad_tree(" ".join(roots), f"应有且只有一个根节点，现有{len(roots)}个", f"there must be one root, not {len(roots)}")
    nodes = {n.code: n.parent for n in method.nodes}
    for item in everyone:
        if item.parent not in nodes and item.code != roots[0]:
            _bad_tree(item.code, f"上级“{item.parent}”不存在", f"its parent “{item.parent}” does not exist")
    for code in nodes:
        seen, at = set(), code
        while at:
            if at in seen:
                _bad_tree(code, "上级关系成环", "its parents form a circle")
            seen.add(at)
            at = nodes[at]
        if not method.children(code):
            _bad_tree(code, "没有下级", "it has no children")


def _bad_tree(code: str, zh: str, en: str) -> None:
    raise Refusal("METH-TREE", field=code, value=code, rule="tree", zh=f"指标体系“{code}”：{zh}。", en=f"Tree, “{code}”: {en}.")


def complete(method: Method, indicator: Indicator) -> Indicator:
    """The indicator with its normalisation settled: its own or the method's, goalposts and target filled in."""
    step = indicator.normalise or method.normalisation
    params = dict(step.params)
    if step.name == "goalposts":
        posts = params.get("goalposts") or indicator.goalposts
        if indicator.normalise and "range" not in params and "range" in method.normalisation.params:
            params["range"] = method.normalisation.params["range"]
        if not posts or len(posts) < 2 or float(posts[0]) >= float(posts[1]):
            raise Refusal("METH-POST", field=indicator.code, value=str(posts or ""), rule="low < high",
                          zh=f"指标“{indicator.code}”的目标区间缺失或下限不小于上限。",
                          en=f"The goalposts of “{indicator.code}” are missing or the lower is not below the upper.")
        params["goalposts"] = posts
        indicator = replace(indicator, goalposts=(float(posts[0]), float(posts[1])))
    needed = {"dist2targ": ("target", indicator.target), "bands": ("bands", None), "deduction": ("each", None)}
    if step.name in needed:
        key, own = needed[step.name]
        params[key] = params.get(key, own)
        if params[key] is None or params[key] == []:
            raise Refusal("METH-NORM", field=f"{indicator.code}.{key}", value=step.name, rule="required",
                          zh=f"指标“{indicator.code}”的方法{step.name}缺少“{key}”。",
                          en=f"“{indicator.code}”: {step.name} needs “{key}”.")
    return replace(indicator, normalise=Step(step.name, params))


def _sums(method: Method) -> None:
    """Given weights sum to the total (1 unless told) among the children of every node; negative weights never."""
    total = method.weighting.params.get("total", Fraction(1))
    by_code = {c.code: c.weight for c in method.items}
    for node in method.nodes:
        given = {c: by_code[c] for c in method.children(node.code)}
        negative = [c for c, w in given.items() if w is not None and w < 0]
        known = [w for w in given.values() if w is not None]
        strict = method.weighting.name == "given" and known and method.rule_of(node) != "sum"
        unsummed = strict and (len(known) < len(given) or abs(sum(known) - total) > NEARLY)
        if negative or unsummed or not any(w != 0 for w in given.values()):
            raise Refusal(
                "METH-SUM", field=node.code, value=float(sum(known)), rule=f"= {float(total):g}",
                zh=f"“{node.code}”下级权重之和为{float(sum(known)):g}，应为{float(total):g}，且每项都有非负权重。",
                en=f"The weights under “{node.code}” sum to {float(sum(known)):g}, not to {float(total):g}; "
                   f"every child needs one that is not negative.",
            )


def _sources(method: Method) -> list[Warn]:
    without = [i for i in method.indicators if not (i.owner and i.source)]
    if without and method.official:
        item = without[0]
        zh, en = f"指标“{item.code}”没有责任单位或数据来源。", f"The indicator “{item.code}” has no owner or no source."
        raise Refusal("METH-SRC", field=item.code, value=item.owner or item.source, rule="owner and source", zh=zh, en=en)
    if not without:
        return []
    codes = " ".join(i.code for i in without)
    said = Text(f"{len(without)}个指标没有责任单位或数据来源。", f"{len(without)} indicators have no owner or no source.")
    return [Warn("METH-SRC", said, "indicator", codes, accepted=True)]


def _silences(method: Method) -> list[Warn]:
    """METH-SILENT: where silence could be worth more than the truth, an official method says that this is meant."""
    open_rule = method.missing.not_delivered != "worst" and method.missing.rule not in {"incomplete", "worst"}
    codes = [i.code for i in method.indicators if i.normalise and (
        open_rule or normalise.bottomless(i.normalise.name, i.normalise.params, i.direction))]
    uncapped = [a.code for a in method.adjustments if a.kind == "deduction" and a.cap is None and ":" not in a.column]
    loose = uncapped + ([] if method.missing.rule == "incomplete" and method.missing.not_delivered == "missing" else codes)
    if not loose:
        return []
    zh = f"{len(loose)}项指标或扣分应报未报时，得分可能高于如实报送。"
    en = f"For {len(loose)} indicators or deductions a unit that is silent could score more than one that tells the truth."
    accepted = "METH-SILENT" in method.accept
    if method.official and not accepted:
        raise Refusal("METH-SILENT", field=loose[0], value=method.missing.not_delivered, rule="accept", zh=zh + "须明确接受。",
                      en=en + " This must be accepted.")
    return [Warn("METH-SILENT", Text(zh, en), "indicator", " ".join(loose), accepted)]


def _tables(method: Method) -> None:
    """Pairwise comparisons and budgets name every child once; comparisons are reciprocal."""
    for node, own in method.weighting.params.items():
        if not isinstance(own, dict):
            continue
        children = sorted(method.children(node))
        if method.weighting.name == "budget":
            sound = sorted(own) == children and len({len(v) for v in own.values()}) == 1 and all(
                len(v) and min(v) >= 0 for v in own.values()) and all(sum(c) > 0 for c in zip(*own.values(), strict=True))
        else:
            order, matrix = own.get("order", []), own.get("matrix", [])
            size = len(order)
            sound = sorted(order) == children and size <= 15 and len(matrix) == size and all(
                isinstance(r, list) and len(r) == size and min(r) > 0 for r in matrix) and all(
                abs(matrix[i][j] * matrix[j][i] - 1) < 0.05 for i in range(size) for j in range(size))
        if not sound:
            raise Refusal("METH-WEIGHT", field=f"weights.{node}", value=node, rule="children, reciprocal",
                          zh=f"“{node}”的赋权表与其下级不符，或比较矩阵不互反。",
                          en=f"The weighting table of “{node}” does not fit its children, or its comparisons are not reciprocal.")


def _ends(method: Method) -> None:
    """Deductions, bonuses and vetoes name an existing node (the root where none is named)."""
    codes = {n.code for n in method.nodes}
    for node in [a.node for a in method.adjustments] + [v.node for v in method.vetoes]:
        if node and node not in codes:
            _bad_tree(node, "扣分、加分或否决指向不存在的节点", "a deduction, bonus or veto names a node that does not exist")
