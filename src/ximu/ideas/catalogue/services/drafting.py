"""Units draft their items for an edition in the making."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from ximu.ideas.catalogue import queries, rules
from ximu.ideas.catalogue.models import Edition, ItemStep, ListItem
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal

State = ListItem.State
OPEN = (State.DRAFT, State.RETURNED)


def edition_in_the_making(number: str) -> Edition:
    """Locked until the transaction ends. Errors: `LIST-EDITION`, `LIST-FROZEN`."""
    row = Edition.objects.select_for_update().filter(number=number).first()
    if row is None:
        raise queries.no_edition(number)
    if row.state == Edition.State.PUBLISHED:
        raise Refusal("LIST-FROZEN", status=409, field="edition", value=number, rule="published",
                      zh=f"版本{number}已发布，不能修改；请编制新版本。",
                      en=f"Edition {number} is published and cannot be changed; make a new edition.")
    return row


def move(item: ListItem, *, begin: tuple[str, ...], to: str, act: str, by: Actor, at: datetime, reason: str = "", **changes: Any) -> None:
    """Conditional move of an item; the row count tells who won. Errors: `LIST-EDGE`, `LIST-FROZEN`."""
    edition_in_the_making(item.edition.number)
    if not ListItem.objects.filter(pk=item.pk, state__in=begin).update(state=to, **changes):
        raise Refusal("LIST-EDGE", status=409, field="state", value=ListItem.objects.get(pk=item.pk).state, rule=" ".join(begin),
                      zh=f"条目“{item.code}”当前状态下不能办理此动作。",
                      en=f"List item “{item.code}” is not in a state that allows this.")
    ItemStep.objects.create(item=item, act=act, reason=reason, taken_at=at, taken_by=by.uid)


@transaction.atomic
def open_edition(number: str, *, in_force: date, copy_from: str = "", by: Actor, at: datetime) -> str:
    """Begin an edition; with `copy_from` the items of a published edition are its first drafts. The edition's uid.

    Errors: `PERM-DENIED`, `LIST-NUMBER`, `LIST-OVERLAP`, `LIST-TWICE`, `LIST-EDITION`.
    """
    by.must("catalogue.merge")
    rules.number_parts(number)
    if Edition.objects.filter(number=number).exists():
        raise Refusal("LIST-TWICE", status=409, field="number", value=number, rule="unique",
                      zh=f"版本{number}已在编制或已发布。", en=f"Edition {number} is already in the making or published.")
    rules.must_follow(number, in_force, {e.number: e.in_force for e in queries.editions()})
    edition = Edition.objects.create(number=number, in_force=in_force, opened_at=at, opened_by=by.uid)
    for item in queries.items_of(copy_from).values() if copy_from else ():
        _insert(edition, item, by=by, at=at)
    return edition.uid


@transaction.atomic
def draft(number: str, *, list_: str, code: str, body: Mapping[str, Any], owner: str, owner_name: str, by: Actor, at: datetime) -> str:
    """A unit drafts an item; the item's uid. Another unit may draft the same code: the conflict desk settles it.

    Errors: `PERM-DENIED`, `LIST-FROZEN`, `LIST-KIND`, `LIST-ITEM`, `LIST-FORBIDDEN`, `LIST-BASIS`, `LIST-ULTRA`, `LIST-TWICE`.
    """
    by.must("catalogue.draft", owner)
    edition = edition_in_the_making(number)
    item = rules.Item(list_, code, owner, owner_name, number, dict(body))
    _must_be_lawful(edition, item)
    return _insert(edition, item, by=by, at=at).uid


@transaction.atomic
def revise(uid: str, *, body: Mapping[str, Any], by: Actor, at: datetime) -> None:
    """Errors: as `draft`, and `LIST-EDGE` when the item is not with its unit."""
    row = queries.draft_item(uid)
    by.must("catalogue.draft", row.owner)
    edition = edition_in_the_making(row.edition.number)
    _must_be_lawful(edition, rules.Item(row.list, row.code, row.owner, row.owner_name, edition.number, dict(body)))
    move(row, begin=OPEN, to=State.DRAFT, act="revise", by=by, at=at,
         body=dict(body), drafted_at=at, drafted_by=by.uid, drafted_human=by.human)


@transaction.atomic
def submit(uid: str, *, by: Actor, at: datetime) -> None:
    """Errors: `PERM-DENIED`, `LIST-EDGE`, `LIST-FROZEN`."""
    row = queries.draft_item(uid)
    by.must("catalogue.draft", row.owner)
    move(row, begin=OPEN, to=State.SUBMITTED, act="submit", by=by, at=at)


@transaction.atomic
def withdraw(uid: str, *, reason: str, by: Actor, at: datetime) -> None:
    """The unit takes its item back: the edition will lack it. Errors: `PERM-DENIED`, `LIST-REASON`, `LIST-EDGE`, `LIST-FROZEN`."""
    row = queries.draft_item(uid)
    by.must("catalogue.draft", row.owner)
    must_say_why(reason)
    move(row, begin=(*OPEN, State.SUBMITTED), to=State.DROPPED, act="withdraw", by=by, at=at, reason=reason)


def must_say_why(reason: str) -> None:
    if not 1 <= len(reason.strip()) <= 500:
        raise Refusal("LIST-REASON", field="reason", value=len(reason.strip()), rule="1-500",
                      zh="请写明理由，不超过500字。", en="Please give the reason, in at most 500 characters.")


def _must_be_lawful(edition: Edition, item: rules.Item) -> None:
    if item.list not in rules.LISTS:
        raise Refusal("LIST-KIND", field="list", value=item.list, rule=" ".join(rules.LISTS),
                      zh=f"没有“{item.list}”这种清单。", en=f"There is no list “{item.list}”.")
    rules.must_be_item(item.list, item.code, item.body)
    rules.must_rest_on_law(item, queries.bases(), on=edition.in_force)


def _insert(edition: Edition, item: rules.Item, *, by: Actor, at: datetime) -> ListItem:
    try:
        with transaction.atomic():
            row = ListItem.objects.create(
                edition=edition, list=item.list, code=item.code, owner=item.owner, owner_name=item.owner_name, body=item.body,
                drafted_at=at, drafted_by=by.uid, drafted_human=by.human,
            )
    except IntegrityError as error:
        raise Refusal("LIST-TWICE", status=409, field="code", value=item.code, rule="unique",
                      zh=f"本单位已为版本{edition.number}起草条目“{item.code}”。",
                      en=f"The unit has already drafted “{item.code}” for edition {edition.number}.") from error
    ItemStep.objects.create(item=row, act="draft", taken_at=at, taken_by=by.uid)
    return row
