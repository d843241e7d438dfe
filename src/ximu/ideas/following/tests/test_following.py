"""A mail asks first, then tells what changed, names nobody, and one click ends it with no row left."""

from __future__ import annotations

import re
import smtplib
from datetime import date, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends import locmem
from django.test import Client

from ximu.foundation import clock
from ximu.ideas.commitments import services as promises
from ximu.ideas.commitments.tests import factories as make
from ximu.ideas.commitments.tests.factories import COUNTERPART, PAPER
from ximu.ideas.following import queries, services
from ximu.ideas.following.models import Follow
from ximu.ideas.following.rules import Event
from ximu.ideas.ledger import queries as ledger
from ximu.kernel.actor import SYSTEM
from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("D4", "M1.3")]
ADDRESS = "canary.reader@example.org"
NOW = make.at("2018-07-16")


@pytest.fixture
def promise(settings: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    settings.XIMU_MAIL, settings.EMAIL_BACKEND = "file:/nowhere", "django.core.mail.backends.locmem.EmailBackend"
    settings.XIMU_SITE, settings.XIMU_OUTBOX_INLINE = "https://ximu.example", True
    monkeypatch.setattr(clock, "now", lambda: NOW)
    make.city()
    return make.registered()


def asked(client: Client, target: str, address: str = ADDRESS, matter: str = "promise") -> Any:
    return client.post("/follow/", {"matter": matter, "target": target, "address": address})


def links(letter: Any) -> str:
    return re.search(r"https://ximu\.example(/follow/\w{64}/)", letter.body).group(1)  # type: ignore[union-attr]


def test_from_asking_to_news_to_the_end(client: Client, promise: str) -> None:
    assert asked(client, promise).status_code == 200 and not client.cookies
    [first] = mail.outbox
    link = links(first)
    assert first.to == [ADDRESS] and "拨付示例一号项目落户奖励" in first.body
    assert services.tell(by=SYSTEM, at=NOW) == 0, "nothing before the confirmation"
    assert "确认关注" in client.get(link).content.decode() and not Follow.objects.get().confirmed, "opening the link changes nothing"
    assert "已确认" in client.post(link).content.decode()
    assert services.tell(by=SYSTEM, at=NOW) == 0, "what happened before is not told"
    promises.dispute(promise, words="机密说法", digest=PAPER, by=COUNTERPART, at=NOW)
    assert (services.tell(by=SYSTEM, at=NOW), services.tell(by=SYSTEM, at=NOW)) == (1, 0)
    news = mail.outbox[-1]
    assert "对方异议" in news.body and f"https://ximu.example/promises/{promise}/" in news.body
    assert not any(word in news.message().as_string() for word in ("机密说法", "示例一号有限公司")), "nobody and no secret is named"
    assert news.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert news.message()["Message-ID"].endswith("@ximu.example>")
    stop = news.extra_headers["List-Unsubscribe"].strip("<>").removeprefix("https://ximu.example")
    assert client.post(stop, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not Follow.objects.exists() and client.post(stop).refusal.code == "FOLLOW-NONE"  # type: ignore[attr-defined]
    assert ledger.verify_log().ok


def test_the_answer_does_not_tell_who_follows_already(client: Client, promise: str) -> None:
    one, two = asked(client, promise), asked(client, promise, ADDRESS.upper())
    assert one.content == two.content and Follow.objects.count() == 1 and len(mail.outbox) == 1


def test_a_program_asks_confirms_and_stops_without_a_key(client: Client, promise: str) -> None:
    def post(path: str, **body: str) -> Any:
        return client.post(f"/api/v1/following/{path}", body, content_type="application/json")

    ask = {"matter": "promise", "target": promise, "address": ADDRESS}
    assert post("asks", **(ask | {"address": "x"})).json()["code"] == "MAIL-FORM"
    assert [post("asks", **ask).status_code for _ in range(2)] == [202, 202] and len(mail.outbox) == 1
    token = links(mail.outbox[0]).split("/")[2]
    assert post("confirmations", token=token).status_code == 200 and Follow.objects.get().confirmed
    assert post("stops", token=token).status_code == 200 and not Follow.objects.exists()
    assert post("stops", token=token).json()["code"] == "FOLLOW-NONE"


class Picky(locmem.EmailBackend):
    """A mail server that takes nothing for one mailbox."""

    def send_messages(self, messages: Any) -> int:
        if any("full" in address for message in messages for address in message.to):
            raise smtplib.SMTPRecipientsRefused({"full": (552, b"mailbox full")})
        return super().send_messages(messages)


def test_one_refused_mailbox_does_not_stop_the_others(client: Client, promise: str, settings: Any) -> None:
    for address in ("full@example.org", ADDRESS):
        asked(client, promise, address)
    for letter in list(mail.outbox):
        client.post(links(letter))
    promises.dispute(promise, words="说法", digest=PAPER, by=COUNTERPART, at=NOW)
    settings.EMAIL_BACKEND = f"{__name__}.Picky"
    assert services.tell(by=SYSTEM, at=NOW) == 1 and mail.outbox[-1].to == [ADDRESS]
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert services.tell(by=SYSTEM, at=NOW) == 1 and mail.outbox[-1].to == ["full@example.org"], "tried again, and only that one"


def test_the_address_lies_sealed(client: Client, promise: str) -> None:
    asked(client, promise)
    row = Follow.objects.values().get()
    assert not any("canary" in str(value) for value in row.values())
    assert not any(b"canary" in ledger.entry(n) for n in range(ledger.size()))


def test_who_does_not_confirm_is_forgotten(client: Client, promise: str) -> None:
    asked(client, promise)
    assert services.drop_unconfirmed(by=SYSTEM, at=NOW + timedelta(hours=47)) == 0
    assert services.drop_unconfirmed(by=SYSTEM, at=NOW + timedelta(hours=49)) == 1


def test_a_record_that_is_closed_does_not_hide_the_next_one(monkeypatch: pytest.MonkeyPatch, promise: str) -> None:
    shown = [Event(5, date(2018, 7, 2), Text("一", "one")), Event(6, date(2018, 7, 3), Text("二", "two"))]
    queries.register_matter("test", lambda target: queries.Matter("示例", "/x/", shown))
    services.ask("test", "x", ADDRESS, at=NOW)
    services.confirm(links(mail.outbox[-1]).split("/")[2], at=NOW)
    shown[:] = [shown[0], Event(9, date(2018, 7, 9), Text("三", "three"))]
    assert services.tell(by=SYSTEM, at=NOW) == 1 and "三" in mail.outbox[-1].body and "一" not in mail.outbox[-1].body.split("查看")[0].split("示例")[1]


@pytest.mark.parametrize(("given", "code"), [
    ({"address": "nobody"}, "MAIL-FORM"), ({"address": "王@示例.cn"}, "MAIL-FORM"), ({"address": "a@b.cn\nBcc: c@d.cn"}, "MAIL-FORM"),
    ({"matter": "person"}, "FOLLOW-MATTER"), ({"target": "nosuchpromise000"}, "PROM-NONE"),
])
def test_what_is_refused(promise: str, given: dict[str, str], code: str) -> None:
    with pytest.raises(Refusal) as refused:
        services.ask(**{"matter": "promise", "target": promise, "address": ADDRESS, **given}, at=NOW)
    assert refused.value.code == code and not Follow.objects.exists() and mail.outbox == []


def test_without_mail_or_when_too_many_ask_it_says_so(promise: str, settings: Any, monkeypatch: pytest.MonkeyPatch, client: Client) -> None:
    monkeypatch.setattr(services, "value_on", lambda *_: 1)
    asked(client, promise)
    with pytest.raises(Refusal) as busy:
        services.ask("promise", promise, "other@example.org", at=NOW)
    settings.XIMU_MAIL = ""
    with pytest.raises(Refusal) as off:
        services.ask("promise", promise, ADDRESS, at=NOW)
    assert (busy.value.code, off.value.code) == ("FOLLOW-BUSY", "MAIL-OFF")
    assert services.tell(by=SYSTEM, at=NOW) == 0
