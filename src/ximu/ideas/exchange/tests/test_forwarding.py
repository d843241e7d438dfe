"""An objection that a platform forwards becomes one case, however often it comes; what is refused has a code and opens none."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.apps import apps
from django.db import transaction

from ximu.ideas.disclosure.tests.factories import LATER
from ximu.ideas.exchange import commands, queries, rules, services
from ximu.ideas.exchange.models import Channel, Forwarded, Received, Row
from ximu.ideas.exchange.services import forwarding
from ximu.ideas.exchange.services.peering import Peer
from ximu.ideas.exchange.tests.test_services import CODE, OTHER, PEER, PEER_UNIT, code_of
from ximu.ideas.ledger import queries as ledger
from ximu.kernel.actor import SYSTEM
from ximu.kernel.canonical import canonical
from ximu.kernel.refusal import Refusal

pytestmark = [pytest.mark.django_db, pytest.mark.row("M1.3", "M4.1")]
MATTER = rules.Objection("全国异〔2018〕7号", "Z000000", "处罚日期有误", date(2018, 6, 19))
SALT = "0" * 32


@pytest.fixture(autouse=True)
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[rules.Objection, str]]]:
    """A desk that notes what it was asked, and opens a case with an uid of its own."""
    asked: list[tuple[rules.Objection, str]] = []

    def opens(matter: rules.Objection, channel: str, at: datetime) -> str:
        if matter.record == "ENDED":
            raise Refusal("STATE-EDGE", zh="已失效", en="ended")
        asked.append((matter, channel))
        return f"case{len(asked):012}"

    monkeypatch.setattr(forwarding, "DESKS", [opens])
    yield asked


@pytest.fixture
def channel() -> Channel:
    setup = services.Setup("national-platform", "pull", "", OTHER.verifier(), PEER_UNIT)
    made = services.open_channel(CODE, setup=setup, by=SYSTEM, at=LATER - timedelta(days=9))
    for number in ("Z000000", "ENDED"):
        Row.objects.create(channel=made, publication=number, op="put", number=number, version=1, made_at=LATER, state="accepted")
    Row.objects.create(channel=made, publication="w", op="put", number="Z000009", version=1, made_at=LATER, state="waiting")
    return made


def package(*rows: bytes, sequence: int = 1, previous: str = "") -> bytes:
    head = rules.Head(CODE, OTHER.name, services.own().name, sequence, previous, "", "", "", LATER.isoformat())
    return rules.joined(rules.build(head, rows, OTHER)[0], rows)


def outcomes(*rows: bytes, **words: Any) -> tuple[str, ...]:
    note = services.receive(CODE, package(*rows, **words), by=PEER, at=LATER)
    return rules.read(note, services.own().verifier()).outcomes


def row(**changes: Any) -> bytes:
    return canonical({**json.loads(rules.objection_row(MATTER, salt=SALT)), **changes})


def test_a_forwarded_objection_opens_one_case_and_gets_its_receipt(channel: Channel, desk: list[Any]) -> None:
    data = package(row())
    first = services.receive(CODE, data, by=PEER, at=LATER)
    assert rules.read(first, services.own().verifier()).outcomes == ("",)
    assert services.receive(CODE, data, by=PEER, at=LATER) == first
    assert desk == [(MATTER, CODE)]
    found = Forwarded.objects.get()
    assert (found.theirs, found.number, found.case, found.outcome) == (MATTER.case, "Z000000", "case000000000001", "")
    digest = Received.objects.get().digest
    assert outcomes(row(), sequence=2, previous=digest) == ("",), "the same matter in another package has no effect"
    assert len(desk) == 1
    assert MATTER.reason not in json.dumps(list(Forwarded.objects.values()), default=str), "its words lie in the case alone"
    assert ledger.verify_log().ok


def test_a_crash_between_the_case_and_the_receipt_repeats_harmlessly(
    channel: Channel, desk: list[Any], monkeypatch: pytest.MonkeyPatch,
) -> None:
    from ximu.ideas.exchange.services import receiving

    keeping, data = receiving._keep, package(row())

    def dies(*args: Any, **words: Any) -> bytes:
        raise KeyboardInterrupt

    monkeypatch.setattr(receiving, "_keep", dies)
    with pytest.raises(KeyboardInterrupt):
        services.receive(CODE, data, by=PEER, at=LATER)
    monkeypatch.setattr(receiving, "_keep", keeping)
    services.receive(CODE, data, by=PEER, at=LATER)
    assert (len(desk), Forwarded.objects.count(), Received.objects.count()) == (1, 1, 1)


def test_what_is_no_good_objection_is_refused_row_by_row(channel: Channel, desk: list[Any]) -> None:
    bad = {
        "FWD-FORM": [row(reason=" "), row(lodged_on="2018-13-01"), row(case="x" * 65), row(case="a\nb"), row(reason="字" * 4001),
                     row(salt="1"), row(record=7), row(record="Z\u0000"), row(reason="a\u0000b"), row(name="王小明")],
        "TIME-FUTURE": [row(lodged_on="2031-01-01")],
        "FWD-RECORD": [row(record="NOWHERE"), row(record="Z000009")],
        "STATE-EDGE": [row(record="ENDED", case="2")],
    }
    rows = [(code, one) for code, ones in bad.items() for one in ones]
    assert outcomes(*[one for _, one in rows]) == tuple(code for code, _ in rows)
    assert (desk, Forwarded.objects.count()) == ([], 0)
    digest = Received.objects.get().digest
    assert outcomes(row(), row(reason="另一理由"), sequence=2, previous=digest) == ("", "FWD-CHANGED")


def test_the_refusals_say_what_is_wrong_in_both_languages(channel: Channel) -> None:
    with pytest.raises(Refusal) as refused:
        rules.objection_in(json.loads(row(lodged_on="gestern")), on=date(2018, 6, 20))
    told = refused.value.envelope()
    assert (told["code"], told["field"], told["value"]) == ("FWD-FORM", "lodged_on", "gestern")
    assert "lodged_on" in told["message_zh"] and "lodged_on" in refused.value.en


def test_without_a_desk_nothing_is_taken(channel: Channel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forwarding, "DESKS", [])
    monkeypatch.setattr(forwarding, "LEAD_DESKS", [])
    lead = rules.lead_row(rules.Lead("GD-1", "hotline", "甲局", "题", "事"), salt=SALT)
    assert outcomes(row(), lead) == ("FWD-DESK", "FWD-DESK")


def test_two_that_take_the_same_matter_at_once_open_one_case(channel: Channel, desk: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    def slower(matter: rules.Objection, code: str, at: datetime) -> str:
        Forwarded.objects.create(channel=channel, theirs=matter.case, digest="0" * 64, number=matter.record, case="other", received_at=at)
        return "case"

    monkeypatch.setattr(forwarding, "DESKS", [slower])
    with transaction.atomic():
        assert outcomes(row()) == ("PKG-RACE",)
    assert not Forwarded.objects.filter(case="case").exists()


def test_the_other_side_is_told_how_it_ended(channel: Channel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Forwarded by the reference peer's own command, taken from its file, answered in a package, known over there."""
    monkeypatch.setattr("ximu.foundation.clock.now", lambda: LATER)
    side = (str(tmp_path), "--channel", CODE, "--sender-key", services.own().verifier())
    theirs = Peer(tmp_path, channel=CODE, sender_key=services.own().verifier())
    Channel.objects.filter(pk=channel.pk).update(peer_key=theirs.signer.verifier(), kind="drop", address=str(tmp_path))
    for case in ("甲-1", "甲-2"):
        told = ran(commands.peer_group, "forward", *side, "--case", case, "--record", "Z000000", "--reason", "日期有误", "--lodged-on",
                   "2018-06-19")
        assert ran(commands.exchange_group, "take", CODE, told["file"], "--receipt", str(tmp_path / "r")) == {
            "sequence": told["sequence"], "rows": 1, "refused": []}
    assert rules.read((tmp_path / "r").read_bytes(), services.own().verifier()).sequence == 2
    told = ran(commands.peer_group, "forward", *side, "--case", "甲-9", "--reason", "不再坚持", "--lodged-on", "2018-06-19")
    assert ran(commands.exchange_group, "take", CODE, told["file"]) == {"sequence": 3, "rows": 1, "refused": ["FWD-NONE"]}, "without a record: taken back"
    case = apps.get_model("casework", "Case")
    for one, state in (("case000000000001", "closed"), ("case000000000002", "with_source")):
        case.objects.create(uid=one, number=one[-13:], procedure="objection", state=state, about="Z000000", key=one, opened_at=LATER)
    assert services.answer_closed(at=LATER) == 1
    assert services.answer_closed(at=LATER) == 0, "once"
    services.sweep(at=LATER)
    theirs.pass_over(at=LATER)
    services.sweep(at=LATER)
    assert ran(commands.peer_group, "answers", *side) == [{"case": "甲-1", "outcome": "closed"}]
    told = {one["case"]: one["outcome"] for one in ran(commands.exchange_group, "forwarded", CODE)}
    assert told == {"甲-1": "closed", "甲-2": ""}
    assert queries.held_there(channel).keys() == {"Z000000", "ENDED"}, "an answer is nothing that they hold"
    assert code_of(services.receive, CODE, replace_sender(theirs), by=SYSTEM, at=LATER) == "PKG-FORGED"


def replace_sender(peer: Peer) -> bytes:
    stranger = Peer(peer.folder / "stranger", channel=peer.channel, sender_key=peer.sender_key, name="stranger.example")
    return stranger.forward([replace(MATTER, case="x")], at=LATER)[1]


def ran(group: Any, *words: str) -> Any:
    done = CliRunner().invoke(group, [*words, "--json"])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return json.loads(done.stdout)
