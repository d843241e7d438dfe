"""A channel to a closed audience carries what the one disclosure policy lets it see: shown, masked, or not there at all."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ximu.ideas.casework import queries as casework
from ximu.ideas.disclosure import queries as disclosure
from ximu.ideas.disclosure import services as disclosing
from ximu.ideas.disclosure.tests import factories as f
from ximu.ideas.disclosure.tests.factories import LATER
from ximu.ideas.exchange import queries, rules, services
from ximu.ideas.exchange.models import Row
from ximu.ideas.exchange.services.peering import Peer
from ximu.ideas.exchange.tests.test_services import CODE, both, code_of, deliver_all, round_trip
from ximu.ideas.records import services as records
from ximu.ideas.records.hooks import RecordsMoved
from ximu.kernel.actor import SYSTEM, Actor, Grant
from ximu.kernel.refusal import Refusal

pytestmark = [pytest.mark.django_db, pytest.mark.row("M1.3")]
SUBJECT_READS = Actor("s", f.UNIT, (Grant("subject", frozenset({"disclosure.uses"}), f.UNIT),))


@pytest.fixture(autouse=True)
def city(monkeypatch: pytest.MonkeyPatch) -> None:
    f.connect(monkeypatch)


def test_what_takes_effect_goes_out_masked_where_the_policy_says_so_and_leaves_a_trace(tmp_path: Path) -> None:
    channel, peer = both(tmp_path, profile="units")
    number = f.effective()
    deliver_all()
    row = Row.objects.get()
    told = json.loads(row.body)
    assert (row.number, row.version, row.state, row.publication) == (number, 1, "waiting", f"{number}.1")
    assert told["fields"]["CF_NR"] == "罚款伍万元", "open to the public"
    assert told["fields"]["BZ"] == "内部说明", "the list lets it be shared"
    assert told["fields"]["CF_FRDB"] == "王**", "a person: masked"
    assert told["fields"]["CF_SY"] == "******", "its text bears a telephone number: asked for as personal"
    assert told["masked"] == ["CF_FRDB", "CF_SY"]
    assert "CF_FR_ZJHM" not in told["fields"], "closed by the list: not there at all"
    for secret in ("王小明", "11010519491231002X", "13812345678"):
        assert secret not in row.body
    uses, count = disclosure.uses_of([f.UNIT], by=SUBJECT_READS)
    assert (count, uses[0].role, uses[0].purpose, uses[0].number) == (1, "sharing", "joint", number), "its subject sees who has it"
    round_trip(peer, LATER)
    assert peer.held() == queries.held_there(channel) == {number: row.digest}
    share = next(line for line in casework.effects_of(number) if line.target.startswith(CODE))
    records.revoke(number, reason="决定被撤销", by=f.REVIEWER, at=LATER)
    deliver_all()
    round_trip(peer, LATER + timedelta(days=1))
    assert (peer.held(), queries.held_there(channel)) == ({}, {})
    assert next(line for line in casework.effects_of(number) if line.uid == share.uid).state == "stopped"


@pytest.mark.parametrize(("item", "columns"), [
    ("JL-CF", {"family": "discipline"}), ("JL-CF", {"family": "discipline", "subject": f.MAN}),
])
def test_a_family_or_a_person_that_the_audience_may_not_know_of_is_absent_without_a_line(
    tmp_path: Path, item: str, columns: dict[str, Any],
) -> None:
    channel, _ = both(tmp_path, profile="units")
    number = f.effective("示纪〔2018〕1号", item=item, **columns)
    deliver_all()
    assert not Row.objects.exists(), "not even a barred row, which staff of the exchange would see"
    assert services.queue_closed(channel, number, 1, at=LATER) is None
    assert not [line for line in casework.effects_of(number) if line.target.startswith(CODE)]
    assert code_of(disclosing.share, number, audience="sharing", purpose="joint", receiver="x", at=LATER) == "REC-NONE"
    assert disclosure.uses_of([f.UNIT, f.MAN], by=SYSTEM)[1] == 0


def test_what_has_not_taken_effect_does_not_leave(tmp_path: Path) -> None:
    channel, _ = both(tmp_path, profile="units")
    number = f.deliver()
    records.check(number, by=f.REVIEWER, at=f.T0)
    deliver_all()
    services.on_moved(RecordsMoved([number], "draft", "effective"), at=LATER)
    assert services.queue_closed(channel, number, 1, at=LATER) is None
    assert not Row.objects.exists()


def test_a_mark_of_secrecy_and_the_lists_bar_it_and_leave_no_trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    both(tmp_path, profile="units")
    monkeypatch.setitem(f.PAYLOAD, "BZ", "机密★10年")
    f.effective()
    deliver_all()
    assert [(row.state, row.code, row.body) for row in Row.objects.all()] == [("barred", "DISC-SECRET", "")]
    monkeypatch.setitem(f.PAYLOAD, "BZ", "当事人未成年")
    f.effective("示罚〔2018〕2号")
    deliver_all()
    assert Row.objects.order_by("-pk")[0].code == "DISC-PII"
    monkeypatch.setitem(f.PAYLOAD, "BZ", "")
    monkeypatch.setattr("ximu.ideas.exchange.services.queueing._allowed", no)
    f.effective("示罚〔2018〕3号")
    deliver_all()
    assert Row.objects.order_by("-pk")[0].code == "LIST-APPLY"
    assert disclosure.uses_of([f.UNIT], by=SYSTEM)[1] == 0, "nothing left, so nobody has read it"
    assert services.pack(CODE, by=SYSTEM, at=LATER) is None


def no(*args: Any, **words: Any) -> None:
    raise Refusal("LIST-APPLY", zh="不得共享", en="may not be shared")


def test_a_public_channel_gets_no_more_than_before_and_a_closed_one_no_publication(tmp_path: Path) -> None:
    both(tmp_path, profile="units")
    peer = both_again(tmp_path / "other")
    number = f.opened()
    deliver_all()
    rows = {row.channel.code: json.loads(row.body) for row in Row.objects.select_related("channel")}
    assert rows.keys() == {CODE, "public"}
    assert "CF_FRDB" not in rows["public"]["fields"] and "masked" not in rows["public"]
    assert rows[CODE]["fields"].keys() > rows["public"]["fields"].keys() - {"decision_date"}
    assert Row.objects.filter(number=number).count() == 2
    assert peer.channel == "public"


def both_again(folder: Path) -> Any:
    peer = Peer(folder, channel="public", sender_key=services.own().verifier())
    services.open_channel("public", setup=services.Setup("municipal", "drop", str(folder), peer.signer.verifier()), by=SYSTEM, at=f.T0)
    return peer


def test_every_profile_names_an_audience_of_the_policy_and_a_purpose_that_it_has() -> None:
    policy = disclosure.policies()[-1]
    for one in rules.profiles().values():
        assert one.audience in policy.audiences
        assert (one.purpose in policy.audiences[one.audience].purposes) == one.closed
    for audience, purpose in (("public", ""), ("nobody", "joint"), ("sharing", "award")):
        assert code_of(disclosing.share, "x", audience=audience, purpose=purpose, receiver="x", at=LATER) == "AUD-NONE"


def stricter(monkeypatch: pytest.MonkeyPatch, *rules_before: dict[str, Any]) -> None:
    """A policy of the day after, with rules before all others."""
    old = disclosure.policies()[-1]
    more = tuple(replace(old.rules[0], id=f"S{n}", outcome="absent", sets={k: frozenset(v) for k, v in one["sets"].items()},
                         personal=one.get("personal"), since=None, until=None) for n, one in enumerate(rules_before))
    new = replace(old, version="2018-06-22", since=(LATER + timedelta(days=1)).date(), rules=(*more, *old.rules))
    monkeypatch.setattr("ximu.ideas.disclosure.queries.policy.policies", lambda: (old, new))


def days(peer: Peer, first: int, last: int) -> None:
    for n in range(first, last):
        round_trip(peer, LATER + timedelta(days=n))
        services.sweep(at=LATER + timedelta(days=n))
        deliver_all(LATER + timedelta(days=n))


def test_a_field_that_a_later_policy_hides_is_recalled_and_the_rest_sent_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    channel, peer = both(tmp_path, profile="units")
    number = f.effective()
    deliver_all()
    services.sweep(at=LATER)
    days(peer, 0, 1)
    first = Row.objects.get()
    assert peer.held() == {number: first.digest}
    assert services.follow_policy(at=LATER) == 0, "the policy of the day has nothing against it"
    stricter(monkeypatch, {"sets": {"audience": ["sharing"]}, "personal": True})
    assert services.follow_policy(at=LATER) == 0, "it is not in force yet"
    days(peer, 1, 5)
    put, recall, again = Row.objects.order_by("pk")
    assert [(row.op, row.state) for row in (put, recall, again)] == [("put", "accepted"), ("recall", "accepted"), ("put", "accepted")]
    told = json.loads(again.body)
    assert "CF_FRDB" not in told["fields"] and "CF_SY" not in told["fields"] and told["fields"]["CF_NR"] == "罚款伍万元"
    assert peer.held() == queries.held_there(channel) == {number: again.digest}
    assert [line.state for line in casework.effects_of(number) if line.target.startswith(CODE)].count("live") == 1
    days(peer, 5, 7)
    assert Row.objects.count() == 3, "once"


def test_a_record_that_a_later_policy_hides_is_recalled_for_good(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    channel, peer = both(tmp_path, profile="units")
    number = f.effective()
    deliver_all()
    days(peer, 0, 1)
    assert peer.held().keys() == {number}
    stricter(monkeypatch, {"sets": {"audience": ["sharing"]}})
    days(peer, 1, 5)
    assert (peer.held(), queries.held_there(channel)) == ({}, {})
    assert [row.op for row in Row.objects.order_by("pk")] == ["put", "recall"]
    assert disclosure.uses_of([f.UNIT], by=SUBJECT_READS)[1] == 1, "to look whether it may still be there is no use"


def test_what_has_not_left_yet_leaves_in_the_narrower_form(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, peer = both(tmp_path, profile="units")
    number = f.effective()
    deliver_all()
    stricter(monkeypatch, {"sets": {"audience": ["sharing"]}, "personal": True})
    at = LATER + timedelta(days=1)
    assert services.follow_policy(at=at) == 1
    deliver_all(at)
    days(peer, 2, 4)
    [held] = peer.held().items()
    sent = [row for row in Row.objects.order_by("pk") if row.state == "accepted"]
    assert held == (number, sent[0].digest) and len(sent) == 1
    assert "CF_FRDB" not in json.loads(sent[0].body)["fields"]


def test_masked_fields_are_named_by_the_words_of_the_receiver() -> None:
    form = {"record": "Z", "version": 1, "item": "CF", "family": "penalty", "subject_name": "某局", "closes_on": "",
            "fields": {"authority": "**"}, "masked": ["authority"]}
    row = json.loads(rules.put_row(form, rules.profile("credit-china"), salt="0" * 32))
    assert (row["masked"], row["fields"]["CF_CFJG"]) == (["CF_CFJG"], "**")
