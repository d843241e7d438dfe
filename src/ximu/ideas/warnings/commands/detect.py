"""`ximu detect`: the platform's detectors for anybody's table of counts; needs no database."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path
from typing import Any

import click

from ximu.ideas.warnings.rules import parameters, reading
from ximu.ideas.warnings.rules.detectors import METHODS, detect
from ximu.ideas.warnings.rules.series import Detection
from ximu.kernel.refusal import Refusal

DJANGO = False
COMMANDS = {"detect": "detect_command"}
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
@click.option("--method", default="", metavar="|".join(METHODS), help="检测方法，必填 the detector, required")
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
