"""What lies on the lists desk while an edition is made, and for whom does it wait?"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse

from ximu.ideas.catalogue import rules
from ximu.ideas.catalogue.models import Edition, ItemStep, ListItem, Objection
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import absent
from ximu.kernel.today import TodayItem
from ximu.kernel.words import Text

State = ListItem.State
WITH_UNIT = (State.DRAFT, State.RETURNED)
SETTLED = ("keep", "drop")


def desk(number: str) -> dict[str, Any]:
    """The lists desk for one edition in the making: items by state, conflicts, open objections."""
    rows = list(ListItem.objects.filter(edition__number=number).exclude(state=ListItem.State.DROPPED)
                .select_related("edition").order_by("list", "code", "owner_name"))
    order = list(rules.LISTS)
    rows.sort(key=lambda row: order.index(row.list))
    owners: dict[str, list[ListItem]] = {}
    for row in rows:
        owners.setdefault(row.code, []).append(row)
    return {
        "items": rows,
        "counts": {state: sum(r.state == state for r in rows) for state in ListItem.State.values if state != ListItem.State.DROPPED},
        "conflicts": [same for same in owners.values() if len(same) > 1],
        "objections": list(Objection.objects.filter(item__edition__number=number).select_related("item").order_by("pk")),
    }


def draft_item(uid: str, *, number: str = "") -> ListItem:
    """Errors: `LIST-ITEM-NONE` when there is none, or (with `number`) not in that edition."""
    row = ListItem.objects.select_related("edition").filter(uid=uid).first()
    if row is None or (number and row.edition.number != number):
        raise absent("LIST-ITEM-NONE", field="uid", value=uid, zh="个清单条目", en="list item")
    return row


def steps_of(uid: str) -> list[ItemStep]:
    return list(ItemStep.objects.filter(item__uid=uid).order_by("pk"))


def objections_of(uid: str) -> list[Objection]:
    return list(Objection.objects.filter(item__uid=uid).order_by("pk"))


def today(actor: Actor, at: datetime) -> list[TodayItem]:
    """Of editions in the making: drafts with their unit, those to review, conflicts, what was settled, what is to be published."""
    if not actor.can("catalogue.desk"):
        return []
    making = Edition.objects.exclude(state=Edition.State.PUBLISHED).order_by("number")
    return [line for edition in making for line in _lines(actor, edition)]


def _lines(actor: Actor, edition: Edition) -> list[TodayItem]:
    url, found, merging = reverse("catalogue:edition", args=[edition.number]), desk(edition.number), actor.can("catalogue.merge")
    title = Text(f"清单{edition.number}版", f"edition {edition.number} of the lists")
    mine = [i for i in found["items"] if i.state in WITH_UNIT and (merging or actor.can("catalogue.draft", i.owner))]
    review = [i for i in found["items"] if i.state == State.SUBMITTED and actor.can("catalogue.review", i.owner)]
    answers = [o for o in found["objections"] if not o.outcome and merging]
    waiting = [(Text("清单草案待提交", "List drafts with their units"), len(mine)),
               (Text("清单条目待审核", "List items to review"), len(review)),
               (Text("清单责任单位冲突", "Several owners of a list item"), len(found["conflicts"]) if merging else 0),
               (Text("清单异议待答复", "Objections to list items"), len(answers)),
               (Text("清单待发布", "Lists to be published"), int(edition.state == Edition.State.REVIEW and actor.can("catalogue.publish")))]
    return [TodayItem(kind, title, url, count=count) for kind, count in waiting if count] + _settled(actor, edition)


def _settled(actor: Actor, edition: Edition) -> list[TodayItem]:
    """Whose claim stayed and whose was dropped: told to both units until the edition is published."""
    steps = ItemStep.objects.filter(item__edition=edition, act__in=SETTLED).select_related("item").order_by("pk")
    owners = {step.item.code: step.item.owner_name for step in steps if step.act == "keep"}
    mine = [step.item for step in steps if actor.can("catalogue.draft", step.item.owner) and step.item.code in owners]
    return [TodayItem(Text("清单责任单位已确定", "Owner of a list item settled"),
                      Text(f"{item.code}由{owners[item.code]}负责", f"{item.code} is owned by {owners[item.code]}"),
                      reverse("catalogue:draft", args=[item.uid]), state="ok") for item in mine]
