"""Background verbs: a large file is checked beside the request, and its progress is told."""

from __future__ import annotations

import contextlib
import logging
import threading

from django.db import connection

from ximu.foundation import clock
from ximu.ideas.intake import queries, services
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal

AT_ONCE_BYTES = 8 << 20
"""A smaller file is checked within the request: the clerk sees the answer on the next page."""
log = logging.getLogger(__name__)


def check_soon(uid: str, *, by: Actor) -> None:
    """Small files at once (their refusal is kept with the delivery), large ones in a thread of this server."""
    if queries.delivery(uid).size <= AT_ONCE_BYTES:
        with contextlib.suppress(Refusal):
            services.check(uid, by=by, at=clock.now())
        return
    threading.Thread(target=_check, args=(uid, by), daemon=True).start()


def _check(uid: str, by: Actor) -> None:
    try:
        services.check(uid, by=by, at=clock.now())
    except Refusal as refusal:
        log.info("delivery %s refused: %s", uid, refusal.code)
    finally:
        connection.close()
