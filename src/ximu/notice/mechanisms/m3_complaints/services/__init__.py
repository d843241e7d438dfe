"""The writers of row M3.4."""

from ximu.notice.mechanisms.m3_complaints.services.batches import (
    publish_figures,
    release_leads,
    report_press,
    resume_silent,
    seal_days,
    shred_due,
)
from ximu.notice.mechanisms.m3_complaints.services.extending import ask_extension, decide_extension
from ximu.notice.mechanisms.m3_complaints.services.feeds import COLUMNS, Brought, bring_leads, must_be_nobodys
from ximu.notice.mechanisms.m3_complaints.services.handling import (
    Finding,
    accept,
    answer,
    ask,
    ask_contact,
    conclude,
    decline,
    link,
    mark_official,
    must_handle,
    pass_on,
    reveal_contact,
    take,
)
from ximu.notice.mechanisms.m3_complaints.services.keeping import (
    add_seat,
    change_phrase,
    make_key,
    open_office,
    restore_seat,
    take_seat,
    unlock,
)
from ximu.notice.mechanisms.m3_complaints.services.masking import mask, original
from ximu.notice.mechanisms.m3_complaints.services.reporting import REPORTER, Filed, correct_contact, file_report, form, look, reopen, say

__all__ = [
    "COLUMNS", "REPORTER", "Brought", "Filed", "Finding", "accept", "add_seat", "answer", "ask", "ask_contact", "ask_extension",
    "bring_leads", "change_phrase", "conclude", "correct_contact", "decide_extension", "decline", "file_report", "form", "link", "look",
    "make_key", "mark_official", "mask", "must_be_nobodys", "must_handle", "open_office", "original", "pass_on", "publish_figures",
    "release_leads", "reopen", "report_press", "restore_seat", "resume_silent", "reveal_contact", "say", "seal_days", "shred_due", "take",
    "take_seat", "unlock",
]
