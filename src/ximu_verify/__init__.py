"""Is this entry in the public log? An offline verifier that needs no server and shares no code with the writer.

Library: `leaf_hash`, `node_hash`, `verify_inclusion`, `verify_consistency` (RFC 6962, RFC 9162 §2.1),
`open_note`, `parse_checkpoint` (C2SP signed-note, tlog-checkpoint, tlog-cosignature) and `verify_bundle`.
A failed check raises; nothing here returns False.
"""

from ximu_verify.bundle import BundleError, Report, verify_bundle
from ximu_verify.checkpoint import Checkpoint, parse_checkpoint
from ximu_verify.merkle import ProofError, leaf_hash, node_hash, verify_consistency, verify_inclusion
from ximu_verify.note import Note, NoteError, Signature, VerifierKey, open_note

__all__ = [
    "BundleError", "Checkpoint", "Note", "NoteError", "ProofError", "Report", "Signature", "VerifierKey",
    "leaf_hash", "node_hash", "open_note", "parse_checkpoint", "verify_bundle", "verify_consistency", "verify_inclusion",
]
