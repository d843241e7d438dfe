"""Verbs of row M4.1: notice, objection, exemption, repair. Everything after the opening is a move of the case."""

from ximu.notice.mechanisms.m4_relief.services.conducts import CONDUCTS
from ximu.notice.mechanisms.m4_relief.services.correcting import Act, on_moved, report_oneself
from ximu.notice.mechanisms.m4_relief.services.erasing import ask_to_erase
from ximu.notice.mechanisms.m4_relief.services.exempting import claim_exemption, examine, vote
from ximu.notice.mechanisms.m4_relief.services.noticing import open_notice, sign
from ximu.notice.mechanisms.m4_relief.services.objecting import object_forwarded, object_to, withdraw_forwarded
from ximu.notice.mechanisms.m4_relief.services.repairing import apply_for_repair, fulfil, issue_certificate
from ximu.notice.mechanisms.m4_relief.services.reversing import report_reversal
from ximu.notice.mechanisms.m4_relief.services.stating import forget, state

__all__ = [
    "CONDUCTS", "Act", "apply_for_repair", "ask_to_erase", "claim_exemption", "examine", "forget", "fulfil", "issue_certificate",
    "object_forwarded", "object_to", "on_moved", "open_notice", "report_oneself", "report_reversal", "sign", "state", "vote",
    "withdraw_forwarded",
]
