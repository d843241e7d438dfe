"""What is done about rows M2.1 and M2.2: a measure for a record, a problem, a reminder, a talk."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from ximu.foundation import clock
from ximu.foundation.web import actor_of
from ximu.ideas.casework import queries as cases
from ximu.ideas.disclosure import services as disclosure
from ximu.ideas.records import queries as records
from ximu.ideas.registry import queries as registry
from ximu.kernel.given import day_of
from ximu.kernel.refusal import Refusal
from ximu.notice.mechanisms.m2_joint_action import queries, services
from ximu.notice.mechanisms.m2_joint_action.rules import OTHER
from ximu.notice.mechanisms.m2_joint_action.services.initiating import Proposal
from ximu.notice.mechanisms.m2_joint_action.services.raising import Problem

LONGEST_NAME = 200
"""A unit of a longer name is none."""


def unit_of(text: str, on: date) -> str:
    """The uid of the unit that is written. Errors: `ORG-UNKNOWN` with the nearest names."""
    found = registry.resolve(text.strip()[:LONGEST_NAME], as_of=on)
    if found.status != "exact":
        near = "、".join(c.name for c in found.candidates[:3])
        raise Refusal("ORG-UNKNOWN", field="unit", value=text[:60], rule=near or "—", zh=f"没有唯一对应的单位；相近的有：{near or '无'}。",
                      en=f"No single unit has this name; near: {near or 'none'}.")
    return found.candidates[0].uid


def _day(text: str) -> date:
    return day_of(text, "day")


@require_POST
def raise_problem(request: HttpRequest) -> HttpResponse:
    post, at = request.POST, clock.now()
    problem = Problem(unit_of(post.get("owner", ""), clock.city_day(at)), post.get("topic", "")[:80], post.get("level", ""),
                      post.get("origin", ""),
                      post.get("reference", "")[:60], post.get("theme", "") or OTHER)
    return redirect("casework:case", uid=services.raise_problem(problem, reason=post.get("reason", "")[:4000], by=actor_of(request), at=at))


@require_POST
def call(request: HttpRequest) -> HttpResponse:
    """A reminder or a talk."""
    post, at = request.POST, clock.now()
    verb = {"reminder": services.remind, "talk": services.call_in}.get(post.get("kind", ""), services.remind)
    uid = verb(unit_of(post.get("owner", ""), clock.city_day(at)), topic=post.get("topic", ""), reason=post.get("reason", "")[:4000],
               reference=post.get("reference", ""), by=actor_of(request), at=at)
    return redirect("casework:case", uid=uid)


@require_safe
def record(request: HttpRequest, number: str) -> HttpResponse:
    """What the list proposes for this record, what is under way, and everything that it did."""
    by, at = actor_of(request), clock.now()
    by.must("joint.initiate")
    disclosure.look(number, by=by, at=at)
    found, day = records.duties(number), clock.city_day(at)
    under_way: list[dict[str, Any]] = [
        {"case": c, "state": cases.procedure(c.procedure).states[c.state].name, "unit": registry.name(c.source, as_of=day, short=True)}
        for c in cases.cases_about(found.number, actor=by) if c.procedure == "joint_action"]
    return render(request, "m2_joint_action/record.html", {
        "about": found, "items": queries.proposals(found, on=day), "rows": under_way, "effects": cases.effects_of(found.number),
        "until": queries.record_until(found, on=day)})


@require_POST
def initiate(request: HttpRequest, number: str) -> HttpResponse:
    post, at = request.POST, clock.now()
    wanted = Proposal(post.get("item", "")[:40], unit_of(post.get("unit", ""), clock.city_day(at)), _day(post.get("starts", "")),
                      _day(post.get("ends", "")), post.get("reason", "")[:4000], post.get("decision", "")[:200])
    return redirect("casework:case", uid=services.initiate(number, wanted=wanted, by=actor_of(request), at=at))
