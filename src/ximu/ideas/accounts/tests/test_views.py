"""The door: passwords, lock-out, second factor, gates; and the desk of the administrators."""

from __future__ import annotations

from types import SimpleNamespace

import pyotp
import pytest
from django.test import Client
from pytest_django import Settings

from ximu.foundation import clock
from ximu.ideas.accounts import middleware, queries, services
from ximu.ideas.accounts.models import AuditEntry, User
from ximu.ideas.accounts.tests.factories import PASSWORD, account, with_password
from ximu.kernel.actor import SYSTEM, Actor

pytestmark = pytest.mark.django_db


def signed_in(*roles: str, login: str = "someone") -> tuple[Client, User]:
    user = with_password(account(login, *roles))
    client = Client()
    client.force_login(queries.account(user.uid), backend="django.contrib.auth.backends.ModelBackend")
    return client, user


def test_the_console_is_closed_to_strangers_and_kept_out_of_caches() -> None:
    answer = Client().get("/console/accounts/audit?actor=x")
    assert (answer.status_code, answer["Location"]) == (302, "/console/login?next=%2Fconsole%2Faccounts%2Faudit%3Factor%3Dx")
    assert answer["Cache-Control"] == "no-store"


def test_unknown_and_known_logins_are_answered_alike() -> None:
    with_password(account("clerk"))
    bodies = [Client().post("/console/login", {"login": name, "password": "wrong"}) for name in ("clerk", "ghost")]
    assert [b.status_code for b in bodies] == [403, 403]
    shown = [b.content.decode().split("<main", 1)[1].replace(name, "") for b, name in zip(bodies, ("clerk", "ghost"), strict=True)]
    cut = [s.split("csrfmiddlewaretoken", 1)[0] + s.split('name="next"', 1)[1] for s in shown]
    assert cut[0] == cut[1]
    assert AuditEntry.objects.filter(act="accounts.login").count() == 0
    assert b"LOGIN-WRONG" not in bodies[0].content
    assert bodies[0].refusal.code == "LOGIN-WRONG"


@pytest.mark.parametrize("name", ["clerk", "ghost"])
def test_five_wrong_tries_lock_the_login_even_for_the_right_password(name: str) -> None:
    with_password(account("clerk"))
    client = Client()
    for _ in range(5):
        last = client.post("/console/login", {"login": name, "password": "wrong"})
    assert last.status_code == 429
    answer = client.post("/console/login", {"login": name, "password": PASSWORD})
    assert (answer.status_code, answer.refusal.code) == (429, "LOGIN-LOCKED")
    assert "锁定30分钟" in answer.content.decode()


def test_the_one_time_password_must_be_replaced_before_anything_else() -> None:
    user = account("clerk", "system_admin")
    word = services.issue_password(user.uid, by=SYSTEM, at=clock.now())
    client = Client()
    assert client.post("/console/login", {"login": "clerk", "password": word})["Location"] == "/console/"
    assert client.get("/console/accounts/")["Location"] == "/console/accounts/password"
    assert client.get("/api/v1/accounts/accounts").status_code == 403
    different = client.post("/console/accounts/password", {"old": word, "new": PASSWORD, "again": "x"})
    assert different.refusal.code == "PASS-AGAIN"
    assert client.post("/console/accounts/password", {"old": word, "new": PASSWORD, "again": PASSWORD}).status_code == 302
    assert client.get("/console/accounts/").status_code == 200


def test_where_it_is_required_the_second_factor_comes_first(settings: Settings) -> None:
    settings.XIMU_MFA = "required"
    client, user = signed_in("system_admin")
    assert client.get("/console/accounts/")["Location"] == "/console/accounts/factor"
    page = client.get("/console/accounts/factor")
    secret = services.begin_factor(user.uid, by=Actor(user.uid), at=clock.now())
    assert secret in page.content.decode()
    assert b"<svg" in page.content
    done = client.post("/console/accounts/factor", {"code": pyotp.TOTP(secret).at(clock.now())})
    assert done.content.decode().count("<li>") == 10
    assert client.get("/console/accounts/").status_code == 200


def test_with_a_second_factor_the_password_alone_opens_nothing() -> None:
    user = with_password(account("clerk", "system_admin"))
    me = Actor(user.uid)
    secret = services.begin_factor(user.uid, by=me, at=clock.now())
    services.confirm_factor(user.uid, pyotp.TOTP(secret).at(clock.now()), by=me, at=clock.now())
    client = Client()
    answer = client.post("/console/login", {"login": "clerk", "password": PASSWORD, "next": "https://evil.example/"})
    assert answer["Location"] == "/console/login/code?next=%2Fconsole%2F"
    assert client.get("/console/").status_code == 302
    wrong = client.post("/console/login/code", {"code": "12345"})
    assert wrong.refusal.code == "MFA-CODE"
    following = pyotp.TOTP(secret).at(clock.now(), counter_offset=1)
    assert client.post("/console/login/code", {"code": following})["Location"] == "/console/"
    assert client.get("/console/").status_code == 200
    assert Client().get("/console/login/code")["Location"] == "/console/login"


def test_a_change_of_rights_or_of_password_ends_the_sessions() -> None:
    client, user = signed_in("entry")
    assert client.get("/console/").status_code == 200
    services.grant(user.uid, "reviewer", by=SYSTEM, at=clock.now())
    assert client.get("/console/").status_code == 302


def test_signing_out_clears_what_the_browser_holds() -> None:
    client, _ = signed_in()
    assert client.get("/console/logout").status_code == 405
    assert client.post("/console/logout")["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert client.get("/console/").status_code == 302


def test_the_session_cookie_is_closed_to_scripts_and_ends_after_fifteen_minutes() -> None:
    user = with_password(account("clerk"))
    client = Client()
    client.post("/console/login", {"login": user.login, "password": PASSWORD})
    cookie = client.cookies["sessionid"]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 900)


def test_forms_need_their_token() -> None:
    user = with_password(account("clerk", "system_admin"))
    client = Client(enforce_csrf_checks=True)
    client.force_login(queries.account(user.uid), backend="django.contrib.auth.backends.ModelBackend")
    answer = client.post("/console/accounts/open", {"login": "newone", "name": "甲", "staff_number": "1"})
    assert (answer.status_code, answer.refusal.code) == (403, "CSRF")


def test_the_desk_opens_accounts_and_another_desk_grants(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "_scopes", {})
    opener, _ = signed_in("system_admin", login="opener")
    page = opener.post("/console/accounts/open", {"login": "newone", "name": "新来的", "staff_number": "77"})
    assert "一次性口令" in page.content.decode()
    uid = queries.account_by_login("newone").uid
    denied = opener.post(f"/console/accounts/{uid}/grant", {"role": "entry"})
    assert (denied.status_code, denied.refusal.code) == (403, "PERM-DENIED")
    granter, _ = signed_in("security_admin", login="granter")
    assert granter.post(f"/console/accounts/{uid}/grant", {"role": "entry", "unit": "u1"}).status_code == 302
    assert granter.post(f"/console/accounts/{uid}/act", {"act": "fly"}).refusal.code == "ACT-NONE"
    key = granter.post(f"/console/accounts/{uid}/key", {"role": "entry", "unit": "u1", "label": "报送", "days": "30"})
    text = key.content.decode().split("Bearer ", 1)[1].split("<", 1)[0]
    assert queries.actor_for_key(text, at=clock.now()) is not None
    auditor, _ = signed_in("audit_admin", login="auditor")
    trail = auditor.get("/console/accounts/audit").content.decode()
    assert "accounts.grant" in trail
    assert "PERM-DENIED" in trail
    assert auditor.post(f"/console/accounts/{uid}/grant", {"role": "entry"}).status_code == 403
    assert granter.get("/console/accounts/audit").status_code == 403
    for address in ("/console/accounts/", f"/console/accounts/{uid}", "/console/accounts/keys", "/console/accounts/roles", "/console/accounts/me"):
        assert auditor.get(address).status_code == 200


def test_each_changing_request_leaves_exactly_one_entry() -> None:
    opener, user = signed_in("system_admin")
    before = AuditEntry.objects.count()
    opener.post(f"/console/accounts/{user.uid}/act", {"act": "nonsense"})
    opener.post("/console/accounts/open", {"login": "!", "name": "甲", "staff_number": "1"})
    assert list(AuditEntry.objects.order_by("pk").values_list("result", flat=True)[before:]) == ["ACT-NONE", "ACCOUNT-LOGIN"]


def test_a_key_has_a_pace_and_is_told_when_to_come_again(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.XIMU_API_PACE = 2
    monkeypatch.setattr(middleware, "time", SimpleNamespace(time=lambda: 1_000_000.0))
    user = account("prog", "coordinator", at=clock.now())
    keys = [services.issue_key(user.uid, "coordinator", unit="", label=f"测试{n}", days=9, by=SYSTEM, at=clock.now())[1] for n in range(2)]
    first, second = (Client(headers={"Authorization": f"Bearer {key}"}) for key in keys)
    answers = [first.get("/api/v1/casework/cases") for _ in range(4)]
    assert [a.status_code for a in answers[:2]] == [200, 200]
    told = answers[-1]
    assert (told.status_code, told.json()["code"], "WWW-Authenticate" in told.headers) == (429, "KEY-BUSY", False)
    assert told.headers["Retry-After"] == "20"
    assert second.get("/api/v1/casework/cases").status_code == 200, "another key has its own"


def test_a_key_reads_and_writes_through_the_api_and_a_session_only_reads() -> None:
    keeper = account("keeper", "entry", unit="u1")
    _, text = services.issue_key(keeper.uid, "entry", unit="u1", label="x", days=3, by=SYSTEM, at=clock.now())
    client = Client()
    me = client.get("/api/v1/accounts/me", headers={"authorization": f"Bearer {text}"})
    assert me.json()["roles"] == [{"role": "entry", "unit": "u1"}]
    wrong = client.get("/api/v1/accounts/me", headers={"authorization": "Bearer ximu_x"})
    assert (wrong.status_code, wrong.json()["code"], wrong["WWW-Authenticate"]) == (401, "AUTH-KEY", "Bearer")
    browser, _ = signed_in("security_admin")
    assert browser.get("/api/v1/accounts/me").status_code == 200
    assert browser.post(f"/api/v1/accounts/accounts/{keeper.uid}/grants", {"role": "reviewer"}, content_type="application/json").status_code == 401
