"""With which key does the log sign, and which keys did it sign with before?

The signing key lies in `XIMU_HOME/keys/log.key` (mode 600). Retired keys are kept as public keys only, in `keys/log.retired`: a verifier
key and the greatest size that it may have signed on each line, so that old proofs still verify and a stolen old key signs nothing new.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from ximu.foundation.whole import write_once
from ximu.ideas.ledger.rules import Signer
from ximu.ideas.ledger.rules.note import name_is_good, public_of, signed_by
from ximu.kernel.refusal import Refusal


@dataclass(frozen=True, slots=True)
class OwnKey:
    """A verifier key of this log; `until` is the greatest size that it may have signed, None for the present one."""

    vkey: str
    until: int | None = None

    @property
    def line(self) -> str:
        """As `/log/key` and `ximu log key` show it and `ximu-verify` reads it."""
        return self.vkey if self.until is None else f"{self.vkey} <= {self.until}"


def key() -> str:
    """The log's public key as a verifier key: what people pin."""
    return signer().verifier()


def own_keys() -> list[OwnKey]:
    """The present key first, then the retired ones, the newest first."""
    return [OwnKey(key()), *reversed(_retired())]


def key_lines() -> str:
    return "".join(f"{one.line}\n" for one in own_keys())


def _retired() -> list[OwnKey]:
    path = folder() / "log.retired"
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    return [OwnKey(vkey, int(until)) for vkey, until in (line.split(" <= ") for line in lines if line.strip())]


def signed_with(note: str) -> str:
    """Which of our keys signed this note; empty for none."""
    return next((one.vkey for one in own_keys() if signed_by(note, public_of(one.vkey), one.vkey.split("+")[0])), "")


def folder() -> Path:
    return Path(settings.XIMU_HOME) / "keys"


def signer() -> Signer:
    """The log's signing key, made once with mode 600. Errors: `LOG-ORIGIN`, `LOG-KEY`."""
    origin, path = settings.XIMU_ORIGIN, folder() / "log.key"
    if not name_is_good(origin):
        raise Refusal(
            "LOG-ORIGIN", field="XIMU_ORIGIN", value=origin, rule="C2SP signed-note",
            zh="日志名称 XIMU_ORIGIN 不能为空，不能含空白或加号。", en="XIMU_ORIGIN must not be empty nor contain spaces or a plus.",
        )
    if not path.exists():
        _make_key(path, origin)
    try:
        found = Signer.parse(path.read_text("utf-8"))
    except ValueError:
        found = None
    if found is None or found.name != origin:
        raise Refusal(
            "LOG-KEY", status=409, field="XIMU_ORIGIN", value=origin, rule="keys/log.key",
            zh="日志签名密钥损坏，或不是为该日志名称生成的。", en="The signing key is damaged or was made for another origin.",
        )
    return found


def _make_key(path: Path, origin: str) -> None:
    """Who comes second keeps the first one's key."""
    write_once(path, Signer(origin, secrets.token_bytes(32)).secret_text())
