"""How does the engine of cases bear a city's load? Prints ratios.

    PYTHONPATH=src python benchmarks/casework.py [--open 100000] [--sweep 1000000] [--lines 10000] [--small]

`pages`: p99 of the inbox and of a case page among many open cases against the same pages among 1,000 (limit 2).
`sweep`: the daily pass over all running clocks on a day on which none, and on which one in a hundred, passes its limit, against the
very SQL that it makes, recorded and made again bare (less than the whole: what goes in by COPY or the driver is not recorded), and
against SQL that only finds and marks those clocks and cases; what the pass adds to that (who is told, to whom it goes, its step with
its sealed entry in the log, its announcement) is counted a case. `by_cpu` is the same ratio by the processor's time of this program
(on SQLite all of it).
`cascade`: lines a second from the order to stop to the receipt, against announcements that do nothing, delivered by the same outbox.
SQLite in a temporary folder; with DATABASE_URL in a test database there.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

BEGUN = datetime(2018, 5, 7, 2, tzinfo=UTC)
QUIET, BUSY, LATE_BY = date(2018, 5, 10), date(2018, 6, 1), date(2018, 5, 21)
FEW, LIMIT_PAGES = 1000, 2.0
LOOKS = 60
AT_ONCE = 5000


def fill(count: int, *, prefix: str, late_share: int = 100) -> None:
    """Open inquiries; one in `late_share` passes its limit on the busy day, the others much later."""
    from django.core.management.color import no_style
    from django.db import connection
    from django.db.models import Max

    from ximu.foundation.uid import new_uid
    from ximu.ideas.casework.models import Case, Clock

    counted = {"start": "2018-05-07", "n": 10, "unit": "working-day", "due": "2018-05-21"}
    first = (Case.objects.aggregate(last=Max("pk"))["last"] or 0) + 1
    for start in range(0, count, AT_ONCE):
        cases = [Case(pk=first + n, uid=new_uid(), number=f"{prefix}{n:012}", procedure="inquiry", state="asked",
                      source=f"unit{n % 300:012}", holder=f"unit{n % 300:012}", opened_by="bench", opened_at=BEGUN, about="",
                      due=LATE_BY if n % late_share == 0 else date(2018, 12, 3))
                 for n in range(start, min(count, start + AT_ONCE))]
        pour(Case, cases)
        pour(Clock, [Clock(pk=c.pk, case_id=c.pk, code="INQ-ANSWER", state="running", term=10, started=BEGUN.date(), due=c.due,
                           counted=counted) for c in cases])
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(";".join(connection.ops.sequence_reset_sql(no_style(), [Case, Clock])))


def pour(model: type[Any], rows: list[Any]) -> None:
    """With their keys, much faster than bulk_create."""
    from ximu.foundation.bulk import insert_rows

    names = [field.attname for field in model._meta.concrete_fields]
    insert_rows(model, names, [tuple(getattr(row, name) for name in names) for row in rows])


def p99(act: Callable[[], Any]) -> float:
    act()
    took = []
    for _ in range(LOOKS):
        began = time.perf_counter()
        act()
        took.append(time.perf_counter() - began)
    return sorted(took)[int(LOOKS * 0.99) - 1]


def pages(count: int) -> dict[str, float]:
    """Few and many in one run: the same person, the same pages; every second look at another case."""
    from django.db import connection
    from django.test import Client

    from ximu.foundation import clock
    from ximu.ideas.accounts.tests.factories import account, with_password
    from ximu.ideas.casework.models import Case

    clients = {}
    for name, unit in (("boss", ""), ("clerk", f"unit{7:012}")):
        user = with_password(account(name, "coordinator" if not unit else "entry", unit=unit, number=f"N9{len(clients)}", at=clock.now()))
        clients[name] = Client()
        clients[name].force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    found: dict[str, dict[str, float]] = {}
    for size in (FEW, count):
        fill(size - Case.objects.count(), prefix="F" if size == FEW else "M")
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        uids = iter(list(Case.objects.order_by("-pk").values_list("uid", flat=True)[:LOOKS + 1]))
        found[str(size)] = {
            "inbox_all": p99(lambda: ok(clients["boss"], "/console/casework/?tab=open")),
            "inbox_unit": p99(lambda: ok(clients["clerk"], "/console/casework/")),
            "case": p99(partial(look_at_next, clients["boss"], uids)),
        }
    few, many = found.values()
    return {name: round(many[name] / few[name], 2) for name in few} | {f"{name}_ms": round(many[name] * 1000, 1) for name in many}


def look_at_next(client: Any, uids: Iterator[str]) -> None:
    ok(client, f"/console/casework/{next(uids)}")


def ok(client: Any, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)


def bare(on: date) -> None:
    from django.db import connection, transaction

    from ximu.ideas.casework.models import Case, Clock

    clocks, cases = Clock._meta.db_table, Case._meta.db_table
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SELECT id, case_id FROM {clocks} WHERE state = 'running' AND due < %s", [on])
        keys = [row[1] for row in cursor.fetchall()]
        cursor.execute(f"UPDATE {clocks} SET state = 'late' WHERE state = 'running' AND due < %s", [on])
        for start in range(0, len(keys), 900):
            part = keys[start:start + 900]
            marks = ",".join(["%s"] * len(part))
            cursor.execute(f"UPDATE {cases} SET late = %s WHERE closed_at IS NULL AND id IN ({marks})", [True, *part])


def ours(on: date) -> None:
    from ximu.ideas.casework import services

    services.sweep_deadlines(at=datetime(on.year, on.month, on.day, 2, tzinfo=UTC))


def undone(act: Callable[[date], None], on: date, clock: Callable[[], float] = time.perf_counter) -> float:
    from django.db import transaction

    began = 0.0
    try:
        with transaction.atomic():
            began = clock()
            act(on)
            began = clock() - began
            raise InterruptedError
    except InterruptedError:
        return began


class Recorded:
    """The statements that the pass makes, to be made again with nothing around them. What it writes by the driver itself is left out."""

    def __init__(self) -> None:
        self.made: list[tuple[str, Any, bool]] = []

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if not sql.startswith(("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK")):
            self.made.append((sql, list(params) if many else params, many))
        return execute(sql, params, many, context)

    def again(self, on: date) -> None:
        from django.db import connection

        with connection.cursor() as cursor:
            for sql, params, many in self.made:
                if many:
                    cursor.executemany(sql, params)
                    continue
                cursor.execute(sql, params)
                if cursor.description:
                    cursor.fetchall()


def recorded(on: date) -> Recorded:
    from django.db import connection

    made = Recorded()
    with connection.execute_wrapper(made):
        undone(ours, on)
    return made


def sweeping(count: int, rounds: int) -> dict[str, Any]:
    from django.db import connection

    from ximu.ideas.casework.models import Case

    fill(count - Case.objects.count(), prefix="S")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    found: dict[str, Any] = {"cases": count}
    for name, day in (("none_late", QUIET), ("one_in_hundred_late", BUSY)):
        own = recorded(day)
        gc.collect()
        gc.freeze()
        rows = [(undone(bare, day), undone(own.again, day), undone(ours, day)) for _ in range(rounds)]
        limit, same, took = (statistics.median(column) for column in zip(*rows, strict=True))
        cpu = [undone(ours, day, time.process_time) / undone(own.again, day, time.process_time) for _ in range(rounds)]
        late = Case.objects.filter(due__lt=day).count()
        found[name] = {"late": late, "bare_s": round(limit, 4), "same_sql_s": round(same, 4), "statements": len(own.made),
                       "pass_s": round(took, 4), "ratio_to_marking": round(took / limit, 2), "ratio_to_its_own_sql": round(took / same, 2),
                       "by_cpu": round(statistics.median(cpu), 2),
                       "ms_a_late_case": round((took - limit) * 1000 / late, 3) if late else None}
    return found


@dataclass(frozen=True, slots=True)
class Nothing:
    """An announcement whose handler does nothing: what the outbox itself can carry."""

    n: int


def nothing(event: Nothing, *, at: datetime) -> None:
    """The handler."""


def cascade(lines: int) -> dict[str, Any]:
    from ximu.foundation import outbox
    from ximu.foundation.models import Outbox
    from ximu.foundation.uid import new_uid
    from ximu.ideas.casework import hooks, services
    from ximu.ideas.casework.models import Effect

    outbox.connect(Nothing, nothing)
    outbox.connect(hooks.EffectStopping, services.on_stopping, many=services.on_stopping_many)
    services.register_stopper("certificate", lambda line: f"回执 {line.target}")
    Effect.objects.bulk_create([Effect(uid=new_uid(), number=f"R{n:012}", version=1, kind="certificate", target=str(n), made_at=BEGUN)
                                for n in range(lines)], batch_size=900)
    numbers = [f"R{n:012}" for n in range(lines)]

    def empty() -> None:
        from django.db import transaction

        with transaction.atomic():
            outbox.announce_many([Nothing(n) for n in range(lines)], at=BEGUN)
        drain()

    def real() -> None:
        services.reverse(numbers, cause="revoked", at=BEGUN)
        drain()

    def drain() -> None:
        while outbox.sweep(at=BEGUN + timedelta(minutes=1), most=1000):
            pass

    took = {}
    for name, act in (("queue", empty), ("cascade", real)):
        began = time.perf_counter()
        act()
        took[name] = time.perf_counter() - began
    assert not Effect.objects.exclude(state="stopped").exists() and not Outbox.objects.exclude(state="done").exists()
    return {"lines": lines, **{f"{name}_a_second": round(lines / s) for name, s in took.items()}, "share_of_queue": round(
        took["queue"] / took["cascade"], 2)}


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name, default in (("open", 100_000), ("sweep", 1_000_000), ("lines", 10_000), ("rounds", 3)):
        asked.add_argument(f"--{name}", type=int, default=default)
    asked.add_argument("--small", action="store_true")
    given = asked.parse_args()
    if given.small:
        given.open, given.sweep, given.lines = 5000, 20_000, 500
    server = os.environ.get("DATABASE_URL", "")
    with tempfile.TemporaryDirectory(prefix="ximu-cases-") as folder:
        os.environ.update(XIMU_HOME=folder, DJANGO_SETTINGS_MODULE="ximu.config.settings_test", XIMU_CLOCK="2018-05-08")
        os.environ["DATABASE_URL"] = server or f"sqlite://{Path(folder) / 'bench.sqlite3'}"
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connection
        from django.test.utils import setup_databases, setup_test_environment, teardown_databases

        setup_test_environment()
        made = setup_databases(verbosity=0, interactive=False) if server else None
        if not server:
            call_command("migrate", verbosity=0)
        found = {"engine": connection.vendor, "cascade": cascade(given.lines), "pages": pages(given.open),
                 "sweep": sweeping(given.sweep, given.rounds)}
        print(json.dumps(found))
        if made is not None:
            teardown_databases(made, verbosity=0)


if __name__ == "__main__":
    main()
