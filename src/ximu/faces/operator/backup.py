"""How is everything saved, and how does it come back without what was erased since?

A backup is a folder: the database (SQLite: online backup; PostgreSQL: `pg_dump`), the files, and `manifest.json` with every digest and
the size and root of the log. Keys are not in it: a backup with its keys could be read by whoever finds it.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from ximu.foundation import leftovers
from ximu.foundation.scrubbing import scrub
from ximu.foundation.whole import PASSING, write_whole
from ximu.ideas.ledger import queries as log
from ximu.ideas.ledger.queries import tree
from ximu.ideas.ledger.rules import read_checkpoint
from ximu.ideas.records import services as records
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal

MANIFEST, FORMAT = "manifest.json", 1
FOLDERS = ("files", "intake", "events", "uploads")
"""What lies beside the database and belongs to it."""
LAST, RESTORING, SERVING = "last-backup", "restoring", "serving"
UNFINISHED = "unfinished"


def home() -> Path:
    return Path(settings.XIMU_HOME)


def save(folder: Path, *, at: datetime) -> dict[str, Any]:
    """Write a backup into a folder that is new, empty or holds one that was cut off. The manifest comes last: without it the folder is
    no backup.

    What could not be finished is taken away again, at the latest when the same command is repeated. Errors: `BACKUP-FULL`.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    head = tree.head()
    with _begun(folder):
        _dump(folder / "database")
        for name in FOLDERS:
            _copy(home() / name, folder / name)
        manifest = {"format": FORMAT, "made_at": at.isoformat(), "engine": connection.vendor,
                    "log_size": head.size, "log_root": head.root.hex(),
                    "digests": _digests(folder)}
        write_whole(folder / MANIFEST, json.dumps(manifest, indent=1, sort_keys=True))
    write_whole(home() / LAST, at.isoformat())
    return manifest


@contextmanager
def _begun(folder: Path) -> Iterator[None]:
    """The folder is ours while it is filled: it bears a mark that a running backup holds, and one that was killed has let go."""
    mark = folder / UNFINISHED
    if any(folder.iterdir()) and not mark.exists():
        raise _not_empty(folder)
    with mark.open("ab") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise _not_empty(folder) from error
        if (folder / MANIFEST).exists():
            raise _not_empty(folder)
        _clear(folder, but=UNFINISHED)
        try:
            yield
        except BaseException:
            _clear(folder)
            raise
        mark.unlink()


def _not_empty(folder: Path) -> Refusal:
    return Refusal("BACKUP-FULL", field="folder", value=str(folder), zh="备份目录不是空的。", en="The folder of the backup is not empty.")


def _clear(folder: Path, *, but: str = "") -> None:
    for left in folder.iterdir():
        if left.name != but:
            shutil.rmtree(left) if left.is_dir() else left.unlink()


def _copy(source: Path, target: Path) -> None:
    """Every file that is still there when its turn comes, synced; what is written or destroyed meanwhile is in no row of the dump."""
    for place, _, names in os.walk(source):
        into = target / Path(place).relative_to(source)
        into.mkdir(parents=True, exist_ok=True)
        shutil.copymode(place, into)
        for name in (name for name in names if not name.startswith(PASSING)):
            with contextlib.suppress(FileNotFoundError), (Path(place) / name).open("rb") as kept, (into / name).open("wb") as out:
                os.fchmod(out.fileno(), os.fstat(kept.fileno()).st_mode & 0o777)
                shutil.copyfileobj(kept, out)
                out.flush()
                os.fsync(out.fileno())


def check(folder: Path) -> dict[str, Any]:
    """The manifest of a backup in which nothing is damaged, missing or added. Errors: `BACKUP-BAD`, `BACKUP-ENGINE`."""
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text("utf-8"))
        kept, found = dict(manifest["digests"]), _digests(folder)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _bad(type(error).__name__) from error
    if wrong := sorted(name for name in kept.keys() | found.keys() if kept.get(name) != found.get(name)):
        raise _bad(wrong[0])
    if manifest["engine"] != connection.vendor:
        raise Refusal("BACKUP-ENGINE", field="engine", value=str(manifest["engine"]), rule=connection.vendor,
                      zh="备份来自另一种数据库。", en="The backup is of another kind of database.")
    return manifest


def restore(folder: Path, *, accept_loss: bool, by: Actor, at: datetime) -> dict[str, Any]:
    """Put a backup in the place of what is there, erase again what was erased since, and verify the log; only then may the service open.

    Errors: those of `check`; `BACKUP-SERVED`; `BACKUP-LOG`; `BACKUP-SHORT` when the log was
    seen longer than the backup's, unless `accept_loss`.
    """
    with _alone():
        return _restore(folder, accept_loss=accept_loss, by=by, at=at)


def _restore(folder: Path, *, accept_loss: bool, by: Actor, at: datetime) -> dict[str, Any]:
    manifest, known = check(folder), known_size()
    if manifest["log_size"] < known and not accept_loss:
        raise Refusal("BACKUP-SHORT", field="log_size", value=str(manifest["log_size"]), rule=str(known), status=409,
                      zh="备份中的日志短于已知的检查点；确认丢失后加--accept-loss。",
                      en="The backup's log is shorter than a known checkpoint; add --accept-loss when the loss is accepted.")
    write_whole(home() / RESTORING, str(folder))
    _load(folder / "database")
    for name in FOLDERS:
        shutil.rmtree(home() / name, ignore_errors=True)
        _copy(folder / name, home() / name)
    if manifest["log_size"] < known and (home() / "checkpoints").exists():
        (home() / "checkpoints").rename(home() / f"checkpoints-before-{at:%Y%m%dT%H%M%S}")
    size = tree.head().size
    root = tree.root_at(manifest["log_size"]).hex() if size >= manifest["log_size"] else ""
    if root != manifest["log_root"]:
        raise Refusal("BACKUP-LOG", field="log_root", value=root, rule=manifest["log_root"], status=409,
                      zh="恢复后的日志与备份清单不符。", en="The restored log is not the one of the manifest.")
    erased = records.erase_again(by=by, at=at)
    scrub()
    leftovers.clear()
    verdict = log.verify_log()
    if verdict.findings:
        raise Refusal("BACKUP-LOG", field="log", value=str(len(verdict.findings)), status=409,
                      zh="恢复后的日志没有通过验证。", en="The restored log does not verify.")
    (home() / RESTORING).unlink()
    return {"made_at": manifest["made_at"], "log_size": tree.head().size, "erased_again": erased, "lost_entries": max(0, known - size)}


def must_be_open() -> None:
    """Refused while a restore has not come to its end: what was erased could be seen."""
    if (home() / RESTORING).exists():
        raise Refusal("BACKUP-OPEN", status=409, zh="恢复尚未完成，请重新运行ximu restore。",
                      en="A restore has not come to its end; run ximu restore again.")


@contextmanager
def serving() -> Iterator[None]:
    """Held while the site is served or its jobs run: nothing is restored beneath them. Errors: `BACKUP-OPEN`."""
    with _locked(fcntl.LOCK_SH) as held:
        if not held:
            raise Refusal("BACKUP-OPEN", status=409, zh="正在恢复备份，请在完成后启动服务。",
                          en="A restore is running; start the service after it.")
        must_be_open()
        yield


@contextmanager
def _alone() -> Iterator[None]:
    with _locked(fcntl.LOCK_EX) as held:
        if not held:
            raise Refusal("BACKUP-SERVED", status=409, field="service", value=str(home()), rule="stopped",
                          zh="服务仍在运行，请先停止服务再恢复。", en="The service is running; stop it before you restore.")
        yield


@contextmanager
def _locked(how: int) -> Iterator[bool]:
    home().mkdir(parents=True, exist_ok=True)
    with (home() / SERVING).open("a") as lock:
        try:
            fcntl.flock(lock, how | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def last() -> str:
    """When the last backup was made, or nothing."""
    return (home() / LAST).read_text("ascii") if (home() / LAST).exists() else ""


def known_size() -> int:
    """How long the log was when it was last signed: the checkpoints kept outside the database."""
    sizes = [0]
    for path in (home() / "checkpoints").glob("*/latest"):
        try:
            sizes.append(read_checkpoint(path.read_text("utf-8"))[1])
        except (Refusal, ValueError, OSError):
            continue
    return max(sizes)


def _bad(what: str) -> Refusal:
    return Refusal("BACKUP-BAD", field="folder", value=what, zh="备份已损坏或不完整。", en="The backup is damaged or incomplete.")


def _digests(folder: Path) -> dict[str, str]:
    found = {}
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and p not in (folder / MANIFEST, folder / UNFINISHED)):
        with path.open("rb") as file:
            found[path.relative_to(folder).as_posix()] = hashlib.file_digest(file, "sha256").hexdigest()
    return found


def _dump(path: Path) -> None:
    if connection.vendor == "sqlite":
        with sqlite3.connect(path) as target:
            connection.ensure_connection()
            connection.connection.backup(target)
        target.close()
    else:
        _run(["pg_dump", "--format=custom", f"--file={path}"])
    path.chmod(0o600)


def _load(path: Path) -> None:
    if connection.vendor == "sqlite":
        source = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
        connection.ensure_connection()
        source.backup(connection.connection)
        source.close()
        connection.close()
    else:
        connection.close()
        _run(["pg_restore", "--clean", "--if-exists", "--no-owner", "--single-transaction", str(path)])


def _run(command: list[str]) -> None:
    """The tool is told its database by variables of its own, so that no password stands in a list of processes."""
    told = connection.settings_dict
    names = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD", "PGDATABASE": "NAME"}
    env = {"PATH": os.defpath, **{pg: str(told[key]) for pg, key in names.items() if told.get(key)}}
    target = ["--dbname", str(told["NAME"])] if command[0] == "pg_restore" else []
    ran = subprocess.run([shutil.which(command[0]) or "false", *target, *command[1:]], env=env, capture_output=True, check=False)
    if ran.returncode:
        raise Refusal("BACKUP-TOOL", field="tool", value=command[0], status=500, rule=ran.stderr.decode(errors="replace")[-200:],
                      zh="数据库的备份工具失败。", en="The database's own tool failed.")
