"""`ximu log`: verify everything, show checkpoint and key, make proofs and bundles."""

from __future__ import annotations

import base64
import json
import sys
from typing import Any, TextIO

import click

from ximu.foundation import clock
from ximu.ideas.ledger import queries, services
from ximu.kernel.actor import SYSTEM

COMMANDS = {"log": "log_group"}
EXIT_BROKEN = 2


def _json(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False))


@click.group("log")
def log_group() -> None:
    """透明日志 The transparency log."""


@log_group.command("verify")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def verify(as_json: bool) -> None:
    """从原始条目与各业务表重新推导整个日志 derive the whole log anew; exit 2 if anything does not fit."""
    verdict = queries.verify_log(whole_home=True)
    if as_json:
        _json(queries.verdict_envelope(verdict))
    elif verdict.ok:
        click.echo(f"✔ 日志完好，共 {verdict.size} 条。The log is sound: {verdict.size} entries.")
    else:
        _tell(verdict)
    if not as_json:
        click.echo("业务表证据 evidence: " + ("，".join(f"{name} {count}" for name, count in verdict.evidence.items()) or "—"))
    if not verdict.ok:
        sys.exit(EXIT_BROKEN)


def _tell(verdict: queries.Verdict) -> None:
    for finding in verdict.findings_first():
        line = finding.envelope()
        mark = "✘ 首处 first" if finding is verdict.first else "✘"
        name = " ".join(part for part in (line["kind"], line["label"]) if part)
        click.echo(f"{mark}: #{line['index']} {name} {line['message_zh']} {line['message_en']}")


@log_group.command("checkpoint")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def checkpoint(as_json: bool) -> None:
    """当前检查点 the signed checkpoint as it stands."""
    note = queries.checkpoint()
    if as_json:
        _json({"checkpoint": note, "key": queries.key()})
    else:
        click.echo(note.encode(), nl=False)  # a note is UTF-8 in every locale


@log_group.command("key")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def key(as_json: bool) -> None:
    """日志公钥 the log's public key, to be pinned by those who verify."""
    if as_json:
        _json({"key": queries.key(), "keys": [{"key": one.vkey, "until": one.until} for one in queries.own_keys()]})
    else:
        click.echo(queries.key_lines().encode(), nl=False)


@log_group.command("rotate-key")
@click.option("--reason", default="", help="理由 why")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def rotate_key(reason: str, as_json: bool) -> None:
    """更换日志密钥：新旧两把密钥共同签署，写入日志 change the log's key; both keys sign it, and it is an entry of the log."""
    old, new = services.rotate_key(reason=reason, by=SYSTEM, at=clock.now())
    if as_json:
        _json({"old": old, "new": new, "keys": queries.key_lines().splitlines()})
    else:
        click.echo("✔ 已更换。旧证明仍可验证；请把新公钥告知见证人和公众。Changed; old proofs still verify. Tell witnesses and the public:")
        click.echo(new)


@log_group.command("proof")
@click.argument("index", type=int)
@click.option("--size", type=int, help="树的大小，缺省为当前 size of the tree, now if left out")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def proof(index: int, size: int | None, as_json: bool) -> None:
    """收录证明 the inclusion proof of entry INDEX."""
    wanted = queries.size() if size is None else size
    nodes = [base64.b64encode(node).decode() for node in queries.inclusion(index, size=wanted)]
    if as_json:
        _json({"index": index, "size": wanted, "root": base64.b64encode(queries.root_at(wanted)).decode(), "proof": nodes})
    else:
        click.echo("\n".join(nodes))


@log_group.command("bundle")
@click.argument("index", type=int)
@click.option("--json", "as_json", is_flag=True, help="JSON output (the bundle always is)")
def bundle(index: int, as_json: bool) -> None:
    """证明包 the proof bundle of entry INDEX, without disclosed content, for `ximu-verify`."""
    click.echo(queries.bundle_bytes(queries.bundle(index)), nl=False)


@log_group.command("cosign")
@click.argument("note", type=click.File("r", encoding="utf-8"))
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def cosign(note: TextIO, as_json: bool) -> None:
    """收下见证人加签的检查点 keep the cosignatures in NOTE (`-` reads standard input)."""
    added = services.cosign(note.read(), at=clock.now())
    if as_json:
        _json({"added": added})
    else:
        click.echo(f"新增见证签名 {added} 个。{added} cosignatures added.")


@log_group.command("gather")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def gather(as_json: bool) -> None:
    """向各见证人索取加签 ask every witness to cosign; exit 2 while too few are fresh."""
    answers = services.gather(at=clock.now())
    if as_json:
        _json([{"name": a.name, "status": a.status, "cosigned": a.cosigned, "said": a.said} for a in answers])
    for answer in [] if as_json else answers:
        click.echo(f"{'✔' if answer.cosigned else '✘'} {answer.name} {answer.status or '—'} {answer.said.strip()}")
    queries.must_be_fresh(at=clock.now())


@log_group.group("witness")
def witness_group() -> None:
    """见证人 The other offices that cosign the log."""


@witness_group.command("add")
@click.argument("key")
@click.option("--url", default="", help="提交地址前缀 submission prefix (C2SP tlog-witness); empty: notes are exchanged by hand")
@click.option("--name", default="", help="单位名称 name of the office")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def witness_add(key: str, url: str, name: str, as_json: bool) -> None:
    """登记见证人 register a witness by its verifier key."""
    uid = services.trust_witness(key, by=SYSTEM, at=clock.now(), title=name, url=url)
    if as_json:
        _json({"uid": uid})
    else:
        click.echo(uid)


@witness_group.command("retire")
@click.argument("uid")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def witness_retire(uid: str, as_json: bool) -> None:
    """停用见证人 a witness that is asked no more."""
    services.retire_witness(uid, by=SYSTEM, at=clock.now())
    if as_json:
        _json({"retired": uid})


@witness_group.command("list")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def witness_list(as_json: bool) -> None:
    """在用的见证人 the active witnesses and how fresh their word is."""
    found = queries.watchers(at=clock.now())
    if as_json:
        _json([{"uid": w.uid, "name": w.name, "title": w.title, "size": w.size, "fresh": w.fresh,
                "seen_at": w.seen_at.isoformat() if w.seen_at else None, "key": w.key} for w in found])
    for w in [] if as_json else found:
        click.echo(f"{'✔' if w.fresh else '✘'} {w.uid} {w.name} {w.title} {w.size} {w.seen_at or '—'}")
