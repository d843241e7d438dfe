"""Event data over the API: datasets, manifests, runs of definitions, the explorer."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema

from ximu.foundation import clock
from ximu.foundation.web import actor_of
from ximu.ideas.events import queries, services

router = Router(tags=["events 运行数据"])


class RunIn(Schema):
    params: dict[str, Any] = {}
    as_of: date | None = None
    known_at: date | None = None


class ExploreIn(Schema):
    first: date
    last: date
    step: str = "month"
    breakdown: str = ""
    unit: str = ""
    known_at: date | None = None


class LookIn(Schema):
    keys: list[str]
    purpose: str


@router.get("/datasets")
def datasets(request: HttpRequest) -> list[dict[str, Any]]:
    """Declared datasets with their manifests and how long they are kept; not `sure` while the city has not confirmed it."""
    actor_of(request).must("events.see")
    return [{"name": d.name, "title_zh": d.title.zh, "title_en": d.title.en, "schema": d.digest, **queries.manifest(d.name).envelope(),
             "span": queries.span(d.name), "keeping": asdict(queries.keeping(d.name, clock.today()))} for d in queries.datasets()]


@router.get("/definitions")
def definitions(request: HttpRequest) -> list[dict[str, Any]]:
    """Definitions: method text, parameters, SQL, and the text for Spark."""
    actor_of(request).must("events.see")
    return [{**d.envelope(), "spark": queries.spark_text(d.name)} for d in queries.definitions()]


@router.post("/run/{name}")
def run(request: HttpRequest, name: str, body: RunIn) -> dict[str, Any]:
    """Run a definition over what was known by the end of `known_at`, for the units that the caller may see."""
    actor = actor_of(request)
    actor.must("events.see")
    known = clock.end_of(body.known_at) if body.known_at else clock.now()
    return queries.run(name, body.params, known_at=known, as_of=body.as_of, units=actor.units_with("events.see")).envelope()


@router.get("/explore/{dataset}")
def explore(request: HttpRequest, dataset: str, asked: Query[ExploreIn]) -> dict[str, Any]:
    """Counts per period and breakdown; `n` is null where no day was delivered, or `withheld` as small."""
    actor = actor_of(request)
    actor.must("events.see")
    known = clock.end_of(asked.known_at) if asked.known_at else clock.now()
    found = queries.explore(dataset, queries.Asked(asked.first, asked.last, asked.step, asked.breakdown, asked.unit), known_at=known,
                            units=actor.units_with("events.see"), small=queries.sees_small(actor))
    return {"sql": found.sql, "total": found.total, "rows": found.rows, "pinned": found.manifest.envelope()}


@router.post("/look/{dataset}")
def look(request: HttpRequest, dataset: str, body: LookIn) -> list[dict[str, Any]]:
    """Personal columns of some rows, for a purpose; masked unless the right to see them whole is held."""
    return services.look(dataset, body.keys, purpose=body.purpose, by=actor_of(request), at=clock.now())
