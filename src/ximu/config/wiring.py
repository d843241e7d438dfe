"""Who listens to whom? The only place that connects an announcement with a handler in another room."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.urls import reverse

from ximu.config import alarming, led, measuring, packed, timetable
from ximu.config.firms import connect_enterprise
from ximu.config.yearly import plan_in_the_year, reports_in_the_year
from ximu.foundation import clock, outbox
from ximu.ideas.accounts import hooks as rights
from ximu.ideas.accounts import queries as accounts
from ximu.ideas.assessment import queries as assessment
from ximu.ideas.assessment import services as assessing
from ximu.ideas.assessment.rules.frozen import Asked, Value
from ximu.ideas.casework import hooks as case_hooks
from ximu.ideas.casework import queries as cases
from ximu.ideas.casework import services as casework
from ximu.ideas.catalogue import queries as catalogue
from ximu.ideas.commitments import queries as commitments
from ximu.ideas.commitments import services as promises
from ximu.ideas.commitments.hooks import CommitmentBroken, CommitmentOverdue
from ximu.ideas.commitments.rules.figures import compute, read_spec
from ximu.ideas.disclosure import hooks as publication_hooks
from ximu.ideas.disclosure import queries as disclosure
from ximu.ideas.disclosure import services as publications
from ximu.ideas.events import queries as events
from ximu.ideas.events import services as event_store
from ximu.ideas.exchange import queries as exchange
from ximu.ideas.exchange import services as exchanging
from ximu.ideas.exchange.rules import Objection
from ximu.ideas.following import queries as followers
from ximu.ideas.following import services as follow
from ximu.ideas.following.hooks import FollowAsked
from ximu.ideas.following.rules import Event
from ximu.ideas.intake import queries as intake
from ximu.ideas.intake import services as deliveries
from ximu.ideas.intake.rules.evidence import KINDS as INTAKE_KINDS
from ximu.ideas.ledger.rules import Entry
from ximu.ideas.ledger.services import append, register_evidence
from ximu.ideas.records import hooks as record_hooks
from ximu.ideas.records import queries as records
from ximu.ideas.records.services import register_bar, register_eraser
from ximu.ideas.registry import queries as registry
from ximu.ideas.warnings.hooks import AlarmConfirmed
from ximu.ideas.warnings.rules import delivered
from ximu.kernel.actor import SYSTEM
from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text
from ximu.notice.domains.d01_procurement import queries as procurement
from ximu.notice.domains.d01_procurement import services as procuring
from ximu.notice.domains.d13_hotline import queries as hotline
from ximu.notice.domains.d13_hotline import services as hotline_desk
from ximu.notice.mechanisms.m1_leads import services as leads
from ximu.notice.mechanisms.m2_joint_action import services as joint
from ximu.notice.mechanisms.m2_joint_action.services.raising import Problem
from ximu.notice.mechanisms.m3_complaints import queries as complaints
from ximu.notice.mechanisms.m3_complaints import services as reporting
from ximu.notice.mechanisms.m3_complaints.hooks import LeadReleased
from ximu.notice.mechanisms.m3_evaluators import queries as evaluators
from ximu.notice.mechanisms.m3_evaluators import services as evaluating
from ximu.notice.mechanisms.m3_supervision import queries as supervision
from ximu.notice.mechanisms.m3_supervision import services as supervising
from ximu.notice.mechanisms.m3_supervision.hooks import FindingMade
from ximu.notice.mechanisms.m4_relief import queries as relief
from ximu.notice.mechanisms.m4_relief import services as relieving
from ximu.notice.plan import queries as plan
from ximu.notice.plan.services import checking, following
from ximu.notice.safeguards.s1_leadership import queries as leadership
from ximu.notice.safeguards.s1_leadership import services as leading
from ximu.notice.safeguards.s2_institutions import queries as institutions
from ximu.notice.safeguards.s2_institutions import services as instituting
from ximu.notice.safeguards.s3_streets import queries as streets
from ximu.notice.safeguards.s3_streets import services as street_services

RIGHTS = {
    rights.AccountOpened: "rights.account-opened", rights.AccountClosed: "rights.account-closed",
    rights.RoleGranted: "rights.granted", rights.RoleRevoked: "rights.revoked",
}


def log_rights(event: Any, *, at: datetime) -> None:
    """A change of rights enters the log; accounts lies beneath the log and cannot call it."""
    append([Entry(RIGHTS[type(event)], asdict(event))], at=at)


def let_cases_go(event: rights.AccountClosed, *, at: datetime) -> None:
    """Who cannot sign in any more holds no case; the units that hold them are told."""
    casework.let_go(accounts.account(event.account).person, reason="承办人账号已停用", by=SYSTEM, at=at)


def rectify_promises(event: CommitmentOverdue, *, at: datetime) -> None:
    """Each overdue promise opens a rectification by itself, at the unit that carries it now; one that is open already stays the one."""
    for uid in event.commitments:
        row = commitments.row(uid)
        owner = commitments.owner(row, commitments.city_day(at))
        problem = Problem(owner, f"承诺逾期：{row.title}"[:120], "orange", "promise", uid, "promises")
        joint.raise_or_join(problem, reason=f"到期日{row.due}已过，没有兑现的证据。", at=at)


def judge_promises(*, at: datetime) -> int:
    """The daily evaluation of all promises."""
    return promises.evaluate(by=SYSTEM, at=at).turned


def kept_promises(domain: str, asked: Asked) -> dict[str, Value]:
    """Source `promises:DOMAIN`: the share of promises due in the period that were kept; 不适用 where none was due."""
    judged = [commitments.with_owner(j, asked.as_of) for j in commitments.judged(
        as_of=asked.as_of, known_at=asked.known_at, domain=domain)]
    spec = read_spec({"measure": "share", "kinds": sorted({j.kind for j in judged}), "by": "number"})
    found = {}
    for unit in asked.units:
        figure = compute(spec, [j for j in judged if j.unit == unit], first=asked.first, last=asked.last)
        found[unit] = Value("N/A" if figure.value is None else str(figure.value), tuple(f"promise:{uid}" for uid in figure.base))
    return found


def connect_promises_and_packs() -> None:
    """Promises: portal, proof of the log, rectification, daily pass. Packs: each one's public figures, found by looking."""
    register_evidence("commitments", commitments.provider, kinds=commitments.KINDS)
    publications.register_public("promises", commitments.public_promises)
    outbox.connect(CommitmentOverdue, rectify_promises)
    outbox.connect(CommitmentBroken, led.lead_promises)
    promises.register_series(measuring.SCHEME, promises.Series(measuring.must_know, measuring.read))
    casework.register_daily("promises_judged", judge_promises)
    packed.connect_packs()


def followed_promise(uid: str) -> followers.Matter:
    """A promise as everybody may read it. Errors: `PROM-NONE`."""
    found = disclosure.published("promises", uid=uid, on=clock.today())
    return followers.Matter(found.get("title") or found["kind_name"].zh, reverse("portal-promise", args=[uid]),
                            [Event(one["log_index"], one["on"], one["what"]) for one in found["history"]])


def followed_unit(uid: str) -> followers.Matter:
    """The public records of a body, in the order in which they were opened. Errors: `ORG-UNKNOWN`."""
    shown = disclosure.public_unit(uid, on=clock.today())
    rows = disclosure.public_latest(on=clock.today(), subjects=shown["subjects"], limit=500)
    events = [Event(r["log_index"], clock.city_day(r["opened_at"]), Text(f"公开记录{r['record']}", f"record {r['record']} opened"))
              for r in reversed(rows)]
    return followers.Matter(shown["name"], reverse("portal-unit", args=[uid]), events)


def connect_followers() -> None:
    followers.register_matter("promise", followed_promise)
    followers.register_matter("unit", followed_unit)
    outbox.connect(FollowAsked, follow.greet)


def object_forwarded(matter: Objection, channel: str, at: datetime) -> str:
    """An objection that a platform forwards becomes a case of row M4.1."""
    return relieving.object_forwarded(matter.record, reason=matter.reason, channel=channel, theirs=matter.case, lodged_on=matter.lodged_on,
                                      at=at)


def connect_exchange() -> None:
    """What becomes public is queued for other systems; what stops being public is recalled; the ledger of effects waits for them."""
    register_evidence("exchange", exchange.evidence, kinds=exchange.KINDS)
    outbox.connect(publication_hooks.PublicationOpened, exchanging.on_opened)
    outbox.connect(publication_hooks.PublicationClosed, exchanging.on_closed)
    outbox.connect(record_hooks.RecordsMoved, exchanging.on_moved)
    casework.register_stopper("share", exchanging.stop_share)
    casework.register_daily("packages_settled", exchanging.sweep)
    register_eraser("exchange", exchanging.forget)
    exchanging.register_desk(object_forwarded)
    exchanging.register_lead_desk(led.lead_forwarded)
    exchanging.register_withdrawer(relieving.withdraw_forwarded)


def plan_duties(as_of: date) -> Counter[str]:
    """Tasks of the newest plan by unit; each unit that the plan names and that cannot be read counts as nobody's."""
    found: Counter[str] = Counter()
    for row in plan.rows(plan.plan()) if plan.plans() else []:
        found.update([duty.unit for duty in plan.duties(row, as_of=as_of)] + [""] * len(plan.unread(row, as_of=as_of)))
    return found


def notice_items() -> list[tuple[str, str]]:
    """Every item of the newest plan: code and words."""
    rows = plan.rows(plan.plan()) if plan.plans() else []
    return [(item["code"], item["text"]) for row in rows for item in row.items]


def must_have_plans(as_of: date) -> list[str]:
    """The units that row S2 of the newest plan names (各区人民政府，市政府委、办、局等)."""
    rows = plan.rows(plan.plan()) if plan.plans() else []
    return [duty.unit for row in rows if row.row == "S2" for duty in plan.duties(row, as_of=as_of)]


def find_scope(words: str, on: date) -> str:
    """A role is limited to a unit (uid, name, code) or to a civil servant (uid, internal number). Errors: `ORG-UNKNOWN`, `SUBJ-AMBIG`."""
    if words in registry.book().units or registry.official(words):
        return words
    if servant := registry.official_of(words):
        return servant.uid
    try:
        return registry.find(words, as_of=on)
    except Refusal as refusal:
        if refusal.code != "ORG-ENDED":
            raise
        return registry.named(words, as_of=on)  # an account may still speak for a body that has ended


def scope_name(uid: str, on: date) -> str:
    servant = registry.official(uid)
    return f"{servant.name}（{servant.number}）" if servant else registry.name(uid, as_of=on)


def connect_streets() -> None:
    """Streets and towns: proof of the log, the public pages, the month that ended."""
    register_evidence("streets", streets.provider, kinds=streets.KINDS)
    publications.register_public("streets", streets.public_streets)
    publications.register_public("street", streets.public_street)
    casework.register_daily("streets_monitored", lambda *, at: street_services.monitor_due(by=SYSTEM, at=at))


def rectify_finding(event: FindingMade, *, at: datetime) -> None:
    """A finding of an inspection becomes a problem to rectify, and the finding knows its case."""
    problem = Problem(event.unit, f"督查：{event.topic}"[:120], "orange", "inspection", event.finding)
    supervising.linked(event.finding, joint.raise_or_join(problem, reason=event.words, at=at), at=at)


def connect_procurement() -> None:
    """Purchases: releases come in, payments go to evaluators' snapshots and to their conflicts of interest, figures to the portal."""
    event_store.register_loader("procurement", procuring.load_releases)
    register_evidence("procurement", procurement.provider, kinds=procurement.KINDS)
    publications.register_public("d01", procurement.public_procurement)
    evaluators.register_payments("procurement", procurement.payers_of)
    evaluators.register_facts("procurement", evaluators.Facts(frozenset(procurement.EVALUATED), procurement.evaluator_rows))


def connect_supervision() -> None:
    """Inspections and proposals: proof of the log, rectification, the public list."""
    register_evidence("supervision", supervision.provider, kinds=supervision.KINDS)
    publications.register_public("proposals", supervision.public_proposals)
    outbox.connect(FindingMade, rectify_finding)
    supervision.register_figures("plan", plan_in_the_year)
    supervision.register_figures("reports", reports_in_the_year)


def connect_evaluators() -> None:
    """Third-party evaluations: proof of the log, the public pages, publication that nobody can hold back."""
    register_evidence("evaluators", evaluators.provider, kinds=evaluators.KINDS)
    publications.register_public("evaluations", evaluators.public_evaluations)
    publications.register_public("evaluation", evaluators.public_evaluation)
    casework.register_daily("evaluations_published", lambda *, at: evaluating.publish_due(by=SYSTEM, at=at))


@catalogue.asks_gate("score")
def counted_records(item: str, asked: Asked) -> dict[str, Value]:
    """Source `records:ITEM`: records in effect about a unit (and those beneath it) in the period; only items that may be scored.

    Errors: `LIST-NONE`, `LIST-APPLY`, `LIST-ULTRA`, `LIST-USE`.
    """
    catalogue.gate(item, use="score", on=asked.last)
    beneath = {unit: {unit, *(one.uid for one in registry.units(as_of=asked.as_of) if one.district == unit)} for unit in asked.units}
    found = records.numbers_of({uid for uids in beneath.values() for uid in uids}, item=item, first=asked.first, last=asked.last,
                               known_at=asked.known_at)
    told = {unit: sorted(number for uid in uids for number in found.get(uid, ())) for unit, uids in beneath.items()}
    return {unit: Value(str(len(numbers)), tuple(f"record:{number}" for number in numbers)) for unit, numbers in told.items()}


def met_duties(measure: str, asked: Asked) -> dict[str, Value]:
    """Source `plan:met`: the share of a unit's duties with valid evidence on the day, in percent; 不适用 without a duty."""
    lines = plan.duty_status(plan.plan(), as_of=asked.as_of, known_at=asked.known_at) if plan.plans() else []
    found = {}
    for unit in asked.units:
        lights = [line["light"] for line in lines if line["unit"] == unit]
        met = sum(light in ("done", "on_time") for light in lights)
        found[unit] = Value(str(Decimal(100 * met) / len(lights)) if lights else "N/A")
    return found


def connect_assessment() -> None:
    """Sources of methods, objections to drafts, the public ranking."""
    assessment.register_source("promises", kept_promises)
    assessment.register_source("records", counted_records)
    assessment.register_source("plan", met_duties)
    publications.register_public("assessment", assessment.public_ranking)
    publications.register_public("assessment-unit", assessment.public_unit)
    casework.register_stopper("score", assessing.stop_score)
    for procedure, conduct in assessing.CONDUCTS.items():
        casework.register(procedure, conduct)


def connect_complaints() -> None:
    """Reports: days in the log, leads to rectification, figures to the portal; what is done by the day."""
    register_evidence("complaints", complaints.provider, kinds=(complaints.DAY,))
    publications.register_public("complaints", complaints.public_figures)
    outbox.connect(LeadReleased, led.raise_lead)
    casework.register_daily("leads_released", lambda *, at: reporting.release_leads(by=SYSTEM, at=at))
    casework.register_daily("reports_resumed", lambda *, at: reporting.resume_silent(by=SYSTEM, at=at))
    casework.register_daily("report_figures", lambda *, at: reporting.publish_figures(by=SYSTEM, at=at))
    casework.register_daily("report_days_sealed", lambda *, at: reporting.seal_days(by=SYSTEM, at=at))


def connect_safeguards() -> None:
    """Who carries the duties of all rooms: counted every day. Which unit has the plan that the notice asks for."""
    register_evidence("institutions", institutions.provider, kinds=(institutions.PUBLISHED,))
    institutions.register_notice(notice_items, must_have_plans)
    casework.register_daily("plans_missing", lambda *, at: instituting.warn_missing(by=SYSTEM, at=at))
    register_evidence("leadership", leadership.provider, kinds=(leadership.MEETING, leadership.DAY))
    leadership.register_duties("plan", Text("工作任务分工", "tasks of the plan"), plan_duties)
    leadership.register_duties("promise", Text("承诺", "promises"), lambda as_of: commitments.open_by_unit())
    leadership.register_duties("case", Text("在办件", "open cases"), lambda as_of: cases.open_by_holder())
    casework.register_daily("vacancies", lambda *, at: leading.raise_vacancies(by=SYSTEM, at=at)["raised"])
    casework.register_daily("duties_proved", lambda *, at: leading.prove_day(by=SYSTEM, at=at).duties)


def relief_pages(case: Any, by: Any) -> list[tuple[Text, str]]:
    """From a case of row M4.1 to its record, and to its panel, for those who may look there."""
    if case.procedure == "erasure" and case.state == "erased":
        return [(Text("删除回执（可离线验证）", "Receipt of the erasure (verifies offline)"), reverse("m4:receipt", args=[case.uid]))]
    if not by.can("relief.desk"):
        return []
    found = [(Text("所涉记录与救济", "The record and its remedies"), reverse("m4:record", args=[case.about]))] if case.about else []
    return found + ([(Text("评议组与类案", "Panel and like cases"), reverse("m4:panel", args=[case.uid]))] if case.procedure == "exemption"
                    else [])


def connect_warnings() -> None:
    """Alarms: names of rules, what runs every day, figures of deliveries tried, a true alarm put right."""
    alarming.name_rules()
    outbox.connect(AlarmConfirmed, alarming.rectify_alarm)
    deliveries.register_examiner(delivered.examined)
    casework.register_daily("rules_tried", alarming.try_rules)
    casework.register_daily("alarms_raised", alarming.raise_alarms)
    casework.register_daily("silences_noted", alarming.note_silences)
    casework.register_daily("events_kept", lambda *, at: event_store.drop_all_due(by=SYSTEM, at=at))


def connect_all() -> None:
    """Called once when Django is ready."""
    accounts.register_scopes(find_scope, scope_name)
    connect_promises_and_packs()
    connect_exchange()
    connect_followers()
    connect_complaints()
    connect_warnings()
    connect_supervision()
    connect_evaluators()
    connect_procurement()
    connect_enterprise()
    connect_safeguards()
    connect_streets()
    for event in RIGHTS:
        outbox.connect(event, log_rights)
    register_evidence("catalogue", catalogue.evidence, kinds=("list.",))
    register_evidence("records", records.provider, kinds=("record.sealed", "erasure."))
    register_evidence("registry", registry.evidence, kinds=("registry.",))
    register_evidence("disclosure", disclosure.evidence, kinds=("disclosure.",))
    register_evidence("intake", intake.provider, kinds=INTAKE_KINDS)
    register_evidence("casework", cases.provider, kinds=("case.",))
    register_evidence("assessment", assessment.evidence, kinds=(*assessment.KINDS, assessment.EXTRACTED))
    connect_assessment()
    register_evidence("events", events.provider, kinds=("events.",))
    publications.register_public("plan", plan.public_plan)
    register_evidence("plan", plan.provider, kinds=(plan.CHECKED,))
    casework.register_daily("plan_warned", lambda *, at: following.warn_overdue(by=SYSTEM, at=at))
    casework.register_daily("plan_checks_opened", lambda *, at: checking.open_due(by=SYSTEM, at=at))
    event_store.register_loader("hotline", hotline_desk.load_tickets)
    measuring.connect_environment()
    publications.register_public("d13", hotline.public_kpi)
    outbox.connect(record_hooks.RecordsMoved, publications.moved)
    outbox.connect(record_hooks.RecordsCorrected, publications.corrected)
    outbox.connect(record_hooks.RecordsMoved, relieving.on_moved)
    outbox.connect(record_hooks.RecordsMoved, casework.on_moved)
    outbox.connect(record_hooks.RecordsCorrected, casework.on_corrected)
    outbox.connect(case_hooks.EffectStopping, casework.on_stopping, many=casework.on_stopping_many)
    register_bar(relief.barred_rows)
    records.register_lowering(relief.steps_lowered)
    cases.register_grounds("exemption", relief.checklist().every())
    register_evidence("m4_relief", relief.provider, kinds=("relief.",))
    for procedure, conduct in {**relieving.CONDUCTS, **joint.CONDUCTS, **leads.CONDUCTS, **deliveries.CONDUCTS}.items():
        casework.register(procedure, conduct)
    casework.register_pages("rows_back", lambda case, by: [(Text("批次", "The delivery"), reverse("intake:detail", args=[case.about]))])
    for procedure in relieving.CONDUCTS:
        casework.register_pages(procedure, relief_pages)
    casework.register_stopper("publication", publications.stop_publication)
    casework.register_stopper("measure", joint.stop_measure)
    casework.register_daily("measures_ended", joint.end_due)
    outbox.connect(record_hooks.RecordsMoved, joint.on_moved)
    outbox.connect(case_hooks.CaseOverdue, joint.on_overdue)
    outbox.connect(rights.AccountClosed, let_cases_go)
    register_eraser("disclosure", publications.forget)
    register_eraser("casework", casework.forget)
    register_eraser("relief", relieving.forget)
    publications.register_beside(relief.statements)
    register_eraser("intake", deliveries.forget)
    timetable.declare_all()
