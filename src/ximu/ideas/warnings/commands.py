"""`ximu detect`: the platform's detectors for anybody's table of counts; needs no database."""

from __future__ import annotations

import csv
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from ximu.ideas.warnings import queries
from ximu.ideas.warnings.rules import parameters, reading
from ximu.ideas.warnings.rules.detectors import METHODS, detect
from ximu.ideas.warnings.rules.series import Detection
from ximu.kernel.refusal import Refusal

DJANGO = False
COMMANDS = {"detect": "detect_command", "warnings": "warnings_group"}
COLUMNS = ("t", "date", "observed", "expected", "upperbound", "alarm", "score", "state", "reason_zh", "reason_en")


def _lines(source: str) -> list[str]:
    try:
        raw = sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()
        return raw.decode("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise Refusal(
            "DET-INPUT", field="SERIES.csv", value=source, rule="a readable CSV file in UTF-8",
            zh=f"无法读取“{source}”（须为 UTF-8 编码的 CSV 文件）。", en=f"“{source}” cannot be read as a CSV file in UTF-8.",
        ) from error


def _given(texts: tuple[str, ...]) -> list[tuple[str, str]]:
    for text in texts:
        if "=" not in text:
            raise parameters.wrong("--param", text, "name=value")
    return [(name.strip(), value) for name, _, value in (text.partition("=") for text in texts)]


def _document(detection: Detection) -> dict[str, Any]:
    shown = {name: [v.start, v.stop - 1] if isinstance(v, range) else v for name, v in detection.parameters.items()}
    notes = [{"zh": note.zh, "en": note.en} for note in detection.notes]
    rows = detection.rows()
    return {
        "method": detection.method, "parameters": {**shown, "freq": detection.series.freq},
        "alarms": sum(row["alarm"] is True for row in rows), "notes": notes, "results": rows,
    }


def _table(detection: Detection) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in detection.rows():
        alarm = "" if row["alarm"] is None else str(row["alarm"]).lower()
        writer.writerow([alarm if name == "alarm" else row[name] for name in COLUMNS])


@click.command("detect")
@click.argument("source", metavar="SERIES.csv")
@click.option("--method", required=True, metavar="|".join(METHODS), help="检测方法 the detector")
@click.option("--param", "params", multiple=True, metavar="NAME=VALUE", help="参数，可重复 a parameter, repeatable")
@click.argument("more", nargs=-1, metavar="[NAME=VALUE …]")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def detect_command(source: str, method: str, params: tuple[str, ...], more: tuple[str, ...], as_json: bool) -> None:
    """计数序列异常检测 unusual counts in SERIES.csv (columns t, observed, optional date and population; `-` reads stdin).

    每期给出期望值、上界、是否报警、得分和理由；历史不足的各期为空。
    Per t: expected, upperbound, alarm, score and the reason; times without enough history are null.
    """
    given = _given((*params, *more))
    freq = next((value for name, value in given if parameters.folded(name) == "freq"), "")
    series = reading.series_of(_lines(source), freq=int(freq) if freq.isdigit() and int(freq) > 0 else None)
    detection = detect(series, method, given)
    if as_json:
        click.echo(json.dumps(_document(detection), ensure_ascii=False))
    else:
        _table(detection)


@click.group("warnings")
def warnings_group() -> None:
    """预警 alarms: which are open, how good each rule is."""


@warnings_group.command("list")
@click.option("--all", "every", is_flag=True, help="含已核实的 decided ones too")
@click.option("--source", default="", help="来源包，如 D4、D13 the pack that raised it")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def list_alarms(every: bool, source: str, as_json: bool) -> None:
    """预警清单，最严重的在前 alarms, the gravest first."""
    found = [queries.plain(row) for row in queries.alarms(open_only=not every, source=source)]
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    for one in found:
        click.echo(f"{one['level']:<7}{one['rule']}  {one['unit']}  {one['period']}  {one['words_zh']} {one['words_en']}  {one['outcome']}")
    if not found:
        click.echo("没有待核实的预警；没有预警不等于没有问题。No open alarm, which is not the same as calm.")


@warnings_group.command("rules")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def list_rules(as_json: bool) -> None:
    """各规则的查准率及95%区间 precision of each rule, with its 95% interval."""
    found = [asdict(one) | {"retire": one.retire} for one in queries.records()]
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    for one in found:
        share = "—" if one["precision"] is None else f"{one['precision']:.2f} ({one['low']:.2f}–{one['high']:.2f})"
        click.echo(f"{one['rule']}  {one['true']}/{one['decided']}  {share}{'  建议停用 retire' if one['retire'] else ''}")
