"""Verbs of records: admit, move between states, erase."""

from ximu.ideas.records.services.admission import Admission, admit
from ximu.ideas.records.services.moves import (
    check,
    confirm_final,
    dispute,
    expire_due,
    flag,
    make_effective,
    notify,
    repair,
    revoke,
    send_back,
    settle,
    unflag,
)
from ximu.ideas.records.services.removal import erase, erase_due

__all__ = [
    "Admission", "admit", "check", "confirm_final", "dispute", "erase", "erase_due", "expire_due", "flag", "make_effective", "notify",
    "repair", "revoke", "send_back", "settle", "unflag",
]
