"""How does a plan, rule or standard come into force, and how does it end?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction

from ximu.foundation import files
from ximu.ideas.ledger import services as ledger
from ximu.ideas.ledger.rules import Entry
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal
from ximu.notice.safeguards.s2_institutions import queries, rules
from ximu.notice.safeguards.s2_institutions.models import Cover, Document, Version

LARGEST_BYTES = 50 << 20


@dataclass(frozen=True, slots=True)
class NewVersion:
    """`unit` is a uid of the registry, `parameters` names of dated parameters that the text sets, `content` the whole text as a file."""

    unit: str
    kind: str
    title: str
    reference: str
    in_force_on: date
    content: bytes
    parameters: tuple[str, ...] = ()


def enter(new: NewVersion, *, by: Actor, at: datetime) -> str:
    """The uid of the version; a document of the same unit, kind and title gets its next one.

    Errors: `PERM-DENIED`, `DOC-KIND`, `DOC-TITLE`, `EVID-DIGEST`, `ORG-ENDED`, `PARAM-NONE`, `DOC-DUP`, `FILE-SIZE`.
    """
    by.must("institutions.enter", new.unit)
    _check(new)
    digest, _ = files.keep([new.content], most_bytes=LARGEST_BYTES)
    try:
        with transaction.atomic():
            document, _ = Document.objects.get_or_create(
                unit=new.unit, kind=new.kind, title=new.title.strip(), defaults={"entered_at": at, "entered_by": by.uid})
            if document.versions.filter(text=digest).exists():
                raise Refusal("DOC-DUP", status=409, field="file", value=digest[:12], rule="unique", zh="该文件的同一文本已登记。",
                              en="The same text of this document is on record.")
            row = Version.objects.create(
                document=document, number=document.versions.count() + 1, reference=new.reference.strip(), in_force_on=new.in_force_on,
                text=digest, parameters=list(new.parameters), entered_at=at, enterer=by.human)
            ledger.append([Entry("institution.entered", {"version": row.uid, "text": digest, "by": by.uid})], at=at)
    except IntegrityError as error:
        raise Refusal("DOC-DUP", status=409, field="title", value=new.title[:40], rule="unique", zh="该文件正由他人登记，请刷新。",
                      en="Somebody else is entering this document; reload.") from error
    return row.uid


def _check(new: NewVersion) -> None:
    if new.kind not in rules.KINDS:
        raise Refusal("DOC-KIND", field="kind", value=new.kind[:20], rule=" ".join(rules.KINDS),
                      zh="文件种类应为实施方案、制度或标准规范。",
                      en="A document is a plan, a rule or a standard.")
    if not new.title.strip():
        raise Refusal("DOC-TITLE", field="title", value="", rule="required", zh="文件须有名称。", en="A document needs a title.")
    if not new.content:
        raise Refusal("EVID-DIGEST", field="file", value="", rule="required", zh="须附全文文件。", en="The whole text is needed as a file.")
    book = registry.book()
    if new.unit not in book.units or not book.living(new.unit, new.in_force_on):
        raise Refusal("ORG-ENDED", field="unit", value=new.unit[:40], rule="registry", zh="制定单位在施行之日不存续。",
                      en="The unit does not exist on the day in force.")
    known = {one.name for one in queries.parameters(new.in_force_on)}
    if strangers := [name for name in new.parameters if name not in known]:
        raise Refusal("PARAM-NONE", field="parameters", value=strangers[0][:40], rule="parameters", zh="系统没有这一参数。",
                      en="The software has no such parameter.")


def cover(version: str, said: Sequence[rules.Said], *, by: Actor, at: datetime) -> list[str]:
    """Say where the plan covers each item; the items that are still missing.

    Errors: `PERM-DENIED`, `DOC-NONE`, `DOC-KIND` when it is no plan, `STATE-EDGE`, `ITEM-NONE`, `STANCE`, `REASON`.
    """
    row = queries.version(version)
    by.must("institutions.enter", row.document.unit)
    if row.document.kind != "plan":
        raise Refusal("DOC-KIND", field="kind", value=row.document.kind, rule="plan", zh="只有实施方案须说明事项覆盖情况。",
                      en="Only a plan speaks of the items.")
    known = {code for code, _ in queries.items()}
    for one in said:
        if one.item not in known:
            raise Refusal("ITEM-NONE", status=404, field="item", value=one.item[:20], rule="notice", zh="工作任务表中没有这一事项。",
                          en="The notice has no such item.")
        if one.stance not in rules.STANCES:
            raise Refusal("STANCE", field="stance", value=one.stance[:20], rule=" ".join(rules.STANCES), zh="情况应为已覆盖或不适用。",
                          en="An item is covered or not applicable.")
        if one.stance == "not_applicable" and not one.words.strip():
            raise Refusal("REASON", field=one.item, value="", rule="required", zh=f"事项{one.item}不适用的，须写明理由。",
                          en=f"Say why item {one.item} does not apply.")
    with transaction.atomic():
        if not Version.objects.select_for_update().filter(pk=row.pk, state=Version.State.ENTERED).exists():
            raise _edge(row)
        for one in said:
            Cover.objects.update_or_create(version=row, item=one.item, defaults={"stance": one.stance, "words": one.words.strip()})
        ledger.append([Entry("institution.covered", {"version": row.uid, "items": sorted([o.item, o.stance] for o in said), "by": by.uid})],
                      at=at)
    return queries.gaps_of(row)


def publish(version: str, *, by: Actor, at: datetime) -> str:
    """Errors: `PERM-DENIED`, `DOC-NONE`, `DUAL` for the one who entered it, `PLAN-GAP` with the items missing, `STATE-EDGE`."""
    by.must("institutions.publish")
    row = queries.version(version)
    if row.enterer == by.human:
        raise Refusal("DUAL", status=403, field="by", value="", rule="two persons", zh="登记文件的人不能自己印发。",
                      en="The one who entered the document cannot publish it.")
    if row.document.kind == "plan" and (missing := queries.gaps_of(row)):
        raise Refusal("PLAN-GAP", field="items", value=len(missing), rule=f"{len(queries.items())} items", extra={"missing": missing},
                      zh=f"实施方案未说明{len(missing)}项：{'、'.join(missing)}。",
                      en=f"The plan says nothing of {len(missing)} items: {', '.join(missing)}.")
    with transaction.atomic():
        changed = Version.objects.filter(pk=row.pk, state=Version.State.ENTERED).update(
            state=Version.State.PUBLISHED, published_at=at, published_by=by.uid)
        if not changed:
            raise _edge(row)
        row.refresh_from_db()
        [index] = ledger.append([Entry(queries.PUBLISHED, queries.published_body(row))], at=at)
        Version.objects.filter(pk=row.pk).update(log_index=index)
    return row.uid


def _edge(row: Version) -> Refusal:
    return Refusal("STATE-EDGE", status=409, field="state", value=row.state, rule="entered → published → repealed",
                   zh="该版本已印发或废止，不再改动。", en="This version has been published or repealed and is not changed.")


def repeal(version: str, *, on: date, by: Actor, at: datetime) -> str:
    """The last day is the one before `on`. Errors: `PERM-DENIED`, `DOC-NONE`, `DATE-ORDER`, `STATE-EDGE`."""
    by.must("institutions.publish")
    row = queries.version(version)
    if on < row.in_force_on:
        raise Refusal("DATE-ORDER", field="on", value=on.isoformat(), rule=f"≥ {row.in_force_on}", zh="废止日期不能早于施行日期。",
                      en="A version cannot be repealed before it is in force.")
    with transaction.atomic():
        changed = Version.objects.filter(pk=row.pk, state=Version.State.PUBLISHED).update(state=Version.State.REPEALED, repealed_on=on)
        if not changed:
            raise _edge(row)
        ledger.append([Entry("institution.repealed", {"version": row.uid, "on": on.isoformat(), "by": by.uid})], at=at)
    return row.uid
