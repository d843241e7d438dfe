"""Verbs of the log: append, cosign, and connect the evidence of other rooms."""

from ximu.ideas.ledger.queries.evidence import register_evidence
from ximu.ideas.ledger.services.growth import append, append_many
from ximu.ideas.ledger.services.witnesses import cosign, trust_witness

__all__ = ["append", "append_many", "cosign", "register_evidence", "trust_witness"]
