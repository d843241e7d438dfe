"""What is a report worth on a day, and what became of one after it was used? Days in, codes and states out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from ximu.kernel.words import Text

LEAD, EARLY, EXPIRED, REVOKED, ISSUER = "REP-LEAD", "REP-EARLY", "REP-EXP", "REP-REVOKED", "ISSUER"
WORDS = {
    LEAD: Text("没有发行机构的电子签名，只作线索，不能使用", "not signed by its issuer: a lead only, not to be used"),
    EARLY: Text("报告尚未开始有效", "the report does not hold yet"),
    EXPIRED: Text("报告已过有效期", "the report has expired"),
    REVOKED: Text("报告已被发行机构撤销", "its issuer has revoked the report"),
    ISSUER: Text("发行机构不在登记册内", "its issuer is not in the register"),
}
STATES = {
    "good": Text("仍然有效", "still good"), "expired": Text("使用后到期", "expired after its use"),
    "revoked": Text("使用后被撤销", "revoked after its use"), "unlisted": Text("使用后机构退出登记", "its issuer left the register since"),
    "void": Text("使用时已属无效（事后得知）", "worth nothing at its use, as learned later"),
}


@dataclass(frozen=True, slots=True)
class Lodged:
    """A report as the checks see it. `until` is the day from which its issuer is no longer listed; `distrusted` the day from which what its
    key signed is not believed (a stolen key); `revoked_on` the day from which the report is worth nothing."""

    issued_on: date
    expires_on: date
    signed: bool
    since: date
    until: date | None = None
    distrusted: date | None = None
    revoked_on: date | None = None


def faults(one: Lodged, on: date) -> list[str]:
    """Why the report may not be used on a day; nothing where it may."""
    found = {
        LEAD: not one.signed, EARLY: on < one.issued_on, EXPIRED: on > one.expires_on,
        REVOKED: one.revoked_on is not None and on >= one.revoked_on,
        ISSUER: not _listed(one, one.issued_on) or not _listed(one, on) or (one.distrusted is not None and one.issued_on >= one.distrusted),
    }
    return [code for code, wrong in found.items() if wrong]


def _listed(one: Lodged, on: date) -> bool:
    return one.since <= on and (one.until is None or on < one.until)


def since_use(one: Lodged, used_on: date, today: date) -> str:
    """What is known today of a use that was good when it was made. The gravest state wins.

    What happened on the day of the use came after it: known before, the use would have been refused.
    """
    revoked, until = (None if day == used_on else day for day in (one.revoked_on, one.until))
    if faults(replace(one, revoked_on=revoked, until=until), used_on):
        return "void"
    now = faults(one, today)
    return "revoked" if REVOKED in now else "unlisted" if ISSUER in now else "expired" if EXPIRED in now else "good"
