"""Which bytes, which tree, which signature? Pure decisions of the log."""

from ximu.ideas.ledger.rules.entry import (
    LONGEST_ENTRY,
    RESERVED,
    Entry,
    claimed_form,
    commitment,
    commitments,
    entry_bytes,
    moment,
    retimed,
)
from ximu.ideas.ledger.rules.growing import Bodies, Even, Grown, Listed, grown
from ximu.ideas.ledger.rules.note import Signer, checkpoint_text, cosigned_text, read_checkpoint, verifier_key
from ximu.ideas.ledger.rules.tree import (
    EMPTY_ROOT,
    HASH,
    TILE,
    Edge,
    consistency_path,
    inclusion_path,
    leaf_hash,
    leaf_hashes,
    levels_of,
    node_hash,
)
from ximu.ideas.ledger.rules.words import kind_words

__all__ = [
    "EMPTY_ROOT", "HASH", "LONGEST_ENTRY", "RESERVED", "TILE", "Bodies", "Edge", "Entry", "Even", "Grown", "Listed", "Signer",
    "checkpoint_text", "claimed_form", "commitment", "commitments", "consistency_path", "cosigned_text", "entry_bytes", "grown",
    "inclusion_path", "kind_words",
    "leaf_hash", "leaf_hashes", "levels_of", "moment", "node_hash", "read_checkpoint", "retimed", "verifier_key",
]
