"""The whole registry as one plain value, kept until somebody writes."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime
from threading import Lock

from django.conf import settings
from django.db import connection
from django.db.models import Q, QuerySet

from ximu.foundation.once import once
from ximu.foundation.profiles import uid_of
from ximu.ideas.registry import models as m
from ximu.ideas.registry.rules import book as rules
from ximu.ideas.registry.rules.matching import Index, speller_of

MOST_KEPT = 8
"""States of the registry kept in memory: the present one and a few that were asked for by `known_at`."""
_kept: OrderedDict[tuple[str, str, datetime | None], Index] = OrderedDict()
_lock = Lock()


NEWEST = f"SELECT uid FROM {m.Edition._meta.db_table} ORDER BY number DESC LIMIT 1"  # noqa: S608  our own name


def version() -> str:
    """The name of the registry's present state; another one as soon as anybody wrote. Asked for each name that is read: as SQL, which takes
    a fifteenth of what a query set takes to be made."""
    with connection.cursor() as cursor:
        cursor.execute(NEWEST)
        found = cursor.fetchone()
    return found[0] if found else ""


def number() -> int:
    return m.Edition.objects.order_by("-number").values_list("number", flat=True).first() or 0


def key_uid(key: str) -> str:
    """The uid of the unit that the running city's profile calls `key`."""
    return uid_of(settings.XIMU_PROFILE or "example", key)


def index(*, known_at: datetime | None = None) -> Index:
    state = (str(connection.settings_dict["NAME"]), once("registry.version", version), known_at)
    with _lock:
        if state in _kept:
            _kept.move_to_end(state)
            return _kept[state]
    loaded = _load(known_at)
    made = Index(loaded, speller_of(loaded))
    with _lock:
        _kept[state] = made
        while len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
    return made


def book(*, known_at: datetime | None = None) -> rules.Book:
    return index(known_at=known_at).book


def _valid(known_at: datetime | None, prefix: str = "") -> Q:
    if known_at is None:
        return Q(**{f"{prefix}retracted_at__isnull": True})
    return Q(**{f"{prefix}recorded_at__lte": known_at}) & (
        Q(**{f"{prefix}retracted_at__isnull": True}) | Q(**{f"{prefix}retracted_at__gt": known_at}))


def _load(known_at: datetime | None) -> rules.Book:
    valid = _valid(known_at)
    units = {
        u[0]: rules.Unit(*u)
        for u in m.Unit.objects.filter(valid).order_by("pk").values_list("uid", "kind", "since", "code", "division", "sure", "key")
    }
    names = tuple(
        rules.Name(*n) for n in m.UnitName.objects.filter(valid).order_by("pk").values_list(
            "unit__uid", "role", "text", "since", "until")
    )
    places = tuple(
        rules.Place(*p) for p in m.Place.objects.filter(valid).order_by("pk").values_list(
            "unit__uid", "since", "level", "parent", "district")
    )
    posts, officials, holdings = _people(known_at)
    members = tuple(
        rules.Member(*x) for x in m.Member.objects.filter(valid).order_by("pk").values_list("group", "unit", "since", "until"))
    loaded = rules.Book("", units, names, places, _edges(known_at), posts, officials, holdings, members)
    return rules.named_for_its_city(loaded)


def _edges(known_at: datetime | None) -> tuple[rules.Edge, ...]:
    rows: QuerySet[m.ReformEdge, tuple] = m.ReformEdge.objects.filter(_valid(known_at, "reform__")).order_by("pk").values_list(
        "reform__uid", "reform__kind", "reform__on", "predecessor", "successor", "principal", "scope", "reform__sure",
        "reform__basis")
    return tuple(rules.Edge(*e) for e in rows)


def _people(
    known_at: datetime | None,
) -> tuple[dict[str, rules.Post], dict[str, rules.Official], tuple[rules.Holding, ...]]:
    valid = _valid(known_at)
    ends = dict(m.PostEnd.objects.filter(valid).order_by("pk").values_list("post__uid", "until"))
    posts = {
        p[0]: rules.Post(*p, until=ends.get(p[0]))
        for p in m.Post.objects.filter(valid).order_by("pk").values_list("uid", "unit", "title", "role", "since")
    }
    officials = {
        o[0]: rules.Official(*o) for o in m.Official.objects.filter(valid).order_by("pk").values_list("uid", "number", "name")}
    holdings = tuple(
        rules.Holding(*h) for h in m.Holding.objects.filter(valid).order_by("pk").values_list(
            "uid", "post__uid", "official__uid", "since", "until")
    )
    return posts, officials, holdings
