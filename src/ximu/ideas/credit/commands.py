"""`ximu credit`: verify, lodge and revoke credit reports, agencies and uses; what an agency signs its reports with."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from ximu.foundation import clock
from ximu.ideas.credit import queries, services
from ximu.ideas.credit.rules import statement
from ximu.ideas.exchange.services import key_in, write_whole
from ximu.kernel.actor import SYSTEM

COMMANDS = {"credit": "credit_group"}
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
JSON = click.option("--json", "as_json", is_flag=True, help="JSON output")


def say(told: Any, as_json: bool) -> None:
    """An answer in lines, or as JSON."""
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, default=str))
        return
    if isinstance(told, list):
        click.echo("\n".join("\t".join("" if value is None else str(value) for value in one.values()) for one in told))
        return
    click.echo("\n".join(f"{name}\t{value}" for name, value in told.items() if value not in ("", None, [])))


def digest_of(pdf: Path | None) -> str:
    """Of a report's file, which is read and not kept."""
    return statement.document_of([pdf.read_bytes()]) if pdf else ""


@click.group("credit")
def credit_group() -> None:
    """第三方信用报告 credit reports of third parties."""


@credit_group.command("verify")
@click.argument("file", type=FILE)
@click.option("--pdf", type=FILE, help="报告文件 the report's file: is it the one that was signed?")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="按哪一天核验 as of which day, today if not given")
@JSON
def verify_report(file: Path, pdf: Path | None, on: datetime | None, as_json: bool) -> None:
    """核验机构签名的报告声明，不登记 verify an issuer's signed statement; nothing is kept. Exit 2 when it may not be used."""
    day = on.date() if on else clock.today()
    told = services.verify(file.read_bytes(), document=digest_of(pdf), on=day)
    say(told, as_json)
    if told["faults"]:
        raise services.refused(told["faults"][0], told["number"], day)


@credit_group.command("sign")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--name", default="credit.example", show_default=True, help="密钥名称 name of the agency's key")
@click.option("--issuer", required=True, help="机构统一社会信用代码 credit code")
@click.option("--number", required=True, help="报告编号 A-Z a-z 0-9 -")
@click.option("--pdf", required=True, type=FILE, help="报告文件 the report's file")
@click.option("--issued", required=True, help="YYYY-MM-DD")
@click.option("--expires", required=True, help="YYYY-MM-DD")
@click.option("--grade", default="", help="AAA … D")
@click.option("--standard", default="", help="标准版本 version of the scale")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="声明存为文件 where to write the statement")
@JSON
def sign_report(folder: Path, name: str, pdf: Path, out: Path, as_json: bool, **told: str) -> None:
    """供发行机构使用：签发报告声明，没有密钥时生成 for an agency: sign a statement; a key is made when there is none."""
    same = {name: told[name] for name in ("issuer", "number", "standard", "grade")}
    one = statement.report_of({**same, "issued_on": told["issued"], "expires_on": told["expires"], "document": digest_of(pdf)})
    _sign(one, folder, name, out, as_json)


@credit_group.command("sign-revocation")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--name", default="credit.example", show_default=True, help="密钥名称 name of the agency's key")
@click.option("--issuer", required=True, help="机构统一社会信用代码 credit code")
@click.option("--number", required=True, help="报告编号 number of the report")
@click.option("--on", required=True, help="YYYY-MM-DD")
@click.option("--reason", required=True, type=click.Choice(statement.REASONS))
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="声明存为文件 where to write it")
@JSON
def sign_revocation(folder: Path, name: str, out: Path, as_json: bool, **told: str) -> None:
    """供发行机构使用：签发撤销声明 for an agency: sign a revocation."""
    one = statement.revocation_of({"issuer": told["issuer"], "number": told["number"], "revoked_on": told["on"], "reason": told["reason"]})
    _sign(one, folder, name, out, as_json)


def _sign(one: statement.Report | statement.Revocation, folder: Path, name: str, out: Path, as_json: bool) -> None:
    signer = key_in(folder / "credit.key", name)
    write_whole(out, statement.signed(one, signer))
    say({"file": str(out), "key": signer.verifier()}, as_json)


@credit_group.command("issuers")
@JSON
def list_issuers(as_json: bool) -> None:
    """发行机构登记册 the register of agencies."""
    say([{"uid": one.uid, "state": str(one.state), "code": one.code, "name": one.name, "key": one.key,
           "since": one.since, "until": one.until}
          for one in queries.issuers()], as_json)


@credit_group.command("lodge")
@click.argument("file", type=FILE)
@click.option("--pdf", type=FILE, help="报告文件 the report's file")
@click.option("--unit", required=True, help="提交单位标识 uid of the lodging unit")
@JSON
def lodge(file: Path, pdf: Path | None, unit: str, as_json: bool) -> None:
    """提交签名的报告声明 lodge a signed statement."""
    row = services.lodge(note=file.read_bytes(), document=digest_of(pdf), unit=unit, by=SYSTEM, at=clock.now())
    say({"report": row.uid, "issuer": row.code, "number": row.number, "expires_on": row.expires_on}, as_json)


@credit_group.command("revoke")
@click.argument("file", type=FILE)
@JSON
def revoke(file: Path, as_json: bool) -> None:
    """登记机构签名的撤销声明 take in an issuer's signed revocation."""
    row = services.revoke(note=file.read_bytes(), by=SYSTEM, at=clock.now())
    say({"revocation": row.uid, "issuer": row.code, "number": row.number, "revoked_on": row.revoked_on}, as_json)


@credit_group.command("uses")
@click.option("--about", default="", help="事项编号，如标段编号 number of the matter, such as a section of a tender")
@JSON
def list_uses(about: str, as_json: bool) -> None:
    """每次使用及其今天的状态 every use with what is known of it today."""
    found = queries.uses(clock.today(), **({"about": about} if about else {}))
    say([{"area": one.row.area, "about": one.row.about, "report": one.row.report.number,
           "used_on": one.row.used_on, "state": one.state} for one in found], as_json)
