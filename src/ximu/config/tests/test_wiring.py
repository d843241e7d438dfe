"""What is announced reaches those who must know."""

from __future__ import annotations

import json

import pytest

from ximu.ideas.accounts import services
from ximu.ideas.accounts.tests.factories import AT, account
from ximu.ideas.casework.services import effects
from ximu.ideas.ledger import queries as log
from ximu.kernel.actor import SYSTEM


@pytest.mark.django_db(transaction=True)
def test_every_change_of_rights_is_in_the_log_without_a_name() -> None:
    clerk = account("clerk", "entry")
    services.close_account(clerk.uid, by=SYSTEM, at=AT)
    text = [json.dumps(log.entry_value(index), ensure_ascii=False) for index in range(log.head().size)]
    kinds = ("rights.account-opened", "rights.granted", "rights.account-closed")
    assert all(kind in line for kind, line in zip(kinds, text, strict=True))
    assert not any("clerk" in line for line in text)


def test_every_kind_of_effect_that_the_house_runs_has_somebody_who_ends_it() -> None:
    assert {"publication", "share", "measure", "score"} <= set(effects._stoppers)
