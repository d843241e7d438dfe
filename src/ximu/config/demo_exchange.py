"""To whom does the made-up city send? Two channels: one whose peer answers, one that nobody has pulled yet (未回执)."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from ximu.ideas.exchange import queries as exchange
from ximu.ideas.exchange import services as exchanging
from ximu.ideas.exchange.services.peering import Peer
from ximu.kernel.actor import Actor

ANSWERS, SILENT = "national-platform", "credit-china"


def open_channels(*, by: Actor, at: datetime) -> None:
    """Both peers are played on this machine; a second call finds the channels open."""
    known = {channel.code for channel in exchange.channels()}
    for code, kind in ((ANSWERS, "drop"), (SILENT, "pull")):
        if code not in known:
            address = str(_folder(code)) if kind == "drop" else ""
            setup = exchanging.Setup(code, kind, address, _peer(code).signer.verifier())
            exchanging.open_channel(code, setup=setup, by=by, at=at)


def travel(*, by: Actor, at: datetime) -> None:
    """What was published goes out; one side answers row by row, the other is escalated after its term."""
    for code in (ANSWERS, SILENT):
        exchanging.pack(code, by=by, at=at)
        exchanging.send(code, by=by, at=at)
    _peer(ANSWERS).pass_over(at=at)
    exchanging.send(ANSWERS, by=by, at=at)
    exchanging.escalate(at=at + timedelta(days=5))


def _folder(code: str) -> Path:
    return Path(settings.XIMU_HOME) / "peers" / code


def _peer(code: str) -> Peer:
    return Peer(_folder(code), channel=code, sender_key=exchanging.own().verifier(), name=f"{code}.example")
