"""What does a receiver answer? One line for each row, signed: accepted, or refused with a code. To a trial: an echo, signed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from ximu.ideas.exchange.rules.package import ALGORITHM, Package, sealed, verified
from ximu.ideas.ledger.rules import Signer
from ximu.kernel.canonical import canonical
from ximu.kernel.refusal import Refusal

FORMAT, ECHO = "ximu-receipt/1", "ximu-echo/1"
ACCEPTED = ""
LONGEST_CODE = 24


@dataclass(frozen=True, slots=True)
class Receipt:
    """`outcomes` has one entry for each row, in order: empty when accepted, else the code of the refusal."""

    channel: str
    sequence: int
    package: str
    outcomes: tuple[str, ...]


def issue(package: Package, outcomes: Sequence[str], signer: Signer) -> bytes:
    body = {"format": FORMAT, "algorithm": ALGORITHM, "channel": package.head.channel, "sequence": package.head.sequence,
            "package": package.digest, "outcomes": list(outcomes)}
    return sealed(canonical(body), signer)


def read(note: bytes, key: str) -> Receipt:
    """Errors: `PKG-FORGED`, `RCPT-FORM`."""
    body = verified(note, key)
    try:
        told = orjson.loads(body)
        made = Receipt(told["channel"], told["sequence"], told["package"], tuple(told["outcomes"]))
        fits = told["format"] == FORMAT and canonical(told) == body and all(
            isinstance(code, str) and len(code) <= LONGEST_CODE for code in made.outcomes)
    except (KeyError, TypeError, ValueError):
        fits = False
    if not fits:
        raise Refusal("RCPT-FORM", field="receipt", rule=FORMAT, zh="不是合乎格式的回执。", en="This is not a receipt of this format.")
    return made


def settles(receipt: Receipt, *, channel: str, sequence: int, digest: str, rows: int) -> None:
    """Errors: `RCPT-WRONG` when it is the receipt of something else."""
    if (receipt.channel, receipt.sequence, receipt.package, len(receipt.outcomes)) != (channel, sequence, digest, rows):
        raise Refusal("RCPT-WRONG", status=409, field="package", value=receipt.package, rule=digest, zh="回执与所发数据包不符。",
                      en="The receipt is not of the package that was sent.")


def echo(package: Package, signer: Signer, *, at: datetime) -> bytes:
    """Proof that a package was received whole, by whom, when; nothing took effect."""
    return sealed(canonical({"format": ECHO, "algorithm": ALGORITHM, "channel": package.head.channel, "sequence": package.head.sequence,
                             "package": package.digest, "rows": len(package.rows), "at": at.isoformat()}), signer)


def echoed(note: bytes, key: str, package: str) -> dict[str, Any]:
    """The echo of the package with this digest. Errors: `PKG-FORM`, `PKG-FORGED`, `RCPT-FORM`, `RCPT-WRONG`."""
    body = verified(note, key)
    try:
        told: dict[str, Any] = orjson.loads(body)
        fits = told["format"] == ECHO and canonical(told) == body
    except (KeyError, TypeError, ValueError):
        fits = False
    if not fits:
        raise Refusal("RCPT-FORM", field="echo", rule=ECHO, zh="不是合乎格式的回声。", en="This is no echo of this format.")
    if told["package"] != package:
        raise Refusal("RCPT-WRONG", status=409, field="package", value=str(told["package"])[:64], rule=package,
                      zh="回声与所发数据包不符。", en="The echo is not of the package that was sent.")
    return told
