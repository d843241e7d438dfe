"""Registering a legal text: a new version beside the old ones."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from ximu.ideas.catalogue import queries
from ximu.ideas.catalogue.models import Basis
from ximu.ideas.catalogue.rules import BASIS_LEVELS
from ximu.ideas.ledger.rules import Entry
from ximu.ideas.ledger.services import append
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal

KEYS = {"title", "title_en", "number", "level", "in_force_on", "repealed_on", "empowers", "to_be_confirmed", "note"}
NEEDED = {"title", "title_en", "level", "in_force_on"}


@transaction.atomic
def register_basis(code: str, *, values: Mapping[str, Any], by: Actor, at: datetime) -> bool:
    """Register a text, or a new version of one; False when the version that counts says the same already.

    `values`: title, title_en, level, in_force_on, and optionally number, repealed_on, empowers, to_be_confirmed, note.
    Errors: `PERM-DENIED`, `LIST-BASIS-FORM`.
    """
    by.must("catalogue.merge")
    _must_be_basis(code, values)
    last = Basis.objects.filter(code=code).order_by("-version").first()
    if last and all(getattr(last, key) == value for key, value in values.items()):
        return False
    row = Basis(code=code, version=last.version + 1 if last else 1, **values, registered_at=at, registered_by=by.uid)
    [row.log_index] = append([Entry("list.basis", queries.basis_value(row))], at=at)
    row.save(force_insert=True)
    return True


def _must_be_basis(code: str, values: Mapping[str, Any]) -> None:
    repealed, begun = values.get("repealed_on"), values.get("in_force_on")
    wrong = sorted(set(values) - KEYS) + sorted(NEEDED - set(values))
    if not wrong and values["level"] not in BASIS_LEVELS:
        wrong = ["level"]
    if not wrong and not (isinstance(begun, date) and (repealed is None or (isinstance(repealed, date) and repealed > begun))):
        wrong = ["in_force_on, repealed_on"]
    if wrong or not code:
        raise Refusal("LIST-BASIS-FORM", field=wrong[0] if wrong else "code", value=code, rule="、".join(BASIS_LEVELS),
                      zh=f"依据“{code}”的登记内容不符合要求：{'、'.join(wrong) or 'code'}。",
                      en=f"The registration of “{code}” is not proper: {', '.join(wrong) or 'code'}.")
