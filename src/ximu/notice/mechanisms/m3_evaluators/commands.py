"""`ximu evaluator`: snapshots, methods in the sandbox, results, the gap to the official one."""

from __future__ import annotations

import json
import tomllib
from dataclasses import MISSING, fields
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from ximu.foundation import clock
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import SYSTEM
from ximu.kernel.refusal import Refusal
from ximu.notice.mechanisms.m3_evaluators import queries, reader, services

FORMS: dict[str, Any] = {"units": list, "granted": dict, "fee": int | float}
COMMANDS = {"evaluator": "evaluator_group", "evaluators": "evaluator_group"}


def _text(path: str) -> str:
    try:
        return Path(path).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Refusal("FILE-READ", field="file", value=Path(path).name, rule="UTF-8 file", zh="无法以UTF-8读取文件。",
                      en="Cannot read the file as UTF-8.") from error


def _say(told: Any, as_json: bool) -> None:
    rows = told if isinstance(told, list) else [told]
    lines = ["\t".join(f"{k}={json.dumps(v, ensure_ascii=False, default=str)}" for k, v in row.items()) for row in rows]
    click.echo(json.dumps(told, ensure_ascii=False, default=str) if as_json else "\n".join(lines))


@click.group("evaluator")
def evaluator_group() -> None:
    """第三方评价 third-party evaluators: registry, snapshots, runs, checks, comparison."""


@evaluator_group.command("list")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def list_(as_json: bool) -> None:
    """评价机构与声明 institutes with what they declared."""
    _say([{"evaluator": e.uid, "name": e.name, "code": e.code, "kind": e.kind, **queries.declared(e).plain()}
          for e in queries.evaluators()], as_json)


@evaluator_group.command("register")
@click.argument("file", metavar="EVALUATOR.toml")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def register(file: str, as_json: bool) -> None:
    """登记评价机构 an institute: name, code, kind, people, methods, funders, interests ([[unit, kind], …])."""
    given = _tables(file, {"name", "code", "kind", "people", "methods", "funders", "interests"})
    uid = services.register(str(given.get("name", "")), code=str(given.get("code", "")), kind=str(given.get("kind", "")), declaration=given,
                            by=SYSTEM, at=clock.now(), people=[str(one) for one in given.get("people", [])])
    _say({"evaluator": uid}, as_json)


@evaluator_group.command("declare")
@click.argument("evaluator")
@click.argument("file", metavar="DECLARATION.toml")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def declare(evaluator: str, file: str, as_json: bool) -> None:
    """更新利益声明 a new declaration: methods, funders, interests; EVALUATOR by uid or code."""
    services.declare(queries.evaluator(evaluator).uid, _tables(file, {"methods", "funders", "interests"}), by=SYSTEM, at=clock.now())
    _say({"evaluator": evaluator}, as_json)


@evaluator_group.command("engage")
@click.argument("evaluator")
@click.argument("file", metavar="TERMS.toml")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def engage(evaluator: str, file: str, as_json: bool) -> None:
    """委托并授予字段 title, period, units, commissioner, payer, contract, fee, official, [granted] ITEM = [fields]."""
    given, day = _tables(file, {one.name for one in fields(services.Terms)}), clock.today()
    missing = [one.name for one in fields(services.Terms) if one.default is MISSING and one.name not in given]
    if missing:
        raise Refusal("EVAL-TERMS", field=missing[0], value="", rule=" ".join(one.name for one in fields(services.Terms)),
                      zh=f"委托文件缺少{'、'.join(missing)}。", en=f"The terms lack {', '.join(missing)}.")
    for name, value in given.items():
        if not isinstance(value, FORMS.get(name, str)) or isinstance(value, bool):
            raise Refusal("EVAL-TERMS", field=name, value=str(value)[:20], rule="text; units [], granted {}, fee 0.00",
                          zh=f"委托文件中“{name}”的写法不对。", en=f"“{name}” of the terms is not written as it should be.")
    named = {name: _unit(str(given[name]), day) for name in ("commissioner", "payer")}
    terms = services.Terms(**{**given, **named, "units": [_unit(str(one), day) for one in given["units"]],
                              "fee": Decimal(str(given.get("fee", 0)))})
    _say({"engagement": services.engage(queries.evaluator(evaluator).uid, terms, by=SYSTEM, at=clock.now())}, as_json)


def _unit(text: str, day: date) -> str:
    return text if registry.unit(text, as_of=day) else registry.named(text, as_of=day)


def _tables(path: str, keys: set[str]) -> dict[str, Any]:
    try:
        found = tomllib.loads(_text(path))
    except tomllib.TOMLDecodeError as error:
        raise Refusal("FILE-READ", field="file", value=Path(path).name, rule="TOML", zh="不是TOML文件。",
                      en="This is no TOML file.") from error
    if strange := sorted(set(found) - keys):
        raise Refusal("EVAL-FORM", field=strange[0], value=strange[0], rule=" ".join(sorted(keys)), zh=f"文件中没有键“{strange[0]}”。",
                      en=f"The file has no key “{strange[0]}”.")
    return found


@evaluator_group.command("survey")
@click.argument("engagement")
@click.argument("file", metavar="SURVEY.csv")
@click.option("--code", required=True, help="代码 read by methods as survey:CODE")
@click.option("--kind", type=click.Choice(["survey", "rating"]), default="survey", help="调查或评级 survey or rating")
@click.option("--frame", required=True, help="抽样框与问卷 frame and questionnaire")
@click.option("--population", default=0, help="总体 population")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def survey(engagement: str, file: str, as_json: bool, **given: Any) -> None:
    """提交调查或评级 a survey (unit, n, value in percent, sum_w, sum_w2) or a rating (unit, value AAA … C)."""
    uid = services.add_survey(engagement, _text(file), by=SYSTEM, at=clock.now(), **given)
    found = next(one for one in queries.surveys(queries.engagement(engagement)) if one.uid == uid)
    _say({"survey": uid, "lines": found.lines}, as_json)


@evaluator_group.command("send")
@click.argument("evaluation")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def send(evaluation: str, as_json: bool) -> None:
    """送被评价单位 to the units for comments; the clock to publication runs."""
    row = services.send(evaluation, by=SYSTEM, at=clock.now())
    _say({"evaluation": row.uid, "state": row.state, "due": row.due}, as_json)


@evaluator_group.command("publish")
@click.argument("evaluation", required=False)
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def publish(evaluation: str | None, as_json: bool) -> None:
    """公布 publish one whose time has come; without EVALUATION all of them, as the daily pass does."""
    if evaluation:
        row = services.publish(evaluation, by=SYSTEM, at=clock.now())
        _say({"evaluation": row.uid, "state": row.state}, as_json)
    else:
        _say({"published": services.publish_due(by=SYSTEM, at=clock.now())}, as_json)


@evaluator_group.command("show")
@click.argument("evaluation")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def show(evaluation: str, as_json: bool) -> None:
    """评价结果 what left the checks, with the notes."""
    row = queries.evaluation(evaluation)
    _say({"evaluation": row.uid, "state": row.state, "due": row.due, "digest": row.digest, **queries.told(row),
          "notes": queries.notes(row)}, as_json)


@evaluator_group.command("freeze")
@click.argument("engagement")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def freeze(engagement: str, as_json: bool) -> None:
    """冻结数据 the snapshot of an engagement: granted fields only, digest in the log."""
    made = queries.snapshot(services.freeze(engagement, by=SYSTEM, at=clock.now()))
    _say({"snapshot": made.uid, "digest": made.digest, "rows": {item: len(refs) for item, refs in made.refs.items()},
          "left_out": made.left_out}, as_json)


@evaluator_group.command("twin")
@click.argument("snapshot")
@click.option("--out", help="写入文件 write to a file instead of the screen")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def twin(snapshot: str, out: str | None, as_json: bool) -> None:
    """仿真数据 the made-up twin of a snapshot (JSON)."""
    text = json.dumps(queries.twin_of(queries.snapshot(snapshot)), ensure_ascii=False)
    if out:
        Path(out).write_text(text, "utf-8")
        _say({"twin": out}, as_json)
    else:
        click.echo(text)


@evaluator_group.command("run")
@click.argument("snapshot")
@click.argument("method", metavar="METHOD.toml")
@click.option("--draws", default=200, help="抽样次数 draws for rank intervals")
@click.option("--seed", default=0, help="随机种子 seed")
@click.option("--twin", "on_twin", is_flag=True, help="只在仿真数据上试算 try on the twin only, nothing is kept")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def run(snapshot: str, method: str, draws: int, seed: int, on_twin: bool, as_json: bool) -> None:
    """在隔离环境中运行方法 run a method file in the sandbox; only what passes the checks comes out."""
    if on_twin:
        _say(services.try_on_twin(snapshot, _text(method), by=SYSTEM), as_json)
        return
    made = services.evaluate(snapshot, _text(method), by=SYSTEM, at=clock.now(), draws=draws, seed=seed)
    told = queries.told(made)
    _say({"evaluation": made.uid, "state": made.state, "digest": made.digest, "ranking": told["ranking"], "withheld": told["withheld"]},
         as_json)


@evaluator_group.command("rerun")
@click.argument("evaluation")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def rerun(evaluation: str, as_json: bool) -> None:
    """重算 compute again: the same bytes? Exit 1 if not."""
    told = services.rerun(evaluation)
    _say(told, as_json)
    if not told["same"]:
        raise SystemExit(1)


@evaluator_group.command("compare")
@click.argument("evaluation")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def compare(evaluation: str, as_json: bool) -> None:
    """与年度评价比较 the gap to the official result by cause and record; causes add up to it exactly."""
    _say(queries.compared(queries.evaluation(evaluation)), as_json)


@evaluator_group.command("try")
@click.argument("method", metavar="METHOD.toml")
@click.argument("data", metavar="DATA.json")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def try_(method: str, data: str, as_json: bool) -> None:
    """用本地数据试算 run a method on a twin that was taken home; no right and no database needed."""
    try:
        content = json.loads(_text(data))
    except ValueError as error:
        raise Refusal("FILE-READ", field="DATA", value=Path(data).name, rule="JSON", zh="不是JSON文件。",
                      en="This is no JSON file.") from error
    found = json.loads(reader.run(reader.Job(content, _text(method), {"draws": 0, "seed": 0, "data": "local"})))
    _say({"published": found["result"]["published"], "warnings": found["result"]["warnings"]}, as_json)
