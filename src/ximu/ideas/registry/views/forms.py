"""What a form sends, as values; a wrong one is a refusal that names its field."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, QueryDict

from ximu.foundation import clock
from ximu.ideas.registry import queries
from ximu.kernel.refusal import Refusal, absent


def day(values: QueryDict, field: str, default: date | None = None) -> date:
    """Errors: `DATE-FORM`."""
    text = values.get(field, "").strip()
    if not text and default is not None:
        return default
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Refusal("DATE-FORM", field=field, value=text, rule="YYYY-MM-DD", zh=f"“{text}”不是日期，应为2018-02-13的样式。",
                      en=f"“{text}” is no day; write it as 2018-02-13.") from error


def as_of(request: HttpRequest) -> date:
    return day(request.GET, "as_of", clock.today())


def known_unit(uid: str, on: date) -> queries.UnitView:
    """Errors: `ORG-UNKNOWN`."""
    view = queries.unit(uid, as_of=on)
    if view is None:
        raise absent("ORG-UNKNOWN", field="unit", value=uid, zh="个单位", en="unit")
    return view


def units_of(text: str, on: date) -> list[str]:
    """Names divided by lines or 、. Errors: those of `queries.find`."""
    names = [part.strip() for line in text.splitlines() for part in line.split("、")]
    return [queries.find(name, as_of=on) for name in names if name]
