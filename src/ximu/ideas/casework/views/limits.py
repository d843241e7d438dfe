"""Limits and calendars: what holds, the month with its deadlines, a new value with what it touches, a year from a file."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ximu.foundation import clock
from ximu.foundation.templatetags.ximu import t
from ximu.foundation.web import actor_of
from ximu.ideas.casework import queries, services
from ximu.ideas.casework.rules import Term
from ximu.ideas.casework.rules.clocks import UNITS
from ximu.kernel.given import day_of
from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text

UNIT_WORDS = {"working-day": Text("工作日", "working days"), "calendar-day": Text("自然日", "calendar days"),
              "month": Text("个月", "months"), "count": Text("个", "(a count)")}
YEARS = (1950, 2150)
LONGEST = 512 * 1024
"""Octets of a calendar file: a year has some thirty lines."""


@require_safe
def terms(request: HttpRequest) -> HttpResponse:
    by = actor_of(request)
    if not by.can("casework.calendar"):
        by.must("casework.handle")
    known = queries.terms()
    rows = [{"term": term, "newest": term is known.rows(code)[-1]} for code in known.codes() for term in known.rows(code)]
    return render(request, "casework/terms.html", {
        "rows": rows, "years": queries.calendar_years(), "may_set": by.can("casework.terms"),
        "may_load": by.can("casework.calendar"), "units": [(u, UNIT_WORDS.get(u, Text(u, u))) for u in UNITS],
    })


def _term(post: Any) -> Term:
    written = post.get("value", "").strip()
    if not (written.isascii() and written.isdigit() and len(written) < 6):
        raise Refusal("TERM-VALUE", field="value", value=written[:20], rule="0–3660", zh="参数数值应为0至3660的整数。",
                      en="The value is a whole number from 0 to 3660.")
    return Term(post.get("code", "")[:40], day_of(post.get("since", ""), "since"), int(written), post.get("unit", ""),
                post.get("source", "")[:300], not post.get("unsure"))


@require_POST
def set_term(request: HttpRequest) -> HttpResponse:
    """First the list of open cases that the new value would touch, then, asked again, the value itself."""
    by, term = actor_of(request), _term(request.POST)
    if request.POST.get("sure") == "yes":
        services.set_term(term, by=by, at=clock.now())
        messages.success(request, t("已设定，已记入日志。", "Set, and written to the log."))
        return redirect("casework:terms")
    return render(request, "casework/term.html", {
        "term": term, "touched": services.preview_term(term, by=by), "unit": UNIT_WORDS.get(term.unit, Text(term.unit, term.unit)),
    })


@require_POST
def load_year(request: HttpRequest) -> HttpResponse:
    by, file = actor_of(request), request.FILES.get("file")
    by.must("casework.calendar")
    if file is None or not 0 < (file.size or 0) <= LONGEST:
        raise Refusal("CAL-FILE", field="file", value=file.size if file else "", rule=f"1–{LONGEST}",
                      zh="请选择一年的年历文件（CSV或JSON）。", en="Choose the file of one year (CSV or JSON).")
    year = services.load_calendar(file.read(), source=request.POST.get("source", ""), by=by, at=clock.now())
    messages.success(request, t("{year}年的年历已载入。", "The calendar of {year} is loaded.", year=year))
    return redirect("casework:terms")


@require_http_methods(["GET"])
def month(request: HttpRequest) -> HttpResponse:
    """The deadlines of a month in its weeks."""
    by, today = actor_of(request), clock.today()
    by.must("casework.handle")
    written = request.GET.get("month", "")
    first = day_of(f"{written}-01", "month") if written else today.replace(day=1)
    if not YEARS[0] <= first.year <= YEARS[1]:
        raise Refusal("DATE-FORM", field="month", value=written[:20], rule=f"{YEARS[0]}-01 – {YEARS[1]}-12", zh="月份超出可查范围。",
                      en="The month is out of range.")
    number = first.year * 12 + first.month - 1
    around = [f"{n // 12:04}-{n % 12 + 1:02}" for n in (number - 1, number + 1)]
    return render(request, "casework/calendar.html", {
        "weeks": queries.month(first, actor=by), "first": first, "before": around[0], "after": around[1],
        "days": [Text(zh, en) for zh, en in zip("一二三四五六日", ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), strict=True)],
        "procedures": {code: made.name for code, made in queries.procedures().items()},
        "kinds": {"holiday": Text("休", "off"), "make-up": Text("班", "work"), "unknown": Text("无年历", "no calendar")},
    })
