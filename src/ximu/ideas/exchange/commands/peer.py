"""`ximu peer`: the other side, for tests and for offices that connect, with faults."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ximu.foundation import clock
from ximu.ideas.exchange import rules, services
from ximu.ideas.exchange.commands.said import json_option, say
from ximu.ideas.exchange.services.peering import Peer

COMMANDS = {"peer": "peer_group"}

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
    say({"key": services.key_in(folder / "peer.key", name).verifier()}, as_json)


@peer_group.command("register")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--name", default="peer.example", show_default=True, help="对端名称 its name")
@click.option("--channel", required=True, help="要登记的通道代码 code of the channel: a-z 0-9 -")
@click.option("--profile", required=True, help="接收方配置 profile")
@click.option("--kind", default="pull", show_default=True, type=click.Choice(rules.SELF_SERVICE), help="pull, push or drop")
@click.option("--address", default="", help="推送的https网址 the https address to push to")
@click.option("--unit", required=True, help="本单位标识 uid of your unit")
@click.option("--receiver-key", required=True, help="平台公钥 verifier key of the platform")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="登记书存为文件 write the signed request")
@json_option
def register(folder: Path, name: str, receiver_key: str, out: Path, as_json: bool, **told: str) -> None:
    """写一份签名的登记书，到“接入登记”页面或接口提交 write the signed request that is handed in at the console or over the API."""
    signer = services.key_in(folder / "peer.key", name)
    receiver = rules.read_key(receiver_key)[0]
    request = rules.Request(told["channel"], told["profile"], told["kind"], told["address"], told["unit"], receiver, signer.verifier())
    note = rules.asked_for(request, signer)
    rules.read_request(note, receiver)
    services.write_whole(out, note)
    say({"file": str(out), "key": signer.verifier()}, as_json)


@peer_group.command("trial")
@_peer_options
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="试发数据包存为文件 write the trial package")
def trial(folder: Path, channel: str, sender_key: str, name: str, words: tuple[str, ...], seed: int, as_json: bool, out: Path) -> None:
    """写一个试发的数据包，供 ximu exchange test 使用 write a package for `ximu exchange test`; it never takes effect."""
    sequence, body = Peer(folder, channel=channel, sender_key=sender_key, name=name).trial(at=clock.now())
    services.write_whole(out, body)
    say({"file": str(out), "sequence": sequence}, as_json)


@peer_group.command("take")
@_peer_options
def take(folder: Path, channel: str, sender_key: str, name: str, words: tuple[str, ...], seed: int, as_json: bool) -> None:
    """处理文件夹内的数据包一遍 one pass over the folder."""
    peer = Peer(folder, channel=channel, sender_key=sender_key, name=name, faults=rules.faults(words, seed=seed))
    say(peer.pass_over(at=clock.now()), as_json)


@peer_group.command("serve")
@_peer_options
@click.option("--port", type=click.IntRange(0, 65535), default=8900, show_default=True, help="端口 port")
def serve(folder: Path, channel: str, sender_key: str, name: str, words: tuple[str, ...], seed: int, as_json: bool, port: int) -> None:
    """以HTTP接收：POST /packages，GET /state receive over HTTP."""
    peer = Peer(folder, channel=channel, sender_key=sender_key, name=name, faults=rules.faults(words, seed=seed))
    with peer.server(port) as server:
        say({"address": f"http://127.0.0.1:{server.server_port}"}, as_json)
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
    say({"sequence": sequence, "file": str(path)}, as_json)


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
    say({"sequence": sequence, "file": str(path)}, as_json)


@peer_group.command("countersign")
@_peer_options
@click.option("--statement", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path), help="对账单 their statement")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="双方签名后存为文件 with both signatures")
def countersign(folder: Path, channel: str, sender_key: str, name: str, words: tuple[str, ...], seed: int, as_json: bool, statement: Path,
                out: Path) -> None:
    """核对后在对账单上签名 check a statement against what the peer holds, and sign it."""
    out.write_bytes(Peer(folder, channel=channel, sender_key=sender_key, name=name).countersign(statement.read_bytes()))
    say({"file": str(out)}, as_json)


@peer_group.command("answers")
@_peer_options
def answers(folder: Path, channel: str, sender_key: str, name: str, words: tuple[str, ...], seed: int, as_json: bool) -> None:
    """转送的异议如何办结 how the forwarded matters ended."""
    told = Peer(folder, channel=channel, sender_key=sender_key, name=name).answers()
    say([{"case": matter, "outcome": outcome} for matter, outcome in told.items()], as_json)


@peer_group.command("state")
@_peer_options
def state(folder: Path, channel: str, sender_key: str, name: str, words: tuple[str, ...], seed: int, as_json: bool) -> None:
    """对端持有的记录：编号→摘要 what the peer holds, for `ximu exchange reconcile --theirs`."""
    held = Peer(folder, channel=channel, sender_key=sender_key, name=name).held()
    say(held if as_json else [{"record": number, "digest": digest} for number, digest in held.items()], as_json)
