"""The register of promises is connected: to the portal, to the proof of the log."""

from __future__ import annotations

from datetime import date
from xml.etree import ElementTree

import pytest
from django.test import Client

from ximu.config import wiring
from ximu.ideas.casework import queries as cases
from ximu.ideas.commitments.hooks import CommitmentOverdue
from ximu.ideas.commitments.tests import factories as make
from ximu.ideas.disclosure import queries as disclosure
from ximu.ideas.ledger import queries as ledger

pytestmark = [pytest.mark.django_db, pytest.mark.row("D4")]


def test_the_portal_gets_promises_through_disclosure_and_the_log_proves_them() -> None:
    make.city()
    uid = make.registered()
    assert disclosure.published("promises", uid=uid)["uid"] == uid
    assert ledger.verify_log().ok


def test_every_pack_shows_its_figures_through_disclosure() -> None:
    make.city()
    make.registered()
    shown = disclosure.published("d04", year=2018)
    assert [one["code"] for one in shown["indicators"]][:1] == ["D04-1"]


@pytest.mark.row("M2.2")
def test_an_overdue_promise_opens_a_rectification_at_the_unit_that_carries_it() -> None:
    make.city()
    uid = make.registered(unit=make.unit("gsj"), terms=make.terms(matters=(), due=date(2018, 11, 29)))
    assert wiring.judge_promises(at=make.at("2018-12-03")) == 1
    for _ in range(2):
        wiring.rectify_promises(CommitmentOverdue([uid], "2018-12-03"), at=make.at("2018-12-03"))
    [case] = cases.open_cases(("rectification",))
    assert (case.source, case.about) == (make.unit("scjg"), uid)


def test_a_promise_has_a_badge_and_a_feed_that_anybody_can_follow(client: Client) -> None:
    make.city()
    uid = make.registered()
    badge, feed = client.get(f"/promises/{uid}/badge.svg"), client.get(f"/promises/{uid}/feed.atom")
    assert badge["Content-Type"].startswith("image/svg+xml")
    assert ElementTree.fromstring(badge.content).get("aria-label")
    tree = ElementTree.fromstring(feed.content)
    entries = tree.findall("{http://www.w3.org/2005/Atom}entry")
    history = disclosure.published("promises", uid=uid)["history"]
    assert len(entries) == len(history) > 0
    assert f"/log/bundle/{history[-1]['log_index']}.json" in feed.content.decode()
    assert f"/promises/{uid}/feed.atom" in client.get(f"/promises/{uid}/").content.decode()
    assert client.get("/promises/nosuchpromise000/badge.svg").status_code == 404
    assert client.get("/promises/nosuchpromise000/feed.atom").status_code == 404
