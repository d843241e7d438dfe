"""The machine's operator opens the first accounts; passwords and keys are printed once."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from ximu.foundation import clock
from ximu.foundation.city import CITIES
from ximu.ideas.accounts import jobs, queries
from ximu.ideas.accounts.commands import accounts_group
from ximu.kernel.actor import SYSTEM
from ximu.kernel.refusal import Refusal

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def units_are_opaque(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who knows units is connected from outside."""
    monkeypatch.setattr(queries, "_scopes", {})


def run(*args: str) -> list[dict[str, str]]:
    ran = CliRunner().invoke(accounts_group, [*args, "--json"])
    if ran.exception:
        raise ran.exception
    return json.loads(ran.output)


@pytest.mark.parametrize("city", ["example", "shanghai"])
def test_bootstrap_tells_each_first_password_once(city: str) -> None:
    told = run("bootstrap", "--city", city)
    assert {"sysadmin", "secadmin", "auditor"} <= {row["login"] for row in told}
    assert len({row["password"] for row in told}) == len(told)
    assert queries.account_by_login("sysadmin").check_password(next(r["password"] for r in told if r["login"] == "sysadmin"))
    assert run("bootstrap", "--city", city) == []
    assert jobs.load_profile(CITIES / city, by=SYSTEM, at=clock.now()) == {"accounts": 0}


def test_open_grant_list_and_key() -> None:
    opened = run("open", "clerk", "--name", "甲", "--number", "1", "--unit", "u1")[0]
    assert queries.account_by_login("clerk").check_password(opened["password"])
    run("grant", "clerk", "entry", "--unit", "u1")
    assert [(r["login"], r["roles"]) for r in run("list")] == [("clerk", "entry")]
    key = run("key", "clerk", "entry", "--unit", "u1", "--label", "x")[0]["key"]
    assert queries.actor_for_key(key, at=clock.now()) is not None
    with pytest.raises(Refusal):
        run("grant", "ghost", "entry")
