"""A receiver fetches packages and brings receipts by SFTP: OpenSSH's server and client on the folder of a channel of the kind `drop`.

Not collected where they are not installed (`conftest.py`); `scripts/setup.sh test` installs them.
"""

from __future__ import annotations

import subprocess
from datetime import timedelta
from pathlib import Path

import pytest

from ximu.ideas.disclosure.tests import factories as f
from ximu.ideas.disclosure.tests.factories import LATER
from ximu.ideas.exchange import queries, services
from ximu.ideas.exchange.models import Package
from ximu.ideas.exchange.services.peering import Peer
from ximu.ideas.exchange.tests.test_services import CODE, deliver_all
from ximu.ideas.records import services as records
from ximu.kernel.actor import SYSTEM

pytestmark = [pytest.mark.journey, pytest.mark.django_db, pytest.mark.row("M1.3")]
SERVER = "/usr/lib/openssh/sftp-server"


def sftp(folder: Path, *commands: str) -> str:
    """One session: the client speaks SFTP with a server that begins in the folder."""
    ran = subprocess.run(["sftp", "-q", "-b", "-", "-D", f"{SERVER} -d {folder}"], input="\n".join(commands) + "\n", text=True,
                         capture_output=True, timeout=60)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def turn(shared: Path, peer: Peer, *, cut: int | None = None) -> list[str]:
    """The receiver's job: fetch what is new, take it, bring the receipts (or the first bytes of one, when the line breaks)."""
    fetched = peer.folder / "outgoing"
    fetched.mkdir(exist_ok=True)
    sftp(shared, f"lcd {fetched}", "cd outgoing", "-mget *.ximu", "-rm *.ximu")
    peer.pass_over(at=LATER + timedelta(hours=1))
    brought = sorted((peer.folder / "receipts").glob("*.receipt"))
    for path in brought:
        data = path.read_bytes()
        (path.parent / "part").write_bytes(data[:cut])
        sftp(shared, "-mkdir receipts", f"put {path.parent / 'part'} receipts/{path.name}")
    return [path.name for path in brought]


def test_packages_and_receipts_by_sftp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    f.connect(monkeypatch)
    shared, peer = tmp_path / "shared", Peer(tmp_path / "there", channel=CODE, sender_key=services.own().verifier())
    setup = services.Setup("national-platform", "drop", str(shared), peer.signer.verifier())
    channel = services.open_channel(CODE, setup=setup, by=SYSTEM, at=f.T0)
    number = f.opened()
    deliver_all()
    services.sweep(at=LATER)
    assert "00000001.ximu" in sftp(shared, "ls outgoing")
    assert turn(shared, peer, cut=200) == ["00000001.receipt"]
    services.sweep(at=LATER + timedelta(minutes=1))
    assert Package.objects.get().state == "sent", "half a receipt is none yet, and is not thrown away"
    assert turn(shared, peer) == ["00000001.receipt"]
    services.sweep(at=LATER + timedelta(minutes=2))
    assert Package.objects.get().state == "done"
    assert peer.held() == queries.held_there(channel)
    assert peer.held().keys() == {number}
    assert "00000001.receipt" in sftp(shared, "ls receipts/done")
    records.revoke(number, reason="决定被撤销", by=f.REVIEWER, at=LATER)
    deliver_all()
    services.sweep(at=LATER + timedelta(hours=1))
    turn(shared, peer)
    services.sweep(at=LATER + timedelta(hours=2))
    assert (peer.held(), queries.held_there(channel)) == ({}, {})
