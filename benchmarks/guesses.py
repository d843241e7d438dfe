"""Does the time of an answer tell whether a receipt code was nearly right, never given, or of a report that is destroyed?

    PYTHONPATH=src python benchmarks/guesses.py [--guesses 300]

Codes of three kinds are tried in turn at the reporter's page: one digit away from a code that is in use, random, and of a report that was
destroyed after its time. Printed are the medians by wall and by CPU, their ratios to those of random codes, and how many different
answers there were; the ratios by CPU are judged, since other work on the machine does not move them. The clock is moved on an hour
before the quota of guesses is used up. SQLite in a temporary folder. Each guess costs the slow hash: 100,000 take hours.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

LIMIT = 1.05
BEGIN = datetime.fromisoformat("2019-03-04T09:00:00")
A_TURN = 150
"""Guesses in an hour of the moved clock, well beneath the quota."""


def begun(settings: Any, hours: int) -> None:
    settings.XIMU_CLOCK, settings.XIMU_STARTED = (BEGIN + timedelta(hours=hours)).isoformat(), datetime.now(UTC)


def filed(number: int) -> str:
    from ximu.foundation import clock
    from ximu.notice.mechanisms.m3_complaints import services

    token = services.form(on=clock.today())
    return str(services.file_report(services.Filed("payment", f"第{number}件（示例）", "示例市财政局", ""), token=token, at=clock.now()))


def destroyed(count: int) -> list[str]:
    """Codes of reports whose time is over: handled, closed and shredded by the nightly work."""
    from ximu.foundation import clock
    from ximu.kernel.actor import SYSTEM
    from ximu.notice.mechanisms.m3_complaints import services
    from ximu.notice.mechanisms.m3_complaints.models import Report

    codes = [filed(number) for number in range(count)]
    Report.objects.update(state="answered", outcome="explained", closed_on=date(2010, 1, 4))
    gone = services.shred_due(by=SYSTEM, at=clock.now())
    if gone != count:
        raise RuntimeError(f"{gone} of {count} were destroyed")
    return codes


def near(code: str) -> str:
    digits = [c for c in code if c.isdigit()]
    place = secrets.randbelow(16)
    digits[place] = str((int(digits[place]) + 1 + secrets.randbelow(9)) % 10)
    return "".join(digits)


def tries(live: list[str], gone: list[str], count: int) -> Iterator[tuple[str, str]]:
    for number in range(count):
        kinds = [("wrong", near(live[number % len(live)])), ("random", f"{secrets.randbelow(10**16):016d}"),
                 ("destroyed", gone[number % len(gone)])]
        secrets.SystemRandom().shuffle(kinds)
        yield from kinds


def measure(live: list[str], gone: list[str], count: int) -> dict[str, Any]:
    from django.conf import settings
    from django.test import Client

    client, answers = Client(), set[bytes]()
    took: dict[str, list[tuple[float, float]]] = {"wrong": [], "random": [], "destroyed": []}
    client.post("/report/status/", {"code": "0" * 16})
    for number, (kind, code) in enumerate(tries(live, gone, count)):
        if number % A_TURN == 0:
            begun(settings, 2 + number // A_TURN)
        start, busy = time.perf_counter(), time.process_time()
        answer = client.post("/report/status/", {"code": code})
        took[kind].append((time.perf_counter() - start, time.process_time() - busy))
        answers.add(answer.content)
        if answer.status_code != 404:
            raise RuntimeError(f"{kind}: {answer.status_code}")
    found: dict[str, Any] = {"guesses": 3 * count, "different_answers": len(answers)}
    for place, name in enumerate(("wall", "cpu")):
        medians = {kind: statistics.median(one[place] for one in values) for kind, values in took.items()}
        found[f"{name}_ms"] = {kind: round(1000 * value, 1) for kind, value in medians.items()}
        found[f"{name}_ratios"] = {kind: round(value / medians["random"], 3) for kind, value in medians.items()}
    close = all(1 / LIMIT <= ratio <= LIMIT for ratio in found["cpu_ratios"].values())
    return found | {"within": close and len(answers) == 1}


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    asked.add_argument("--guesses", type=int, default=300, help="of all three kinds together")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="ximu-guesses-") as folder:
        os.environ.update(XIMU_HOME=folder, DJANGO_SETTINGS_MODULE="ximu.config.settings",
                          DATABASE_URL=f"sqlite://{Path(folder) / 'bench.sqlite3'}")
        import django

        django.setup()
        from django.conf import settings
        from django.core.management import call_command

        from ximu.config import profiles
        from ximu.foundation import clock
        from ximu.kernel.actor import SYSTEM

        call_command("migrate", verbosity=0)
        call_command("collectstatic", verbosity=0, interactive=False)
        settings.ALLOWED_HOSTS = ["testserver"]
        begun(settings, 0)
        profiles.load("example", by=SYSTEM, at=clock.now())
        gone = destroyed(10)
        live = [filed(number) for number in range(10)]
        print(json.dumps(measure(live, gone, given.guesses // 3)))


if __name__ == "__main__":
    main()
