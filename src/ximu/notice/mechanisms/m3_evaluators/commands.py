"""`ximu evaluator`: snapshots, methods in the sandbox, results, the gap to the official one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from ximu.foundation import clock
from ximu.kernel.actor import SYSTEM
from ximu.kernel.refusal import Refusal
from ximu.notice.mechanisms.m3_evaluators import queries, reader, services

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
