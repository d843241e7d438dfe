"""Which key opens a report, and for whom? A handler's ring, the reporter's code; the server's own only while the office has none."""

from __future__ import annotations

from datetime import date

from cryptography.exceptions import InvalidTag

from ximu.foundation import vault
from ximu.foundation.resealing import Place, hex_place, text_place
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal, absent
from ximu.notice.mechanisms.m3_complaints.models import Act, Keeper, OfficeKey, Report, Seat, Wrap
from ximu.notice.mechanisms.m3_complaints.queries.reach import HANDLE, acting
from ximu.notice.mechanisms.m3_complaints.rules import keys
from ximu.notice.mechanisms.m3_complaints.rules.keys import Ring


def keeper(by: Actor) -> Keeper | None:
    return Keeper.objects.filter(person=by.human).first()


def keeper_of(uid: str) -> Keeper:
    """Errors: `KEY-NONE`."""
    found = Keeper.objects.filter(uid=uid).first()
    if found is None:
        raise absent("KEY-NONE", field="keeper", value=uid[:16], zh="把收件人密钥", en="key of a recipient")
    return found


def office_of(unit: str) -> OfficeKey | None:
    """The key of an office; an office that was reorganised sets up one of its own."""
    return OfficeKey.objects.filter(unit=unit).first() if unit else None


def office_named(uid: str) -> OfficeKey:
    """Errors: `KEY-NONE`."""
    found = OfficeKey.objects.filter(uid=uid).first()
    if found is None:
        raise absent("KEY-NONE", field="office", value=uid[:16], zh="把单位收件密钥", en="key of an office")
    return found


def offices_for(by: Actor, on: date) -> list[OfficeKey]:
    """Keys of the offices for which this person may handle reports, their predecessors' included."""
    mine = {acting(unit, on) for unit in (by.unit, *(by.units_with(HANDLE) or ())) if unit}
    return [one for one in OfficeKey.objects.order_by("day", "uid") if acting(one.unit, on) in mine]


def seats(office: OfficeKey) -> list[Seat]:
    return list(office.seats.select_related("keeper").order_by("keeper__day", "keeper__uid"))


def waiting(office: OfficeKey) -> list[Keeper]:
    """People with a key of their own and no seat at this office."""
    return list(Keeper.objects.exclude(seats__office=office).order_by("day", "uid"))


def office_private(office: OfficeKey, ring: Ring | None) -> bytes:
    """Errors: `KEY-LOCKED`, `KEY-SEAT`."""
    if ring is None:
        raise locked()
    seat = Seat.objects.filter(office=office, keeper__person=ring.person).first()
    found = keys.unbox(seat.sealed, ring.private, about=f"seat:{office.uid}") if seat else None
    if found is None:
        raise no_seat()
    return found


def data_key(row: Report, ring: Ring | None) -> bytes:
    """The key of a report. Errors: `KEY-LOCKED` while the desk is locked, `KEY-SEAT` for who has no seat at an office that holds it."""
    wraps = {one.office_id: one for one in row.wraps.all()}
    about = f"report-key:{row.uid}"
    if None in wraps:
        return vault.unseal_bytes(bytes.fromhex(wraps[None].sealed), about=about)
    if ring is None:
        raise locked()
    for seat in Seat.objects.filter(office__in=list(wraps), keeper__person=ring.person).select_related("office"):
        private = keys.unbox(seat.sealed, ring.private, about=f"seat:{seat.office.uid}")
        found = keys.unbox(wraps[seat.office_id].sealed, private, about=about) if private else None
        if found:
            return found
    raise no_seat()


def key_by_code(row: Report, opened: bytes) -> bytes:
    """The key of a report, for its reporter. Errors: `cryptography.exceptions.InvalidTag`."""
    return keys.unseal_bytes(bytes.fromhex(row.code_key), opened, about=f"code-key:{row.uid}")


def ring_of(found: Keeper, phrase: str) -> Ring | None:
    """None for a wrong passphrase."""
    try:
        private = keys.unseal_bytes(bytes.fromhex(found.sealed), keys.phrase_key(phrase, found.salt), about=f"keeper:{found.uid}")
    except InvalidTag:
        return None
    return Ring(found.person, private)


def uncovered() -> int:
    """Reports that lie under the server's key because their office has none of its own."""
    return Wrap.objects.filter(office=None).count()


def is_bare(row: Report) -> bool:
    return row.wraps.filter(office=None).exists()


def locked() -> Refusal:
    return Refusal("KEY-LOCKED", status=403, field="phrase", value="", rule="unlocked", zh="请先用您自己的口令打开收件密钥。",
                   en="Please unlock your key with your own passphrase first.")


def no_seat() -> Refusal:
    return Refusal("KEY-SEAT", status=403, field="seat", value="", rule="seat",
                   zh="您在承办单位还没有收件席位，请由已有席位的同事为您加席。",
                   en="You have no seat at the office that holds the key; a colleague with a seat must add you.")


def sealed_places() -> list[Place]:
    """What lies under the server's own key: acts, words on their way, and keys of reports of an office that has none yet."""
    return [
        text_place(Act, "sealed", lambda row: f"act:{row.commitment}"), text_place(Report, "lead", lambda row: f"lead:{row.uid}"),
        hex_place(Wrap, "sealed", lambda row: f"report-key:{row.report.uid}",
                  lambda: Wrap.objects.filter(office=None).select_related("report")),
    ]
