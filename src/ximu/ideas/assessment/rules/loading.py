"""Is this method file sound? TOML text becomes a `Method`, or a refusal that names the place."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ximu.kernel.refusal import Refusal

from . import aggregate, impute, normalise, treat, weights
from .checking import check
from .method import Adjustment, Columns, Grade, Indicator, Method, Missing, Node, Step, Veto
from .reading import check_keys, decimal, fraction, list_of, number, one_of, plain, refuse_name, shaped, table_of, text

TOP = {"method", "columns", "missing", "treatment", "normalisation", "weights", "aggregation", "node", "indicator",
       "deduction", "bonus", "veto", "grade", "uncertainty"}
METHOD = {"name", "version", "rank_decimals", "official", "decimals", "accept", "maximum", "minimum", "description", "basis",
          "source", "owner"}
INDICATOR = {"code", "parent", "name", "weight", "direction", "normalise", "treatment", "goalposts", "target", "denominator",
             "scale", "transform", "unit", "definition", "source", "owner", "accept"} | set().union(*normalise.PARAMS.values())
NODE = {"code", "parent", "name", "weight", "aggregate", "threshold", "definition"}
ADJUSTMENT = {"code", "column", "each", "cap", "node", "reason"}
VETO = {"code", "column", "at_least", "limit", "node", "reason"}
UNCERTAINTY = {"weights", "normalisation", "aggregation", "missing", "interval"}
LARGEST_FILE = 2_000_000


def digest_of(source: str) -> str:
    return hashlib.sha256(source.encode()).hexdigest()


def parse(source: str) -> dict[str, Any]:
    """Plain tables of a TOML text, decimals kept exact. Refuses METH-FORM."""
    if len(source) > LARGEST_FILE:
        raise Refusal("METH-FORM", value=len(source), rule=f"<= {LARGEST_FILE}", status=413,
                      zh="方法文件过大。", en="The method file is too large.")
    try:
        return tomllib.loads(source.removeprefix("\ufeff"), parse_float=Decimal)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise Refusal("METH-FORM", value=str(error)[:200], rule="TOML", zh=f"方法文件不是合法的TOML：{error}",
                      en=f"The method file is not valid TOML: {error}") from error


def load(source: str) -> Method:
    """A method from TOML text."""
    return build(parse(source), digest=digest_of(source))


def build(raw: Mapping[str, Any], *, digest: str = "") -> Method:
    """A method from plain tables; every sum, tree and name is checked."""
    check_keys(raw, TOP, "method file")
    head = table_of(raw.get("method", {}), "method")
    check_keys(head, METHOD, "method")
    aggregation, threshold = _aggregation(raw.get("aggregation", {}))
    method = Method(
        name=text(head.get("name"), "index", "method.name"), version=str(head.get("version", "")),
        official=_flag(head.get("official", False), "method.official"), decimals=_decimals(head.get("decimals", 6)),
        rank_decimals=_decimals(head["rank_decimals"]) if "rank_decimals" in head else None,
        columns=_columns(raw.get("columns", {})), missing=_missing(raw.get("missing")),
        treatment=_treatment(raw.get("treatment", {"method": "none"}), "treatment"),
        normalisation=_normalisation(raw.get("normalisation", {}), "normalisation"),
        weighting=_weighting(raw.get("weights", {})), aggregation=aggregation, threshold=threshold,
        indicators=tuple(_indicator(t, n) for n, t in enumerate(list_of(raw.get("indicator", []), "indicator"))),
        nodes=_nodes(raw), adjustments=_adjustments(raw),
        vetoes=tuple(_veto(table_of(t, "veto")) for t in list_of(raw.get("veto", []), "veto")),
        grades=_grades(list_of(raw.get("grade", []), "grade")), bounds=_bounds(head),
        doubts=_doubts(table_of(raw.get("uncertainty", {}), "uncertainty")),
        accept=frozenset(map(str, list_of(head.get("accept", []), "method.accept"))), digest=digest,
    )
    return check(method)


def _flag(value: Any, where: str) -> bool:
    if isinstance(value, bool):
        return value
    raise Refusal("METH-FORM", field=where, value=str(value), rule="true or false",
                  zh=f"“{where}”应是true或false。", en=f"“{where}” must be true or false.")


def _decimals(value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 12:
        return value
    raise Refusal("METH-NUM", field="method.decimals", value=str(value), rule="0..12",
                  zh="小数位数应在0到12之间。", en="Decimals must lie between 0 and 12.")


def _bounds(head: Mapping[str, Any]) -> tuple[Decimal | None, Decimal | None]:
    low, high = (decimal(head[k], f"method.{k}") if k in head else None for k in ("minimum", "maximum"))
    return low, high


def _columns(given: Any) -> Columns:
    table = table_of(given, "columns")
    check_keys(table, {"unit", "label", "time", "panel"}, "columns")
    panel = str(table.get("panel", "global"))
    if panel not in {"global", "each"}:
        raise Refusal("METH-FORM", field="columns.panel", value=str(panel), rule="global or each",
                      zh="panel应是global或each。", en="panel must be global or each.")
    unit, label, time = (str(table.get(k, "")) for k in ("unit", "label", "time"))
    return Columns(unit, label, time, panel)


def _missing(given: Any) -> Missing:
    table = table_of(given or {}, "missing")
    check_keys(table, {"rule", "group", "minimum", "stage", "not_delivered"}, "missing")
    rule = one_of(table.get("rule", "incomplete"), impute.known, "missing.rule", "METH-MISS")
    default = 1 if rule == "incomplete" else 0
    found = Missing(rule, str(table.get("group", "")), number(table.get("minimum", default), "missing.minimum"),
                    str(table.get("stage", "raw")), str(table.get("not_delivered", "worst")), given is not None)
    wrong = (found.stage not in {"raw", "normalised"} or found.not_delivered not in {"worst", "missing"}
             or not 0 <= found.minimum <= 1 or (rule.endswith("-group") and not found.group))
    if wrong:
        refuse_name(dict(table), "missing", "METH-MISS")
    return found


def _step_params(table: Mapping[str, Any], name: str, where: str) -> dict[str, Any]:
    params = {normalise.PARAM_ALIASES.get(k, k): plain(v, where) for k, v in table.items()}
    check_keys(params, normalise.PARAMS[name], where)
    if isinstance(posts := params.get("goalposts"), list) and len(posts) == 3:
        params.update({"goalposts": posts[:2], "range": [0.0, posts[2]]})
    numeric = {k: v for k, v in params.items() if k in {"target", "each", "cap", "full", "below", "p"} and isinstance(v, str)}
    params.update({k: number(v, f"{where}.{k}") for k, v in numeric.items()})
    if isinstance(params.get("goalposts"), list):
        params["goalposts"] = [number(v, f"{where}.goalposts") if isinstance(v, str) else v for v in params["goalposts"]]
    for key, value in params.items():
        shaped(value, normalise.SHAPES[key], f"{where}.{key}")
    return params


def _normalisation(given: Any, where: str) -> Step:
    table = {"method": given} if isinstance(given, str) else dict(table_of(given, where))
    name = one_of(table.pop("method", "minmax"), normalise.known, where, "METH-NORM")
    return Step(name, _step_params(table, name, where))


def _treatment(given: Any, where: str) -> Step:
    table = {"method": given} if isinstance(given, str) else dict(table_of(given, where))
    name = str(table.pop("method", "winsorise"))
    check_keys(table, treat.PARAMS, where)
    if name not in {"none", "winsorise", *treat.TRANSFORMS} or str(table.get("then", "none")).lower() not in {"none", *treat.TRANSFORMS}:
        refuse_name(name, where, "METH-NORM")
    params = plain(table, where)
    for key in params.keys() - {"then"}:
        shaped(params[key], "flag" if key == "combine" else "number", f"{where}.{key}")
    return Step(name, params)


def _weighting(given: Any) -> Step:
    table = {"method": given} if isinstance(given, str) else dict(table_of(given, "weights"))
    name = str(table.pop("method", "given"))
    if name not in weights.METHODS or not isinstance(table.get("factors", 0), int):
        raise Refusal("METH-WEIGHT", field="weights.method", value=name, rule=" ".join(sorted(weights.METHODS)),
                      zh=f"不认识赋权方法“{name}”。", en=f"The weighting method “{name}” is not known.")
    rest = {k: plain(v, "weights") for k, v in table.items() if k not in {"total", "ahp", "budget"}}
    own_tables = table_of(table.get(name, {}), f"weights.{name}") if name in {"ahp", "budget"} else {}
    for node, own in own_tables.items():
        where = f"weights.{name}.{node}"
        rest[node] = {k: v if k == "order" else _exact_rows(v, where) for k, v in table_of(own, where).items()}
    check_keys({k: v for k, v in rest.items() if not isinstance(v, dict)}, {"factors"}, "weights")
    return Step(name, {**rest, "total": fraction(table.get("total", 1), "weights.total")})


def _exact_rows(value: Any, where: str) -> Any:
    if isinstance(value, list):
        return [_exact_rows(v, where) for v in value]
    return number(value, where)


def _aggregation(given: Any) -> tuple[tuple[str, ...], float | None]:
    table = {"method": given} if isinstance(given, str | list) else table_of(given, "aggregation")
    check_keys(table, {"method", "levels", "threshold"}, "aggregation")
    names = table.get("levels", table.get("method", "arithmetic"))
    chosen = [one_of(n, aggregate.known, "aggregation", "METH-AGG") for n in (names if isinstance(names, list) else [names])]
    threshold = number(table["threshold"], "aggregation.threshold") if "threshold" in table else None
    return tuple(chosen) or ("arithmetic",), threshold


def _indicator(given: Any, place: int) -> Indicator:
    table = dict(table_of(given, f"indicator[{place}]"))
    code = str(table.get("code", ""))
    where = f"indicator.{code or place}"
    table = {normalise.PARAM_ALIASES.get(k, k): v for k, v in table.items()}
    check_keys(table, INDICATOR, where)
    if str(table.get("transform", "none")) not in {"none", *treat.TRANSFORMS}:
        refuse_name(table["transform"], f"{where}.transform", "METH-NORM")
    posts = [number(v, f"{where}.goalposts") for v in list_of(table.get("goalposts", []), f"{where}.goalposts")]
    return Indicator(
        code=code, parent=str(table.get("parent", "")), name=text(table.get("name"), code or "?", f"{where}.name"),
        weight=fraction(table["weight"], f"{where}.weight") if "weight" in table else None,
        direction=_direction(table.get("direction", 1), where), normalise=_own_normalise(table, where),
        treatment=_treatment(table["treatment"], f"{where}.treatment") if "treatment" in table else None,
        goalposts=(posts[0], posts[1]) if len(posts) >= 2 else None,
        target=number(table["target"], f"{where}.target") if "target" in table else None,
        denominator=str(table.get("denominator", "")), scale=number(table.get("scale", 1), f"{where}.scale"),
        transform=str(table.get("transform", "")).replace("none", ""),
        accept=frozenset(map(str, list_of(table.get("accept", []), f"{where}.accept"))),
        **{k: str(table.get(k, "")) for k in ("unit", "definition", "source", "owner")},
    )


def _own_normalise(table: Mapping[str, Any], where: str) -> Step | None:
    """The indicator's own normalisation: named, or implied by its goalposts, bands or each."""
    implied = next((n for k, n in (("goalposts", "goalposts"), ("bands", "bands"), ("each", "deduction")) if k in table), "")
    given = table.get("normalise", implied)
    if not given:
        return None
    if isinstance(given, dict):
        return _normalisation(given, f"{where}.normalise")
    name = one_of(given, normalise.known, f"{where}.normalise", "METH-NORM")
    return Step(name, _step_params({k: v for k, v in table.items() if k in normalise.PARAMS[name]}, name, where))


def _direction(value: Any, where: str) -> int:
    if isinstance(value, int | Decimal) and value in (1, -1):
        return int(value)
    raise Refusal("METH-DIR", field=f"{where}.direction", value=str(value), rule="1 or -1",
                  zh=f"“{where}”的方向应为1或-1。", en=f"The direction of “{where}” must be 1 or -1.")


def _nodes(raw: Mapping[str, Any]) -> tuple[Node, ...]:
    """Declared nodes; a method with indicators only gets one root."""
    given = list_of(raw.get("node", []), "node") or [{"code": "Index"}]
    found = []
    for place, item in enumerate(given):
        table = table_of(item, f"node[{place}]")
        where = f"node.{table.get('code', place)}"
        check_keys(table, NODE, where)
        code = str(table.get("code", ""))
        found.append(Node(
            code, str(table.get("parent", "")), text(table.get("name"), code or "?", f"{where}.name"),
            fraction(table["weight"], f"{where}.weight") if "weight" in table else None,
            one_of(table["aggregate"], aggregate.known, f"{where}.aggregate", "METH-AGG") if "aggregate" in table else "",
            number(table["threshold"], f"{where}.threshold") if "threshold" in table else None,
        ))
    return tuple(found)


def _adjustments(raw: Mapping[str, Any]) -> tuple[Adjustment, ...]:
    found = []
    for kind in ("deduction", "bonus"):
        for item in list_of(raw.get(kind, []), kind):
            table = table_of(item, kind)
            check_keys(table, ADJUSTMENT, kind)
            code = str(table.get("code") or table.get("column", ""))
            cap = decimal(table["cap"], f"{kind}.cap") if "cap" in table else None
            found.append(Adjustment(kind, code, str(table.get("column", code)), decimal(table.get("each", 1), f"{kind}.each"),
                                    cap, str(table.get("node", "")), text(table.get("reason"), code or kind, f"{kind}.reason")))
    return tuple(found)


def _veto(table: Mapping[str, Any]) -> Veto:
    check_keys(table, VETO, "veto")
    code = str(table.get("code") or table.get("column", ""))
    floor, limit = decimal(table.get("at_least", 1), "veto.at_least"), decimal(table.get("limit", 0), "veto.limit")
    reason = text(table.get("reason"), code or "veto", "veto.reason")
    return Veto(code, str(table.get("column", code)), floor, limit, str(table.get("node", "")), reason)


def _grades(items: list[Any]) -> tuple[Grade, ...]:
    found = []
    for item in items:
        table = table_of(item, "grade")
        check_keys(table, {"label", "lowest"}, "grade")
        found.append(Grade(str(table.get("label", "")), decimal(table.get("lowest", 0), "grade.lowest")))
    return tuple(sorted(found, key=lambda g: -g.lowest))


def _doubts(table: Mapping[str, Any]) -> dict[str, Any]:
    check_keys(table, UNCERTAINTY, "uncertainty")
    for key in ("weights", "interval"):
        if key in table and not 0 <= number(table[key], f"uncertainty.{key}") <= 1:
            raise Refusal("METH-NUM", field=f"uncertainty.{key}", value=str(table[key]), rule="0..1",
                          zh=f"uncertainty.{key}应在0到1之间。", en=f"uncertainty.{key} must lie between 0 and 1.")
    several = {k: list_of(table[k], f"uncertainty.{k}") for k in ("normalisation", "aggregation", "missing") if k in table}
    return {
        "weights": number(table.get("weights", Decimal("0.25")), "uncertainty.weights"),
        "interval": number(table.get("interval", Decimal("0.9")), "uncertainty.interval"),
        "normalisation": [_normalisation(n, "uncertainty.normalisation") for n in several.get("normalisation", [])],
        "aggregation": [_aggregation(n)[0] for n in several.get("aggregation", [])],
        "missing": [one_of(n, impute.known, "uncertainty.missing", "METH-MISS") for n in several.get("missing", [])],
    }
