"""Verbs of the log: append, cosign, and connect the evidence of other rooms."""

from ximu.ideas.ledger.queries.evidence import register_evidence
from ximu.ideas.ledger.services.gathering import Answer, gather
from ximu.ideas.ledger.services.growth import Growing, append, append_many
from ximu.ideas.ledger.services.rotating import finish_rotation, rotate_key
from ximu.ideas.ledger.services.witnesses import cosign, retire_witness, trust_witness

__all__ = [
    "Answer", "Growing", "append", "append_many", "cosign", "finish_rotation", "gather", "register_evidence", "retire_witness",
    "rotate_key", "trust_witness",
]
