"""Who may evaluate, and what is it given? Registered with interests; engaged without conflict; granted fields that list and policy open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from ximu.foundation import clock
from ximu.ideas.assessment import queries as assessment
from ximu.ideas.assessment.rules import loading
from ximu.ideas.assessment.rules.data import read as read_table
from ximu.ideas.catalogue.queries import asks_gate, gate
from ximu.ideas.disclosure import queries as disclosure
from ximu.ideas.ledger.rules import Entry
from ximu.ideas.ledger.services import append
from ximu.ideas.records.rules import Facts
from ximu.ideas.registry import queries as registry
from ximu.kernel import uscc
from ximu.kernel.actor import Actor, Grant
from ximu.kernel.refusal import Refusal
from ximu.notice.mechanisms.m3_evaluators import queries, rules
from ximu.notice.mechanisms.m3_evaluators.models import Declared, Engagement, Evaluator, Survey
from ximu.notice.mechanisms.m3_evaluators.queries import evidence
from ximu.notice.mechanisms.m3_evaluators.rules import interests, survey

RUN = "run"
"""Key of `granted` under which columns of the official assessment stand."""
MOST_FEE = 10**12
LOOKER = Actor("evaluator", grants=(Grant(queries.ROLE, frozenset()),))
"""In whose eyes the disclosure policy looks at what an evaluator gets."""


def register(
    name: str, *, code: str, kind: str, declaration: Mapping[str, Any], by: Actor, at: datetime, people: Sequence[str] = (),
) -> str:
    """An institute with its first declaration. Errors: `PERM-DENIED`, `EVAL-FORM`, `USCC-FORM`, `EVAL-DUP`."""
    by.must("evaluators.manage")
    said, normal = interests.read(declaration), uscc.normalise(code)
    if not name.strip() or kind not in rules.KINDS:
        raise Refusal("EVAL-FORM", field="kind" if name.strip() else "name", value=kind[:20], rule=" ".join(rules.KINDS),
                      zh="须写明机构名称和类别（信用服务机构、高校、科研院所）。", en="An evaluator has a name and a kind.")
    if not uscc.check(normal).valid:
        raise Refusal("USCC-FORM", field="code", value=code[:18], rule="GB 32100-2015", zh="统一社会信用代码不正确。",
                      en="The unified social credit code is not right.")
    try:
        with transaction.atomic():
            row = Evaluator.objects.create(name=name.strip()[:120], code=normal, kind=kind, people=list(people), at=at)
            _declare(row, said, by, at)
    except IntegrityError as error:
        raise Refusal("EVAL-DUP", status=409, field="code", value=normal, rule="once", zh="该机构已登记。",
                      en="The institute is registered already.") from error
    return row.uid


def declare(uid: str, declaration: Mapping[str, Any], *, by: Actor, at: datetime) -> None:
    """A new declaration; the old ones stay. Errors: `PERM-DENIED`, `EVAL-NONE`, `EVAL-FORM`."""
    row = queries.evaluator(uid)
    _must_stand_for(by, row)
    with transaction.atomic():
        _declare(row, interests.read(declaration), by, at)


def _declare(row: Evaluator, said: interests.Declaration, by: Actor, at: datetime) -> None:
    made = Declared(evaluator=row, body=said.plain(), by=by.uid, at=at)
    [made.log_index] = append([Entry(evidence.DECLARED, evidence.declared_body(made))], at=at)
    made.save()


def _must_stand_for(by: Actor, row: Evaluator) -> None:
    if not queries.stands_for(by, row):
        by.must("evaluators.manage")


@dataclass(frozen=True, slots=True)
class Terms:
    """What is agreed: whom to assess, for which year, who pays how much, which fields of which items; against which official run."""

    title: str
    period: str
    units: Sequence[str]
    commissioner: str
    payer: str
    contract: str
    granted: Mapping[str, Sequence[str]]
    fee: Decimal = Decimal(0)
    official: str = ""


@transaction.atomic
def engage(uid: str, terms: Terms, *, by: Actor, at: datetime) -> str:
    """Errors: `PERM-DENIED`, `EVAL-NONE`, `EVAL-TERMS`, `ORG-UNKNOWN`, `SCORE-PERIOD`, `EVAL-COI`, `EVAL-FIELD`, `LIST-*`, `SCORE-NONE`."""
    by.must("evaluators.manage")
    row, day = queries.evaluator(uid), clock.city_day(at)
    assessment.year(terms.period)
    units = sorted(set(terms.units))
    if not (terms.title.strip() and terms.contract.strip() and units and any(terms.granted.values())):
        raise Refusal("EVAL-TERMS", field="terms", value=terms.title[:40], rule="title, contract, units, granted",
                      zh="须写明名称、合同编号、被评价单位和授予的字段。",
                      en="Name the title, the contract, the units and the fields granted.")
    if not (terms.fee.is_finite() and 0 <= terms.fee < MOST_FEE):
        raise Refusal("EVAL-TERMS", field="fee", value=str(terms.fee)[:20], rule=f"0 – {MOST_FEE}", zh="费用应为不小于零的数（元）。",
                      en="The fee is a number of yuan, not below zero.")
    for one in (*units, terms.commissioner, terms.payer):
        if registry.unit(one, as_of=day) is None:
            raise Refusal("ORG-UNKNOWN", field="units", value=one[:16], rule="registry", zh="单位不在机构库中。",
                          en="The unit is not in the registry.")
    rules.must_be_free(queries.declared(row), assessed=queries.assessed(units, day), payer=terms.payer, known=queries.known_payers(row))
    for item, fields in terms.granted.items():
        if item == RUN:
            _columns(terms.official, fields, day)
        elif (source := queries.facts_of(item)) is not None:
            _of_a_pack(item, fields, source)
        else:
            _fields(item, fields, day, at)
    made = Engagement(evaluator=row, title=terms.title.strip()[:120], period=terms.period, commissioner=terms.commissioner,
                      contract=terms.contract.strip()[:60], payer=terms.payer, fee=terms.fee, units=units, official=terms.official,
                      granted={item: sorted(set(fields)) for item, fields in terms.granted.items() if fields}, by=by.uid, at=at)
    [made.log_index] = append([Entry(evidence.GRANTED, evidence.granted_body(made))], at=at)
    made.save()
    return made.uid


def _of_a_pack(item: str, fields: Sequence[str], source: queries.Facts) -> None:
    """Only what the pack offers to evaluators."""
    for name in fields:
        if name not in source.fields:
            raise Refusal("EVAL-FIELD", status=403, field=f"{item}.{name}", value=name, rule=" ".join(sorted(source.fields)),
                          zh=f"“{item}”不向评价机构提供字段“{name}”。", en=f"{item} does not offer {name} to evaluators.")


@asks_gate("share")
def _fields(item: str, fields: Sequence[str], day: date, at: datetime) -> None:
    """List and policy must open each field of the item to evaluators."""
    found = gate(item, use="share", on=day)
    view = disclosure.view_for(LOOKER, purpose="assessment", at=at)
    blank = Facts("", 1, item, found.family, "body", "effective", "", "", day, None, None, {"edition": found.edition},
                  {name: None for name in fields if name not in view.policy.core})
    told = {one.name: one for one in view.present(blank)}
    for name in fields:
        if name not in told or told[name].outcome != "shown":
            rule = told[name].rule if name in told else "schema"
            raise Refusal("EVAL-FIELD", status=403, field=f"{item}.{name}", value=name, rule=rule,
                          zh=f"公开策略（{rule}）不允许向评价机构提供字段“{item}.{name}”。",
                          en=f"The disclosure policy ({rule}) does not open {item}.{name} to evaluators.")


def _columns(official: str, columns: Sequence[str], day: date) -> None:
    """Columns of the official run: they exist, it is settled, and those made of records pass the gate of their item."""
    run = assessment.run_row(official)
    table, sources = read_table(run.data), {i.code: i.source for i in loading.load(run.method.text).indicators}
    for column in columns:
        if run.state not in ("final", "published") or column not in table.header:
            raise Refusal("EVAL-FIELD", status=403, field=f"{RUN}.{column}", value=column, rule="column of a final run",
                          zh=f"年度评价定稿中没有数据列“{column}”。", en=f"The final assessment has no column “{column}”.")
        kind, _, item = sources.get(column, column).partition(":")
        if kind == "records":
            gate(item, use="share", on=day)


def add_survey(uid: str, text: str, *, code: str, kind: str, frame: str, by: Actor, at: datetime, population: int = 0) -> str:
    """A survey or rating as an input `survey:CODE`. Errors: `PERM-DENIED`, `EVAL-NONE`, `EVAL-SURVEY`, `EVAL-DUP`."""
    about = queries.engagement(uid)
    _must_stand_for(by, about.evaluator)
    if kind not in ("survey", "rating") or not code.strip().isidentifier() or not frame.strip() or population < 0:
        raise Refusal("EVAL-SURVEY", field="frame" if code.strip().isidentifier() else "code", value=code[:40], rule="code, kind, frame",
                      zh="须写明代码、种类和抽样框。", en="A survey has a code, a kind and its frame.")
    lines = survey.read(text, kind)
    row = Survey(engagement=about, code=code.strip()[:40], kind=kind, frame=frame.strip()[:300], population=population,
                 lines=[one.plain() for one in lines], digest=evidence.digest(text), at=at)
    try:
        with transaction.atomic():
            [row.log_index] = append([Entry(evidence.SURVEYED, evidence.surveyed_body(row))], at=at)
            row.save(force_insert=True)
    except IntegrityError as error:
        raise Refusal("EVAL-DUP", status=409, field="code", value=code[:40], rule="once", zh="该代码的调查已提交。",
                      en="There is a survey of this code already.") from error
    return row.uid
