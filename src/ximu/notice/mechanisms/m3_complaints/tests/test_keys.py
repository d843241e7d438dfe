"""Whoever has the database and every key file of the server cannot read a report; those who handle it, and its reporter, can."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from django.apps import apps
from django.test import Client

from ximu.foundation import clock, vault
from ximu.ideas.accounts import queries as accounts
from ximu.ideas.accounts.tests.factories import account, with_password
from ximu.ideas.ledger import queries as ledger
from ximu.ideas.registry import queries as registry
from ximu.ideas.registry.tests import factories as city
from ximu.kernel import codes
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal
from ximu.notice.mechanisms.m3_complaints import queries, services
from ximu.notice.mechanisms.m3_complaints.models import Attachment, Contact, Keeper, Message, OfficeKey, Report, Seat, Wrap
from ximu.notice.mechanisms.m3_complaints.rules import keys
from ximu.notice.mechanisms.m3_complaints.rules.keys import Ring
from ximu.notice.mechanisms.m3_complaints.services import Finding
from ximu.notice.mechanisms.m3_complaints.tests.factories import AT, CZJ, FGW, JIANCHA, filed, jpeg, person
from ximu.notice.mechanisms.m3_complaints.views.ring import ring_of

pytestmark = [pytest.mark.django_db, pytest.mark.row("M3.4")]
DAY, PHRASE = clock.city_day(AT), "清风徐来水波不兴举酒属客"
SECRET = "只有承办人和举报人能读的内容"


@pytest.fixture(autouse=True)
def _city(db: None, settings: Any) -> None:
    settings.XIMU_PROFILE = "example"
    city.load()


def refused(code: str, call: Any, *args: Any, **named: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        call(*args, **named)
    assert caught.value.code == code
    return caught.value


def officer(login: str, unit: str = JIANCHA, role: str = "discipline_officer") -> Actor:
    return accounts.actor_for(account(login, role, unit=unit, at=AT - timedelta(days=1)), at=AT)


def office(by: Actor) -> tuple[Ring, list[str]]:
    ring = services.make_key(PHRASE, by=by, at=AT)
    return ring, services.open_office(ring, by=by, at=AT)


def text(row: Report, ring: Ring | None) -> str:
    return queries.text_of(row, queries.data_key(row, ring))


def vault_opens(row: Report) -> bool:
    """Does the server's key open anything of it, whatever it is told that it is?"""
    about = [f"{what}:{row.uid}" for what in ("report", "report-key", "code-key", "contact", "mask")]
    held = [base64.b64decode(row.sealed), bytes.fromhex(row.code_key)]
    for wrap in row.wraps.all():
        held.append(bytes.fromhex(wrap.sealed) if wrap.office is None else base64.b64decode(wrap.sealed))
    held += [base64.b64decode(m.sealed) for m in row.messages.all()] + [bytes(a.sealed) for a in row.attachments.all()]
    held += [base64.b64decode(c.sealed) for c in Contact.objects.filter(report=row)]
    about += [f"message:{m.uid}" for m in row.messages.all()] + [f"file:{a.uid}" for a in row.attachments.all()]
    for one in held:
        for what in about:
            try:
                vault.unseal_bytes(one, about=what)
            except InvalidTag:
                continue
            return True
    return False


def test_the_server_alone_opens_nothing_once_the_office_has_its_key() -> None:
    first = officer("first")
    filed("早先的内容")
    early = Report.objects.get()
    assert vault_opens(early) and queries.is_bare(early), "as long as there is no key of the office, the server's own opens it"
    assert [check.state for check in queries.doctor(AT)][-1] == "warn"
    ring, slips = office(first)
    assert not vault_opens(early) and [check.state for check in queries.doctor(AT)][-1] == "ok"
    code = filed(SECRET, contact="张三 13800000000", files=[jpeg()])
    row = Report.objects.exclude(pk=early.pk).get()
    services.say(code, "还有一点", token=services.form(on=DAY), at=AT)
    assert not vault_opens(row)
    refused("KEY-LOCKED", queries.data_key, row, None)
    assert text(row, ring) == SECRET and text(early, ring) == "早先的内容"
    assert services.look(code, at=AT)["length"] == len(SECRET)
    stored = str([list(table.objects.values()) for table in (Report, Wrap, Seat, OfficeKey, Keeper)])
    for hidden in (ring.private.hex(), base64.b64encode(ring.private).decode(), PHRASE, slips[0], SECRET):
        assert hidden not in stored
    assert repr(ring.private) not in repr(ring)


def test_a_report_is_handled_with_an_opened_key_and_read_back_with_the_code() -> None:
    first = officer("first")
    ring, _ = office(first)
    code = filed(SECRET, contact="张三", about="北桥镇")
    row = Report.objects.get()
    services.accept(row.uid, by=first, at=AT)
    for call in (lambda: services.ask(row.uid, "何时？", by=first, at=AT), lambda: services.mask(row.uid, [SECRET], by=first, at=AT),
                 lambda: services.answer(row.uid, Finding("explained", "已说明"), by=first, at=AT),
                 lambda: services.decline(row.uid, reason="不属实", by=first, at=AT)):
        refused("KEY-LOCKED", call)
    services.ask(row.uid, "何时？", ring=ring, by=first, at=AT)
    assert [m["text"] for m in services.look(code, at=AT)["talk"]] == ["何时？"]
    services.say(code, "三月", token=services.form(on=DAY), at=AT)
    row.refresh_from_db()
    services.mask(row.uid, ["三月"], ring=ring, by=first, at=AT)
    row.refresh_from_db()
    assert queries.content(row, queries.data_key(row, ring))["talk"][1]["text"] == "■■■"
    services.ask_contact(row.uid, purpose="核实", by=first, at=AT)
    second = officer("second")
    other = services.make_key(PHRASE, by=second, at=AT)
    refused("KEY-SEAT", services.reveal_contact, row.uid, ring=other, by=second, at=AT)
    own, mine = OfficeKey.objects.get(), Keeper.objects.get(person=second.human)
    services.add_seat(own.uid, mine.uid, ring=ring, by=first, at=AT)
    assert services.reveal_contact(row.uid, ring=other, by=second, at=AT) == "张三"
    services.answer(row.uid, Finding("explained", "已说明。"), ring=ring, by=first, at=AT)
    services.correct_contact(code, "李四", at=AT)
    services.reopen(code, "没有解决", at=AT)
    assert [m["text"] for m in services.look(code, at=AT)["talk"]] == ["何时？", "三月", "已说明。", "没有解决"]


def test_what_is_no_key_is_refused_and_changes_nothing() -> None:
    first, second, far = officer("first"), officer("second"), officer("far", CZJ)
    refused("KEY-NONE", services.unlock, PHRASE, by=first, at=AT)
    for weak in ("short", "a" * 20):
        refused("KEY-WEAK", services.make_key, weak, by=first, at=AT)
    refused("KEY-LOCKED", services.open_office, None, by=first, at=AT)
    assert (Keeper.objects.count(), OfficeKey.objects.count()) == (0, 0)
    ring, slips = office(first)
    refused("KEY-WRONG", services.unlock, PHRASE + "!", by=first, at=AT)
    refused("KEY-WEAK", services.change_phrase, PHRASE, "short", by=first, at=AT)
    refused("KEY-OFFICE", services.open_office, ring, by=first, at=AT)
    refused("PERM-DENIED", services.make_key, PHRASE, by=Actor("x"), at=AT)
    other = services.make_key(PHRASE, by=second, at=AT)
    refused("KEY-LOCKED", services.open_office, other, by=first, at=AT)
    services.make_key(PHRASE, by=far, at=AT)
    own = OfficeKey.objects.get()
    mine, away = (Keeper.objects.get(person=one.human) for one in (first, far))
    refused("KEY-LOCKED", services.add_seat, own.uid, away.uid, ring=None, by=first, at=AT)
    refused("KEY-SEAT", services.add_seat, own.uid, away.uid, ring=other, by=second, at=AT)
    refused("KEY-NONE", services.add_seat, own.uid, "nosuchkeeper0000", ring=ring, by=first, at=AT)
    refused("KEY-NONE", services.add_seat, "nosuchoffice0000", away.uid, ring=ring, by=first, at=AT)
    refused("KEY-LAST", services.take_seat, own.uid, mine.uid, ring=ring, by=first, at=AT)
    refused("KEY-SLIPS", services.restore_seat, own.uid, [slips[0]], ring=other, by=second, at=AT)
    refused("KEY-SLIPS", services.restore_seat, own.uid, [slips[0], keys.slips(b"x" * 32)[1]], ring=other, by=second, at=AT)
    assert Seat.objects.count() == 1
    services.change_phrase(PHRASE, PHRASE[::-1], by=first, at=AT)
    assert services.unlock(PHRASE[::-1], by=first, at=AT) == ring


def test_a_seat_goes_to_those_only_who_handle_reports_of_the_office() -> None:
    first = officer("first")
    ring, slips = office(first)
    away = accounts.actor_for(account("away", "reviewer", unit=CZJ, at=AT - timedelta(days=1)), at=AT)
    theirs = services.make_key(PHRASE, by=replace(away, grants=person("x").grants), at=AT)
    own, keeper = OfficeKey.objects.get(), Keeper.objects.get(account=away.uid)
    refused("KEY-RIGHT", services.add_seat, own.uid, keeper.uid, ring=ring, by=first, at=AT)
    elsewhere = replace(away, grants=tuple(replace(g, unit=CZJ) for g in person("x").grants))
    refused("KEY-RIGHT", services.restore_seat, own.uid, slips[:2], ring=theirs, by=elsewhere, at=AT)
    assert Seat.objects.count() == 1


def test_who_leaves_opens_nothing_that_comes_afterwards() -> None:
    first, second = officer("first"), officer("second")
    ring, slips = office(first)
    other = services.make_key(PHRASE, by=second, at=AT)
    own, keeper = OfficeKey.objects.get(), Keeper.objects.get(person=second.human)
    services.add_seat(own.uid, keeper.uid, ring=ring, by=first, at=AT)
    filed(SECRET)
    old = Report.objects.get()
    assert text(old, other) == SECRET
    taken = queries.office_private(own, other)
    fresh = services.take_seat(own.uid, keeper.uid, ring=ring, by=first, at=AT)
    filed("以后的内容")
    new = Report.objects.exclude(pk=old.pk).get()
    assert text(old, ring) == SECRET and text(new, ring) == "以后的内容"
    for row in (old, new):
        refused("KEY-SEAT", queries.data_key, row, other)
        assert keys.unbox(row.wraps.get().sealed, taken, about=f"report-key:{row.uid}") is None, "nor with the old key, kept aside"
    third = officer("third")
    his = services.make_key(PHRASE, by=third, at=AT)
    refused("KEY-SLIPS", services.restore_seat, own.uid, slips[:2], ring=his, by=third, at=AT)
    services.restore_seat(own.uid, fresh[1:], ring=his, by=third, at=AT)
    assert text(new, his) == "以后的内容"


def test_lost_passphrases_are_healed_by_a_colleague_and_lost_seats_by_two_slips() -> None:
    first = officer("first")
    _, slips = office(first)
    filed(SECRET)
    row, own, before = Report.objects.get(), OfficeKey.objects.get(), ledger.size()
    again = services.make_key("忘记之后另设的一个口令而已", by=first, at=AT)
    assert (Keeper.objects.count(), Seat.objects.count()) == (1, 0)
    refused("KEY-SEAT", queries.data_key, row, again)
    refused("KEY-LOCKED", services.restore_seat, own.uid, slips[:2], ring=None, by=first, at=AT)
    services.restore_seat(own.uid, [f" {slips[2].upper()} ", slips[0], ""], ring=again, by=first, at=AT)
    assert text(row, again) == SECRET
    assert ledger.size() == before + 2, "a replaced key and a restored seat are entries of the log"


def test_a_report_passed_on_goes_under_the_key_of_the_other_office_or_not_at_all() -> None:
    first, there = officer("first"), officer("there", CZJ)
    ring, _ = office(first)
    filed(SECRET)
    uid = Report.objects.get().uid
    refused("KEY-OFFICE", services.pass_on, uid, CZJ, ring=ring, by=first, at=AT)
    assert Report.objects.get().handler == JIANCHA
    theirs, _ = office(there)
    refused("KEY-LOCKED", services.pass_on, uid, CZJ, by=first, at=AT)
    services.pass_on(uid, CZJ, ring=ring, by=first, at=AT)
    row = Report.objects.get()
    assert text(row, theirs) == text(row, ring) == SECRET and not vault_opens(row)


def test_the_office_that_falls_into_conflict_loses_the_key() -> None:
    inside, heads = officer("inside", FGW), officer("first")
    ring, _ = office(heads)
    theirs, _ = office(inside)
    filed(SECRET)
    uid = Report.objects.get().uid
    services.pass_on(uid, FGW, ring=ring, by=heads, at=AT)
    someone = next(one for one in registry.officials() if queries.served(one.uid, DAY) == {FGW})
    services.mark_official(uid, someone.number, ring=theirs, by=inside, at=AT)
    row = Report.objects.get()
    assert row.handler == JIANCHA and text(row, ring) == SECRET
    refused("KEY-SEAT", queries.data_key, row, theirs)


def test_reports_of_before_get_a_key_of_their_own() -> None:
    code = filed(SECRET, contact="张三", files=[jpeg()])
    row = Report.objects.get()
    key = queries.data_key(row, None)
    services.say(code, "补充", token=services.form(on=DAY), at=AT)
    slow = codes.slow_hash(code, secret=queries.secret())
    Report.objects.update(code=slow, code_key="", sealed=vault.seal(SECRET, about=f"report:{row.uid}"),
                          masked=vault.seal('{"passages": ["只有"], "files": []}', about=f"mask:{row.uid}"))
    Contact.objects.update(sealed=vault.seal("张三", about=f"contact:{row.uid}"))
    said, file = Message.objects.get(), Attachment.objects.get()
    content = keys.unseal_bytes(bytes(file.sealed), key, about=f"file:{file.uid}")
    Message.objects.update(sealed=vault.seal("补充", about=f"message:{said.uid}"))
    Attachment.objects.update(sealed=vault.seal_bytes(content, about=f"file:{file.uid}"))
    Wrap.objects.all().delete()
    import_module("ximu.notice.mechanisms.m3_complaints.migrations.0005_old_reports_get_keys").reseal(apps, None)
    row.refresh_from_db()
    key = queries.data_key(row, None)
    assert queries.content(row, key)["text"].startswith("■■■") and queries.attachment(row, file.uid, key)[1] == content
    assert services.look(code, at=AT)["talk"][0]["text"] == "补充"


def test_the_opened_key_lives_in_one_browser_for_some_minutes() -> None:
    boss, thief = Client(), Client()
    for client, login in ((boss, "boss"), (thief, "thief")):
        user = with_password(account(login, "discipline_officer", unit=JIANCHA, at=clock.now()))
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    assert boss.post("/console/m3_complaints/keys/make", {"phrase": PHRASE}).status_code == 302
    slips = boss.post("/console/m3_complaints/keys/open").content.decode()
    assert slips.count('class="mono" lang="en"') == 3 and "三份恢复单" in slips
    assert "三份恢复单" not in boss.get("/console/m3_complaints/keys").content.decode()
    filed(SECRET)
    page = f"/console/m3_complaints/{Report.objects.get().uid}/"
    assert SECRET in boss.get(page).content.decode()
    cookie = boss.cookies["ximu_ring"]
    assert cookie["httponly"] and cookie["samesite"] == "Strict" and cookie["path"] == "/console/m3_complaints/"
    thief.cookies["ximu_ring"] = cookie.value
    answer = thief.get(page)
    assert answer.status_code == 302 and SECRET not in answer.content.decode(), "somebody else's cookie opens nothing"
    assert boss.post("/console/m3_complaints/keys/lock").status_code == 302
    locked = boss.get(page)
    assert locked.status_code == 302 and locked["Location"].startswith("/console/m3_complaints/keys?report=")
    assert boss.post("/console/m3_complaints/keys/unlock", {"phrase": "wrong wrong wrong"}).status_code == 403
    back = boss.post("/console/m3_complaints/keys/unlock", {"phrase": PHRASE, "report": page.split("/")[-2]})
    assert back["Location"] == page and SECRET in boss.get(page).content.decode()
    assert thief.post("/console/m3_complaints/keys/make", {"phrase": PHRASE}).status_code == 302
    own, keeper = OfficeKey.objects.get().uid, Keeper.objects.order_by("-pk")[0].uid
    assert thief.get(page).status_code == 403, "a key without a seat opens nothing"
    assert boss.post("/console/m3_complaints/keys/seat", {"office": own, "keeper": keeper}).status_code == 302
    assert SECRET in thief.get(page).content.decode()
    assert boss.post("/console/m3_complaints/keys/dance").status_code == 404
    english = boss.get("/console/m3_complaints/keys?lang=en").content.decode()
    assert "Fingerprint" in english
    request = boss.get(page).wsgi_request
    by = accounts.actor_for(accounts.account_by_login("boss"), at=clock.now())
    assert ring_of(request, by, at=clock.now()) and ring_of(request, by, at=clock.now() + timedelta(minutes=31)) is None
