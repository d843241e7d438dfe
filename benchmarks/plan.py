"""How fast is the plan's matrix? Prints the ratio to the bare query that reads the accepted evidence it is made from.

    PYTHONPATH=src python benchmarks/plan.py [--items 35] [--units 300] [--rounds 9] [--named]

The bare query joins tasks and accepted evidence and hands each row to Python with its days as days; nothing is judged. The matrix
resolves who must do each task on the day, and gives every duty its role, its light and the number of its proofs. SQLite in a
temporary folder; with DATABASE_URL also there, in a database of its own name that is emptied first. The tables are analysed after they
were filled, as the database does by itself.
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
from typing import Any

DAY = date(2018, 11, 1)
AT = datetime(2018, 4, 2, tzinfo=UTC)
KNOWN = datetime(2018, 11, 2, tzinfo=UTC)
LIMIT = 2.0
PHRASE = "各有关单位"
"""The notice names its units by one lead and an open expression; here it means all 300."""


def fill(items: int, units: int, *, by_name: bool = False) -> Any:
    """One unit leads every task and all others support it, each with one accepted proof each on one of ninety days."""
    from ximu.foundation.rooms import SRC
    from ximu.foundation.uid import new_uid
    from ximu.ideas.registry import jobs as registry_jobs
    from ximu.ideas.registry import queries as registry
    from ximu.ideas.registry.services.units import NewUnit
    from ximu.ideas.registry.services.units import register as add
    from ximu.kernel.actor import SYSTEM
    from ximu.notice.plan.models import Evidence, Plan, PlanRow

    registry_jobs.load_profile(SRC / "config" / "cities" / "example", by=SYSTEM, at=AT)
    lead = registry.unit(registry.find("市发展改革委", as_of=DAY), as_of=DAY)
    have = len(registry.expand(PHRASE, as_of=DAY))
    add([NewUnit(kind="department", level="municipal", full=f"示例市第{n}测试局", since=date(2010, 1, 1), parent=lead.parent)
         for n in range(units - have)], by=SYSTEM, at=AT)
    held = registry.expand(PHRASE, as_of=DAY)[:units]
    plan = Plan.objects.create(title="示例", key="bench", number="示〔2018〕1号", issued_on=DAY, digest="0" * 64, imported_at=AT,
                               imported_by="bench")
    words = [{"words": "市发展改革委", "phrase": False, "role": "lead"}, {"words": PHRASE, "phrase": True, "role": "support"}]
    if by_name:
        names = registry.names_on((unit, DAY) for unit in held)
        words = [{"words": names[unit, DAY], "phrase": False, "role": "support" if n else "lead"} for n, unit in enumerate(held)]
    PlanRow.objects.bulk_create([
        PlanRow(plan=plan, row=f"R{n}", section="示例", position=n, number=str(n), area="示例", task=f"示例任务{n}", items=[],
                unit_words=f"市发展改革委，{PHRASE}", units=words, schedule_words="持续实施", candidates=[], standing=n % 5 > 0,
                proposed_due=date(2018, 10, 31) if n % 5 == 0 else None, needs_reading=False, check_words="", inherited=[])
        for n in range(items)])
    Evidence.objects.bulk_create([
        Evidence(uid=new_uid(), row=row, unit=unit, title="示例", digest=f"{place:064x}",
                 dated=date(2018, 7, 1) + timedelta(days=place % 90),
                 expires_on=date(2019, 7, 1) + timedelta(days=place % 90), completes=place % 3 == 0, state="accepted", submitted_at=AT,
                 submitted_by="a", submitter="a", reviewed_at=AT, reviewed_by="b")
        for row in plan.rows.all() for place, unit in enumerate(held)], batch_size=1000)
    return plan, len(held)


def bare(plan: Any) -> int:
    from ximu.notice.plan.models import Evidence

    told = Evidence.objects.filter(row__plan=plan, state="accepted", reviewed_at__lte=KNOWN).order_by()
    return len(list(told.values_list("row__row", "unit", "dated", "expires_on", "completes")))


def ours(plan: Any) -> int:
    from ximu.notice.plan import queries

    made = queries.matrix(plan, as_of=DAY, known_at=KNOWN)
    return sum(sum(unit["evidence"].values()) for unit in made["units"])


def timed(act: Any, plan: Any) -> tuple[float, int]:
    began = time.perf_counter()
    found = act(plan)
    return time.perf_counter() - began, found


def measure(plan: Any, rounds: int) -> dict[str, Any]:
    ours(plan)
    pairs = [(timed(bare, plan), timed(ours, plan)) for _ in range(rounds)]
    assert all(one[1] == other[1] for one, other in pairs), "the matrix counts other proofs than the query reads"
    ratio = statistics.median(other[0] / one[0] for one, other in pairs)
    return {"proofs": pairs[0][0][1], "bare_ms": round(1000 * statistics.median(one[0] for one, _ in pairs), 1),
            "matrix_ms": round(1000 * statistics.median(other[0] for _, other in pairs), 1), "ratio": round(ratio, 2),
            "within": ratio <= LIMIT}


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--items", type=int, default=35)
    asked.add_argument("--units", type=int, default=300)
    asked.add_argument("--rounds", type=int, default=9)
    asked.add_argument("--named", action="store_true", help="each task lists its units by name instead of a lead and an open expression")
    given = asked.parse_args()
    server = os.environ.get("DATABASE_URL", "")
    with tempfile.TemporaryDirectory(prefix="ximu-plan-") as folder:
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
        plan, units = fill(given.items, given.units, by_name=given.named)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        print(json.dumps({"engine": connection.vendor, "items": given.items, "units": units, **measure(plan, given.rounds)}))
        if made is not None:
            teardown_databases(made, verbosity=0)


if __name__ == "__main__":
    main()
