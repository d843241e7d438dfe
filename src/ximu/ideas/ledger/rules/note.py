"""How does the log sign? C2SP signed-note and tlog-checkpoint with Ed25519."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519, COSIGNATURE = b"\x01", b"\x04"
SEED_BYTES = 32


def key_id(name: str, algorithm: bytes, public: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + algorithm + public).digest()[:4]


def verifier_key(name: str, public: bytes, algorithm: bytes = ED25519) -> str:
    return f"{name}+{key_id(name, algorithm, public).hex()}+{base64.b64encode(algorithm + public).decode()}"


def public_of(vkey: str) -> bytes:
    """The public key in a verifier key of ours."""
    return base64.b64decode(vkey.split("+", 2)[2])[1:]


def rotation_text(origin: str, old: str, new: str) -> str:
    """What both keys sign when one takes the other's place."""
    return f"ximu-log-key-rotation/1\n{origin}\n{old}\n{new}\n"


def name_is_good(name: str) -> bool:
    """signed-note: not empty, no Unicode space, no plus."""
    return bool(name) and "+" not in name and not any(char.isspace() or ord(char) < 32 for char in name)


@dataclass(frozen=True, slots=True)
class Signer:
    """The log's own key. The text form is the one that the note tools of the Go checksum database use."""

    name: str
    seed: bytes

    @classmethod
    def parse(cls, text: str) -> Signer:
        """Errors: ValueError."""
        match = re.fullmatch(r"PRIVATE\+KEY\+([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)\n?", text)
        raw = base64.b64decode(match[3], validate=True) if match else b""
        if not match or raw[:1] != ED25519 or len(raw) != 1 + SEED_BYTES:
            raise ValueError("not a signing key of a log")
        signer = cls(match[1], raw[1:])
        if key_id(signer.name, ED25519, signer.public).hex() != match[2]:
            raise ValueError("the signing key does not match its own hash")
        return signer

    @property
    def public(self) -> bytes:
        return Ed25519PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw()

    def secret_text(self) -> str:
        sealed = base64.b64encode(ED25519 + self.seed).decode()
        return f"PRIVATE+KEY+{self.name}+{key_id(self.name, ED25519, self.public).hex()}+{sealed}\n"

    def verifier(self) -> str:
        return verifier_key(self.name, self.public)

    def bare_signature(self, text: str) -> str:
        """Base64 of the signature alone."""
        return base64.b64encode(Ed25519PrivateKey.from_private_bytes(self.seed).sign(text.encode())).decode()

    def sign(self, text: str) -> str:
        """The note: text, blank line, one signature line. Deterministic (RFC 8032)."""
        signature = Ed25519PrivateKey.from_private_bytes(self.seed).sign(text.encode())
        sealed = base64.b64encode(key_id(self.name, ED25519, self.public) + signature).decode()
        return f"{text}\n\u2014 {self.name} {sealed}\n"


def checkpoint_text(origin: str, size: int, root: bytes) -> str:
    return f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n"


def read_checkpoint(note: str) -> tuple[str, int, bytes]:
    """Origin, size and root of a checkpoint that we ourselves wrote. Errors: ValueError."""
    lines = note.split("\n\n")[0].split("\n")
    if len(lines) < 3 or not lines[1].isdecimal():
        raise ValueError("not a checkpoint")
    return lines[0], int(lines[1]), base64.b64decode(lines[2], validate=True)


def signed_by(note: str, public: bytes, name: str) -> bool:
    """Does the note carry our own good signature? As in `ximu_verify.open_note`: one bad line of this key spoils the note."""
    text, _, block = note.rpartition("\n\n")
    found = False
    for line in block.split("\n"):
        parts = line.split(" ")
        raw = _decoded(parts[2]) if len(parts) == 3 and parts[:2] == ["\u2014", name] else b""
        if raw[:4] == key_id(name, ED25519, public):
            if not verifies(public, raw[4:], (text + "\n").encode()):
                return False
            found = True
    return found


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        return b""


def cosigned_text(text: str, timestamp: int) -> bytes:
    """tlog-cosignature: what a witness signs, with the time at which it saw the tree."""
    return f"cosignature/v1\ntime {timestamp}\n{text}".encode()


def verifies(public: bytes, signature: bytes, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
