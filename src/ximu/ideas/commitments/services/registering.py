"""A promise enters the register when it is made: checked for clearness, power and budget before it can be broken."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from ximu.foundation.outbox import announce
from ximu.foundation.uid import new_uid
from ximu.ideas.commitments import queries, rules
from ximu.ideas.commitments.hooks import CommitmentBroken, CommitmentOverdue
from ximu.ideas.commitments.models import Commitment, Counterpart, Step
from ximu.ideas.commitments.services import steps
from ximu.ideas.commitments.services.series import must_be_readable
from ximu.ideas.ledger.rules import commitment
from ximu.ideas.registry import queries as registry
from ximu.ideas.registry.rules import reforms
from ximu.kernel import uscc
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal

AREA = re.compile(r"(P|D(1[0-6]|[1-9])|S[1-5]|M[1-4](\.[1-5])?)?")
LONGEST = {"reference": 120, "why": 500, "to": 200}
COUNTERPARTS = ("enterprise", "person", "delegate", "public")


@dataclass(frozen=True, slots=True)
class To:
    """The counterpart; its name is personal or commercial and stays within the room."""

    name: str
    kind: str = "enterprise"
    code: str = ""


@dataclass(frozen=True, slots=True)
class Promise:
    """What is to be registered. `why` is needed for a promise that is beyond the unit's power but was made already."""

    kind: str
    unit: str
    terms: rules.Terms
    made_on: date
    to: To | None = None
    reference: str = ""
    post: str = ""
    official: str = ""
    domain: str = ""
    why: str = ""
    uid: str = ""


@dataclass(slots=True)
class _Made:
    row: Commitment
    deed: rules.Deed
    counterpart: Counterpart | None = field(default=None)


def check(promise: Promise, *, today: date) -> list[rules.Flag]:
    """Before signing: what would stay with the promise (`ULTRA`, `AMT-BUDGET`). Writes nothing.

    Errors: `PROM-KIND`, `PROM-VAGUE`, `PROM-LONG`, `PROM-AREA`, `PROM-MATTER`, `AMT`, `DATE-ORDER`,
    `TIME-FUTURE`, `ORG-UNKNOWN`, `ORG-ENDED`, `ID-USCC`, `PROM-TO`, `PROM-SERIES`, `PROM-POST`.
    """
    kind = queries.kind(promise.kind)
    rules.must_be_clear(kind, promise.terms, counterpart=bool(promise.to and promise.to.name.strip()), procedure=queries.procedure())
    must_be_readable(promise.terms)
    steps.not_future(promise.made_on, today, "made_on")
    if promise.to and promise.to.kind not in COUNTERPARTS:
        raise Refusal("PROM-TO", field="to", value=promise.to.kind[:40], rule=" ".join(COUNTERPARTS), zh="承诺对象的类别不正确。",
                      en="That is no kind of counterpart.")
    book = registry.book()
    if promise.unit in book.units:
        _must_hold(promise)
    if promise.unit not in book.units:
        raise reforms.unknown(promise.unit)
    if not book.living(promise.unit, promise.made_on):
        raise reforms.ended(book, promise.unit, promise.made_on)
    rules.must_fit(promise.terms, promise.made_on)
    _must_be_named(promise)
    unit = registry.unit(promise.unit, as_of=promise.made_on)
    return rules.flags_of(promise.terms, queries.procedure(), unit_kind=unit.kind if unit else "", unit_level=unit.level if unit else "")


def _must_be_named(promise: Promise) -> None:
    """Errors: `PROM-AREA` for what is no row of the notice, `ID-USCC`, `PROM-LONG`."""
    if not AREA.fullmatch(promise.domain):
        raise Refusal("PROM-AREA", field="domain", value=promise.domain[:20], rule=AREA.pattern, zh="领域应为任务表的行号，如D4。",
                      en="The area must be a row of the notice, such as D4.")
    code = promise.to.code.strip() if promise.to else ""
    if code and not (found := uscc.check(code)).valid:
        raise Refusal("ID-USCC", field="to_code", value=code[:40], rule=found.expected or "GB 32100-2015",
                      zh="对方统一社会信用代码不正确。", en="The counterpart's credit code is wrong.")
    given = {"reference": promise.reference, "why": promise.why, "to": promise.to.name if promise.to else ""}
    for name, words in given.items():
        if len(words) > LONGEST[name]:
            raise Refusal("PROM-LONG", field=name, value=len(words), rule=f"≤ {LONGEST[name]}", zh=f"内容过长，最多{LONGEST[name]}字。",
                          en=f"Too long: {LONGEST[name]} characters at most.")


def _must_hold(promise: Promise) -> None:
    """The post is one of the unit's on the day of the promise, and the official held it then. Errors: `PROM-POST`."""
    if promise.post and promise.post not in {one.uid for one in registry.posts(promise.unit, as_of=promise.made_on)}:
        raise _post("post", promise.post, "承诺岗位不是该单位当日的岗位", "The post is none of the unit's on that day")
    held = {who.uid for _, who in registry.holders(promise.post, promise.made_on)} if promise.post else set()
    if promise.official and (registry.official(promise.official) is None or (promise.post and promise.official not in held)):
        raise _post("official", promise.official, "承诺人当日不在该岗位任职", "The official did not hold that post on that day")


def _post(field: str, value: str, zh: str, en: str) -> Refusal:
    return Refusal("PROM-POST", field=field, value=value[:16], rule="registry, made_on", zh=f"{zh}，请核对机构名录。",
                   en=f"{en}; see the registry.")


@transaction.atomic
def register(promise: Promise, *, by: Actor, at: datetime) -> str:
    """The promise's uid. The same document (unit, kind, reference) with the same content adds nothing.

    Errors: those of `check`, and `ULTRA` (nobody said why), `PROM-DUP`.
    """
    return register_many([promise], by=by, at=at)[0]


@transaction.atomic
def register_many(promises: Sequence[Promise], *, by: Actor, at: datetime) -> list[str]:
    """Set-wise, all or nothing; the uids in the order given. A refusal says in `row` which promise it speaks of."""
    known = _known(promises)
    answers: list[str] = []
    made: list[_Made] = []
    for place, promise in enumerate(promises, 1):
        by.must("commitments.register", promise.unit)
        key = (promise.unit, promise.kind, promise.reference.strip())
        try:
            new = _made(promise, by=by, at=at)
            if key in known:
                _must_be_same(known[key], new)
                answers.append(known[key].uid)
                continue
        except Refusal as refusal:
            refusal.extra.setdefault("row", place)
            raise
        made.append(new)
        answers.append(new.row.uid)
        if promise.reference.strip():
            known[key] = new.row
    _write(made, at=at)
    return answers


def _known(promises: Sequence[Promise]) -> dict[tuple[str, str, str], Commitment]:
    references = sorted({p.reference.strip() for p in promises} - {""})
    found: dict[tuple[str, str, str], Commitment] = {}
    for start in range(0, len(references), steps.BATCH):
        rows = Commitment.objects.filter(reference__in=references[start:start + steps.BATCH])
        found |= {(r.unit, r.kind, r.reference): r for r in rows}
    return found


def _must_be_same(old: Commitment, new: _Made) -> None:
    first = Step.objects.filter(commitment=old).order_by("log_index").values_list("detail", flat=True).first() if old.pk else None
    if (first["terms"] if first else old.terms) == new.deed.detail["terms"]:
        return
    raise Refusal("PROM-DUP", status=409, field="reference", value=old.reference, rule="unit, kind, reference",
                  zh=f"承诺书号“{old.reference}”已登记，内容不同；变更须按程序办理。",
                  en=f"“{old.reference}” is on record with other terms; a change goes by procedure.")


def _made(promise: Promise, *, by: Actor, at: datetime) -> _Made:
    today = queries.city_day(at)
    flags = check(promise, today=today)
    rules.must_be_owned(flags, promise.why)
    kind, uid = queries.kind(promise.kind), promise.uid or new_uid()
    counterpart, sealed = _counterpart(promise.to)
    detail: dict[str, Any] = {
        **terms_detail(promise.terms, promise.made_on), "kind": promise.kind, "unit": promise.unit, "post": promise.post,
        "official": promise.official, "reference": promise.reference.strip(), "made_on": promise.made_on.isoformat(),
        "domain": promise.domain, "to": sealed, "flags": sorted({f.code for f in flags}), "why": promise.why.strip(),
    }
    deed = rules.Deed("register", promise.made_on, at, by.human, detail)
    row = Commitment(
        uid=uid, kind=promise.kind, domain=promise.domain, unit=promise.unit, post=promise.post, official=promise.official,
        reference=detail["reference"], made_on=promise.made_on, flags=detail["flags"], registered_at=at, registered_by=by.human,
        **steps.cursor(kind, rules.fold([deed]), today),
    )
    if counterpart:
        counterpart.commitment = row
    return _Made(row, deed, counterpart)


def terms_detail(terms: rules.Terms, since: date) -> dict[str, Any]:
    """The terms of one version, with the days as they are counted."""
    due, known = queries.rolled(terms.due) if terms.due else (since, True)
    return {"terms": rules.to_json(terms), "begins": (terms.begins or since).isoformat(), "due": due.isoformat(), "rolled": known}


def _counterpart(to: To | None) -> tuple[Counterpart | None, str]:
    if to is None or not to.name.strip():
        return None, ""
    salt = secrets.token_bytes(steps.SALT)
    value = {"kind": to.kind, "name": to.name.strip(), "code": to.code.strip()}
    return Counterpart(**value, salt=salt), commitment(salt, value)


def _write(made: list[_Made], *, at: datetime) -> None:
    if not made:
        return
    try:
        with transaction.atomic():
            Commitment.objects.bulk_create([m.row for m in made], batch_size=steps.BATCH)
    except IntegrityError as error:
        raise Refusal("PROM-DUP", status=409, field="reference", value="", rule="unit, kind, reference",
                      zh="同一承诺书号刚被他人登记，请刷新后再办。", en="The same document has just been registered; reload.") from error
    uids = {m.row.uid: m.row for m in made}
    if any(row.pk is None for row in uids.values()):
        raise RuntimeError("bulk_create must return keys")
    Counterpart.objects.bulk_create([m.counterpart for m in made if m.counterpart], batch_size=steps.BATCH)
    first, salts = steps.seal([(m.row.uid, m.deed) for m in made], at=at)
    Step.objects.bulk_create([
        Step(log_index=first + place, commitment=m.row, what="register", on=m.deed.on, known_at=at, by=m.deed.by, detail=m.deed.detail,
             salt=salt)
        for place, (m, salt) in enumerate(zip(made, salts, strict=True))
    ], batch_size=steps.BATCH)
    on, late = queries.city_day(at).isoformat(), [m.row.uid for m in made if m.row.state in rules.FAILED]
    for event, some in ((CommitmentOverdue, late), (CommitmentBroken, [m.row.uid for m in made if m.row.state == rules.BROKEN])):
        for start in range(0, len(some), steps.BATCH):
            announce(event(some[start:start + steps.BATCH], on), at=at)
