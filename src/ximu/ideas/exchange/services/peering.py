"""The reference peer: it plays the other side, over a folder or HTTP, for tests and for integrators.

It shares the rules with us and nothing else: its own key, its own file, no table of ours. What it holds is written in one
SQLite transaction with the receipt, so that it may be killed at any moment.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Sequence
from datetime import datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

from ximu.foundation import clock
from ximu.ideas.exchange.rules import (
    ACCEPTED,
    ANSWER,
    PUT,
    RECALL,
    Faults,
    Head,
    Lead,
    Objection,
    Package,
    Stand,
    Withdrawal,
    build,
    countersigned,
    fits,
    issue,
    joined,
    lead_row,
    objection_row,
    opened,
    read_key,
    withdraw_row,
)
from ximu.ideas.exchange.services.keys import key_in
from ximu.ideas.exchange.services.transport import OUTGOING, RECEIPTS, put_aside, write_whole
from ximu.ideas.ledger.rules import Signer
from ximu.kernel.refusal import Refusal

TABLES = """
create table if not exists taken (sequence integer primary key, digest text not null, receipt blob not null);
create table if not exists effect (sequence integer, position integer, record text, op text, digest text);
create table if not exists held (record text primary key, digest text not null);
create table if not exists sent (sequence integer primary key, digest text not null, body blob not null);
create table if not exists answer (matter text primary key, outcome text not null);
"""
UNKNOWN = "ROW-OP"
MOST_BODY = 64 << 20


class PeerDown(Exception):
    """The peer does not answer."""


class Peer:
    """One receiver with one channel. `take` answers a receipt, or nothing when none comes (yet)."""

    def __init__(self, folder: Path, *, channel: str, sender_key: str, name: str = "peer.example", faults: Faults | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.channel, self.sender_key, self.faults = folder, channel, sender_key, faults or Faults()
        self.signer: Signer = key_in(folder / "peer.key", name)
        self.store = sqlite3.connect(folder / "peer.sqlite3", isolation_level=None, check_same_thread=False)
        self.store.executescript(TABLES)

    def take(self, data: bytes, *, at: datetime) -> bytes:
        """Errors: `PeerDown`, `PKG-*`."""
        if self.faults.strikes("down"):
            raise PeerDown
        if self.faults.strikes("late"):
            return b""
        receipt = self._taken(data, at=at)
        if self.faults.strikes("duplicate"):
            receipt = self._taken(data, at=at)
        if self.faults.strikes("wrong-digest"):
            package = opened(data, self.sender_key)
            return issue(Package(package.head, "0" * 64, (), ()), [ACCEPTED] * len(package.rows), self.signer)
        return b"" if self.faults.strikes("lost-receipt") else receipt

    def _taken(self, data: bytes, *, at: datetime) -> bytes:
        package = opened(data, self.sender_key)
        self.store.execute("begin immediate")
        try:
            receipt = self._kept(package, at)
            self.store.execute("commit")
        except BaseException:
            self.store.execute("rollback")
            raise
        return receipt

    def _kept(self, package: Package, at: datetime) -> bytes:
        old = self.store.execute("select digest, receipt from taken where sequence = ?", [package.head.sequence]).fetchone()
        if old and old[0] == package.digest:
            return bytes(old[1])
        fits(package, self._stand(), at=at)
        outcomes = [self._apply(package, place, row) for place, row in enumerate(package.parsed())]
        receipt = issue(package, outcomes, self.signer)
        self.store.execute("insert into taken values (?, ?, ?)", [package.head.sequence, package.digest, receipt])
        return receipt

    def _stand(self) -> Stand:
        last = self.store.execute("select sequence, digest from taken order by sequence desc limit 1").fetchone() or (0, "")
        return Stand(self.channel, read_key(self.sender_key)[0], self.signer.name, last[0], last[1])

    def _apply(self, package: Package, place: int, row: dict[str, Any] | None) -> str:
        if row is None or row.get("op") not in (PUT, RECALL, ANSWER):
            return UNKNOWN if row else "ROW-ERASED"
        if row["op"] == ANSWER:
            self.store.execute("insert or replace into answer values (?, ?)", [row["case"], row["outcome"]])
            return ACCEPTED
        digest = package.row_digests[place]
        self.store.execute("insert into effect values (?, ?, ?, ?, ?)", [package.head.sequence, place, row["record"], row["op"], digest])
        if row["op"] == PUT:
            self.store.execute("insert or replace into held values (?, ?)", [row["record"], digest])
        else:
            self.store.execute("delete from held where record = ?", [row["record"]])
        return ACCEPTED

    def held(self) -> dict[str, str]:
        """Number → digest: what we compare in a reconciliation."""
        return dict(self.store.execute("select record, digest from held"))

    def effects(self) -> list[tuple[str, str, str]]:
        """Everything that ever took effect: record, op, digest. A row there twice would be an effect twice."""
        return self.store.execute("select record, op, digest from effect order by sequence, position").fetchall()

    def answers(self) -> dict[str, str]:
        """Case number of a matter that was forwarded → how it ended over there."""
        return dict(self.store.execute("select matter, outcome from answer"))

    def countersign(self, note: bytes) -> bytes:
        """The statement of the other side with our signature added. Errors: `RECON-FORM`, `RECON-WRONG`, `PKG-FORGED`."""
        sent = self.store.execute("select sequence, digest from sent order by sequence desc limit 1").fetchone() or (0, "")
        return countersigned(note, self.sender_key, self.held(), sent, signer=self.signer)

    def forward(self, matters: Sequence[Objection | Lead | Withdrawal], *, at: datetime) -> tuple[int, bytes]:
        """Number and bytes of the next package to the other side: objections to records that it sent, what takes them
        back, leads. Kept before it leaves."""
        salts = [secrets.token_hex(16) for _ in matters]
        rows = [_line(one, salt) for one, salt in zip(matters, salts, strict=True)]
        self.store.execute("begin immediate")
        head, note, digest = self._next(rows, at=at)
        body = joined(note, rows)
        self.store.execute("insert into sent values (?, ?, ?)", [head.sequence, digest, body])
        self.store.execute("commit")
        return head.sequence, body

    def trial(self, *, at: datetime) -> tuple[int, bytes]:
        """A package of one row that would be the next; it is not kept, so that a trial leaves no gap."""
        rows = [withdraw_row(Withdrawal("TRIAL", "试发 trial", at.date()), salt=secrets.token_hex(16))]
        head, note, _ = self._next(rows, at=at)
        return head.sequence, joined(note, rows)

    def _next(self, rows: Sequence[bytes], *, at: datetime) -> tuple[Head, bytes, str]:
        last = self.store.execute("select sequence, digest from sent order by sequence desc limit 1").fetchone() or (0, "")
        head = Head(self.channel, self.signer.name, read_key(self.sender_key)[0], last[0] + 1, last[1], "", "", "", at.isoformat())
        return head, *build(head, rows, self.signer)

    def pass_over(self, *, at: datetime) -> dict[str, int]:
        """One look into the folder. What is refused or late stays; what was taken is put aside when its receipt is written."""
        done = {"receipts": 0, "silent": 0, "refused": 0}
        for path in sorted((self.folder / OUTGOING).glob("*.ximu")):
            try:
                receipt = self.take(path.read_bytes(), at=at)
            except PeerDown:
                return done
            except Refusal:
                done["refused"] += 1
                put_aside(path, "refused")
                continue
            if not receipt:
                done["silent"] += 1
                continue
            write_whole(self.folder / RECEIPTS / f"{path.stem}.receipt", receipt)
            put_aside(path, "done")
            done["receipts"] += 1
        return done

    def server(self, port: int, host: str = "127.0.0.1") -> HTTPServer:
        """POST /packages, GET /state. One request at a time: the order of packages is the order of requests."""
        return HTTPServer((host, port), _desk(self))


def _line(one: Objection | Lead | Withdrawal, salt: str) -> bytes:
    if isinstance(one, Lead):
        return lead_row(one, salt=salt)
    return withdraw_row(one, salt=salt) if isinstance(one, Withdrawal) else objection_row(one, salt=salt)


def _desk(peer: Peer) -> type[BaseHTTPRequestHandler]:
    class Desk(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:
            """Nothing of a request is printed."""

        def answer(self, status: int, body: bytes = b"") -> None:
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            length = self.headers.get("content-length", "")
            if self.path != "/packages" or not length.isdigit() or int(length) > MOST_BODY:
                return self.answer(404)
            try:
                receipt = peer.take(self.rfile.read(int(length)), at=clock.now())
            except PeerDown:
                return self.answer(503)
            except Refusal as refusal:
                return self.answer(409, json.dumps(refusal.envelope(), ensure_ascii=False).encode())
            return self.answer(200 if receipt else 202, receipt)

        def do_GET(self) -> None:
            self.answer(200, json.dumps(peer.held()).encode()) if self.path == "/state" else self.answer(404)

    return Desk
