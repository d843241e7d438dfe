"""Who are we towards other systems? A key of our own, made once, outside the database."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from django.conf import settings

from ximu.ideas.ledger.rules import Signer
from ximu.kernel.refusal import Refusal

MODE = 0o600


def own() -> Signer:
    """The city's exchange key. Errors: `KEY-BROKEN`."""
    return key_in(Path(settings.XIMU_HOME) / "keys" / "exchange.key", f"{settings.XIMU_ORIGIN}/exchange")


def key_in(path: Path, name: str) -> Signer:
    """The key kept in a file, made when there is none; two makers agree on one. Errors: `KEY-BROKEN`."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = path.with_name(f".{path.name}-{secrets.token_hex(8)}")
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, MODE), "w") as out:
            out.write(Signer(name, secrets.token_bytes(32)).secret_text())
            out.flush()
            os.fsync(out.fileno())
        try:
            os.link(part, path)
        except FileExistsError:
            pass
        finally:
            part.unlink()
    try:
        return Signer.parse(path.read_text("utf-8"))
    except ValueError as error:
        raise Refusal("KEY-BROKEN", status=409, field="key", value=path.name, rule="C2SP signed-note", zh="交换密钥文件损坏。",
                      en="The file of the exchange key is damaged.") from error
