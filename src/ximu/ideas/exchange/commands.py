"""`ximu exchange`: channels, packages, receipts, reconciliation. `ximu peer`: the other side, with faults."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
import httpx

from ximu.foundation import clock
from ximu.ideas.exchange import queries, rules, services
from ximu.ideas.exchange.services.peering import Peer
from ximu.kernel.actor import SYSTEM
from ximu.kernel.refusal import Refusal

COMMANDS = {"exchange": "exchange_group", "peer": "peer_group"}
SECONDS = 15.0


def _say(value: Any, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(value, ensure_ascii=False, default=str))
        return
    for one in value if isinstance(value, list) else [value]:
        click.echo("\t".join(f"{name} {found}" for name, found in one.items()))


json_option = click.option("--json", "as_json", is_flag=True, help="JSON output")


@click.group("exchange")
def exchange_group() -> None:
    """数据交换 Exchange with other systems."""


@exchange_group.command("channels")
@json_option
def channels(as_json: bool) -> None:
    """列出通道 the channels and how they stand."""
    _say([{"channel": c.code, "profile": c.profile, "kind": c.kind, "active": c.active, "sequence": c.sequence, "waiting": c.waiting,
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
    _say({"channel": made.code, "unit": made.unit, "key": services.own().verifier()}, as_json)


@exchange_group.command("key")
@json_option
def key(as_json: bool) -> None:
    """本方公钥 our verifier key."""
    _say({"key": services.own().verifier()}, as_json)


@exchange_group.command("build")
@click.argument("code")
@json_option
def build(code: str, as_json: bool) -> None:
    """打包 put what waits into packages."""
    made = []
    while package := services.pack(code, by=SYSTEM, at=clock.now()):
        made.append({"sequence": package.sequence, "rows": package.rows, "digest": package.digest})
    _say(made, as_json)


@exchange_group.command("send")
@click.argument("code")
@json_option
def send(code: str, as_json: bool) -> None:
    """发送到期的数据包并取回执 send what is due and take receipts."""
    _say(asdict(services.send(code, by=SYSTEM, at=clock.now())), as_json)


@exchange_group.command("sweep")
@json_option
def sweep(as_json: bool) -> None:
    """每日：打包、发送、上报未回执 build, send and escalate for every channel."""
    _say({"settled": services.sweep(at=clock.now())}, as_json)


@exchange_group.command("receipts")
@click.argument("code")
@click.option("--open", "only_open", is_flag=True, help="只看未回执 only what has none")
@json_option
def receipts(code: str, only_open: bool, as_json: bool) -> None:
    """数据包与回执 packages with their receipts."""
    _say([{"sequence": p.sequence, "rows": p.rows, "state": p.state, "attempts": p.attempts, "error": p.error, "escalated": p.escalated_at,
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
    _say({**asdict(found), "even": found.even}, as_json)
    if not found.even:
        raise SystemExit(1)


def _listed(path: str, address: str) -> dict[str, str]:
    try:
        text = Path(path).read_bytes() if path else httpx.get(f"{address.rstrip('/')}/state", timeout=SECONDS).content
        told = json.loads(text)
    except (OSError, ValueError, httpx.HTTPError) as error:
        raise Refusal("RECON-LIST", field="theirs", value=path[:60], rule="JSON {number: digest}", zh="读不到对方清单。",
                      en="Their list cannot be read.") from error
    return {str(number): str(digest) for number, digest in told.items()}


@exchange_group.command("balanced")
@click.argument("code")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
def balanced(code: str, file: Path, as_json: bool) -> None:
    """收下双方签名的对账单 keep the statement that the other side has signed too."""
    made = services.balanced(code, file.read_bytes(), by=SYSTEM, at=clock.now())
    _say({"statement": made.digest, "even": made.even, "ours": made.ours, "theirs": made.theirs, "log_index": made.log_index}, as_json)


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
    _say(told, as_json)


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
    _say({"sequence": told.sequence, "rows": len(told.outcomes), "refused": [code for code in told.outcomes if code]}, as_json)


@exchange_group.command("forwarded")
@click.argument("code")
@json_option
def forwarded(code: str, as_json: bool) -> None:
    """对方转来的异议和线索 objections and leads that the peer forwarded, by its case number."""
    _say([{"case": one.theirs, "record": one.number, "ours": one.case, "outcome": one.outcome, "received": one.received_at}
          for one in queries.forwarded(code)], as_json)


@click.group("peer")
def peer_group() -> None:
    """参考对端 A reference peer, for tests and integrators."""


def _peer_options(command: Any) -> Any:
    for option in (
        json_option,
        click.option("--seed", default=0, show_default=True, help="故障的随机种子 seed of the faults"),
        click.option("--fault", "words", multiple=True, help="late, duplicate, lost-receipt, wrong-digest, down; =RATE"),
        click.option("--name", default="peer.example", show_default=True, help="对端名称 its name"),
        click.option("--sender-key", required=True, help="我方公钥 the key of the sender"),
        click.option("--channel", required=True, help="通道代码 code of the channel"),
        click.argument("folder", type=click.Path(file_okay=False, path_type=Path)),
    ):
        command = option(command)
    return command


@peer_group.command("key")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--name", default="peer.example", show_default=True, help="对端名称 its name")
@json_option
def peer_key(folder: Path, name: str, as_json: bool) -> None:
    """对端公钥，没有则生成 the peer's key, made when there is none."""
    _say({"key": services.key_in(folder / "peer.key", name).verifier()}, as_json)


@peer_group.command("take")
@_peer_options
def take(folder: Path, channel: str, sender_key: str, name: str, words: tuple[str, ...], seed: int, as_json: bool) -> None:
    """处理文件夹内的数据包一遍 one pass over the folder."""
    peer = Peer(folder, channel=channel, sender_key=sender_key, name=name, faults=rules.faults(words, seed=seed))
    _say(peer.pass_over(at=clock.now()), as_json)


@peer_group.command("serve")
@_peer_options
@click.option("--port", default=8900, show_default=True, help="端口 port")
def serve(folder: Path, channel: str, sender_key: str, name: str, words: tuple[str, ...], seed: int, as_json: bool, port: int) -> None:
    """以HTTP接收：POST /packages，GET /state receive over HTTP."""
    peer = Peer(folder, channel=channel, sender_key=sender_key, name=name, faults=rules.faults(words, seed=seed))
    with peer.server(port) as server:
        _say({"address": f"http://127.0.0.1:{server.server_port}"}, as_json)
        server.serve_forever()


@peer_group.command("forward")
@_peer_options
@click.option("--case", "matter", required=True, help="对方案号 the peer's own number of the matter")
@click.option("--record", help="所涉记录编号；没有则为撤回该案号的异议 the record objected to; without it the objection is taken back")
@click.option("--reason", required=True, help="异议或撤回的理由 what is objected, or why it is taken back")
@click.option("--lodged-on", required=True, type=click.DateTime(["%Y-%m-%d"]), help="提出（撤回）日期 the day of it over there")
def forward(folder: Path, channel: str, sender_key: str, name: str, words: tuple[str, ...], seed: int, as_json: bool, **told: Any) -> None:
    """转送一件异议：写一个签名的数据包 write a signed package that forwards an objection into FOLDER/incoming."""
    peer = Peer(folder, channel=channel, sender_key=sender_key, name=name)
    case, record, reason, day = told["matter"], told["record"], told["reason"], told["lodged_on"].date()
    one = rules.Objection(case, record, reason, day) if record else rules.Withdrawal(case, reason, day)
    sequence, body = peer.forward([one], at=clock.now())
    path = folder / "incoming" / f"{sequence:08d}.ximu"
    services.write_whole(path, body)
    _say({"sequence": sequence, "file": str(path)}, as_json)


@peer_group.command("lead")
@_peer_options
@click.option("--case", "matter", required=True, help="对方编号，如工单号 the peer's own number, of a ticket say")
@click.option("--origin", default="hotline", show_default=True, help="来源 kind of source")
@click.option("--unit", required=True, help="所涉单位 the body concerned")
@click.option("--title", required=True, help="标题 title")
@click.option("--text", "told", required=True, help="内容，不写个人号码 what it is about, without numbers of persons")
def lead(folder: Path, channel: str, sender_key: str, name: str, words: tuple[str, ...], seed: int, as_json: bool, matter: str, origin: str,
         unit: str, title: str, told: str) -> None:
    """转送一条线索：写一个签名的数据包 write a signed package that forwards a lead into FOLDER/incoming."""
    peer = Peer(folder, channel=channel, sender_key=sender_key, name=name)
    sequence, body = peer.forward([rules.Lead(matter, origin, unit, title, told)], at=clock.now())
    path = folder / "incoming" / f"{sequence:08d}.ximu"
    services.write_whole(path, body)
    _say({"sequence": sequence, "file": str(path)}, as_json)


@peer_group.command("countersign")
@_peer_options
@click.option("--statement", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path), help="对账单 their statement")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="双方签名后存为文件 with both signatures")
def countersign(folder: Path, channel: str, sender_key: str, name: str, words: tuple[str, ...], seed: int, as_json: bool, statement: Path,
                out: Path) -> None:
    """核对后在对账单上签名 check a statement against what the peer holds, and sign it."""
    out.write_bytes(Peer(folder, channel=channel, sender_key=sender_key, name=name).countersign(statement.read_bytes()))
    _say({"file": str(out)}, as_json)


@peer_group.command("answers")
@_peer_options
def answers(folder: Path, channel: str, sender_key: str, name: str, words: tuple[str, ...], seed: int, as_json: bool) -> None:
    """转送的异议如何办结 how the forwarded matters ended."""
    told = Peer(folder, channel=channel, sender_key=sender_key, name=name).answers()
    _say([{"case": matter, "outcome": outcome} for matter, outcome in told.items()], as_json)


@peer_group.command("state")
@_peer_options
def state(folder: Path, channel: str, sender_key: str, name: str, words: tuple[str, ...], seed: int, as_json: bool) -> None:
    """对端持有的记录：编号→摘要 what the peer holds, for `ximu exchange reconcile --theirs`."""
    held = Peer(folder, channel=channel, sender_key=sender_key, name=name).held()
    _say(held if as_json else [{"record": number, "digest": digest} for number, digest in held.items()], as_json)
