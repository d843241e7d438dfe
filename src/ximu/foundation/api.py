"""What do all API answers share? Paging with `next`, and the envelope of a refusal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Field, Schema
from pydantic import AfterValidator

from ximu.foundation import clock

MOST_PER_PAGE = 500
ANYBODY: dict[str, Any] = {"security": [{}]}
"""`openapi_extra` of an operation that changes something and needs no key: who asks is known by a code, or by nothing."""


def _here(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=clock.CITY)


Moment = Annotated[datetime, AfterValidator(_here)]
"""A time as programs write it; without a zone it is one of the city."""


class Problem(Schema):
    """The one shape of every refusal, here and on the command line."""

    code: str = Field(description="稳定的代码 stable code")
    message_zh: str
    message_en: str
    field: str = ""
    value: Any = None
    rule: str = ""
    see: str = ""


class Paging(Schema):
    """Use as `paging: Query[Paging]`."""

    limit: int = Field(50, ge=1, le=MOST_PER_PAGE, description="每页条数 rows per page")
    offset: int = Field(0, ge=0, le=1_000_000_000, description="跳过条数 rows to skip")


def page_of(request: HttpRequest, rows: QuerySet[Any] | Sequence[Any], paging: Paging,
            told: Callable[[Any], Any] | None = None) -> dict[str, Any]:
    """`{"items": …, "total": …, "next": address or null}`; rows keep the order they have; `told` says one of those on the page."""
    total = rows.count() if isinstance(rows, QuerySet) else len(rows)
    end = paging.offset + paging.limit
    following = None
    if end < total:
        params = {**request.GET.dict(), "limit": paging.limit, "offset": end}
        following = f"{request.path}?{urlencode(params)}"
    here = rows[paging.offset:end]
    return {"items": [told(one) for one in here] if told else list(here), "total": total, "next": following}
