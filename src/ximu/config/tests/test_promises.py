"""The register of promises is connected: to the portal, to the proof of the log."""

from __future__ import annotations

import pytest

from ximu.ideas.commitments.tests import factories as make
from ximu.ideas.disclosure import queries as disclosure
from ximu.ideas.ledger import queries as ledger

pytestmark = [pytest.mark.django_db, pytest.mark.row("D4")]


def test_the_portal_gets_promises_through_disclosure_and_the_log_proves_them() -> None:
    make.city()
    uid = make.registered()
    assert disclosure.published("promises", uid=uid)["uid"] == uid
    assert ledger.verify_log().ok
