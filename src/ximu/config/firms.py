"""Enterprise service, connected: the part of `wiring.py` that concerns demands of firms."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse

from ximu.foundation import outbox
from ximu.ideas.assessment import queries as assessment
from ximu.ideas.casework import hooks as case_hooks
from ximu.ideas.casework import queries as cases
from ximu.ideas.casework import services as casework
from ximu.ideas.disclosure import services as publications
from ximu.ideas.events import services as event_store
from ximu.ideas.ledger.services import register_evidence
from ximu.kernel.actor import SYSTEM
from ximu.kernel.refusal import Refusal
from ximu.notice.domains.d14_enterprise import queries as enterprise
from ximu.notice.domains.d14_enterprise import services as serving
from ximu.notice.mechanisms.m2_joint_action import services as joint


def supervise_demand(event: case_hooks.CaseOverdue, *, at: datetime) -> None:
    """A firm's demand beyond its limit: the unit is reminded in writing; where the firm had already said no, it is called in."""
    if event.procedure != "enterprise_demand" or event.state not in ("received", "general", "hard", "reopened"):
        return
    case = cases.case_for(event.case)
    act = joint.call_in if event.state == "reopened" else joint.remind
    try:
        act(case.source, topic=f"企业诉求超期：{case.number}", reason="办理期限已过，企业诉求没有答复。", reference=case.number,
            by=SYSTEM, at=at)
    except Refusal as refusal:
        if refusal.code not in ("CASE-DUP", "CAL-NONE"):
            raise


def connect_enterprise() -> None:
    """Demands of firms: what comes in, how they move, who is reminded, what assessment may ask."""
    publications.register_public("d14", enterprise.public_figures)
    event_store.register_loader("demands", serving.load_demands)
    register_evidence("enterprise", enterprise.provider, kinds=enterprise.KINDS)
    outbox.connect(case_hooks.CaseOverdue, supervise_demand)
    assessment.register_source("demands", enterprise.measured)
    casework.register_daily("demands_counted", lambda *, at: serving.feed(by=SYSTEM, at=at))
    casework.register_pages("enterprise_demand", lambda case, by: [(enterprise.NAME, reverse("d14:demand", args=[case.about]))])
    casework.register("enterprise_demand", serving.CONDUCTS["enterprise_demand"])
