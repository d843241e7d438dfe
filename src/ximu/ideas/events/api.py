"""Event data over the API: datasets, manifests, runs of definitions, the explorer."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Field, File, Form, Query, Router, Schema, Status
from ninja.files import UploadedFile

from ximu.foundation import clock
from ximu.foundation.web import actor_of, sent_file
from ximu.ideas.events import queries, services

router = Router(tags=["events 运行数据"])


class PointIn(Schema):
    """Its values count for `unit`, and for `whole` too where that is named; uids."""

    code: str = Field(max_length=40)
    name: str = Field(max_length=80)
    unit: str = Field("", max_length=16)
    since: date
    basis: str = Field(max_length=200)
    whole: str = Field("", max_length=16)


class CloseIn(Schema):
    until: date
    basis: str = Field(max_length=200)


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


@router.post("/datasets/{name}/points", response={201: dict[str, str]}, summary="设点 Open a point of the roster")
def open_point(request: HttpRequest, name: str, given: PointIn) -> Any:
    """Errors: `PERM-DENIED`, `EVT-SET`, `PNT-FORM`, `BASIS-NONE`, `PNT-UNIT`, `PNT-DUP`."""
    return Status(201, {"code": services.open_point(name, services.NewPoint(**given.dict()), by=actor_of(request), at=clock.now()).code})


@router.post("/datasets/{name}/points/{code}/close", response=dict[str, str], summary="撤点 Close a point")
def close_point(request: HttpRequest, name: str, code: str, given: CloseIn) -> Any:
    """Errors: `PERM-DENIED`, `PNT-NONE`, `BASIS-NONE`, `DATE-ORDER`, `TIME-FUTURE`, `STATE-EDGE`."""
    made = services.close_point(name, code, until=given.until, basis=given.basis, by=actor_of(request), at=clock.now())
    return {"code": made.code}


@router.post("/datasets/{name}/files", response=dict[str, Any], summary="报送文件 Deliver a file")
def deliver(request: HttpRequest, name: str, file: File[UploadedFile], batch: Form[str] = "") -> Any:
    """By the dataset's own loader; a batch without a name is named by its content, so that the same file twice adds nothing.

    Errors: `PERM-DENIED`, `EVT-SET`, `EVT-LOADER`, `FILE-NONE`, `FILE-SIZE`, those of the loader."""
    by = actor_of(request)
    by.must("events.append")
    with sent_file(request) as path:
        with path.open("rb") as given:
            named = batch.strip()[:60] or hashlib.file_digest(given, "sha256").hexdigest()[:16]
        return {"batch": named, **services.load(name, path, batch=named, by=by, at=clock.now())}
