"""`ximu events`: what is in the store, load a file, run a definition."""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from ximu.foundation import clock
from ximu.ideas.events import queries, services
from ximu.kernel.actor import SYSTEM
from ximu.kernel.refusal import Refusal

COMMANDS = {"events": "events_group"}


def _known(text: str | None) -> datetime:
    if text is None:
        return clock.now()
    try:
        return clock.end_of(date.fromisoformat(text))
    except ValueError as error:
        raise Refusal("DATE-FORM", field="--known-at", value=text[:40], rule="YYYY-MM-DD", zh="日期应为YYYY-MM-DD。",
                      en="Write the date as YYYY-MM-DD.") from error


def say(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, default=str))


@click.group("events")
def events_group() -> None:
    """运行数据 event data."""


@events_group.command("list")
@click.option("--known-at", help="截至何日已知 what was known by the end of this day")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def events_list(known_at: str | None, as_json: bool) -> None:
    """数据集与分析定义 datasets with their manifests, and definitions."""
    at = _known(known_at)
    sets = [{"name": d.name, "title_zh": d.title.zh, "title_en": d.title.en, **queries.manifest(d.name, known_at=at).envelope(),
             "span": queries.span(d.name, known_at=at)} for d in queries.datasets()]
    made = [{"name": d.name, "title_zh": d.title.zh, "title_en": d.title.en, "dataset": d.dataset} for d in queries.definitions()]
    if as_json:
        say({"datasets": sets, "definitions": made})
        return
    for one in sets:
        click.echo(f"{one['name']:16}{one['title_zh']}  {one['rows']} 行 rows, {one['parts']} 块 parts, {one['manifest'][:12] or '—'}")
    for one in made:
        click.echo(f"  {one['name']:20}{one['title_zh']} / {one['title_en']}")


@events_group.command("load")
@click.argument("dataset")
@click.argument("file")
@click.option("--batch", default="", help="批次名 name of the batch (default: from the file's content)")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def events_load(dataset: str, file: str, batch: str, as_json: bool) -> None:
    """报送一个文件 check a file and append it; repeating is harmless."""
    path = Path(file)
    if not path.is_file():
        raise Refusal("FILE-NONE", field="FILE", value=path.name, rule="exists", zh="没有这个文件。", en="There is no such file.")
    with path.open("rb") as opened:
        name = batch or hashlib.file_digest(opened, "sha256").hexdigest()[:16]
    found = services.load(dataset, path, batch=name, by=SYSTEM, at=clock.now())
    if as_json:
        say(found)
        return
    click.echo(f"{found['rows']} 行 rows: {found['new']} 新增 new, {found['corrected']} 更正 corrected, {found['same']} 重复 known, "
               f"{found['bad']} 不合格 refused")
    for fault in found["faults"][:20]:
        said = f"{fault['zh']} {fault['en']}" if fault.get("zh") else fault["field"]
        click.echo(f"  第{fault['line']}行 line {fault['line']} [{fault['code']}] {said}", err=True)


@events_group.command("keep")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def events_keep(as_json: bool) -> None:
    """到期清除 destroy what is over its keeping time today; the daily round does the same."""
    gone = services.drop_all_due(by=SYSTEM, at=clock.now())
    say({"removed": gone}) if as_json else click.echo(f"清除{gone}个文件 files removed")


@events_group.command("run")
@click.argument("name")
@click.option("--param", "params", multiple=True, help="参数 name=value")
@click.option("--known-at", help="截至何日已知 what was known by the end of this day")
@click.option("--spark", is_flag=True, help="只输出 Spark 所用的语句 print the text for Apache Spark")
@click.option("--engine", type=click.Choice(["duckdb", "spark"]), default="duckdb", help="引擎 the engine; Spark by XIMU_SPARK")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def events_run(name: str, params: tuple[str, ...], known_at: str | None, spark: bool, engine: str, as_json: bool) -> None:
    """运行一个分析定义 run a definition."""
    if spark:
        text = queries.spark_text(name)
        say({"definition": name, "spark": text}) if as_json else click.echo(text)
        return
    given = dict(one.partition("=")[::2] for one in params)
    ran = (queries.run_on_spark if engine == "spark" else queries.run)(name, given, known_at=_known(known_at))
    if as_json:
        say(ran.envelope())
        return
    click.echo(ran.definition.method)
    click.echo(ran.frame.write_csv(), nl=False)


@events_group.command("verify")
@click.argument("dataset")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def events_verify(dataset: str, as_json: bool) -> None:
    """核对每个数据块的摘要 compare every part with its digest."""
    wrong = queries.verify(queries.dataset(dataset).name)
    if as_json:
        say({"dataset": dataset, "wrong": wrong})
    else:
        click.echo("、".join(wrong) or "完好 whole")
    if wrong:
        raise SystemExit(1)
