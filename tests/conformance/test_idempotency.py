"""A program may send its request again when the answer was lost (draft-ietf-httpapi-idempotency-key-header)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from ximu.foundation import clock
from ximu.foundation.models import Reply
from ximu.ideas.accounts import services
from ximu.ideas.accounts.tests.factories import account
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
