"""`ximu log`: verify everything, show checkpoint and key, make proofs and bundles."""

from __future__ import annotations

import base64
import json
import sys
from typing import Any, TextIO

import click

from ximu.foundation import clock
from ximu.ideas.ledger import queries, services

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
        click.echo(note, nl=False)


@log_group.command("key")
@click.option("--json", "as_json", is_flag=True, help="JSON output")
def key(as_json: bool) -> None:
    """日志公钥 the log's public key, to be pinned by those who verify."""
    if as_json:
        _json({"key": queries.key()})
    else:
        click.echo(queries.key())


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
