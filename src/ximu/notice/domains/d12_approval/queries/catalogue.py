"""Versions of the catalogue: which was in force on a day, what changed, a file of it, and which items may not go."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db.models import QuerySet

from ximu.foundation import city, tabled
from ximu.ideas.casework import queries as cases
from ximu.ideas.ledger.rules import entry_bytes
from ximu.ideas.registry import queries as registry
from ximu.kernel.canonical import digest
from ximu.kernel.changes import Change, changes
from ximu.kernel.refusal import absent
from ximu.kernel.view import View
from ximu.notice.domains.d12_approval.models import Edition
from ximu.notice.domains.d12_approval.rules import catalogue as rules

HERE = Path(__file__).parents[1]
PUBLISHED = "approval.published"
KINDS = (PUBLISHED,)
WAITING = (Edition.State.DRAFT, Edition.State.NOTICE)


def office(on: date) -> str:
    """The office of approval reform as the profile names it (`approvals`), else the coordinating office."""
    uid = city.office("approvals") or cases.office()
    return registry.owner_of(uid, on) if uid in registry.book().units else ""


def published() -> QuerySet[Edition]:
    return Edition.objects.filter(state=Edition.State.PUBLISHED).order_by("in_force")


def newest() -> Edition | None:
    return published().last()


def waiting() -> Edition | None:
    """The draft, or the version out for notice: one at a time."""
    return Edition.objects.filter(state__in=WAITING).first()


def in_force(on: date) -> Edition | None:
    return published().filter(in_force__lte=on).last()


def edition(number: str, *, drafts: bool = False) -> Edition:
    """A published version or one out for notice; with `drafts` any. Errors: `CAT-NONE`."""
    seen = Edition.objects.filter(number=number[:12]).exclude(state=Edition.State.WITHDRAWN)
    row = seen.first() if drafts else seen.exclude(state=Edition.State.DRAFT).first()
    if row is None:
        raise absent("CAT-NONE", field="edition", value=number[:12], zh="个目录版本", en="version of the catalogue")
    return row


def item(row: Edition, code: str) -> dict[str, Any]:
    """Errors: `CAT-ITEM`."""
    found = next((one for one in search(row) if one["code"] == code), None)
    if found is None:
        raise absent("CAT-ITEM", field="item", value=code[:24], zh="个审批事项", en="item on this version of the catalogue")
    return found


def search(row: Edition, words: str = "", unit: str = "") -> list[dict[str, Any]]:
    """By code, name, basis, material or body."""
    names, asked = unit_names(row), words.strip().casefold()
    return [{**one, "unit_name": names[one["unit"]]} for one in row.items if (not unit or one["unit"] == unit) and (
        not asked or asked in "\n".join((one["code"], one["name"], names[one["unit"]], *one["basis"], *one["materials"])).casefold())]


def unit_names(row: Edition) -> dict[str, str]:
    on = row.in_force or row.notice_from or row.drafted_at.date()
    return {uid: registry.name(uid, as_of=on, short=True) for uid in {one["unit"] for one in row.items}}


def difference(row: Edition, against: str = "") -> list[Change]:
    """From the version before, or from any other. Errors: `CAT-NONE`."""
    old = edition(against or row.previous) if against or row.previous else None
    names = unit_names(row) | (unit_names(old) if old else {})
    return changes(old.items if old else [], row.items, key="code", fields=rules.FIELDS,
                   shown=lambda one, name: names[one["unit"]] if name == "unit" else rules.cell(one, name))


def items_by_day() -> Any:
    """(code, day) → the item in the version of the day, None where it is not listed, "" where no version was in force."""
    known = [(row.in_force, {one["code"]: one for one in row.items}) for row in published()]

    @lru_cache(maxsize=1000)
    def on(day: date) -> Any:
        return next((items for since, items in reversed(known) if since <= day), "")

    return lambda code, day: "" if (found := on(day)) == "" else found.get(code)


def published_body(row: Edition) -> dict[str, Any]:
    """Reckoned from the items themselves: a changed row does not fit its entry."""
    return {"edition": row.uid, "number": row.number, "digest": digest(row.items), "in_force": str(row.in_force), "previous": row.previous}


def public_catalogue(view: View, *, on: date, number: str = "", code: str = "", words: str = "") -> dict[str, Any]:
    """The provider `approvals`: the version in force or by its number, one item of it, all versions, the one that lies out for notice."""
    row, waits = edition(number) if number else in_force(on), waiting()
    one = item(row, code) if row and code else {}
    told = {**one, "unit": one.get("unit_name")}
    facts = [(said, told[name] if name in rules.LISTS else [rules.VALUES.get(str(told[name]), told[name])])
             for name, said in rules.FIELDS.items() if one]
    return {"view": view.name, "edition": row, "now": in_force(on), "waits": waits if waits and waits.notice_from else None, "item": one,
            "facts": facts, "items": search(row, words) if row else [], "versions": published().reverse().defer("items"),
            "fields": rules.FIELDS, "values": rules.VALUES, "changes": difference(row) if row and row.previous else []}


def public_file(view: View, *, number: str, form: str) -> tabled.File:
    """The provider `approvals-file`. Errors: `CAT-NONE`, `FILE-FORM`."""
    row = edition(number)
    head = {"版本": row.number, "生效日": str(row.in_force or ""), "摘要": row.digest}
    names = unit_names(row)
    return tabled.file_of(f"approvals-{row.number}", form, head=head, columns=[words.zh for words in rules.FIELDS.values()],
                          rows=rules.table_of(row.items, names), whole=[{**one, "unit_name": names[one["unit"]]} for one in row.items])


def provider(first: int, last: int) -> Iterator[tuple[int, bytes, str]]:
    """What the log should say about published versions."""
    for one in Edition.objects.filter(log_index__gte=first, log_index__lt=last):
        yield one.log_index or 0, entry_bytes(PUBLISHED, published_body(one), one.published_at), f"行政审批目录 {one.number}"
