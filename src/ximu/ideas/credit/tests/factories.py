"""A made-up agency with a key, its reports, and people of the made-up city."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from typing import Any

from ximu.foundation.profiles import uid_of
from ximu.ideas.credit import services
from ximu.ideas.credit.models import Report
from ximu.ideas.credit.rules import statement
from ximu.ideas.ledger.rules import Signer
from ximu.kernel import uscc
from ximu.kernel.actor import Actor, Grant

AT = datetime(2018, 6, 1, 2, tzinfo=UTC)
UNIT = uid_of("example", "q01")
SIGNER = Signer("credit.example", bytes(range(32)))
THIEF = Signer("credit.example", bytes(range(1, 33)))
CODE = (stem := "91990000MA1FAKE01") + uscc.check_character(stem)
PDF = b"%PDF-1.4 made up"
DOCUMENT = hashlib.sha256(PDF).hexdigest()
RIGHTS = frozenset({"credit.see", "credit.register", "credit.lodge"})


def person(name: str, unit: str | None = None, rights: frozenset[str] = RIGHTS) -> Actor:
    return Actor(name, unit or UNIT, (Grant("r", rights, unit),), name)


A, B, CLERK = person("a"), person("b"), person("clerk", UNIT, frozenset({"credit.see", "credit.lodge"}))


def listed(signer: Signer = SIGNER, *, since: date = date(2018, 1, 1), at: datetime = AT) -> str:
    uid = services.propose_issuer(services.NewIssuer(CODE, "示例资信评估公司（虚构）", signer.verifier(), "示信备〔2018〕1号", since), by=A, at=at)
    services.confirm_issuer(uid, approve=True, by=B, at=at)
    return uid


def report(**changed: Any) -> statement.Report:
    return statement.Report(**{"issuer": CODE, "number": "XY-2018-001", "issued_on": date(2018, 3, 1), "expires_on": date(2018, 8, 31),
                               "standard": "", "grade": "AA", "document": DOCUMENT, **changed})


def note(one: Any = None, signer: Signer = SIGNER, **changed: Any) -> bytes:
    return statement.signed(one or report(**changed), signer)


def revocation(on: date = date(2018, 6, 1), number: str = "XY-2018-001", reason: str = "fraud") -> statement.Revocation:
    return statement.Revocation(CODE, number, on, reason)


def lodged(*, at: datetime = AT, **changed: Any) -> Report:
    return services.lodge(note=note(**changed), unit=UNIT, by=CLERK, at=at)
