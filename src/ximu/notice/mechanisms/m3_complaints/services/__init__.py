"""The writers of row M3.4."""

from ximu.notice.mechanisms.m3_complaints.services.batches import (
    publish_figures,
    release_leads,
    report_press,
    resume_silent,
    seal_days,
    shred_due,
)
from ximu.notice.mechanisms.m3_complaints.services.handling import (
    Finding,
    accept,
    answer,
    ask,
    ask_contact,
    decline,
    link,
    mark_official,
    must_handle,
    pass_on,
    reveal_contact,
    take,
)
from ximu.notice.mechanisms.m3_complaints.services.masking import mask, original
from ximu.notice.mechanisms.m3_complaints.services.reporting import REPORTER, Filed, correct_contact, file_report, form, look, reopen, say

__all__ = [
    "REPORTER", "Filed", "Finding", "accept", "answer", "ask", "ask_contact", "correct_contact", "decline", "file_report", "form",
    "link", "look", "mark_official", "mask", "must_handle", "original", "pass_on", "publish_figures", "release_leads", "reopen",
    "report_press", "resume_silent", "reveal_contact", "say", "seal_days", "shred_due", "take",
]
