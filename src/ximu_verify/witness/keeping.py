"""Did this log only grow since we last looked? One folder remembers; the check and the memory are one step under a lock."""

from __future__ import annotations

import base64
import fcntl
import hashlib
import json
import os
import re
import secrets
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ximu_verify.checkpoint import Checkpoint, parse_checkpoint
from ximu_verify.merkle import HASH_BYTES, ProofError, verify_consistency
from ximu_verify.note import COSIGNATURE, ED25519, NoteError, VerifierKey, open_note, strict_base64, valid_name

MOST_PROOF_LINES = 63
"""tlog-witness: a client sends no more."""
EMPTY_ROOT = hashlib.sha256(b"").digest()
SECRET = re.compile(r"PRIVATE\+KEY\+([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)\n?")
_threads = threading.Lock()


class Refused(Exception):
    """Not cosigned. `status` is the HTTP status of tlog-witness; `size` is what we know, for 409 answers that must tell it."""

    def __init__(self, status: int, reason: str, size: int | None = None) -> None:
        super().__init__(reason)
        self.status, self.reason, self.size = status, reason, size


@dataclass(frozen=True, slots=True)
class Request:
    """A parsed `add-checkpoint` body."""

    old: int
    proof: list[bytes]
    note: str

    @classmethod
    def parse(cls, body: bytes) -> Request:
        """Errors: Refused 400."""
        try:
            head, gap, note = body.decode().partition("\n\n")
        except UnicodeError as error:
            raise Refused(400, "not UTF-8") from error
        first, *lines = head.split("\n")
        old = re.fullmatch("old (0|[1-9][0-9]{0,19})", first)
        proof = [strict_base64(line) for line in lines]
        good = [node for node in proof if node is not None and len(node) == HASH_BYTES]
        if not gap or not old or len(good) != len(proof) or len(proof) > MOST_PROOF_LINES:
            raise Refused(400, "malformed request")
        return cls(int(old[1]), good, note)


class Witness:
    """The folder: `key` (mode 600), `logs/<hash>/{origin,keys,url,latest}`, `evidence/`."""

    def __init__(self, folder: Path | str) -> None:
        self.folder = Path(folder)
        match = SECRET.fullmatch((self.folder / "key").read_text("utf-8"))
        raw = strict_base64(match[3]) if match else None
        if match is None or raw is None or len(raw) != 33 or raw[0] != COSIGNATURE:
            raise ValueError(f"{self.folder / 'key'} is not the key of a witness")
        self._private = Ed25519PrivateKey.from_private_bytes(raw[1:])
        self.key = VerifierKey(match[1], COSIGNATURE, self._private.public_key().public_bytes_raw())
        if f"{self.key.hash:08x}" != match[2]:
            raise ValueError("the key of the witness does not match its own hash")

    @classmethod
    def create(cls, folder: Path | str, name: str) -> Witness:
        """Make the folder and a new key; an existing key is kept and must bear the same name. Errors: ValueError."""
        home = Path(folder)
        if not valid_name(name):
            raise ValueError("a name must not be empty nor contain spaces or a plus")
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not (home / "key").exists():
            seed = secrets.token_bytes(32)
            public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
            place = VerifierKey(name, COSIGNATURE, public).hash
            sealed = base64.b64encode(bytes([COSIGNATURE]) + seed).decode()
            _write(home / "key", f"PRIVATE+KEY+{name}+{place:08x}+{sealed}\n", 0o600)
        made = cls(home)
        if made.key.name != name:
            raise ValueError(f"this folder belongs to the witness {made.key.name}")
        return made

    def follow(self, *keys: str, url: str = "") -> str:
        """Watch a log, known by its key (or keys, after a rotation); its origin. Errors: NoteError, ValueError."""
        parsed = [VerifierKey.parse(key) for key in keys]
        if not parsed or {key.algorithm for key in parsed} != {ED25519} or len({key.name for key in parsed}) != 1:
            raise ValueError("the keys of one log are needed: Ed25519, with the same name")
        home = self._home(parsed[0].name)
        home.mkdir(parents=True, exist_ok=True)
        _write(home / "origin", parsed[0].name + "\n")
        _write(home / "keys", "".join(f"{key}\n" for key in parsed))
        if url:
            _write(home / "url", url.rstrip("/") + "\n")
        return parsed[0].name

    def logs(self) -> list[tuple[str, str]]:
        """(origin, address) of every log that is watched."""
        found = []
        for path in sorted((self.folder / "logs").glob("*/origin")):
            url = path.with_name("url")
            found.append((path.read_text("utf-8").strip(), url.read_text("utf-8").strip() if url.exists() else ""))
        return found

    def known(self, origin: str) -> Checkpoint | None:
        """The last checkpoint that we cosigned for this log."""
        path = self._home(origin) / "latest"
        return parse_checkpoint(path.read_text("utf-8").rpartition("\n\n")[0] + "\n") if path.exists() else None

    def add(self, body: bytes, *, now: int) -> str:
        """Answer an `add-checkpoint` request at POSIX time `now`: our signature line. Errors: Refused."""
        request = Request.parse(body)
        return self.cosign(request.note, old=request.old, proof=request.proof, now=now)

    def cosign(self, note: str, *, old: int, proof: Sequence[bytes], now: int) -> str:
        """Check signature, memory and growth; remember; sign. In this order, and nothing is signed before it is remembered."""
        origin = note.partition("\n")[0]
        home = self._home(origin)
        if not origin or not (home / "keys").exists():
            raise Refused(404, "unknown log")
        text, head = self._opened(note, origin, home)
        if old > head.size:
            held = self.known(origin)
            if held is not None and head.size < held.size:
                self._keep("rollback", note, old, proof, home)
            raise Refused(400, "the old size is larger than the checkpoint")
        with self._locked(home):
            self._must_have_grown(head, note, old, proof, home)
            line = self._line(text, now)
            _write(home / "latest", note if note.endswith(line) else note + line)
        return line

    def _opened(self, note: str, origin: str, home: Path) -> tuple[str, Checkpoint]:
        """Signed by a key that we trust for this origin; signatures of unknown keys are ignored. Errors: Refused 403, 400."""
        try:
            opened = open_note(note, (home / "keys").read_text("utf-8").split())
        except NoteError as error:
            raise Refused(403, f"not signed by the log: {error}") from error
        try:
            head = parse_checkpoint(opened.text)
        except NoteError as error:
            raise Refused(400, str(error)) from error
        if head.origin != origin:
            raise Refused(400, "the origin is not unique")
        return opened.text, head

    def _must_have_grown(self, head: Checkpoint, note: str, old: int, proof: Sequence[bytes], home: Path) -> None:
        held = self.known(head.origin)
        size, root = (held.size, held.root) if held else (0, EMPTY_ROOT)
        if head.size == size and head.root != root:
            self._keep("fork", note, old, proof, home)
            raise Refused(409, "another root at the same size", size if old != size else None)
        if old != size:
            if head.size < size:
                self._keep("rollback", note, old, proof, home)
            raise Refused(409, f"the last cosigned size is {size}", size)
        try:
            if (old == 0 or old == head.size) and proof:
                raise ProofError("the proof must be empty")
            if 0 < old < head.size:
                verify_consistency(old, head.size, root, head.root, proof)
        except ProofError as error:
            if head.root != root:
                self._keep("fork", note, old, proof, home)
            raise Refused(422, f"not a growth of what was cosigned: {error}") from error

    def _line(self, text: str, now: int) -> str:
        """tlog-cosignature: key id, time, Ed25519 over both the time and the whole text."""
        signature = self._private.sign(b"cosignature/v1\ntime %d\n" % now + text.encode())
        raw = self.key.hash.to_bytes(4, "big") + now.to_bytes(8, "big") + signature
        return f"\u2014 {self.key.name} {base64.b64encode(raw).decode()}\n"

    def _keep(self, reason: str, note: str, old: int, proof: Sequence[bytes], home: Path) -> None:
        """The refused checkpoint, signed by the log, beside the one that it contradicts: together they convict.

        Named by what the log signed and what that contradicts, so that a thousand repeats make one file: whoever has a signed
        checkpoint can bring it with any proof, and with any line of an unknown key beneath. A smaller one is named by itself alone: if
        it is no part of what is cosigned later, it was none of the first that it was held against; else every old checkpoint could be
        brought again after every growth.
        """
        latest = home / "latest"
        told = {
            "reason": reason, "old": old, "proof": [base64.b64encode(node).decode() for node in proof], "refused": note,
            "cosigned": latest.read_text("utf-8") if latest.exists() else "", "keys": (home / "keys").read_text("utf-8").split(),
        }
        text = json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
        folder = self.folder / "evidence"
        folder.mkdir(exist_ok=True)
        held = told["cosigned"] if reason == "fork" else ""
        signed = "\n\n".join(str(one).rpartition("\n\n")[0] for one in (note, held))
        path = folder / f"{reason}-{hashlib.sha256(signed.encode()).hexdigest()[:32]}.json"
        if not path.exists():
            _write(path, text)

    def evidence(self) -> list[Path]:
        return sorted((self.folder / "evidence").glob("*.json"))

    def _home(self, origin: str) -> Path:
        return self.folder / "logs" / hashlib.sha256(origin.encode("utf-8", "surrogatepass")).hexdigest()[:32]

    @contextmanager
    def _locked(self, home: Path) -> Iterator[None]:
        with _threads, (home / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _write(path: Path, text: str, mode: int = 0o644) -> None:
    """Whole or not at all, and on disk before it is relied on."""
    part = path.with_name(f".{path.name}-{secrets.token_hex(6)}")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8", newline="") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    part.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
