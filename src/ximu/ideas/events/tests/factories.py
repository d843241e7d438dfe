"""Tickets for tests: one row each, the rest of the columns empty."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import polars as pl

AT = datetime(2018, 5, 2, 1, tzinfo=UTC)
LATER = datetime(2018, 6, 2, 1, tzinfo=UTC)


def ticket(number: str, **values: Any) -> dict[str, Any]:
    return {"ticket": number, "called_on": date(2018, 4, 3), "kind": "投诉", "topic": "05", "unit": "u1", "unit_name": "甲局", **values}


def frame(*rows: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), infer_schema_length=None)
