"""A code that stands for a person without an account: 16 digits, shown once, kept only as a slow hash under a pepper outside the database.

Argon2id (RFC 9106) over the digits with one salt and one pepper of the system: the hash itself finds the row, so that a
wrong, an unknown and a closed code cost the same work. 16 digits are 53 bits: fewer than ASVS 11.5.1 asks for, on purpose
(a code that a person can keep on paper and that looks like a telephone number); slow hash, pepper and the limit of guesses
make up for it.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

from argon2.low_level import Type, hash_secret_raw

DIGITS = 16
ITERATIONS, MEMORY_KIB, LANES = 3, 64 * 1024, 1
FULLWIDTH = str.maketrans("０１２３４５６７８９", "0123456789")


def fresh_code() -> str:
    """16 digits at random."""
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"


def new_code(secret: bytes, nonce: str) -> str:
    """16 digits that follow from the form's random nonce: a form that is sent twice gets the same code, and nobody else can make it."""
    number = int.from_bytes(hmac.new(secret, f"code:{nonce}".encode(), hashlib.sha256).digest(), "big")
    return f"{number % 10**DIGITS:0{DIGITS}d}"


def shown_code(code: str) -> str:
    return " ".join(code[i:i + 4] for i in range(0, DIGITS, 4))


def digits_of(text: str) -> str:
    """What was typed, without blanks and hyphens, full width folded; anything that is no code becomes one that nobody has."""
    found = "".join(c for c in text.translate(FULLWIDTH) if c not in " -\u3000\t")
    return found if len(found) == DIGITS and found.isascii() and found.isdigit() else "x" * DIGITS


def slow_hash(code: str, *, secret: bytes) -> str:
    """64 hex digits."""
    salt, pepper = (hmac.new(secret, name, hashlib.sha256).digest() for name in (b"receipt-salt", b"receipt-pepper"))
    return hash_secret_raw(pepper + code.encode("ascii"), salt, ITERATIONS, MEMORY_KIB, LANES, 32, Type.ID).hex()
