"""Verbs of audits: targets, audits and reports, findings with their procedure, announcements by two people."""

from ximu.notice.domains.d16_audit.services.announcing import announce, decide
from ximu.notice.domains.d16_audit.services.auditing import NewAudit, NewTarget, list_target, must_be_bureau, open_audit, report_audit
from ximu.notice.domains.d16_audit.services.finding import CONDUCTS, NewFinding, find
from ximu.notice.domains.d16_audit.services.importing import find_many

__all__ = ["CONDUCTS", "NewAudit", "NewFinding", "NewTarget", "announce", "decide", "find", "find_many", "list_target",
           "must_be_bureau", "open_audit", "report_audit"]
