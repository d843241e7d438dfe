"""`ximu index`: the scoring engine without the platform, on a method file and a CSV."""

from __future__ import annotations

import json
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from ximu.ideas.assessment.rules import explain, loading, meta, quality, report, sensitivity, uncertainty
from ximu.ideas.assessment.rules.data import Table, read
from ximu.ideas.assessment.rules.method import Method
from ximu.ideas.assessment.rules.score import Result, score
from ximu.kernel.refusal import Refusal

DJANGO = False
COMMANDS = {"index": "index_command"}


def _text(path: str) -> str:
    """File or standard input (`-`) as UTF-8."""
    try:
        return sys.stdin.read() if path == "-" else Path(path).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Refusal("FILE-READ", field="file", value=path, rule="UTF-8 file",
                      zh=f"无法以UTF-8读取文件“{path}”。", en=f"Cannot read “{path}” as UTF-8.") from error


def _value(text: str) -> Any:
    """A parameter of the command line: JSON where it parses (`[1,100]`, `true`, `2`), else text."""
    try:
        return json.loads(text, parse_float=Decimal)
    except json.JSONDecodeError:
        return text


def _overrides(given: dict[str, Any]) -> dict[str, Any]:
    """The command line's flags as tables of the method file."""
    tables: dict[str, Any] = {}
    if given["normalise"]:
        pairs = (p.partition("=") for p in given["param"])
        tables["normalisation"] = {"method": given["normalise"], **{k: _value(v) for k, _, v in pairs}}
    if given["aggregate"]:
        tables["aggregation"] = {"levels": [n for part in given["aggregate"] for n in part.split(",")]}
    if given["impute"]:
        tables["missing"] = {"rule": given["impute"], **({"group": given["group"]} if given["group"] else {})}
    if given["weights"]:
        tables["weights"] = {"method": given["weights"]}
    if given["threshold"] is not None:
        tables.setdefault("aggregation", {})["threshold"] = Decimal(str(given["threshold"]))
    columns = {k: given[k] for k in ("unit", "time", "panel") if given[k]}
    if columns:
        tables["columns"] = columns
    if given["treat"]:
        tables["treatment"] = {"method": "winsorise"}
    return tables


def _method(path: str, given: dict[str, Any]) -> Method:
    source, overrides = _text(path), _overrides(given)
    if path.lower().endswith(".csv"):
        tables = {**meta.tables(source, denominate=given["denominate"], goalposts="goal" in given["normalise"]), **overrides}
    else:
        tables = loading.parse(source)
        for key in ("columns", "aggregation") if overrides else ():
            own = tables.get(key)
            if key in overrides and isinstance(own, dict):
                overrides[key] = {**own, **overrides[key]}
        tables = {**tables, **overrides}
    if given["accept"]:
        head = dict(tables.get("method", {}))
        tables["method"] = {**head, "accept": [*head.get("accept", []), *given["accept"]]}
    return loading.build(tables, digest=loading.digest_of(source))


def _data(path: str, method: Method) -> Table:
    columns = method.columns
    return read(_text(path), unit=columns.unit, label=columns.label, time=columns.time)


def _extra(result: Result, given: dict[str, Any]) -> dict[str, Any]:
    """Doubts about the result that were asked for."""
    found: dict[str, Any] = {}
    if given["uncertainty"]:
        found["uncertainty"] = uncertainty.intervals(result, draws=given["uncertainty"], seed=given["seed"])
    if given["sensitivity"]:
        found["sensitivity"] = sensitivity.indices(result, base=given["sensitivity"], seed=given["seed"])
    if given["with_quality"]:
        found["quality"] = quality.quality(result)
    return found


@click.command("index")
@click.argument("method_file", metavar="METHOD.toml")
@click.argument("data_file", metavar="DATA.csv")
@click.option("--normalise", default="", help="归一化方法 normalisation instead of the file's, such as minmax or n_zscore")
@click.option("--param", multiple=True, help="归一化参数 its parameter, NAME=VALUE, such as range=[1,100]")
@click.option("--aggregate", multiple=True, help="汇总方法 aggregation by level, lowest first, such as amean,gmean")
@click.option("--impute", default="", help="缺失规则 rule for missing values")
@click.option("--group", default="", help="分组列 column of groups for mean-group and median-group")
@click.option("--weights", default="", help="赋权方法 weighting method")
@click.option("--treat", is_flag=True, help="处理离群值 treat outliers as COINr's qTreat")
@click.option("--denominate", is_flag=True, help="iMeta的分母 use the denominators of an iMeta table")
@click.option("--threshold", type=float, help="汇总所需的最低有值比例 smallest share of known children that still aggregates")
@click.option("--unit", default="", help="单位列 column of the unit's code")
@click.option("--time", default="", help="期间列 column of the period, for several periods in one file")
@click.option("--panel", default="", help="global：各期同一尺度 one scale for all periods; each：各期分别 one for each")
@click.option("--show", type=click.Choice(["results", "normalised", "scores", "ranks"]), default="results", help="显示哪张表 what to print")
@click.option("--accept", multiple=True, help="接受某类提示 accept warnings of a code, such as METH-CLIP")
@click.option("--explain", "explained", default="", help="解释一个单位的得分 why this unit has its score (JSON)")
@click.option("--uncertainty", default=0, help="名次区间的抽样次数 Monte Carlo draws for rank intervals")
@click.option("--sensitivity", default=0, help="索伯尔指数的基本样本数 base sample for Sobol indices")
@click.option("--seed", default=0, help="随机种子 seed of the draws")
@click.option("--quality", "with_quality", is_flag=True, help="相关性、一致性、有效权重 correlation, consistency, effective weights")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def index_command(method_file: str, data_file: str, as_json: bool, **given: Any) -> None:
    """按方法文件计算综合指数 Normalised values, scores and ranks of DATA.csv by METHOD.toml.

    METHOD may also be a COINr iMeta table (.csv); `-` reads standard input.
    """
    method = _method(method_file, given)
    result = score(method, _data(data_file, method))
    if given["explained"]:
        click.echo(json.dumps(explain.explain(result, given["explained"]), ensure_ascii=False))
        return
    extra = _extra(result, given)
    if as_json:
        click.echo(json.dumps({**report.as_json(result), **extra}, ensure_ascii=False))
        return
    for warning in result.warnings:
        click.echo(f"[{warning.code}] {warning.text.zh} {warning.text.en}", err=True)
    shown = given["show"]
    click.echo("\n".join(report.as_lines(result, extra.get("uncertainty")) if shown == "results" else report.as_table(result, shown)))
    for name in ("sensitivity", "quality"):
        if name in extra:
            click.echo(json.dumps({name: extra[name]}, ensure_ascii=False, indent=1))
