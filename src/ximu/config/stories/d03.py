"""The made-up city's tenders (`d03/` of its profile): scale, agencies, reports with their uses, what the trading system exports."""

from __future__ import annotations

import csv
import hashlib
import tempfile
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

from django.conf import settings

from ximu.config.stories import CITIES, Story
from ximu.foundation import clock
from ximu.foundation.profiles import rows_of, uid_of
from ximu.ideas.credit import queries as credit
from ximu.ideas.credit import services as lodging
from ximu.ideas.credit.rules import statement
from ximu.ideas.events import services as event_store
from ximu.ideas.exchange import services as exchanging
from ximu.ideas.exchange.services.peering import Peer
from ximu.ideas.ledger.rules import Signer
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal
from ximu.notice.domains.d03_tendering import queries, services

Row = dict[str, str]
HOUR = timedelta(hours=10)
BEGAN, FIRST_EXPORT, LAST_EXPORT = date(2018, 5, 3), date(2018, 5, 16), date(2019, 3, 16)
PLANNED = ("sale_until", "deadline_on")
"""Days that the notice itself names before they come."""
WITH = {"bidders": "opened_on", "candidates_until": "candidates_on", "contract_amount": "contract_on", "performance": "contract_on",
        "outcome": "decided_on", "document": "decided_on", "expert_days": "accepted_on"}
FILES = {"tender_sections": ("sections", "notice_on"), "tender_disputes": ("disputes", "raised_on"),
         "tender_findings": ("findings", "opened_on")}


def tell(todo: Story, city: str) -> None:
    """Each act on its own day; a second telling adds none."""
    home = CITIES / city / "d03"
    if not home.exists() or queries.register.standards(every=True):
        return
    begun = _at(BEGAN)
    todo.add(begun, lambda: _scale(todo.person("coordinator", begun), todo.person("publisher", begun), begun))
    todo.add(begun, lambda: open_channel(by=todo.person("coordinator", begun), at=begun))
    for row in rows_of(home / "issuers.csv"):
        at = _at(row["listed_on"] or row["since"])
        todo.add(at, lambda row=row, at=at: _issuer(  # type: ignore[misc]
            row, todo.person("coordinator", at), todo.person("publisher", at), at))
    for day in exports():
        todo.add(_at(day), lambda day=day: export(home, day, by=todo.person("coordinator", _at(day))))  # type: ignore[misc]
    _credit(todo, city, home)
    todo.add(_at(LAST_EXPORT), lambda: travel(by=todo.person("publisher", _at(LAST_EXPORT)), at=_at(LAST_EXPORT)))


def _credit(todo: Story, city: str, home: Path) -> None:
    agencies = {row["key"]: row for row in rows_of(home / "issuers.csv")}
    for row in rows_of(home / "reports.csv"):
        todo.add(_at(row["lodged_on"]), lambda row=row: _lodge(  # type: ignore[misc]
            city, agencies[row["issuer"]], row, todo.person("coordinator", _at(row["lodged_on"]))))
    for row in rows_of(home / "uses.csv"):
        todo.add(_at(row["on"]), lambda row=row: _use(row, todo.person("coordinator", _at(row["on"]))))  # type: ignore[misc]
    for row in rows_of(home / "revocations.csv"):
        todo.add(_at(row["known_on"]), lambda row=row: _revoke(  # type: ignore[misc]
            agencies[row["issuer"]], row, todo.person("coordinator", _at(row["known_on"]))))
    for row in agencies.values():
        if row["closed_on"]:
            todo.add(_at(row["closed_on"]), lambda row=row: _close(row, todo.person("publisher", _at(row["closed_on"]))))  # type: ignore[misc]


def _at(day: date | str) -> datetime:
    return clock.start_of(date.fromisoformat(day) if isinstance(day, str) else day) + HOUR


def _scale(proposer: Actor, decider: Actor, at: datetime) -> None:
    text = (queries.register.HERE / "standards" / "2018-1.toml").read_text("utf-8")
    row = services.propose_standard(text, since=date(2018, 5, 7), by=proposer, at=at)
    services.decide_standard(row.uid, approve=True, resolution="示发改〔2018〕12号（虚构）", by=decider, at=at + timedelta(hours=1))


def key_of(agency: Row) -> Signer:
    """A key that everybody can make again: the agency is made up."""
    return Signer(f"{agency['key']}.credit.example", hashlib.sha256(f"made-up agency {agency['key']}".encode()).digest())


def _issuer(row: Row, proposer: Actor, decider: Actor, at: datetime) -> None:
    new = lodging.NewIssuer(row["code"], row["name"], key_of(row).verifier(), row["basis"], date.fromisoformat(row["since"]))
    uid = lodging.propose_issuer(new, by=proposer, at=at)
    if row["listed_on"]:
        lodging.confirm_issuer(uid, approve=True, by=decider, at=at + timedelta(hours=1))


def _close(row: Row, by: Actor) -> None:
    found = next(one for one in credit.issuers() if one.code == row["code"])
    lodging.close_issuer(found.uid, ending="机构备案到期未续（示例）", by=by, at=_at(row["closed_on"]))


def pdf(number: str) -> bytes:
    return f"%PDF-1.4 示例信用报告 {number}".encode()


def _lodge(city: str, agency: Row, row: Row, by: Actor) -> None:
    document = statement.document_of([pdf(row["number"])])
    told = {"issuer": agency["code"], "number": row["number"], "issued_on": row["issued_on"], "expires_on": row["expires_on"],
            "grade": row["grade"], "standard": ""}
    one = statement.report_of({**told, "document": document})
    note = statement.signed(one, key_of(agency)) if row["signed"] == "yes" else b""
    lodging.lodge(note=note, told=told, document=document, unit=uid_of(city, row["unit"]), by=by, at=_at(row["lodged_on"]))


def _use(row: Row, by: Actor) -> None:
    """Good uses, and those that the file says were refused on their day; another answer is a fault of the file or of the product."""
    found = next(one.row for one in credit.reports(date.fromisoformat(row["on"])) if one.row.number == row["report"])
    try:
        services.use_report(found.uid, row["section"], document=found.document, by=by, at=_at(row["on"]))
    except Refusal as refusal:
        if refusal.code != row["refused"]:
            raise


def _revoke(agency: Row, row: Row, by: Actor) -> None:
    one = statement.Revocation(agency["code"], row["number"], date.fromisoformat(row["revoked_on"]), row["reason"])
    lodging.revoke(note=statement.signed(one, key_of(agency)), by=by, at=_at(row["known_on"]))


def exports() -> Iterator[date]:
    """The first and the sixteenth of each month."""
    day = FIRST_EXPORT
    while day <= LAST_EXPORT:
        yield day
        day = date(day.year, day.month, 16) if day.day == 1 else (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def known(row: Row, day: date) -> Row:
    """A row as the trading system had it on a day: what came later is blank, what the notice planned is there."""
    until = day.isoformat()
    planned = (*PLANNED, "candidates_until")
    found = {name: "" if name.endswith(("_on", "_from", "_until")) and name not in planned and value > until else value
             for name, value in row.items()}
    return {name: value if found.get(WITH.get(name, name), value) else "" for name, value in found.items()}


def export(home: Path, day: date, *, by: Actor) -> None:
    """What is new or changed since the export before, through the ordinary loader."""
    before = max((one for one in exports() if one < day), default=date.min)
    for dataset, (name, begins) in FILES.items():
        rows = [known(row, day) for row in rows_of(home / f"{name}.csv")
                if row[begins] <= day.isoformat() and (row[begins] > before.isoformat() or known(row, day) != known(row, before))]
        if rows:
            told = deliver(dataset, rows, batch=f"示例-{name}-{day}", by=by, at=_at(day))
            if told["bad"]:
                raise ValueError(told["faults"])


def deliver(dataset: str, rows: list[Row], *, batch: str, by: Actor, at: datetime) -> dict[str, int]:
    """By the loader that the page of event data uses, too."""
    with tempfile.NamedTemporaryFile("w", suffix=".csv", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        file.flush()
        return event_store.load(dataset, Path(file.name), batch=batch, by=by, at=at)


def open_channel(*, by: Actor, at: datetime) -> None:
    """The trading centre pulls from its own folder; its side is played on this machine."""
    peer = _peer()
    setup = exchanging.Setup(queries.register.CHANNEL, "drop", str(peer.folder), peer.signer.verifier())
    exchanging.open_channel(queries.register.CHANNEL, setup=setup, by=by, at=at)


def travel(*, by: Actor, at: datetime) -> None:
    """What took effect goes out, the centre answers row by row."""
    code = queries.register.CHANNEL
    while exchanging.pack(code, by=by, at=at):
        pass
    exchanging.send(code, by=by, at=at)
    _peer().pass_over(at=at)
    exchanging.send(code, by=by, at=at)


def _peer() -> Peer:
    code = queries.register.CHANNEL
    folder = Path(settings.XIMU_HOME) / "peers" / code
    return Peer(folder, channel=code, sender_key=exchanging.own().verifier(), name=f"{code}.example")
