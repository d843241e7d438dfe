"""A program may send its request again when the answer was lost (draft-ietf-httpapi-idempotency-key-header)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from ximu.config.tests import open_city
from ximu.foundation import clock
from ximu.foundation.models import Reply
from ximu.ideas.accounts import services
from ximu.ideas.accounts.tests.factories import account, with_password
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import SYSTEM


@pytest.mark.django_db
def test_a_repeated_request_has_its_effect_once() -> None:
    first, second, granter = account("clerk1"), account("clerk2"), account("granter", "coordinator")
    _, text = services.issue_key(granter.uid, "coordinator", unit="", label="x", days=3, by=SYSTEM, at=clock.now())
    headers = {"authorization": f"Bearer {text}", "idempotency-key": "key-00001"}

    def ask(uid: str, **changed: str) -> Any:
        return Client().post(f"/api/v1/accounts/accounts/{uid}/grants", {"role": "entry"}, content_type="application/json",
                             headers={**headers, **changed})

    one, again = ask(first.uid), ask(first.uid)
    assert (one.status_code, again.status_code, again.content) == (403, 403, one.content)
    assert again["Idempotent-Replay"] == "true"
    assert "Idempotent-Replay" not in one
    assert ask(second.uid).json()["code"] == "IDEM-DIFFERS"
    assert ask(first.uid, **{"idempotency-key": "short"}).json()["code"] == "IDEM-KEY"
    Reply.objects.update(status=0)
    assert ask(first.uid).json()["code"] == "IDEM-BUSY"
    Reply.objects.update(created_at=clock.now() - timedelta(hours=25))
    assert "Idempotent-Replay" not in ask(first.uid)


@pytest.fixture
def clerk(db: None, settings: Any) -> Client:
    open_city.city(settings)
    made = Client(enforce_csrf_checks=True)
    made.force_login(with_password(account("boss", "coordinator")), backend="django.contrib.auth.backends.ModelBackend")
    return made


def drawn(clerk: Client) -> tuple[str, dict[str, str]]:
    """The form for a new post of a unit, as a page that was just drawn has it."""
    unit = open_city.unit()
    page = clerk.get(f"/console/registry/units/{unit}").content.decode()
    token = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[0]
    return f"/console/registry/units/{unit}/post", {"csrfmiddlewaretoken": token, "title": "诚信专员", "role": "member", "since": "2018-05-01"}


def posts() -> int:
    return sum(one.title == "诚信专员" for one in registry.posts(open_city.unit()))


def test_a_form_that_is_sent_twice_has_its_effect_once(clerk: Client) -> None:
    address, form = drawn(clerk)
    one, again = clerk.post(address, form), clerk.post(address, form)
    assert (one.status_code, again.status_code, again["Location"], posts()) == (302, 302, one["Location"], 1)
    assert "已经提交过" in clerk.get(again["Location"]).content.decode()
    assert clerk.post(address, {**form, "title": "诚信专员二"}).status_code == 302, "other words are another form"
    assert clerk.post(*drawn(clerk)).status_code == 302 and posts() == 2, "a page that was drawn anew may say the same again"
    Reply.objects.update(status=0)
    assert clerk.post(address, form).refusal.code == "IDEM-BUSY" and posts() == 2  # type: ignore[attr-defined]


def test_a_form_that_was_refused_may_be_sent_again(clerk: Client) -> None:
    address, form = drawn(clerk)
    wrong = {**form, "role": "none"}
    assert [clerk.post(address, wrong).status_code for _ in range(2)] == [422, 422] and not Reply.objects.exists()
    assert clerk.post(address, {**form, "csrfmiddlewaretoken": "x" * 64}).refusal.code == "CSRF"  # type: ignore[attr-defined]
    assert not Reply.objects.exists() and posts() == 0


def test_a_corrected_file_of_the_same_name_and_size_is_another_form(clerk: Client) -> None:
    """From the page that is still open, as a step back shows it."""
    page = clerk.get("/console/intake/").content.decode()
    token = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[0]

    def deliver(content: bytes) -> str:
        file = SimpleUploadedFile("delivery.csv", content)
        answer = clerk.post("/console/intake/upload", {"csrfmiddlewaretoken": token, "item": "CF", "source": open_city.unit(), "file": file})
        assert answer.status_code == 302, answer.content.decode()[:600]
        return str(answer["Location"])

    first, corrected = deliver(b"a,b\n1,2\n"), deliver(b"a,b\n1,3\n")
    assert first != corrected
    assert deliver(b"a,b\n1,2\n") == first
