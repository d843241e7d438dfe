"""Reads of the log: entries, proofs, checkpoints, bundles and the check of everything."""

from ximu.ideas.ledger.queries.bundles import bundle, bundle_bytes
from ximu.ideas.ledger.queries.checkpoints import checkpoint, cosigned
from ximu.ideas.ledger.queries.keys import OwnKey, key, key_lines, own_keys
from ximu.ideas.ledger.queries.tree import (
    HeadView,
    consistency,
    entries_at,
    entries_between,
    entry,
    entry_bundle,
    entry_value,
    head,
    inclusion,
    root_at,
    size,
    tile,
)
from ximu.ideas.ledger.queries.verification import Finding, Verdict, verdict_envelope, verify_log
from ximu.ideas.ledger.queries.watchers import Watcher, must_be_fresh, watchers, witness_limit
from ximu.ideas.ledger.rules.words import kind_words

__all__ = [
    "Finding", "HeadView", "OwnKey", "Verdict", "Watcher", "bundle", "bundle_bytes", "checkpoint", "consistency", "cosigned",
    "entries_at", "entries_between", "entry", "entry_bundle", "entry_value", "head", "inclusion", "key", "key_lines", "kind_words",
    "must_be_fresh", "own_keys", "root_at", "size", "tile", "verdict_envelope", "verify_log", "watchers", "witness_limit",
]
