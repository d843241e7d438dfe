"""What does the view cost on a page of 50 among a million records? The page through a policy's view against the page without one.

    PYTHONPATH=src python benchmarks/views.py [--records 1000000] [--subjects 1000] [--looks 60]

`filter`: the same query with the view's clauses, nothing presented, against the query that lets everything through (limit 1.3).
`filter_and_present`: with every field of the 50 records decided by the policy, masked or left out, as a page has it (no limit was set).
SQLite in a temporary folder; with DATABASE_URL in a test database there.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

AT, DAY = datetime(2018, 7, 2, 1, tzinfo=UTC), date(2018, 7, 2)
AT_ONCE, LIMIT = 5000, 1.3
FAMILIES = ("penalty", "judgment", "discipline", "audit")
PAYLOAD = ('{"BZ":"内部说明","CF_CFJG":"示例市某局","CF_FRDB":"王小明","CF_JDRQ":"2018-03-20","CF_NR":"罚款伍万元，责令限期改正",'
           '"CF_WSH":"示罚〔2018〕%d号","CF_XDR_MC":"示例市某局"}')


@dataclass(frozen=True, slots=True)
class Through:
    """A view's clauses without its words: what the query alone costs."""

    view: Any
    name: str = "through"

    def allows(self, item: str, field: str, status: str) -> bool:
        return True

    def clauses(self) -> Any:
        return self.view.clauses()

    def present(self, facts: Any) -> list[Any]:
        return []


def fill(records: int, subjects: int) -> None:
    from uuid import UUID

    from django.db import transaction

    from ximu.ideas.records.models import Step, Version

    for start in range(0, records, AT_ONCE):
        with transaction.atomic():
            numbers = range(start, min(records, start + AT_ONCE))
            Version.objects.bulk_create([
                Version(log_index=2 * n, number=f"R{n:012}", version=1, newest=True, state="effective" if n % 5 else "revoked",
                        entered="draft", known_at=AT - timedelta(days=40), by="clerk", item="CF", edition="2017-1", key=UUID(int=n),
                        natural_key=str(n), digest="0" * 64, kind="official" if n % 20 == 0 else "body", subject=f"unit{n % subjects:012}",
                        family=FAMILIES[n % 4], grade="一般", document_number=str(n), authority="示例市某局",
                        event_date=date(2018, 1, 1) + timedelta(days=n % 150), end_date=date(2018, 6, 1), decision_date=date(2018, 3, 20),
                        source=f"source{n % 50:010}", batch="b", line=n % 1000, payload=PAYLOAD % n, salt=b"\0" * 32) for n in numbers
            ], batch_size=900)
            Step.objects.bulk_create([
                Step(log_index=2 * n + 1, number=f"R{n:012}", version=1, what="move", before="draft",
                     after="effective" if n % 5 else "revoked", known_at=AT - timedelta(days=2), by="reviewer", detail="{}",
                     salt=b"\0" * 32)
                for n in numbers], batch_size=900)


def timed(act: Callable[[str], Any], subjects: list[str]) -> list[float]:
    took = []
    for subject in subjects:
        began = time.perf_counter()
        act(subject)
        took.append(time.perf_counter() - began)
    return took


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--records", type=int, default=1_000_000)
    asked.add_argument("--subjects", type=int, default=1000)
    asked.add_argument("--looks", type=int, default=60)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ.setdefault("DATABASE_URL", f"sqlite://{home}/bench.sqlite3")
        os.environ |= {"XIMU_HOME": home, "DJANGO_SETTINGS_MODULE": "ximu.config.settings"}
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connection

        call_command("migrate", verbosity=0)
        fill(given.records, given.subjects)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        from ximu.ideas.disclosure.queries import Hat, PolicyView, policy_on
        from ximu.ideas.disclosure.queries.explain import Inside
        from ximu.ideas.records import queries as records

        views = {"coordinator": PolicyView("coordinator", (Hat("coordinator", "handling"),), policy_on(DAY), DAY),
                 "handler of one unit": PolicyView("handler", (Hat("handler", "handling", sources=frozenset({f"source{7:010}"})),),
                                                   policy_on(DAY), DAY)}
        subjects = [f"unit{n * 7 % given.subjects:012}" for n in range(given.looks)]

        def page(view: Any) -> Callable[[str], Any]:
            return lambda subject: records.records_of(subject, view=view, known_at=AT)

        ways = {"unfiltered": page(Inside())}
        for name, view in views.items():
            ways |= {f"{name}: filter": page(Through(view)), f"{name}: filter_and_present": page(view)}
        took: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(3):
            for name, act in ways.items():
                took[name] += timed(act, subjects)
        plain = statistics.median(took["unfiltered"])
        print(json.dumps({"records": given.records, "subjects": given.subjects, "limit": LIMIT, "unfiltered_ms": round(plain * 1000, 2),
                          **{name: round(statistics.median(took[name]) / plain, 2) for name in ways if name != "unfiltered"}},
                         ensure_ascii=False))


if __name__ == "__main__":
    main()
