"""A firm without an account confirms or disputes with the code that the unit handed over, and learns of no other promise."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from ximu.foundation import clock, files
from ximu.ideas.accounts.tests.factories import account, with_password
from ximu.ideas.commitments import queries, services
from ximu.ideas.commitments.models import Key
from ximu.ideas.commitments.services import To
from ximu.ideas.commitments.tests import factories as make
from ximu.ideas.commitments.tests.factories import CLERK, at
from ximu.ideas.ledger import queries as ledger
from ximu.ideas.registry import queries as registry
from ximu.kernel.codes import fresh_code
from ximu.kernel.refusal import Refusal

pytestmark = [pytest.mark.django_db, pytest.mark.row("D4")]
NOW = datetime.fromisoformat("2018-07-16T10:00:00+08:00")
MINE = "/promises/mine/"


@pytest.fixture
def promise(monkeypatch: pytest.MonkeyPatch) -> str:
    make.city()
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return make.registered()


def paper() -> SimpleUploadedFile:
    return SimpleUploadedFile("合同.pdf", b"%PDF contract")


def test_the_firm_disputes_with_its_contract_and_the_unit_reads_both(promise: str, client: Client) -> None:
    code = services.give_key(promise, by=CLERK, at=NOW)
    assert not Key.objects.filter(slow__contains=code).exists()
    page = client.post(MINE, {"code": f"{code[:4]} {code[4:]}"})
    assert page.status_code == 200 and "拨付示例一号项目落户奖励" in page.content.decode()
    assert page.headers["Cache-Control"] == "no-store" and not page.cookies
    bare = client.post(MINE, {"code": code, "act": "dispute", "words": "到期未付。"})
    assert (bare.status_code, "EVID-DIGEST" in bare.content.decode(), "到期未付。" in bare.content.decode()) == (422, True, True)
    done = client.post(MINE, {"code": code, "act": "dispute", "words": "到期未付。", "file": paper()})
    assert done.status_code == 200 and "2018年8月6日" in done.content.decode(), "15 working days from the day after"
    assert queries.status(promise, as_of=NOW.date(), known_at=NOW).disputed
    again = client.post(MINE, {"code": code, "act": "dispute", "words": "到期未付。", "file": paper()})
    assert (again.status_code, "PROM-DISPUTED" in again.content.decode()) == (409, True)
    digest = hashlib.sha256(b"%PDF contract").hexdigest()
    assert not files.path_of(digest).exists() and files.is_kept(digest), "it lies sealed"
    staff = Client()
    staff.force_login(with_password(account("clerk", "coordinator", at=NOW)), backend="django.contrib.auth.backends.ModelBackend")
    assert "到期未付。" in staff.get(f"/console/commitments/{promise}").content.decode()
    got = staff.get(f"/console/commitments/{promise}/papers/{digest}")
    assert b"".join(got.streaming_content) == b"%PDF contract"  # type: ignore[attr-defined]
    assert staff.get(f"/console/commitments/{promise}/papers/{'0' * 64}").refusal.code == "PAPER-NONE"  # type: ignore[attr-defined]
    assert ledger.verify_log().ok


def test_it_confirms_what_was_kept(promise: str, client: Client) -> None:
    code = services.give_key(promise, by=CLERK, at=NOW)
    assert client.post(MINE, {"code": code, "act": "confirm", "file": paper()}).status_code == 200
    assert [e.what.zh for e in queries.history(queries.row(promise))][-1] == "对方确认"


def test_a_wrong_a_void_and_an_unknown_code_are_answered_alike(promise: str, client: Client) -> None:
    old = services.give_key(promise, by=CLERK, at=NOW)
    services.give_key(promise, by=CLERK, at=NOW)
    answers = [client.post(MINE, {"code": code, "act": "dispute", "words": "x", "file": paper()}) for code in (old, fresh_code(), "12", "中")]
    assert {(a.status_code, a.content) for a in answers} == {(404, answers[0].content)}
    assert "PROM-CODE" in answers[0].content.decode() and not queries.row(promise).disputed


def test_a_program_of_the_firm_disputes_with_the_same_code(promise: str, client: Client) -> None:
    api, code = "/api/v1/commitments/mine", services.give_key(promise, by=CLERK, at=NOW)
    told = client.post(api, {"code": code}).json()
    assert (told["uid"], told["waiting"], told["disputes"]) == (promise, False, [])
    bare = client.post(api, {"code": code, "act": "dispute", "words": "到期未付。"})
    assert (bare.status_code, bare.json()["code"]) == (422, "EVID-DIGEST")
    done = client.post(api, {"code": code, "act": "dispute", "words": "到期未付。", "file": paper()}).json()
    assert done["waiting"] and done["disputes"][0]["answer_due"] == "2018-08-06"
    assert client.post(api, {"code": fresh_code()}).json()["code"] == "PROM-CODE"


def test_guessing_is_slowed_for_all(promise: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(queries.procedure()), "guesses", lambda self, day: 2)
    code = services.give_key(promise, by=CLERK, at=NOW)
    told = [caught("0" * 16) for _ in range(3)]
    assert told == ["PROM-CODE", "PROM-CODE", "PROM-SLOW"] and caught(code) == "PROM-SLOW"
    assert services.of_key(code, at=at("2018-07-16", 3)).uid == promise, "the next hour it is heard again"


def caught(code: str) -> str:
    with pytest.raises(Refusal) as refused:
        services.of_key(code, at=NOW)
    return refused.value.code


@pytest.mark.parametrize(("by", "changes", "code"), [
    (make.person("nobody", "see"), {}, "PERM-DENIED"), (CLERK, {"kind": "street_pledge", "to": None}, "PROM-TO"),
])
def test_no_code_without_a_counterpart_or_a_right(promise: str, by: Any, changes: dict[str, Any], code: str) -> None:
    uid = make.registered(**changes) if changes else promise
    with pytest.raises(Refusal) as refused:
        services.give_key(uid, by=by, at=NOW)
    assert refused.value.code == code


def test_a_code_opens_its_own_promise_only(promise: str) -> None:
    by = services.acting(queries.row(promise))
    assert by.can("commitments.counterpart", queries.row(promise).unit) and not by.can("commitments.see")
    with pytest.raises(Refusal) as refused:
        services.answer(promise, dispute="x", outcome="upheld", reason="x", digest="x", by=by, at=NOW)
    assert refused.value.code == "PERM-DENIED"


def test_a_body_speaks_only_of_what_was_promised_to_it(promise: str) -> None:
    """Neither the body that promised nor a stranger can say that a promise to somebody else was kept, or was not."""
    other = make.unit("czj")
    code = registry.unit(other, as_of=NOW.date()).code  # type: ignore[union-attr]
    to_a_body = make.registered(to=To("示例市财政局", code=code), reference="承诺〔2018〕9号")
    told = {"digest": make.PAPER, "words": "已收到", "at": NOW}
    subjects = [make.person("subject", "counterpart", unit=unit) for unit in (make.unit("sww"), other)]
    for by, uid in ((subjects[0], promise), (subjects[1], promise), (subjects[0], to_a_body)):
        for act in (services.confirm, services.dispute):
            with pytest.raises(Refusal) as refused:
                act(uid, by=by, **told)
            assert refused.value.code == "PROM-OTHER"
    assert not queries.row(promise).disputed
    assert services.dispute(to_a_body, by=subjects[1], **told)
