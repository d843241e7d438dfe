"""The coordinator merges, the publisher publishes; after that nothing changes."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from django.db import transaction

from ximu.foundation import clock, outbox
from ximu.ideas.catalogue import queries, rules
from ximu.ideas.catalogue.hooks import EditionPublished
from ximu.ideas.catalogue.models import Edition, ItemStep, ListItem, Objection
from ximu.ideas.catalogue.services.drafting import edition_in_the_making, must_say_why
from ximu.ideas.catalogue.services.review import must_be_another
from ximu.ideas.ledger.rules import Entry
from ximu.ideas.ledger.services import append
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal

State = ListItem.State


@transaction.atomic
def settle_owner(number: str, *, keep: str, reason: str, by: Actor, at: datetime) -> None:
    """The conflict desk: the item `keep` (uid) stays, all other drafts under its code are dropped.

    Both units find it among what waits for them (`queries.today`). Errors: `PERM-DENIED`, `LIST-REASON`, `LIST-FROZEN`,
    `LIST-ITEM-NONE`, `LIST-EDGE` for an item that was dropped before.
    """
    by.must("catalogue.merge")
    must_say_why(reason)
    edition = edition_in_the_making(number)
    kept = queries.draft_item(keep, number=number)
    if kept.state == State.DROPPED:
        raise Refusal("LIST-EDGE", status=409, field="keep", value=kept.code, rule="≠ dropped",
                      zh=f"条目“{kept.code}”的这份草案已不列入，不能作为保留的一份。",
                      en=f"This draft of “{kept.code}” was dropped before; it cannot be the one that stays.")
    others = ListItem.objects.filter(edition=edition, code=kept.code).exclude(state=State.DROPPED).exclude(pk=kept.pk)
    steps = [ItemStep(item=other, act="drop", reason=reason, taken_at=at, taken_by=by.uid) for other in others]
    others.update(state=State.DROPPED)
    ItemStep.objects.bulk_create([*steps, ItemStep(item=kept, act="keep", reason=reason, taken_at=at, taken_by=by.uid)])


@transaction.atomic
def merge(number: str, *, by: Actor, at: datetime) -> None:
    """Drafting ends: every item is accepted or dropped, every item has one owner.

    Errors: `PERM-DENIED`, `LIST-OWNER`, `LIST-PENDING`, `LIST-LINK`, `LIST-FROZEN`, `LIST-EDGE`.
    """
    by.must("catalogue.merge")
    edition = edition_in_the_making(number)
    _must_be_whole(edition)
    won = Edition.objects.filter(pk=edition.pk, state=Edition.State.DRAFTING).update(
        state=Edition.State.REVIEW, merged_at=at, merged_by=by.uid)
    if not won:
        raise _not_ready(number, "已经汇总", "is merged already")


@transaction.atomic
def publish(number: str, *, by: Actor, at: datetime, backdated: str = "") -> str:
    """Publish a merged edition; its digest. From its day in force it judges, and no earlier day changes its judge.

    `backdated` gives the reason when the day in force lies before today (an edition that was published elsewhere).
    Errors: `PERM-DENIED`, `DUAL`, `LIST-FROZEN`, `LIST-EDGE`, `LIST-OWNER`, `LIST-PENDING`, `LIST-LINK`, `LIST-BASIS`,
    `LIST-ULTRA`, `LIST-OVERLAP`, `LIST-BACKDATED`.
    """
    by.must("catalogue.publish")
    edition = edition_in_the_making(number)
    if edition.state != Edition.State.REVIEW:
        raise _not_ready(number, "尚未汇总", "is not merged yet")
    items = _must_be_whole(edition)
    bases = queries.bases()
    for item in items:
        must_be_another(by, item.drafted_human, code=item.code)
        rules.must_rest_on_law(queries.as_item(item), bases, on=edition.in_force)
    before = {e.number: e.in_force for e in queries.editions()}
    rules.must_follow(number, edition.in_force, before)
    _must_not_reach_back(edition, backdated, at)
    edition.previous = max(before, key=rules.number_parts, default="")
    edition.basis_versions = {ref.basis: bases[ref.basis].version for item in items for ref in queries.as_item(item).bases}
    edition.state, edition.published_at, edition.published_by, edition.backdated = Edition.State.PUBLISHED, at, by.uid, backdated
    edition.digest = rules.digest_of(queries.canonical_of(edition))
    [edition.log_index] = append([Entry("list.published", queries.published_body(edition, edition.digest))], at=at)
    edition.save()
    outbox.announce(EditionPublished(number, edition.in_force.isoformat(), edition.digest), at=at)
    return edition.digest


def _must_not_reach_back(edition: Edition, backdated: str, at: datetime) -> None:
    if edition.in_force < clock.city_day(at) and not backdated.strip():
        raise Refusal("LIST-BACKDATED", field="in_force", value=edition.in_force.isoformat(), rule=f"≥ {clock.city_day(at)}",
                      zh=f"生效日{edition.in_force}早于今天；补录已在别处发布的版本须写明理由。",
                      en=f"The day in force {edition.in_force} lies before today; say why when an edition is entered afterwards.")


def _must_be_whole(edition: Edition) -> list[ListItem]:
    """The accepted items. Errors: `LIST-OWNER`, `LIST-PENDING`, `LIST-LINK`."""
    living = list(ListItem.objects.filter(edition=edition).exclude(state=State.DROPPED).select_related("edition").order_by("list", "code"))
    same: dict[str, list[ListItem]] = defaultdict(list)
    for item in living:
        same[item.code].append(item)
    for code, claims in same.items():
        if len(claims) > 1:
            owners = "、".join(c.owner_name for c in claims)
            raise Refusal("LIST-OWNER", status=409, field="code", value=code, rule="1",
                          zh=f"条目“{code}”由{owners}同时申报，须先确定一个责任单位。",
                          en=f"“{code}” is claimed by {owners}; settle one owner first.")
    open_ones = Objection.objects.filter(item__edition=edition, outcome=Objection.Outcome.OPEN).exclude(item__state=State.DROPPED)
    waiting = [i.code for i in living if i.state != State.ACCEPTED] + [o.item.code for o in open_ones.select_related("item")]
    if waiting or not living:
        raise Refusal("LIST-PENDING", status=409, field="items", value="、".join(waiting), rule="accepted",
                      zh=f"有{len(waiting)}个条目未审核或异议未答复：{'、'.join(waiting[:10])}。" if waiting else "本版本还没有条目。",
                      en=f"{len(waiting)} items wait for review or for an answer: {', '.join(waiting[:10])}." if waiting
                      else "The edition has no item yet.")
    _must_be_linked(living)
    return living


def _must_be_linked(living: list[ListItem]) -> None:
    codes = {kind: {i.code for i in living if i.list == kind} for kind in rules.LISTS}
    for item in living:
        wanted, known = {"behaviour": (item.body.get("documents", ()), codes["data"]),
                         "application": (item.body.get("behaviours", ()), codes["behaviour"])}.get(item.list, ((), set()))
        lost = [code for code in wanted if code != rules.ANY and code not in known]
        if lost:
            raise Refusal("LIST-LINK", status=409, field=item.code, value=lost[0], rule="同一版本 same edition",
                          zh=f"条目“{item.code}”引用的“{lost[0]}”不在本版本中。",
                          en=f"“{item.code}” refers to “{lost[0]}”, which is not in this edition.")


def _not_ready(number: str, zh: str, en: str) -> Refusal:
    return Refusal("LIST-EDGE", status=409, field="edition", value=number, rule="drafting → review → published",
                   zh=f"版本{number}{zh}。", en=f"Edition {number} {en}.")
