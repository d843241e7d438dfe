"""A program may send its request again when the answer was lost (draft-ietf-httpapi-idempotency-key-header)."""

from __future__ import annotations

import re
import threading
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections, transaction
from django.test import Client

from ximu.config.tests import open_city
from ximu.foundation import clock
from ximu.foundation.idempotency import LEASE, _Mark
from ximu.foundation.models import Reply
from ximu.ideas.accounts import services
from ximu.ideas.accounts.tests.factories import account, with_password
from ximu.ideas.registry import queries as registry
from ximu.ideas.registry import services as services_of_posts
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


class Killed(BaseException):
    """The process ends here: nothing that would follow happens."""


def left_by_a_killed_process(**changed: Any) -> None:
    Reply.objects.update(created_at=clock.now() - LEASE, **changed)


@pytest.mark.django_db(transaction=True)
def test_a_form_whose_process_was_killed_before_it_saved_is_sent_again_after_half_a_minute(clerk: Client,
                                                                                          monkeypatch: pytest.MonkeyPatch) -> None:
    address, form = drawn(clerk)

    def killed(*_: Any, **__: Any) -> Any:
        assert Reply.objects.get().status == 1, "the mark is in the transaction of the effect"
        raise Killed

    with monkeypatch.context() as while_writing:
        while_writing.setattr("ximu.ideas.registry.services.turns.ledger.append", killed)
        with pytest.raises(Killed):
            clerk.post(address, form)
    assert (posts(), Reply.objects.get().status) == (0, 0), "and goes with it"
    assert clerk.post(address, form).refusal.code == "IDEM-BUSY"  # type: ignore[attr-defined]
    left_by_a_killed_process()
    assert clerk.post(address, form).status_code == 302 and posts() == 1
    assert clerk.post(address, form).status_code == 302 and posts() == 1
    assert "已经提交过" in clerk.get(address.removesuffix("/post")).content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_form_whose_process_was_killed_after_it_saved_is_never_done_again(clerk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    address, form = drawn(clerk)
    with monkeypatch.context() as before_the_answer:
        before_the_answer.setattr("ximu.foundation.idempotency._settled", lambda *_: (_ for _ in ()).throw(Killed))
        with pytest.raises(Killed):
            clerk.post(address, form)
    assert (posts(), Reply.objects.get().status) == (1, 1)
    assert clerk.post(address, form).refusal.code == "IDEM-BUSY"  # type: ignore[attr-defined]
    left_by_a_killed_process()
    assert clerk.post(address, form).refusal.code == "IDEM-CUT" and posts() == 1  # type: ignore[attr-defined]
    assert clerk.post(*drawn(clerk)).status_code == 302, "the page opened anew"


@pytest.mark.django_db(transaction=True)
def test_a_slow_first_that_lost_its_claim_saves_nothing(clerk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """It lived, after all: the second has taken its place and is done before the first begins to write."""
    address, form = drawn(clerk)
    whole = services_of_posts.open_posts
    answers: list[int] = []

    def second() -> None:
        try:
            left_by_a_killed_process()
            answers.append(clerk.post(address, form).status_code)
        finally:
            connections.close_all()

    def slowly(*args: Any, **kwargs: Any) -> Any:
        if threading.current_thread() is threading.main_thread():
            other = threading.Thread(target=second)
            other.start()
            other.join()
        return whole(*args, **kwargs)

    monkeypatch.setattr("ximu.ideas.registry.services.open_posts", slowly)
    assert clerk.post(address, form).refusal.code == "IDEM-BUSY"  # type: ignore[attr-defined]
    assert (answers, posts()) == ([302], 1)


@pytest.mark.django_db(transaction=True)
def test_a_mark_that_was_undone_with_a_savepoint_is_made_again(clerk: Client) -> None:
    row = Reply.objects.create(actor="a", key="key-00001", request="x", created_at=clock.now())
    mark = _Mark()
    mark.row = row
    with connection.execute_wrapper(mark), transaction.atomic():
        with suppress(ValueError), transaction.atomic():
            Reply.objects.create(actor="b", key="key-00001", request="x", created_at=clock.now())
            raise ValueError
        assert Reply.objects.get(pk=row.pk).status == 0
        Reply.objects.create(actor="c", key="key-00001", request="x", created_at=clock.now())
    assert Reply.objects.get(pk=row.pk).status == 1


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
