"""Who listens to whom? The only place that connects an announcement with a handler in another room."""

from __future__ import annotations

from ximu.foundation import outbox
from ximu.ideas.catalogue import queries as catalogue
from ximu.ideas.disclosure import queries as disclosure
from ximu.ideas.disclosure import services as publications
from ximu.ideas.ledger.services import register_evidence
from ximu.ideas.records import hooks as record_hooks
from ximu.ideas.records import queries as records
from ximu.ideas.registry import queries as registry


def connect_all() -> None:
    """Called once when Django is ready."""
    register_evidence("catalogue", catalogue.evidence, kinds=("list.",))
    register_evidence("records", records.provider, kinds=("record.sealed",))
    register_evidence("registry", registry.evidence, kinds=("registry.",))
    register_evidence("disclosure", disclosure.evidence, kinds=("disclosure.",))
    outbox.connect(record_hooks.RecordsMoved, publications.moved)
    outbox.connect(record_hooks.RecordsCorrected, publications.corrected)
