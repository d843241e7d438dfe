"""`ximu d13`: the five rates and the alarms of the hotline."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from ximu.foundation import clock
from ximu.ideas.events import queries as events
from ximu.kernel.given import day_of, near_day
from ximu.kernel.refusal import Refusal
from ximu.notice.domains.d13_hotline import queries
from ximu.notice.domains.d13_hotline.rules import RATES, year_before
from ximu.notice.domains.d13_hotline.rules.places import places_of

COMMANDS = {"d13": "d13_group"}


def _day(text: str | None, field: str, default: date) -> date:
    return default if text is None else near_day(day_of(text, field), field)


def _known(text: str | None) -> datetime:
    return clock.now() if text is None else clock.end_of(day_of(text, "--known-at"))


def _newest() -> date:
    span = events.span("hotline")
    return span[1] if span else clock.today()


def _say(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, default=str))


@click.group("d13")
def d13_group() -> None:
    """市民服务热线 the citizens' hotline."""


@d13_group.command("kpi")
@click.option("--first", help="自 first day of calls (default: twelve months up to the last)")
@click.option("--last", help="至 last day of calls (default: the newest delivered)")
@click.option("--judged-on", help="期限判定日 the day by which a term must have come (default: the last day)")
@click.option("--known-at", help="截至何日已知 what was known by the end of this day")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def d13_kpi(first: str | None, last: str | None, judged_on: str | None, known_at: str | None, as_json: bool) -> None:
    """五项指标 five rates per unit and month."""
    end = _day(last, "--last", _newest())
    begin = _day(first, "--first", year_before(end))
    found = queries.kpi(begin, end, judged_on=_day(judged_on, "--judged-on", end), known_at=_known(known_at))
    if as_json:
        _say(found.envelope())
        return
    click.echo("单位 unit\t件数 tickets\t" + "\t".join(words.zh for *_, words in RATES.values()))
    for row in [*found.units, {"unit_name": "全市 city", **found.city}]:
        rates = ["—" if row[rate] is None else f"{row[rate]:.1f}%" for rate, *_ in RATES.values()]
        click.echo(f"{row['unit_name']}\t{row['tickets']}\t" + "\t".join(rates))
    if found.missing:
        click.echo(f"{len(found.missing)} 天没有报送，按无数据处理 days not delivered, not taken as zero", err=True)


@d13_group.command("warnings")
@click.option("--on", "on", help="判定日 the day judged (default: the newest delivered)")
@click.option("--weeks", type=click.IntRange(1, 520), help="回看周数 how many weeks to judge")
@click.option("--known-at", help="截至何日已知 what was known by the end of this day")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def d13_warnings(on: str | None, weeks: int | None, known_at: str | None, as_json: bool) -> None:
    """预警 alarms with expected, observed, bound and a sample."""
    found = queries.warned(_day(on, "--on", _newest()), known_at=_known(known_at), judged_weeks=weeks).envelope()
    if as_json:
        _say(found)
        return
    for alarm in found["alarms"]:
        click.echo(f"[{alarm['level_zh']}] {alarm['rule_zh']} {alarm['unit_name']} {alarm['period']}  {alarm['words_zh']}")
    judged = found["judged"]
    click.echo(f"{judged['series']} 个序列 series, {judged['tests']} 项检验 tests, {judged['over_own_bound']} 超过自身上界 "
               f"over their own bound, "
               f"{len(judged['no_data_weeks'])} 周无数据 weeks without data, {len(judged['withheld_weeks'])} 周暂缓 weeks withheld")


@d13_group.command("quality")
@click.option("--on", "on", help="判定日 the day judged (default: the newest delivered)")
@click.option("--known-at", help="截至何日已知 what was known by the end of this day")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def d13_quality(on: str | None, known_at: str | None, as_json: bool) -> None:
    """报送数据核查 can what units report be true? A doubt is a question, never a verdict."""
    found = queries.checked(_day(on, "--on", _newest()), known_at=_known(known_at)).envelope()
    if as_json:
        _say(found)
        return
    for one in found["doubts"]:
        click.echo(f"{one['rule_zh']} {one['unit_name']} {one['period']}  {one['words_zh']} {one['words_en']}")
    judged = [one for one in found["checks"] if one["suspicious"] is not None]
    click.echo(f"{len(judged)} 项已判 checks judged, {len(found['checks']) - len(judged)} 项未判 not judged, "
               f"{len(found['doubts'])} 项存疑 doubts")


@d13_group.command("clusters")
@click.argument("places", metavar="PLACES.csv")
@click.option("--on", "on", help="判定日 the last day (default: the newest delivered)")
@click.option("--days", type=click.IntRange(1, 366), default=28, help="天数 how many days up to it")
@click.option("--topic", default="", help="领域代码，如 04 one topic only")
@click.option("--known-at", help="截至何日已知 what was known by the end of this day")
@click.option("--draws", type=click.IntRange(99, 99_999), default=999, help="随机图数 random maps for the p-value")
@click.option("--seed", type=int, default=1, help="随机种子 the seed: same seed, same answer")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def d13_clusters(
    places: str, on: str | None, days: int, topic: str, known_at: str | None, draws: int, seed: int, as_json: bool,
) -> None:
    """相邻街镇的诉求聚集 clusters of streets (PLACES.csv: street,x,y and optional population)."""
    try:
        lines = Path(places).read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise Refusal("D13-PLACES", field="PLACES.csv", value=Path(places).name, rule="a readable CSV file in UTF-8",
                      zh="无法读取街镇位置表。", en="The table of streets cannot be read.") from error
    found = queries.clustered(places_of(lines), _day(on, "--on", _newest()), days=days, topic=topic, known_at=_known(known_at),
                              draws=draws, seed=seed).envelope()
    if as_json:
        _say(found)
        return
    for one in found["clusters"]:
        click.echo(f"{'、'.join(one['streets'])}  {one['words_zh']} {one['words_en']}")
    if found["left_out"]:
        click.echo(f"未判定的街镇 streets not judged: {'、'.join(found['left_out'])}", err=True)
    if found["missing_days"]:
        click.echo(f"{found['missing_days']} 天没有报送 days were not delivered", err=True)
