"""Do both sides hold the same? Compared by record number, with the counts of both; the statement that both sign."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import orjson

from ximu.ideas.exchange.rules.package import ALGORITHM, sealed, verified
from ximu.ideas.ledger.rules import Signer
from ximu.kernel.canonical import canonical, digest
from ximu.kernel.refusal import Refusal

FORMAT = "ximu-balance/1"
MOST_NUMBERS = 100_000


@dataclass(frozen=True, slots=True)
class Balance:
    """`missing` there, `extra` there (we recalled it, or never sent it), `different` in content."""

    ours: int
    theirs: int
    missing: tuple[str, ...]
    extra: tuple[str, ...]
    different: tuple[str, ...]

    @property
    def even(self) -> bool:
        return not (self.missing or self.extra or self.different)


def balance(ours: Mapping[str, str], theirs: Mapping[str, str]) -> Balance:
    """Number → digest of the row that counts, on each side."""
    both = ours.keys() & theirs.keys()
    return Balance(
        len(ours), len(theirs), tuple(sorted(ours.keys() - both)), tuple(sorted(theirs.keys() - both)),
        tuple(sorted(number for number in both if ours[number] != theirs[number])),
    )


@dataclass(frozen=True, slots=True)
class Inbound:
    """How far the one who states is with what came the other way: the last package taken, and its rows over all packages."""

    sequence: int = 0
    digest: str = ""
    accepted: int = 0
    refused: int = 0


def stated(channel: str, ours: Mapping[str, str], theirs: Mapping[str, str], inbound: Inbound, *, signer: Signer, at: datetime) -> bytes:
    """One side's signed statement: both counts, every difference by number, the digest of each list. The other side adds its signature."""
    found = balance(ours, theirs)
    body = {"format": FORMAT, "algorithm": ALGORITHM, "channel": channel, "at": at.isoformat(), "even": found.even, **asdict(found),
            "ours_digest": digest(dict(ours)), "theirs_digest": digest(dict(theirs)), "inbound": asdict(inbound)}
    return sealed(canonical(body), signer)


def statement(note: bytes, key: str) -> dict[str, Any]:
    """What the statement of `key` says. Errors: `PKG-FORM`, `PKG-FORGED`, `RECON-FORM`."""
    body = verified(note, key)
    try:
        told: dict[str, Any] = orjson.loads(body)
        fits = told["format"] == FORMAT and canonical(told) == body and datetime.fromisoformat(told["at"]).tzinfo is not None
    except (KeyError, TypeError, ValueError):
        fits = False
    if not fits:
        raise Refusal("RECON-FORM", field="statement", rule=FORMAT, zh="不是合乎格式的对账单。", en="This is no statement of this format.")
    return told


def countersigned(note: bytes, key: str, held: Mapping[str, str], sent: tuple[int, str], *, signer: Signer) -> bytes:
    """The statement with a second signature, of one who holds exactly what it says. Errors: as `statement`; `RECON-WRONG`.

    `sent`: number and digest of the last package that the second side sent the other way.
    """
    told = statement(note, key)
    for field, value, rule in (("theirs_digest", told["theirs_digest"], digest(dict(held))),
                               ("inbound", [told["inbound"]["sequence"], told["inbound"]["digest"]], list(sent))):
        if value != rule:
            raise _wrong(field, value, rule)
    return note + sealed(verified(note, key), signer).split(b"\n")[2] + b"\n"


def both_signed(note: bytes, ours: str, theirs: str) -> dict[str, Any]:
    """The statement, when it bears our signature first and theirs second. Errors: `PKG-FORM`, `PKG-FORGED`, `RECON-FORM`."""
    lines = note.split(b"\n")
    if len(lines) != 5:
        raise Refusal("RECON-FORM", field="statement", rule=FORMAT, zh="对账单须有双方签名。",
                      en="A statement bears the signatures of both.")
    verified(b"\n".join([*lines[:2], lines[3], b""]), theirs)
    return statement(b"\n".join([*lines[:3], b""]), ours)


def _wrong(field: str, value: Any, rule: Any) -> Refusal:
    return Refusal("RECON-WRONG", status=409, field=field, value=str(value)[:80], rule=str(rule)[:80],
                   zh="对账单所记与本方所持不符，不予签名。", en="The statement is not what this side holds; it is not signed.")
