"""What becomes a lead by itself: a broken promise, a proven report, what an area found or another platform forwards."""

from __future__ import annotations

from datetime import date, datetime
from typing import Protocol

from ximu.ideas.commitments import queries as commitments
from ximu.ideas.commitments.hooks import CommitmentBroken
from ximu.ideas.exchange.rules import Lead
from ximu.kernel.actor import SYSTEM
from ximu.kernel.refusal import Refusal
from ximu.notice.mechanisms.m1_leads import services as leads
from ximu.notice.mechanisms.m1_leads.rules import Told
from ximu.notice.mechanisms.m3_complaints import services as reporting
from ximu.notice.mechanisms.m3_complaints.hooks import LeadReleased


def lead_promises(event: CommitmentBroken, *, at: datetime) -> None:
    """A promise that its unit refuses, or did not keep in the time to put it right, goes the way of all leads: to the superior, once."""
    day = date.fromisoformat(event.on)
    for uid in event.commitments:
        row = commitments.row(uid)
        if commitments.kind(row.kind).leads(declined=row.declined_on is not None):
            late = f"到期日{row.due}、整改期{row.grace_until}均已过，没有兑现的证据。"
            why = f"承诺单位{row.declined_on}表示不履行。" if row.declined_on else late
            _lead(Told("promise", commitments.owner(row, day), f"承诺未兑现：{row.title}"[:120], f"{row.title}：{why}", uid), at)


def lead_forwarded(lead: Lead, channel: str, at: datetime) -> str:
    """A lead that the hotline or another platform forwards goes the way of all leads; its number there is its reference, once.

    Errors: `LEAD-PERSON` where it holds a number of a person, those of `leads.raise_lead`.
    """
    told = Told(lead.origin, lead.unit, lead.title, lead.words, lead.case)
    reporting.must_be_nobodys(f"{lead.title}\n{lead.words}")
    return leads.raise_lead(told, by=SYSTEM, at=at)


class Found(Protocol):
    """What a pack announces when something is a candidate for the register (`LEADS` of its services)."""

    origin: str
    unit: str
    title: str
    words: str
    reference: str


def lead_found(event: Found, *, at: datetime) -> None:
    """What an area found goes the way of all leads, once for each reference: there is no second way into the register."""
    _lead(Told(event.origin, event.unit, event.title, event.words, event.reference), at)


def _lead(told: Told, at: datetime) -> None:
    """One lead for each reference: where a reform came in between, the matter has its lead at the body that bore it then."""
    try:
        leads.raise_lead(told, by=SYSTEM, at=at)
    except Refusal as refusal:
        if refusal.code != "LEAD-DUP":
            raise


def raise_lead(event: LeadReleased, *, at: datetime) -> None:
    """What social supervision found goes the way of all leads; the case knows the lead, the lead knows no report."""
    leads.raise_lead(Told("report", event.unit, event.topic, event.words, event.lead), by=SYSTEM, at=at)
