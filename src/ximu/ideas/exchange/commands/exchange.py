"""`ximu exchange`: channels, packages, receipts, reconciliation, offices that registered a key."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click
import httpx

from ximu.foundation import clock, reach
from ximu.ideas.exchange import queries, rules, services
from ximu.ideas.exchange.commands.said import json_option, say
from ximu.kernel.actor import SYSTEM
from ximu.kernel.refusal import Refusal

COMMANDS = {"exchange": "exchange_group"}
SECONDS = 15.0
MOST_STATE = 256 << 20


@click.group("exchange")
def exchange_group() -> None:
    """数据交换 Exchange with other systems."""


@exchange_group.command("channels")
@json_option
def channels(as_json: bool) -> None:
    """列出通道 the channels and how they stand."""
    say([{"channel": c.code, "profile": c.profile, "kind": c.kind, "active": c.active, "closing": c.closing_at, "closed": c.closed_at,
           "sequence": c.sequence, "waiting": c.waiting,
           "unacknowledged": c.open, "late": c.late, "received": c.in_sequence} for c in queries.channels()], as_json)


@exchange_group.command("open")
@click.argument("code")
@click.option("--profile", required=True, help="接收方配置 profile")
@click.option("--kind", required=True, help="drop, push or pull")
@click.option("--address", default="", help="文件夹或网址 folder or URL")
@click.option("--peer-key", required=True, help="对方公钥 verifier key of the peer")
@click.option("--unit", default="", help="对方单位标识 uid of the peer's unit")
@json_option
def open_channel(code: str, profile: str, kind: str, address: str, peer_key: str, unit: str, as_json: bool) -> None:
    """开通通道 open a channel; answers with our key for the other side."""
    setup = services.Setup(profile, kind, address, peer_key, unit)
    made = services.open_channel(code, setup=setup, by=SYSTEM, at=clock.now())
    say({"channel": made.code, "unit": made.unit, "key": services.own().verifier()}, as_json)


@exchange_group.command("key")
@json_option
def key(as_json: bool) -> None:
    """本方公钥 our verifier key."""
    say({"key": services.own().verifier()}, as_json)


@exchange_group.command("build")
@click.argument("code")
@json_option
def build(code: str, as_json: bool) -> None:
    """打包 put what waits into packages."""
    made = []
    while package := services.pack(code, by=SYSTEM, at=clock.now()):
        made.append({"sequence": package.sequence, "rows": package.rows, "digest": package.digest})
    say(made, as_json)


@exchange_group.command("send")
@click.argument("code")
@json_option
def send(code: str, as_json: bool) -> None:
    """发送到期的数据包并取回执 send what is due and take receipts."""
    say(asdict(services.send(code, by=SYSTEM, at=clock.now())), as_json)


@exchange_group.command("sweep")
@json_option
def sweep(as_json: bool) -> None:
    """每日：打包、发送、上报未回执 build, send and escalate for every channel."""
    say({"settled": services.sweep(at=clock.now())}, as_json)


@exchange_group.command("receipts")
@click.argument("code")
@click.option("--open", "only_open", is_flag=True, help="只看未回执 only what has none")
@json_option
def receipts(code: str, only_open: bool, as_json: bool) -> None:
    """数据包与回执 packages with their receipts."""
    say([{"sequence": p.sequence, "rows": p.rows, "state": p.state, "attempts": p.attempts, "error": p.error, "escalated": p.escalated_at,
           "settled": p.settled_at} for p in queries.packages(code, only_open=only_open)], as_json)


@exchange_group.command("reconcile")
@click.argument("code")
@click.option("--theirs", default="", help="对方清单文件：编号→摘要 their list as a JSON file; asked over HTTP when empty")
@click.option("--sign", "out", type=click.Path(dir_okay=False, path_type=Path), help="本方签名的对账单存为文件 write our signed statement")
@json_option
def reconcile(code: str, theirs: str, out: Path | None, as_json: bool) -> None:
    """对账：按记录编号，两边计数 compare by record number, with the counts of both sides; exit 1 when uneven."""
    channel = queries.channel(code)
    listed = _listed(theirs, channel.address if channel.kind == "push" else "")
    found = rules.balance(queries.held_there(channel), listed)
    if out:
        out.write_bytes(services.state(code, listed, by=SYSTEM, at=clock.now()))
    say({**asdict(found), "even": found.even}, as_json)
    if not found.even:
        raise SystemExit(1)


def _state(address: str) -> bytes:
    """What the other side says that it holds. Errors: `ADDR-CLOSED`, `ADDR-UNKNOWN`, httpx.HTTPError."""
    return reach.call("GET", f"{address.rstrip('/')}/state", seconds=SECONDS, most=MOST_STATE).body


def _listed(path: str, address: str) -> dict[str, str]:
    try:
        text = Path(path).read_bytes() if path else _state(address)
        told = json.loads(text)
    except (OSError, ValueError, httpx.HTTPError) as error:
        raise _no_list(path) from error
    if not isinstance(told, dict):
        raise _no_list(path)
    return {str(number): str(digest) for number, digest in told.items()}


def _no_list(path: str) -> Refusal:
    return Refusal("RECON-LIST", field="theirs", value=path[:60], rule="JSON {number: digest}", zh="读不到对方清单。",
                   en="Their list cannot be read.")


@exchange_group.command("balanced")
@click.argument("code")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
def balanced(code: str, file: Path, as_json: bool) -> None:
    """收下双方签名的对账单 keep the statement that the other side has signed too."""
    made = services.balanced(code, file.read_bytes(), by=SYSTEM, at=clock.now())
    say({"statement": made.digest, "even": made.even, "ours": made.ours, "theirs": made.theirs, "log_index": made.log_index}, as_json)


@exchange_group.command("test")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--key", "peer_key", required=True, help="发送方公钥 verifier key of the sender")
@click.option("--url", default="", help="在线试发：…/api/v1/exchange/channels/CODE try it online too, and verify the signed echo")
@click.option("--token-file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="接口密钥所在文件 file with the API key")
@click.option("--receiver-key", default="", help="接收方公钥，用于核对回声 verifier key of the receiver, for the echo")
@json_option
def test(file: Path, peer_key: str, url: str, token_file: Path | None, receiver_key: str, as_json: bool) -> None:
    """检验一个数据包，离线与在线结论相同 the verdict on a package, offline and online the same."""
    data = file.read_bytes()
    told = rules.tried(data, peer_key)
    if url:
        note = _posted(f"{url.rstrip('/')}/echo", data, token_file.read_text("utf-8").strip() if token_file else "")
        told["echo"] = rules.echoed(note, receiver_key, told["digest"])["at"]
    say(told, as_json)


def _posted(url: str, data: bytes, token: str) -> bytes:
    words = {"content-type": "text/plain; charset=utf-8", **({"authorization": f"Bearer {token}"} if token else {})}
    try:
        answer = httpx.post(url, content=data, headers=words, timeout=SECONDS, follow_redirects=False)
    except httpx.HTTPError as error:
        raise Refusal("ECHO-NONE", status=409, field="url", value=type(error).__name__, rule="200", zh="对方没有应答。",
                      en="The other side does not answer.") from error
    if answer.status_code != httpx.codes.OK:
        raise Refusal("PEER-REFUSED", status=409, field="peer", value=answer.text[:200], rule=str(answer.status_code), zh="对方拒收。",
                      en="The other side refused.")
    return answer.content


@exchange_group.command("take")
@click.argument("code")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--receipt", "out", type=click.Path(dir_okay=False, path_type=Path), help="回执存为文件 write our receipt to this file")
@json_option
def take_file(code: str, file: Path, out: Path | None, as_json: bool) -> None:
    """收下对方放来的数据包 take a package that the peer has put down; the same one again gets the same receipt."""
    note = services.receive(code, file.read_bytes(), by=SYSTEM, at=clock.now())
    if out:
        out.write_bytes(note)
    told = rules.read(note, services.own().verifier())
    say({"sequence": told.sequence, "rows": len(told.outcomes), "refused": [code for code in told.outcomes if code]}, as_json)


@exchange_group.command("forwarded")
@click.argument("code")
@json_option
def forwarded(code: str, as_json: bool) -> None:
    """对方转来的异议和线索 objections and leads that the peer forwarded, by its case number."""
    say([{"case": one.theirs, "record": one.number, "ours": one.case, "outcome": one.outcome, "received": one.received_at}
          for one in queries.forwarded(code)], as_json)


@exchange_group.command("registrations")
@json_option
def registrations(as_json: bool) -> None:
    """接入登记：哪些单位登记了公钥 the keys that offices registered; a person confirms them at the console or over the API."""
    say([{"registration": one.uid, "channel": one.code, "unit": one.unit, "key": one.peer_key, "replaces": one.replaces, "state": one.state,
          "asked": one.asked_at, "decided": one.decided_at} for one in queries.registrations(SYSTEM)], as_json)
