"""What is announced reaches those who must know."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from ximu.config import profiles
from ximu.ideas.accounts import queries as accounts
from ximu.ideas.accounts import services
from ximu.ideas.accounts.tests.factories import AT, account
from ximu.ideas.casework.services import effects
from ximu.ideas.ledger import queries as log
from ximu.kernel.actor import SYSTEM
from ximu.kernel.refusal import Refusal


@pytest.mark.django_db(transaction=True)
def test_every_change_of_rights_is_in_the_log_without_a_name() -> None:
    clerk = account("clerk", "entry")
    services.close_account(clerk.uid, by=SYSTEM, at=AT)
    text = [json.dumps(log.entry_value(index), ensure_ascii=False) for index in range(log.head().size)]
    kinds = ("rights.account-opened", "rights.granted", "rights.account-closed")
    assert all(kind in line for kind, line in zip(kinds, text, strict=True))
    assert not any("clerk" in line for line in text)


@pytest.mark.django_db
def test_a_role_is_limited_by_the_name_of_a_unit_or_the_number_of_a_civil_servant(settings: Any) -> None:
    settings.XIMU_PROFILE = "example"
    profiles.load("example", by=SYSTEM, at=AT)
    servant = accounts.scope_of("SL00007", at=AT)
    assert accounts.scope_name(servant, at=AT) == "沈海燕（SL00007）"
    assert accounts.scope_name(accounts.scope_of("示例市财政局", at=AT), at=AT) == "示例市财政局"
    with pytest.raises(Refusal, match="ORG-UNKNOWN"):
        accounts.scope_of("没有这个单位", at=AT)
    later = datetime(2019, 3, 20, tzinfo=UTC)
    bureau = accounts.scope_of("示例市环境保护局", at=AT)
    assert accounts.scope_of(accounts.scope_name(bureau, at=later), at=later) == bureau, "also for a body that has ended since"
    assert accounts.scope_of(bureau, at=later) == bureau
    user = account("on-record", at=AT)
    with pytest.raises(Refusal, match="ROLE-SCOPE"):
        services.grant(user.uid, "subject", by=SYSTEM, at=AT)
    assert services.grant(user.uid, "subject", unit=servant, by=SYSTEM, at=AT).unit == servant


def test_every_kind_of_effect_that_the_house_runs_has_somebody_who_ends_it() -> None:
    assert {"publication", "share", "measure", "score"} <= set(effects._stoppers)
