"""What is declared, and what is in the store? Datasets and definitions are found in the packs; parts in the manifest."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Max, Min, QuerySet

from ximu.foundation.parameters import row_on
from ximu.foundation.rooms import room_paths, toml_of
from ximu.ideas.events.models import Batch
from ximu.ideas.events.rules import KEEPING, Dataset, Definition, days_of, missing, read_dataset, read_definition
from ximu.kernel.refusal import absent

ROOM = Path(__file__).parents[1]


@cache
def _declared() -> tuple[dict[str, Dataset], dict[str, Definition]]:
    sets = [read_dataset(json.loads(p.read_text("utf-8"))) for room in room_paths() for p in sorted(room.glob("datasets/*.json"))]
    texts = [(p.stem, p.read_text("utf-8")) for room in room_paths() for p in sorted(room.glob("indicators/*.sql"))]
    return {d.name: d for d in sets}, {name: read_definition(name, text) for name, text in texts}


def datasets() -> list[Dataset]:
    return list(_declared()[0].values())


def definitions() -> list[Definition]:
    return list(_declared()[1].values())


def dataset(name: str) -> Dataset:
    """Errors: `EVT-SET`."""
    found = _declared()[0].get(name)
    if found is None:
        raise absent("EVT-SET", field="dataset", value=name[:60], zh="个数据集", en="dataset")
    return found


def definition(name: str) -> Definition:
    """Errors: `EVT-DEF`."""
    found = _declared()[1].get(name)
    if found is None:
        raise absent("EVT-DEF", field="definition", value=name[:60], zh="个分析定义", en="analysis definition")
    return found


@dataclass(frozen=True, slots=True)
class Keeping:
    """How long a dataset is kept after the event; not `sure` while the city has not confirmed one of the two."""

    personal_days: int
    keep_years: int
    sure: bool


@cache
def _places() -> dict[str, Path]:
    """`dataset.parameter` → the room that declares both."""
    return {called: path for path, tables in toml_of("parameters.toml") for called in tables if called.rpartition(".")[2] in KEEPING}


def keeping(name: str, on: date) -> Keeping:
    """Errors: `EVT-SET`."""
    known, named = _places(), {one: f"{dataset(name).name}.{one}" for one in KEEPING}
    rows = {one: row_on(known[called], called, on) if called in known else row_on(ROOM, one, on) for one, called in named.items()}
    return Keeping(rows["personal_days"]["value"], rows["keep_years"]["value"],
                   not any(row.get("to_be_confirmed", False) for row in rows.values()))


def root() -> Path:
    """All that a question to event data may read: the parts of every dataset, none of which has a personal column in the clear."""
    return Path(settings.XIMU_HOME).resolve() / "events"


def folder(name: str) -> Path:
    return root() / name


@dataclass(frozen=True, slots=True)
class Manifest:
    """The parts that were known at a time; `digest` pins them (it stands in the log)."""

    dataset: str
    digest: str
    parts: tuple[str, ...]
    gone: tuple[str, ...]
    rows: int
    batches: int

    def envelope(self) -> dict[str, Any]:
        return {"dataset": self.dataset, "manifest": self.digest, "parts": len(self.parts), "rows": self.rows, "batches": self.batches}


def batches(name: str, *, known_at: datetime | None = None) -> QuerySet[Batch]:
    found = Batch.objects.filter(stream__name=name).order_by("number")
    return found if known_at is None else found.filter(recorded_at__lte=known_at)


def manifest(name: str, *, known_at: datetime | None = None) -> Manifest:
    """What makes up the dataset at a time. Parts whose keeping time is over are no longer in it."""
    at, known = folder(name), list(batches(name, known_at=known_at))
    held = [b for b in known if b.part and b.dropped_at is None]
    replaced = [b for b in known if b.gone]
    return Manifest(
        name, known[-1].manifest if known else "", tuple(str(at / b.part) for b in held), tuple(str(at / b.gone) for b in replaced),
        sum(b.rows for b in held) - sum(b.corrected for b in replaced), len(known),
    )


def coverage(name: str, *, known_at: datetime | None = None) -> set[date]:
    """The days that some batch delivered."""
    return days_of(batches(name, known_at=known_at).values_list("covered", flat=True))


def missing_days(name: str, first: date, last: date, *, known_at: datetime | None = None) -> list[date]:
    return missing(coverage(name, known_at=known_at), first, last)


def span(name: str, *, known_at: datetime | None = None) -> tuple[date, date] | None:
    """First and last event day in the store."""
    found = batches(name, known_at=known_at).aggregate(a=Min("first_day"), b=Max("last_day"))
    return None if found["a"] is None else (found["a"], found["b"])
