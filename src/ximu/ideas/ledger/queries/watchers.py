"""Who stands for the log, and how fresh is their word? Without it what cannot be taken back stops; intake goes on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from ximu.foundation import clock
from ximu.foundation.parameters import value_on
from ximu.ideas.ledger.models import Witness
from ximu.kernel.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Watcher:
    """An active witness as the public may see it, and whether its newest cosignature is fresh."""

    uid: str
    name: str
    title: str
    key: str
    size: int
    seen_at: datetime | None
    fresh: bool


def witness_limit(at: datetime) -> timedelta:
    """How old the newest cosignature may be (dated parameter `witness_hours`)."""
    return timedelta(hours=value_on(Path(__file__).parents[1], "witness_hours", clock.city_day(at)))


def watchers(*, at: datetime) -> list[Watcher]:
    """Every active witness; one that was just registered has the limit's time to sign first."""
    oldest = at - witness_limit(at)
    return [
        Watcher(w.uid, w.name, w.title, w.key, w.seen_size, w.seen_at, max(w.seen_at or w.trusted_at, w.trusted_at) >= oldest)
        for w in Witness.objects.filter(retired_at__isnull=True).order_by("pk")
    ]


def must_be_fresh(*, at: datetime) -> None:
    """Where witnesses are registered, more than half of them must have cosigned lately. Errors: `LOG-STALE`."""
    found = watchers(at=at)
    fresh, wanted = sum(watcher.fresh for watcher in found), len(found) // 2 + 1
    if found and fresh < wanted:
        hours = int(witness_limit(at).total_seconds() // 3600)
        raise Refusal(
            "LOG-STALE", status=503, field="witnesses", value=fresh, rule=f"≥ {wanted}，{hours} h",
            zh=f"{hours}小时内仅有{fresh}个见证人加签，须有{wanted}个：公开、修复和删除暂停，归集照常。请运行 ximu log gather。",
            en=f"Only {fresh} witnesses cosigned within {hours} hours, {wanted} are needed: publication, repair and erasure pause; "
               "intake goes on. Run ximu log gather.",
        )
