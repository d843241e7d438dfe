"""Packages, receipts, their order, and what a receiver wants. Pure."""

from ximu.ideas.exchange.rules.faults import FAULTS, Faults, faults
from ximu.ideas.exchange.rules.matters import (
    ANSWER,
    LEAD,
    OBJECTION,
    WITHDRAW,
    Lead,
    Objection,
    Withdrawal,
    answer_row,
    lead_in,
    lead_row,
    objection_in,
    objection_row,
    withdraw_row,
    withdrawal_in,
)
from ximu.ideas.exchange.rules.order import Stand, fits, meant, replayed
from ximu.ideas.exchange.rules.package import ALGORITHM, FORMAT, Head, Package, build, joined, opened, read_key, row_digest, tried
from ximu.ideas.exchange.rules.profile import PUT, RECALL, Profile, pause, profile, profiles, put_row, recall_row
from ximu.ideas.exchange.rules.receipt import ACCEPTED, Receipt, echo, echoed, issue, read, settles
from ximu.ideas.exchange.rules.reconcile import MOST_NUMBERS, Balance, Inbound, balance, both_signed, countersigned, stated, statement
from ximu.ideas.exchange.rules.registration import SELF_SERVICE, Request, as_signed, asked_for, good_code, read_request

__all__ = [
    "ACCEPTED", "ALGORITHM", "ANSWER", "FAULTS", "FORMAT", "LEAD", "MOST_NUMBERS", "OBJECTION", "PUT", "RECALL", "SELF_SERVICE",
    "WITHDRAW", "Balance", "Faults", "Head", "Inbound", "Lead", "Objection", "Package", "Profile", "Receipt", "Request", "Stand",
    "Withdrawal", "answer_row", "as_signed", "asked_for", "balance", "both_signed", "build", "countersigned", "echo", "echoed", "faults",
    "fits", "good_code", "issue", "joined", "lead_in", "lead_row", "meant", "objection_in", "objection_row", "opened", "pause", "profile",
    "profiles", "put_row", "read", "read_key", "read_request", "recall_row", "replayed", "row_digest", "settles", "stated", "statement",
    "tried", "withdraw_row", "withdrawal_in",
]
