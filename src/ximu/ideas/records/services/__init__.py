"""Verbs of records: admit, move between states, erase."""

from ximu.ideas.records.services.admission import Admission, admit, register_bar
from ximu.ideas.records.services.moves import (
    check,
    confirm_final,
    dispute,
    examine,
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
from ximu.ideas.records.services.removal import (
    Traces,
    complete_register,
    erase,
    erase_again,
    erase_due,
    register_eraser,
    remembered,
)
from ximu.ideas.records.services.requests import approve_erasure, ask_erasure, must_be_erasable, refuse_erasure, request_of

__all__ = [
    "Admission",
    "Traces",
    "admit",
    "approve_erasure",
    "ask_erasure",
    "check",
    "complete_register",
    "confirm_final",
    "dispute",
    "erase",
    "erase_again",
    "erase_due",
    "examine",
    "expire_due",
    "flag",
    "make_effective",
    "must_be_erasable",
    "notify",
    "refuse_erasure",
    "register_bar",
    "register_eraser",
    "remembered",
    "repair",
    "request_of",
    "revoke",
    "send_back",
    "settle",
    "unflag",
]
