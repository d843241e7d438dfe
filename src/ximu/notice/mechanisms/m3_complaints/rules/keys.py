"""How is a report sealed so that only its handlers and its reporter can open it?

A report has a key of its own (AES-256-GCM). That key is boxed (HPKE, RFC 9180: X25519, HKDF-SHA256, AES-256-GCM) for the office that
handles it, the office's secret key for each of its people, and a person's secret key lies under a key from his passphrase (Argon2id,
RFC 9106). For the reporter it lies under a key that follows from the receipt code. The office's secret key is also split into three
slips of paper of which two restore it (SLIP-0039), for the day on which everybody has lost theirs.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from shamir_mnemonic import MnemonicError, combine_mnemonics, generate_mnemonics

KEY_BYTES, NONCE_BYTES, SALT_BYTES = 32, 12, 16
ITERATIONS, MEMORY_KIB, LANES = 3, 64 * 1024, 1
SLIPS, NEEDED = 3, 2
SHORTEST_PHRASE = 12
SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


@dataclass(frozen=True, slots=True)
class Ring:
    """The opened key of one person, for as long as the desk stays unlocked."""

    person: str
    private: bytes = field(repr=False)


def fresh_key() -> bytes:
    """A report's key."""
    return secrets.token_bytes(KEY_BYTES)


def fresh_pair() -> tuple[bytes, str]:
    """(secret half, public half as 64 hex digits)."""
    private = X25519PrivateKey.generate()
    return private.private_bytes_raw(), private.public_key().public_bytes_raw().hex()


def public_of(private: bytes) -> str:
    return X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw().hex()


def fingerprint(public: str) -> str:
    """What people compare by voice or on paper: six groups of four of SHA-256."""
    found = hashlib.sha256(bytes.fromhex(public)).hexdigest()[:24].upper()
    return " ".join(found[i:i + 4] for i in range(0, 24, 4))


def box(content: bytes, public: str, *, about: str) -> str:
    """`about` is bound to it: boxed for one row, it does not open for another."""
    made = SUITE.encrypt(content, X25519PublicKey.from_public_bytes(bytes.fromhex(public)), about.encode())
    return base64.b64encode(made).decode("ascii")


def unbox(sealed: str, private: bytes, *, about: str) -> bytes | None:
    """None where this key does not open it."""
    try:
        return SUITE.decrypt(base64.b64decode(sealed), X25519PrivateKey.from_private_bytes(private), about.encode())
    except (InvalidTag, ValueError):
        return None


def seal_bytes(content: bytes, key: bytes, *, about: str) -> bytes:
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, content, about.encode())


def unseal_bytes(sealed: bytes, key: bytes, *, about: str) -> bytes:
    """Errors: `cryptography.exceptions.InvalidTag`."""
    return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], about.encode())


def seal(text: str, key: bytes, *, about: str) -> str:
    return base64.b64encode(seal_bytes(text.encode(), key, about=about)).decode("ascii")


def unseal(sealed: str, key: bytes, *, about: str) -> str:
    return unseal_bytes(base64.b64decode(sealed), key, about=about).decode()


def found_and_opened(slow: str) -> tuple[str, bytes]:
    """Of the slow hash of a receipt code: (64 hex digits that find the row, the key that opens it). Neither gives the other."""
    secret = bytes.fromhex(slow)
    return _derived(secret, b"find").hex(), _derived(secret, b"open")


def _derived(secret: bytes, what: bytes) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, None, b"ximu receipt " + what).derive(secret)


def fresh_salt() -> str:
    return secrets.token_hex(SALT_BYTES)


def phrase_key(phrase: str, salt: str) -> bytes:
    return hash_secret_raw(phrase.encode(), bytes.fromhex(salt), ITERATIONS, MEMORY_KIB, LANES, KEY_BYTES, Type.ID)


def slips(private: bytes) -> list[str]:
    """Three slips, of which any two restore the key and one says nothing: 33 words each."""
    return generate_mnemonics(1, [(NEEDED, SLIPS)], private)[0]


def restored(given: Sequence[str]) -> bytes | None:
    """None where the slips are not two of one set, as written."""
    try:
        return combine_mnemonics([" ".join(one.lower().split()) for one in given])
    except (MnemonicError, ValueError, IndexError):
        return None
