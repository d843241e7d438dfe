"""Rights come from grants; the three administrators exclude each other."""

from __future__ import annotations

import pytest

from ximu.ideas.accounts import queries, rules
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal


@pytest.mark.parametrize(("held", "wanted", "clash"), [
    (["system_admin"], "audit_admin", "system_admin"), (["entry"], "security_admin", "entry"),
    (["entry"], "reviewer", ""), (["audit_admin"], "entry", "audit_admin"), (["entry"], "entry", ""),
])
def test_administrators_hold_nothing_else(held: list[str], wanted: str, clash: str) -> None:
    assert rules.clash(held, wanted, queries.roles()) == clash


def test_every_permission_is_held_by_a_known_role() -> None:
    """But those of a firm and of who rates a service, who are nobody here: the code is the right (`d14_enterprise`, `d11_service`, `d12_approval`)."""
    for permission in queries.permissions():
        assert permission.roles <= set(queries.roles())
    assert {permission.code for permission in queries.permissions() if not permission.roles} == {"d11.rater", "d12.report", "d14.firm"}


def test_it_refuses_without_a_right() -> None:
    with pytest.raises(Refusal) as refused:
        Actor("someone").must("accounts.open")
    assert refused.value.code == "PERM-DENIED"


def test_a_grant_for_a_unit_does_not_reach_another() -> None:
    actor = Actor("a", grants=(rules.grant_of("system_admin", "unit1", queries.permissions()),))
    assert actor.can("accounts.open", "unit1")
    assert not actor.can("accounts.open", "unit2")
