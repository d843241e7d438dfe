"""`ximu score`: methods and runs of the platform, replayed and explained."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from ximu.foundation import clock
from ximu.ideas.assessment import queries, services
from ximu.kernel.actor import SYSTEM
from ximu.kernel.refusal import Refusal

COMMANDS = {"score": "score_group"}


def _day(text: str, name: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Refusal("DATE-FORM", field=name, value=text[:40], rule="YYYY-MM-DD", zh="日期应为YYYY-MM-DD。",
                      en="Write the date as YYYY-MM-DD.") from error


def _known(text: str | None) -> datetime:
    return clock.now() if text is None else min(clock.now(), clock.end_of(_day(text, "--known-at")))


def _text(path: str) -> str:
    try:
        return Path(path).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Refusal("FILE-READ", field="file", value=Path(path).name, rule="UTF-8 file", zh="无法以UTF-8读取文件。",
                      en="Cannot read the file as UTF-8.") from error


def _say(told: dict[str, Any], as_json: bool) -> None:
    lines = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in told.items()]
    click.echo(json.dumps(told, ensure_ascii=False) if as_json else "\n".join(lines))


@click.group("score")
def score_group() -> None:
    """考核评价 assessments that can be replayed and opened."""


@score_group.command("add")
@click.argument("file", metavar="METHOD.toml")
@click.option("--code", required=True, help="办法代码 code of the method, the same for all versions")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def add(file: str, code: str, as_json: bool) -> None:
    """提交方法文件 check a method file and keep it as a version."""
    made = services.add_method(_text(file), code=code, by=SYSTEM, at=clock.now())
    _say({"method": made.uid, "version": made.version, "digest": made.digest, "state": made.state}, as_json)


@score_group.command("adopt")
@click.argument("method")
@click.option("--resolution", required=True, help="决议文号 number of the resolution")
@click.option("--accept", multiple=True, help="决议接受的提示 warnings that the resolution accepts, such as METH-SRC")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def adopt(method: str, resolution: str, accept: tuple[str, ...], as_json: bool) -> None:
    """经决议通过 put a version in force."""
    made = services.adopt(method, resolution=resolution, by=SYSTEM, at=clock.now(), accept=accept)
    _say({"method": made.uid, "state": made.state, "resolution": made.resolution}, as_json)


@score_group.command("backtest")
@click.argument("method")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def backtest(method: str, as_json: bool) -> None:
    """在往年数据上试算 a version on past years: whose rank would have changed, and by what."""
    found = queries.backtest(method)
    if as_json:
        click.echo(json.dumps([one.plain() for one in found], ensure_ascii=False))
        return
    for year in found:
        click.echo(f"{year.period} ({year.version}): {year.moved} 个单位名次变动 ranks change{f' [{year.why.code}]' if year.why else ''}")
        for line in year.lines:
            click.echo(f"  {line['label']}\t{line['rank_before']} → {line['rank_after']}\t{line['before']} → {line['after']}")


@score_group.command("run")
@click.argument("method")
@click.option("--data", required=True, help="数据文件 CSV of the units; the platform's sources add their columns")
@click.option("--period", required=True, help="考核期 year")
@click.option("--as-of", help="事实截至 facts as of this day (default: last day of the period)")
@click.option("--known-at", help="所知截至 what was known by the end of this day (default: now)")
@click.option("--draws", default=1000, help="抽样次数 draws for rank intervals")
@click.option("--seed", default=0, help="随机种子 seed")
@click.option("--accept", multiple=True, help="接受的提示 warnings that are accepted, such as METH-CLIP")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def run(method: str, data: str, period: str, as_of: str | None, known_at: str | None, draws: int, seed: int, accept: tuple[str, ...],
        as_json: bool) -> None:
    """计算一期考核 compute a period."""
    clocks = services.Clocks(_day(as_of, "--as-of") if as_of else queries.year(period)[1], _known(known_at))
    made = services.run(method, _text(data), period=period, clocks=clocks, by=SYSTEM, at=clock.now(), draws=draws, seed=seed,
                        accept=accept)
    told = json.loads(made.result)
    _say({"run": made.uid, "digest": made.digest, "data": made.data_digest, "published": told["published"],
          "intervals": told.get("uncertainty", {}).get("units", {})}, as_json)


@score_group.command("replay")
@click.argument("run_uid", metavar="[RUN]", default="")
@click.option("--unit", default="", help="单位名称或标识 a unit's name or uid; RUN may then be the code of a method")
@click.option("--as-of", help="事实截至 facts as of this day")
@click.option("--known-at", help="所知截至 what was known by the end of this day (default: now)")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def replay(run_uid: str, unit: str, as_of: str | None, known_at: str | None, as_json: bool) -> None:
    """重算 compute a run again by its own clocks, or a unit's figure by any two: the same as published? Exit 1 if not."""
    if unit and as_of:
        told = queries.replay_unit(unit, as_of=_day(as_of, "--as-of"), known_at=_known(known_at), of=run_uid)
    else:
        told = queries.replay(run_uid)
    _say(told, as_json)
    if not told["same"]:
        raise SystemExit(1)


@score_group.command("stale")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def stale(as_json: bool) -> None:
    """须重新计算的结果 results that rest on a fact that was corrected, revoked or repaired since."""
    found = queries.to_recompute()
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    for one in found or [{"run": "—", "period": "", "state": "", "units": [], "facts": []}]:
        click.echo(f"{one['run']}\t{one['period']}\t{one['state']}\t{len(one['units'])} 个单位 units\t"
                   f"{'、'.join(f['ref'] + ' ' + f['cause'] for f in one['facts'])}")


@score_group.command("explain")
@click.argument("run_uid", metavar="RUN")
@click.argument("unit")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def explain(run_uid: str, unit: str, as_json: bool) -> None:
    """解释得分 why this score: indicator, rule step, what each value rests on."""
    _say(queries.explained(run_uid, unit), as_json)


@score_group.command("before")
@click.argument("run_uid", metavar="RUN")
@click.argument("unit")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def before(run_uid: str, unit: str, as_json: bool) -> None:
    """上年名次与变动原因 last year's rank by the same rule, and what changed the score."""
    told = queries.same_rule(run_uid, unit)
    try:
        told["changed"] = queries.changed(run_uid, unit)
    except Refusal as refusal:
        if refusal.code != "SCORE-GAP":
            raise
        told["changed"] = None
    _say(told, as_json)


@score_group.command("compare")
@click.argument("run_uid", metavar="RUN")
@click.argument("unit")
@click.option("--with", "other", default="", help="另一次计算 another run (default: the final one of the year before)")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def compare(run_uid: str, unit: str, other: str, as_json: bool) -> None:
    """得分变动原因 causes of the change of a score; they add up to it exactly."""
    told = queries.changed(run_uid, unit, other=other)
    if as_json:
        _say(told, as_json)
        return
    click.echo(f"{told['before']} → {told['after']}: {told['change']}")
    for cause in told["causes"]:
        words = f"{cause['points']}\t{cause['what_zh']} {cause['what_en']}\t{cause['name_zh'] if cause['column'] else ''}"
        click.echo(f"{words}\t+{len(cause['facts_new'])} −{len(cause['facts_gone'])}" if cause["column"] else words)
