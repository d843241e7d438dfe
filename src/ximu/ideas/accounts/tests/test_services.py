"""Rights are given by one and accounts opened by another; passwords, codes and keys keep their rules."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pyotp
import pytest
from django.db import DatabaseError, connection, transaction

from ximu.ideas.accounts import queries, services
from ximu.ideas.accounts.models import ApiKey, AuditEntry, SecondFactor, User
from ximu.ideas.accounts.tests.factories import AT, PASSWORD, account, actor, with_password
from ximu.kernel.actor import SYSTEM, Actor
from ximu.kernel.refusal import Refusal

pytestmark = pytest.mark.django_db


def refused(code: str, call: object, *args: object, **kwargs: object) -> Refusal:
    with pytest.raises(Refusal) as caught:
        call(*args, **kwargs)  # type: ignore[operator]
    assert caught.value.code == code
    return caught.value


def test_who_opens_accounts_cannot_grant_and_who_grants_cannot_open() -> None:
    opener, granter = actor(account("sysadmin", "system_admin")), actor(account("secadmin", "security_admin"))
    someone = services.open_account("clerk1", name="甲", staff_number="7", by=opener, at=AT)
    assert queries.actor_for(someone, at=AT).grants == ()
    refused("PERM-DENIED", services.grant, someone.uid, "entry", by=opener, at=AT)
    refused("PERM-DENIED", services.open_account, "clerk2", name="乙", staff_number="8", by=granter, at=AT)
    services.grant(someone.uid, "entry", unit="u1", by=granter, at=AT)
    assert queries.roles_held(queries.account(someone.uid), at=AT) == {"entry"}


def test_the_three_administrators_are_three_people_whatever_the_account() -> None:
    granter = actor(account("secadmin", "security_admin"))
    account("first", "system_admin", number="42")
    second = account("second", number="42")
    refused("ROLE-CLASH", services.grant, second.uid, "audit_admin", by=granter, at=AT)
    refused("ROLE-CLASH", services.grant, second.uid, "entry", by=granter, at=AT)
    refused("ROLE-NONE", services.grant, second.uid, "emperor", by=granter, at=AT)


def test_nobody_grants_to_himself_not_even_on_another_account() -> None:
    granter = actor(account("secadmin", "security_admin", number="9"))
    other_self = account("private", number="9")
    refused("DUAL", services.grant, other_self.uid, "entry", by=granter, at=AT)
    own = queries.grants_of(queries.account(granter.uid), at=AT)[0]
    refused("DUAL", services.revoke, own.uid, by=granter, at=AT)
    refused("DUAL", services.drop_factor, other_self.uid, by=granter, at=AT)


def test_the_last_auditor_stays() -> None:
    opener, granter = actor(account("sysadmin", "system_admin")), actor(account("secadmin", "security_admin"))
    auditor = account("auditor1", "audit_admin")
    refused("ADMIN-LAST", services.close_account, auditor.uid, by=opener, at=AT)
    refused("ADMIN-LAST", services.revoke, queries.grants_of(auditor, at=AT)[0].uid, by=granter, at=AT)
    account("auditor2", "audit_admin")
    services.close_account(auditor.uid, by=opener, at=AT)
    refused("ACCOUNT-STATE", services.close_account, auditor.uid, by=opener, at=AT)


def test_a_revoked_right_is_gone_at_once_and_only_once() -> None:
    clerk = account("clerk", "entry")
    given = queries.grants_of(clerk, at=AT)[0]
    services.revoke(given.uid, by=SYSTEM, at=AT)
    assert actor(clerk).grants == ()
    refused("GRANT-STATE", services.revoke, given.uid, by=SYSTEM, at=AT)
    refused("GRANT-NONE", services.revoke, "0" * 16, by=SYSTEM, at=AT)
    refused("ACCOUNT-NONE", services.grant, "0" * 16, "entry", by=SYSTEM, at=AT)


@pytest.mark.parametrize(("login", "code"), [("A", "ACCOUNT-LOGIN"), ("x y z", "ACCOUNT-LOGIN"), ("taken", "ACCOUNT-TAKEN")])
def test_logins_are_plain_and_unique(login: str, code: str) -> None:
    account("taken")
    refused(code, services.open_account, login, name="甲", staff_number="1", by=SYSTEM, at=AT)
    refused("ACCOUNT-NAME", services.open_account, "fine", name=" ", staff_number="1", by=SYSTEM, at=AT)


@pytest.mark.parametrize("new", ["Short-1", "alllowercase", "lanternlantern1", "Clerk-Clerk-1", PASSWORD, "password123"])
def test_a_weak_or_old_password_is_refused(new: str) -> None:
    clerk = with_password(account("clerk"), at=AT)
    refused("PASS-WEAK", services.change_password, clerk.uid, old=PASSWORD, new=new, by=Actor(clerk.uid), at=AT)


def test_the_last_five_passwords_are_remembered_and_age_ends_one() -> None:
    clerk = with_password(account("clerk"), at=AT)
    me, words = Actor(clerk.uid), [PASSWORD, *(f"Lantern-{n}x" for n in range(10, 16))]
    for old, new in pairwise(words):
        services.change_password(clerk.uid, old=old, new=new, by=me, at=AT)
    refused("PASS-WEAK", services.change_password, clerk.uid, old=words[-1], new=words[-5], by=me, at=AT)
    refused("PASS-WRONG", services.change_password, clerk.uid, old="x", new="Another-7x", by=me, at=AT)
    refused("PERM-DENIED", services.change_password, clerk.uid, old=words[-1], new="Another-7x", by=SYSTEM, at=AT)
    services.change_password(clerk.uid, old=words[-1], new=PASSWORD, by=me, at=AT)
    assert queries.gate(queries.account(clerk.uid), at=AT + timedelta(days=180)) == ""
    assert queries.gate(queries.account(clerk.uid), at=AT + timedelta(days=181)) == "password"


def test_a_code_works_once_and_its_secret_is_not_in_the_database() -> None:
    clerk = account("clerk")
    me = Actor(clerk.uid)
    secret = services.begin_factor(clerk.uid, by=me, at=AT)
    assert secret not in SecondFactor.objects.get().sealed
    refused("PERM-DENIED", services.begin_factor, clerk.uid, by=SYSTEM, at=AT)
    refused("MFA-CODE", services.confirm_factor, clerk.uid, "000000" if pyotp.TOTP(secret).at(AT) != "000000" else "1", by=me, at=AT)
    recovery = services.confirm_factor(clerk.uid, pyotp.TOTP(secret).at(AT), by=me, at=AT)
    user, later = queries.account(clerk.uid), AT + timedelta(minutes=5)
    refused("MFA-HELD", services.begin_factor, clerk.uid, by=me, at=AT)
    refused("MFA-CODE", services.check_factor, user, pyotp.TOTP(secret).at(AT), at=AT)
    services.check_factor(user, pyotp.TOTP(secret).at(later), at=later)
    refused("MFA-CODE", services.check_factor, user, pyotp.TOTP(secret).at(later), at=later)
    services.check_factor(user, recovery[0], at=later)
    refused("MFA-CODE", services.check_factor, user, recovery[0], at=later)
    services.drop_factor(clerk.uid, by=SYSTEM, at=later)
    assert not queries.has_factor(queries.account(clerk.uid))


def test_a_key_opens_until_its_end_and_never_more_than_its_keeper() -> None:
    keeper = account("keeper", "entry", unit="u1")
    key, text = services.issue_key(keeper.uid, "entry", unit="u1", label="财政局报送", days=30, by=SYSTEM, at=AT)
    assert text not in str(ApiKey.objects.values_list().get())
    program = queries.actor_for_key(text, at=AT)
    assert program is not None and (program.uid, program.unit, program.human, program.channel) == (key.uid, "u1", keeper.person, "api")
    assert queries.actor_for_key(text[:-1] + ("0" if text[-1] != "0" else "1"), at=AT) is None
    assert queries.actor_for_key(text, at=AT + timedelta(days=30)) is None
    refused("KEY-ROLE", services.issue_key, keeper.uid, "publisher", unit="u1", label="x", days=30, by=SYSTEM, at=AT)
    refused("KEY-ROLE", services.issue_key, keeper.uid, "entry", unit="u2", label="x", days=30, by=SYSTEM, at=AT)
    refused("KEY-TERM", services.issue_key, keeper.uid, "entry", unit="u1", label="x", days=0, by=SYSTEM, at=AT)
    services.revoke(queries.grants_of(keeper, at=AT)[0].uid, by=SYSTEM, at=AT)
    assert queries.actor_for_key(text, at=AT) is None
    services.revoke_key(key.uid, by=SYSTEM, at=AT)
    refused("KEY-STATE", services.revoke_key, key.uid, by=SYSTEM, at=AT)


def test_the_trail_holds_each_act_and_is_never_changed() -> None:
    clerk = account("clerk", "entry")
    acts = list(AuditEntry.objects.order_by("pk").values_list("act", "result"))
    assert acts == [("accounts.open", "ok"), ("accounts.grant", "ok")]
    entry = AuditEntry.objects.first()
    assert entry is not None
    with pytest.raises(TypeError):
        entry.save()
    with pytest.raises(TypeError):
        entry.delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        AuditEntry.objects.filter(pk=entry.pk).update(result="x")
    assert clerk.login not in str(list(AuditEntry.objects.values_list()))


def test_the_trail_on_postgresql_cannot_be_emptied_row_by_row() -> None:
    account("clerk")
    if connection.vendor == "postgresql":
        with pytest.raises(DatabaseError), transaction.atomic():
            AuditEntry.objects.all().delete()
    assert AuditEntry.objects.count() == 1


def test_an_act_that_fails_leaves_neither_effect_nor_entry() -> None:
    before = AuditEntry.objects.count()
    refused("ACCOUNT-LOGIN", services.open_account, "!", name="甲", staff_number="1", by=SYSTEM, at=AT)
    assert (AuditEntry.objects.count(), User.objects.count()) == (before, 0)
