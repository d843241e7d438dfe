"""Do both sides hold the same, and have both signed it? We state, the peer countersigns, the log proves it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from ximu.ideas.exchange import queries
from ximu.ideas.exchange.models import Balanced
from ximu.ideas.exchange.rules import MOST_NUMBERS, both_signed, stated
from ximu.ideas.exchange.services.keys import own
from ximu.ideas.ledger.rules import Entry
from ximu.ideas.ledger.services import append
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal


def state(code: str, theirs: Mapping[str, str], *, by: Actor, at: datetime) -> bytes:
    """Our signed statement against the list of the other side. Errors: `CHAN-NONE`, `PERM-DENIED`, `RECON-LIST`."""
    channel = queries.channel(code) if by.can("exchange.send") else queries.channel_for(code, by)
    if len(theirs) > MOST_NUMBERS or not all(isinstance(one, str) and len(one) <= 64 for pair in theirs.items() for one in pair):
        raise Refusal("RECON-LIST", field="theirs", value=len(theirs), rule=f"{{number: digest}}, ≤ {MOST_NUMBERS}", zh="读不到对方清单。",
                      en="Their list cannot be read.")
    return stated(channel.code, queries.held_there(channel), theirs, queries.inbound(channel), signer=own(), at=at)


@transaction.atomic
def balanced(code: str, note: bytes, *, by: Actor, at: datetime) -> Balanced:
    """Keep a statement of ours that the other side has signed too; the same one again is the same.

    Errors: `CHAN-NONE`, `PERM-DENIED`, `PKG-FORM`, `PKG-FORGED`, `RECON-FORM`, `PKG-PEER` for another channel's.
    """
    channel = queries.channel(code) if by.can("exchange.send") else queries.channel_for(code, by)
    told = both_signed(note, own().verifier(), channel.peer_key)
    if told["channel"] != channel.code:
        raise Refusal("PKG-PEER", status=403, field="channel", value=str(told["channel"])[:24], rule=channel.code,
                      zh="对账单不是该通道的。", en="The statement is not of this channel.")
    digest = hashlib.sha256(note.split(b"\n")[0]).hexdigest()
    if known := Balanced.objects.filter(digest=digest).first():
        return known
    index = append([Entry(queries.BALANCED, queries.balanced_body(channel.code, digest, told["even"]))], at=at)[0]
    return Balanced.objects.create(channel=channel, digest=digest, note=note.decode(), even=told["even"], ours=told["ours"],
                                   theirs=told["theirs"], signed_at=at, log_index=index)
