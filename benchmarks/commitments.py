"""How fast is the daily evaluation of all promises? Prints ratios to the bare SQL that does nothing but judge and update.

    PYTHONPATH=src python benchmarks/commitments.py [--promises 1000000] [--rounds 3] [--days quiet usual all]

The bare SQL is one UPDATE with the CASE of `services.evaluation.STATE` over the whole table. The pass adds a row for each turn,
the digest of all turns, the counts, the log entry and the announcement of what is overdue. Three days are shown: one on which
nothing is due, one on which one promise in a hundred turns, and one on which all do. SQLite in a temporary folder; with
DATABASE_URL also there, in a database of its own name that is emptied first.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

START = date(2018, 1, 2)
QUIET, USUAL, ALL = date(2018, 3, 1), date(2018, 6, 1), date(2018, 12, 3)
DAYS = {"quiet": QUIET, "usual": USUAL, "all": ALL}
LIMIT = 3.0


def fill(count: int) -> None:
    """Promises that all run; one in a hundred falls due between the quiet and the usual day, every other by the last."""
    from ximu.foundation.uid import new_uid
    from ximu.ideas.commitments.models import Commitment

    made = datetime(2018, 1, 2, tzinfo=UTC)
    rows = []
    for n in range(count):
        due = date(2018, 5, 15) if n % 100 == 0 else date(2018, 7, 1) + timedelta(days=n % 90)
        kept = due - timedelta(days=3) if n % 100 and n % 3 else None
        rows.append(Commitment(
            uid=new_uid(), kind="policy_promise", domain="D4", unit=f"unit{n % 300:012}", title=f"示例承诺{n}", made_on=START, begins=START,
            due_asked=due, due=due, rolled=True, grace_until=due + timedelta(days=60), kept_on=kept, state="running", progress=0,
            terms={"title": f"示例承诺{n}"}, registered_at=made, registered_by="bench"))
        if len(rows) == 10_000:
            Commitment.objects.bulk_create(rows, batch_size=1000)
            rows = []
    Commitment.objects.bulk_create(rows, batch_size=1000)


def bare(on: date) -> None:
    from django.db import connection, transaction

    from ximu.ideas.commitments.models import Commitment
    from ximu.ideas.commitments.services.evaluation import STATE

    table = connection.ops.quote_name(Commitment._meta.db_table)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET state = {STATE} WHERE state <> {STATE}", {"on": on})


def ours(on: date) -> None:
    from ximu.ideas.commitments import services
    from ximu.kernel.actor import SYSTEM

    services.evaluate(by=SYSTEM, at=datetime(on.year, on.month, on.day, 2, tzinfo=UTC))


def timed(act: object, on: date) -> float:
    """Seconds of the act, undone afterwards so that each round begins alike."""
    from django.db import transaction

    began = 0.0
    try:
        with transaction.atomic():
            began = time.perf_counter()
            act(on)
            began = time.perf_counter() - began
            raise InterruptedError
    except InterruptedError:
        return began


def measure(rounds: int, days: list[str]) -> dict[str, dict[str, float]]:
    found = {}
    for name in days:
        day = DAYS[name]
        pairs = [(timed(bare, day), timed(ours, day)) for _ in range(rounds)]
        limit, took = (statistics.median(column) for column in zip(*pairs, strict=True))
        ratio = statistics.median(o / b for b, o in pairs)
        found[name] = {"bare_s": round(limit, 3), "pass_s": round(took, 3), "ratio": round(ratio, 2), "within": ratio <= LIMIT}
    return found


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--promises", type=int, default=1_000_000)
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--days", nargs="+", choices=DAYS, default=list(DAYS))
    given = asked.parse_args()
    server = os.environ.get("DATABASE_URL", "")
    with tempfile.TemporaryDirectory(prefix="ximu-promises-") as folder:
        os.environ.update(XIMU_HOME=folder, DJANGO_SETTINGS_MODULE="ximu.config.settings")
        os.environ["DATABASE_URL"] = server or f"sqlite://{Path(folder) / 'bench.sqlite3'}"
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connection
        from django.test.utils import setup_databases, teardown_databases

        made = setup_databases(verbosity=0, interactive=False) if server else None
        if not server:
            call_command("migrate", verbosity=0)
        fill(given.promises)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        print(json.dumps({"engine": connection.vendor, "promises": given.promises, **measure(given.rounds, given.days)}))
        if made is not None:
            teardown_databases(made, verbosity=0)


if __name__ == "__main__":
    main()
