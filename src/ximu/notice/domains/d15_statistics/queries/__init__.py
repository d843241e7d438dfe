"""Reads of statistics: letters, checks, cases of fabrication, questions about figures, and what the public sees."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from ximu.foundation import clock
from ximu.ideas.filings import queries as filings
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import absent
from ximu.kernel.words import Text
from ximu.notice.domains.d15_statistics.models import Check, Finding, Pledge
from ximu.notice.domains.d15_statistics.queries.area import AREA, address, figure_of, posts, public_figures, questions
from ximu.notice.domains.d15_statistics.queries.bureau import HERE, SEE, bureau, sees, works
from ximu.notice.domains.d15_statistics.queries.proofs import CHECKED, KINDS, SIGNED, check_body, pledge_body, provider

__all__ = [
    "AREA", "CHECKED", "HERE", "KINDS", "PAGES", "PUBLIC", "SEE", "SIGNED", "Check", "Finding", "Pledge", "address", "bureau", "check",
    "check_body", "checks", "figure_of",
    "finding", "finding_of", "findings", "pledge_body", "posts", "provider", "questions", "sees", "works",
]


def checks(filing: str = "") -> list[Check]:
    """The newest first, each with its cases."""
    rows = Check.objects.prefetch_related("findings").order_by("-checked_on", "-pk")
    return list(rows.filter(filing=filing) if filing else rows)


def check(uid: str) -> Check:
    """Errors: `STAT-EVID`."""
    found = Check.objects.filter(uid=uid).first()
    if found is None:
        raise absent("STAT-EVID", field="check", value=uid[:16], zh="条核查记录；认定造假须以核查为据，不能仅凭统计规律",
                     en="check: fabrication needs a check as its evidence, never a regularity of numbers alone")
    return found


def finding(uid: str) -> Finding:
    """Errors: `STAT-NONE`."""
    found = Finding.objects.select_related("check_of").filter(uid=uid).first()
    if found is None:
        raise absent("STAT-NONE", field="finding", value=uid[:16], zh="个统计造假案件", en="case of fabrication")
    return found


def finding_of(case: str) -> Finding | None:
    return Finding.objects.select_related("check_of").filter(case=case).first()


def findings() -> list[Finding]:
    return list(Finding.objects.select_related("check_of").order_by("-found_at", "-pk"))


def pages_of(case: Any, by: Actor) -> list[tuple[Text, str]]:
    """From a case of fabrication to the figures that were checked, and on to its delivery as data."""
    row = finding_of(case.uid)
    if row is None or not by.can(SEE):
        return []
    found = [(Text("所涉报表与核查", "The report and its check"), address(filings.filing(row.check_of.filing)))]
    return found + ([(Text("作为数据项TJ-WF报送的批次", "Its delivery as data (TJ-WF)"), reverse("intake:detail", args=[row.delivery]))]
                    if row.delivery and works(by, "intake.deliver", clock.today()) else [])



PUBLIC, PAGES = {"d15-figures": public_figures}, {"stat_fabrication": pages_of}
"""Connected by `config/packed.py`, which looks into every pack."""
