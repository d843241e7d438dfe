"""Verbs of the log: append, and connect the evidence of other rooms."""

from ximu.ideas.ledger.queries.evidence import register_evidence
from ximu.ideas.ledger.services.growth import append, append_many

__all__ = ["append", "append_many", "register_evidence"]
