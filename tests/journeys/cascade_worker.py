"""One worker that delivers a cascade of stops; started and killed by `test_cascade_kill.py`.

    python cascade_worker.py fill LINES | work [--defect]

The other side is a database of its own, so that its effect does not share our transaction; it knows a line by its uid.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import django

AT = datetime(2018, 5, 7, 2, tzinfo=UTC)


def other_side() -> sqlite3.Connection:
    made = sqlite3.connect(os.environ["OTHER_SIDE"], timeout=30, isolation_level=None)
    made.execute("CREATE TABLE IF NOT EXISTS stopped (line TEXT PRIMARY KEY, asked INTEGER NOT NULL)")
    return made


def stop(line: Any) -> str:
    """Once in effect, however often it is asked; the receipt is always the same."""
    with other_side() as there:
        there.execute("INSERT INTO stopped VALUES (?, 1) ON CONFLICT (line) DO UPDATE SET asked = asked + 1", (line.uid,))
    return f"R-{line.uid}"


def main() -> None:
    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from ximu.foundation import outbox
    from ximu.foundation.models import Outbox
    from ximu.foundation.uid import new_uid
    from ximu.ideas.casework import services
    from ximu.ideas.casework.hooks import EffectStopping
    from ximu.ideas.casework.models import Effect

    settings.XIMU_OUTBOX_INLINE = False
    services.register_stopper("certificate", stop)
    if sys.argv[1] == "fill":
        call_command("migrate", verbosity=0)
        lines = int(sys.argv[2])
        Effect.objects.bulk_create([Effect(uid=new_uid(), number=f"R{n:012}", version=1, kind="certificate", target=str(n), made_at=AT)
                                    for n in range(lines)], batch_size=900)
        services.reverse([f"R{n:012}" for n in range(lines)], cause="revoked", at=AT)
        return
    print("working", flush=True)
    if "--defect" in sys.argv:
        while rows := list(Outbox.objects.filter(state=Outbox.State.PENDING).order_by("pk")[:50]):
            Outbox.objects.filter(pk__in=[row.pk for row in rows]).update(state=Outbox.State.DONE)  # the defect: marked before it was done
            for row in rows:
                services.on_stopping(EffectStopping(**row.body), at=AT)
        return
    while outbox.sweep(at=AT + timedelta(days=1), most=50):
        pass


if __name__ == "__main__":
    main()
