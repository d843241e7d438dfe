"""The audit trail: one entry for each important act, written in the act's own transaction."""

from __future__ import annotations

from contextvars import ContextVar
from datetime import datetime

from ximu.ideas.accounts.models import AuditEntry
from ximu.kernel.actor import Actor

source: ContextVar[str] = ContextVar("source", default="")
"""Where the request comes from; set by the middleware for staff and keys, never for the public."""
told: ContextVar[bool] = ContextVar("told", default=False)
"""Whether the present request has left an entry of its own already."""


def note(act: str, *, by: Actor, at: datetime, about: str = "", purpose: str = "", result: str = "ok") -> None:
    """Call it inside the transaction of the act: no act without its entry, no entry without its act.

    `about` is the uid of the object; `purpose` is needed when non-public data are read.
    """
    AuditEntry.objects.create(
        at=at, actor=by.uid, roles=",".join(sorted(by.roles))[:200], unit=by.unit or "", channel=by.channel[:10], act=act[:80],
        object=about[:80], purpose=purpose[:200], result=result[:40], source=source.get(),
    )
    told.set(True)
