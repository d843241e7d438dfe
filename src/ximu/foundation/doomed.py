"""What is to go from the disk once a transaction has committed, and how does it go although the server dies right then?

A row in the same transaction names the file or folder; it is removed after the commit, or by the next sweep.
"""

from __future__ import annotations

import logging
import os
import secrets
import shutil
from pathlib import Path

from django.conf import settings
from django.db import transaction

from ximu.foundation.models import Doomed

KEYS = "keys"
log = logging.getLogger(__name__)


def doom(*paths: Path) -> None:
    """In the caller's transaction: these files or folders beneath the platform's home go when it has committed."""
    rows = Doomed.objects.bulk_create([Doomed(path=_name(path)) for path in paths])
    transaction.on_commit(lambda: _remove([row.pk for row in rows]))


def spare(path: Path) -> None:
    """In the caller's transaction: what was to go is written anew and stays."""
    named = Doomed.objects.filter(path=_name(path))
    if named.exists():
        named.delete()


def waiting() -> int:
    """How many have outlived their commit: a server died, or the disk refused."""
    return Doomed.objects.count()


def sweep() -> int:
    return _remove(list(Doomed.objects.order_by("pk").values_list("pk", flat=True)))


def _remove(keys: list[int]) -> int:
    return sum(_gone(key) for key in keys)


def _gone(key: int) -> bool:
    """The row is taken first and comes back when the disk refuses: who places the file anew meanwhile waits for us, or we for him."""
    try:
        with transaction.atomic():
            row = Doomed.objects.select_for_update().filter(pk=key).first()
            if row is None:
                return False
            row.delete()
            _erase(_home() / row.path)
    except OSError as error:
        log.warning("a file that is to go is still there (%s)", type(error).__name__)
        return False
    return True


def _erase(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
        return
    if path.is_relative_to(_home() / KEYS) and path.exists():
        with path.open("r+b") as key:
            key.write(secrets.token_bytes(path.stat().st_size))
            key.flush()
            os.fsync(key.fileno())
    path.unlink(missing_ok=True)


def _home() -> Path:
    return Path(settings.XIMU_HOME)


def _name(path: Path) -> str:
    return path.relative_to(_home()).as_posix()
