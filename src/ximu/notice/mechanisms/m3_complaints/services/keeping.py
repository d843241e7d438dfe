"""Keys of people and offices: made, opened by a passphrase, shared, taken back, restored from paper. Each step is an entry of the log."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction

from ximu.foundation import clock, vault
from ximu.foundation.uid import new_uid
from ximu.ideas.accounts import queries as accounts
from ximu.ideas.ledger import services as ledger
from ximu.ideas.ledger.rules import Entry
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal
from ximu.notice.mechanisms.m3_complaints import queries
from ximu.notice.mechanisms.m3_complaints.models import Keeper, OfficeKey, Report, Seat, Wrap
from ximu.notice.mechanisms.m3_complaints.rules import keys
from ximu.notice.mechanisms.m3_complaints.rules.keys import Ring


def lay(row: Report, key: bytes, unit: str) -> None:
    """The report's key for the office of `unit`; under the server's key where that office has none of its own yet."""
    office, about = queries.office_of(unit), f"report-key:{row.uid}"
    if office is None:
        Wrap.objects.get_or_create(report=row, office=None, defaults={"sealed": vault.seal_bytes(key, about=about).hex()})
    else:
        Wrap.objects.get_or_create(report=row, office=office, defaults={"sealed": keys.box(key, office.public, about=about)})


def make_key(phrase: str, *, by: Actor, at: datetime) -> Ring:
    """An own key under an own passphrase; a new one replaces a lost one, whose seats are gone.

    Errors: `PERM-DENIED`, `KEY-WEAK`.
    """
    by.must(queries.HANDLE)
    _strong(phrase)
    private, public = keys.fresh_pair()
    uid, salt, day = new_uid(), keys.fresh_salt(), clock.city_day(at)
    with transaction.atomic():
        old = queries.keeper(by)
        if old:
            Seat.objects.filter(keeper=old).delete()
            old.delete()
        Keeper.objects.create(uid=uid, person=by.human, account=by.uid, public=public, salt=salt, day=day,
                              sealed=_under(private, phrase, salt, uid))
        _told("keeper", by, at, public=public, again=bool(old))
    return Ring(by.human, private)


def _under(private: bytes, phrase: str, salt: str, uid: str) -> str:
    return keys.seal_bytes(private, keys.phrase_key(phrase, salt), about=f"keeper:{uid}").hex()


def _strong(phrase: str) -> None:
    if len(phrase) < keys.SHORTEST_PHRASE or len(set(phrase)) < keys.SHORTEST_PHRASE // 2:
        raise Refusal("KEY-WEAK", field="phrase", value=len(phrase), rule=f"≥ {keys.SHORTEST_PHRASE}",
                      zh=f"收件口令至少{keys.SHORTEST_PHRASE}个字符，且不能由几个字符重复而成。",
                      en=f"The passphrase needs {keys.SHORTEST_PHRASE} characters or more, not a few repeated ones.")


def _told(what: str, by: Actor, at: datetime, **facts: object) -> None:
    ledger.append([Entry(f"complaints.key.{what}", {"by": by.uid, "day": clock.city_day(at).isoformat(), **facts})], at=at)


def unlock(phrase: str, *, by: Actor, at: datetime) -> Ring:
    """Errors: `PERM-DENIED`, `KEY-NONE`, `KEY-WRONG`."""
    by.must(queries.HANDLE)
    found = queries.keeper(by)
    if found is None:
        raise Refusal("KEY-NONE", status=404, field="keeper", value="", rule="own key", zh="您还没有设立收件密钥。",
                      en="You have no key of your own yet.")
    ring = queries.ring_of(found, phrase)
    if ring is None:
        raise Refusal("KEY-WRONG", status=403, field="phrase", value="", rule="passphrase", zh="收件口令不对。",
                      en="That is not your passphrase.")
    return ring


def change_phrase(old: str, new: str, *, by: Actor, at: datetime) -> None:
    """Another passphrase for the same key; seats stay. Errors: those of `unlock`, `KEY-WEAK`."""
    ring = unlock(old, by=by, at=at)
    _strong(new)
    salt, found = keys.fresh_salt(), queries.keeper(by)
    with transaction.atomic():
        Keeper.objects.filter(person=by.human).update(salt=salt, sealed=_under(ring.private, new, salt, found.uid if found else ""))
        _told("phrase", by, at)


def open_office(ring: Ring | None, *, by: Actor, at: datetime) -> list[str]:
    """The office of the actor gets a key: three slips, shown once. Its reports that lay under the server's key now lie under its own.

    Errors: `PERM-DENIED`, `KEY-LOCKED`, `KEY-OFFICE` where there is one.
    """
    unit = by.unit or ""
    by.must(queries.HANDLE, unit)
    mine = _own(ring, by)
    private, public = keys.fresh_pair()
    day = clock.city_day(at)
    try:
        with transaction.atomic():
            office = OfficeKey.objects.create(uid=new_uid(), unit=unit, public=public, day=day)
            _sit(office, mine, private)
            for wrap in Wrap.objects.filter(office=None).select_related("report").select_for_update(of=("self",)):
                if queries.acting(wrap.report.handler, day) == unit:
                    about = f"report-key:{wrap.report.uid}"
                    key = vault.unseal_bytes(bytes.fromhex(wrap.sealed), about=about)
                    Wrap.objects.filter(pk=wrap.pk).update(office=office, sealed=keys.box(key, public, about=about))
            _told("office", by, at, unit=unit, public=public)
    except IntegrityError as error:
        raise Refusal("KEY-OFFICE", status=409, field="unit", value=unit, rule="once",
                      zh="本单位已设立收件密钥，请由已有席位的同事为您加席。",
                      en="This office has a key; a colleague with a seat must add you.") from error
    return keys.slips(private)


def _own(ring: Ring | None, by: Actor) -> Keeper:
    """Errors: `KEY-LOCKED`."""
    found = queries.keeper(by)
    if ring is None or found is None or ring.person != by.human:
        raise queries.locked()
    return found


def _sit(office: OfficeKey, keeper: Keeper, private: bytes) -> None:
    Seat.objects.get_or_create(office=office, keeper=keeper, defaults={
        "sealed": keys.box(private, keeper.public, about=f"seat:{office.uid}")})


def add_seat(office: str, keeper: str, *, ring: Ring | None, by: Actor, at: datetime) -> None:
    """Hand the office's key on to a colleague, also of the office that took its duties over.

    Errors: `PERM-DENIED`, `KEY-NONE`, `KEY-LOCKED`, `KEY-SEAT`, `KEY-RIGHT` for who may not handle its reports.
    """
    by.must(queries.HANDLE)
    found, to, day = queries.office_named(office), queries.keeper_of(keeper), clock.city_day(at)
    private = queries.office_private(found, ring)
    person = accounts.actor_for(accounts.account(to.account), at=at)
    if not person.can(queries.HANDLE) or found not in queries.offices_for(person, day):
        raise Refusal("KEY-RIGHT", status=403, field="keeper", value=to.uid, rule=queries.HANDLE,
                      zh="该人员不承办本单位的举报，不能加席。", en="This person does not handle reports of the office and gets no seat.")
    with transaction.atomic():
        _sit(found, to, private)
        _told("seated", by, at, unit=found.unit, seat=to.account)


def take_seat(office: str, keeper: str, *, ring: Ring | None, by: Actor, at: datetime) -> list[str]:
    """Somebody leaves: the office gets a new key, boxed for those who stay, and every report's key is boxed anew. Three new slips.

    What he read he has read; what comes from now on he cannot open, even with a copy of the database and the old key.
    Errors: `PERM-DENIED`, `KEY-NONE`, `KEY-LOCKED`, `KEY-SEAT`, `KEY-LAST` for one's own seat.
    """
    by.must(queries.HANDLE)
    found, gone = queries.office_named(office), queries.keeper_of(keeper)
    old = queries.office_private(found, ring)
    if gone.person == by.human:
        raise Refusal("KEY-LAST", status=409, field="keeper", value=gone.uid, rule="another person", zh="不能撤自己的席位，请由同事办理。",
                      en="Your own seat is taken by a colleague, not by you.")
    private, public = keys.fresh_pair()
    with transaction.atomic():
        Seat.objects.filter(office=found, keeper=gone).delete()
        for seat in queries.seats(found):
            Seat.objects.filter(pk=seat.pk).update(sealed=keys.box(private, seat.keeper.public, about=f"seat:{found.uid}"))
        for wrap in Wrap.objects.filter(office=found).select_related("report").select_for_update(of=("self",)):
            about = f"report-key:{wrap.report.uid}"
            key = keys.unbox(wrap.sealed, old, about=about)
            if key:
                Wrap.objects.filter(pk=wrap.pk).update(sealed=keys.box(key, public, about=about))
        OfficeKey.objects.filter(pk=found.pk).update(public=public, day=clock.city_day(at))
        _told("renewed", by, at, unit=found.unit, public=public, left=gone.account)
    return keys.slips(private)


def restore_seat(office: str, slips: Sequence[str], *, ring: Ring | None, by: Actor, at: datetime) -> None:
    """Everybody lost theirs: two of the three slips give the actor a seat again.

    Errors: `PERM-DENIED`, `KEY-NONE`, `KEY-LOCKED`, `KEY-RIGHT`, `KEY-SLIPS`.
    """
    by.must(queries.HANDLE)
    found, mine = queries.office_named(office), _own(ring, by)
    if found not in queries.offices_for(by, clock.city_day(at)):
        raise Refusal("KEY-RIGHT", status=403, field="office", value=found.uid, rule=queries.HANDLE,
                      zh="您不承办该单位的举报，不能恢复其密钥。",
                      en="You do not handle reports of this office and cannot restore its key.")
    private = keys.restored([one for one in slips if one.strip()])
    if private is None or keys.public_of(private) != found.public:
        raise Refusal("KEY-SLIPS", field="slips", value=len(slips), rule=f"{keys.NEEDED} of {keys.SLIPS}",
                      zh="恢复单不对：须是本单位现行密钥三份恢复单中的任意两份，逐词照抄。",
                      en="The slips do not fit: any two of the three of this office's present key, word for word.")
    with transaction.atomic():
        _sit(found, mine, private)
        _told("restored", by, at, unit=found.unit)
