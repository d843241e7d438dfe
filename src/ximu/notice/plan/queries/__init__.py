"""Reads of the plan: how it stands, its checks, its report, the next year's."""

from ximu.notice.plan.queries.bearers import Duty, duties, duty_lights, duty_status, evidence_of, matrix, unread
from ximu.notice.plan.queries.checks import (
    CHECKED,
    Line,
    check,
    checks,
    follower,
    followers,
    inputs_of,
    lines,
    missing,
    previous,
    provider,
    report_figures,
    self_reports,
    set_day,
    stale_figures,
)
from ximu.notice.plan.queries.reports import letter
from ximu.notice.plan.queries.standing import (
    awaiting_review,
    due_of,
    evidence,
    evidence_for,
    has_registry,
    plan,
    plans,
    readings,
    row,
    rows,
)
from ximu.notice.plan.queries.tasks import burn_up, envelope, public_plan, status, today
from ximu.notice.plan.queries.warnings import open_warnings, warned

__all__ = [
    "CHECKED", "Duty", "Line", "awaiting_review", "burn_up", "check", "checks", "due_of", "duties", "duty_lights",
    "duty_status", "envelope", "evidence", "evidence_for", "evidence_of", "follower", "followers", "has_registry", "inputs_of",
    "letter", "lines", "matrix", "missing", "open_warnings", "plan", "plans", "previous", "provider", "public_plan", "readings",
    "report_figures", "row", "rows", "self_reports", "set_day", "stale_figures", "status", "today", "unread", "warned",
]
