"""Reads of the log: entries, proofs, checkpoints, bundles and the check of everything."""

from ximu.ideas.ledger.queries.tree import (
    HeadView,
    consistency,
    entry,
    entry_bundle,
    entry_value,
    head,
    inclusion,
    root_at,
    size,
    tile,
)

__all__ = [
    "HeadView", "consistency", "entry", "entry_bundle", "entry_value", "head", "inclusion", "root_at", "size", "tile",
]
