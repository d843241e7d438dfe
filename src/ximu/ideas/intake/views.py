"""The clerk's pages: upload, preview, receipt, queue of doubtful matches, coverage board."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from ximu.foundation import clock, scratch
from ximu.foundation.templatetags.ximu import t
from ximu.foundation.web import actor_of, int_of
from ximu.ideas.catalogue import queries as catalogue
from ximu.ideas.catalogue.rules import FAMILIES
from ximu.ideas.intake import jobs, queries, services
from ximu.ideas.intake.reader.report import FORMATS, write_report
from ximu.ideas.intake.rules import coverage as rules
from ximu.ideas.ledger import queries as ledger
from ximu.ideas.registry import queries as registry
from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text

PAGE_SIZE = 50
SHOWN_FAULTS = 200


CHECKS = {
    "benford": Text("首位数字", "First digits"), "last-digit": Text("末位数字", "Last digits"), "heaping": Text("逢十取整", "Heaping"),
    "duplicate": Text("内容重复", "Duplicates"), "sum": Text("合计", "Sums"), "late-revision": Text("逾期更正", "Late revision"),
}


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    by = actor_of(request)
    by.must("intake.deliver")
    page = Paginator(queries.deliveries(by), PAGE_SIZE).get_page(int_of(request, "page", 1))
    today = clock.today()
    listed = catalogue.items("data", on=today)
    names = {one.code: one.name for one in listed}
    return render(request, "intake/index.html", {
        "page": page, "items": listed, "rows": [(one, names.get(one.item)) for one in page], "unit": by.unit,
        "units": registry.units(as_of=today) if by.units_with("intake.deliver") is None else [],
    })


@require_POST
def upload(request: HttpRequest) -> HttpResponse:
    """Keeps the file and checks it; a repeated file leads to its old receipt."""
    by, given = actor_of(request), request.FILES.get("file")
    if given is None:
        raise Refusal("FILE-NEED", field="file", rule="required", zh="请选择要报送的文件。", en="Choose a file to deliver.")
    receipt = services.receive(
        given.chunks(), item=request.POST.get("item", "")[:40], source=request.POST.get("source", "")[:16] or by.unit or "", by=by,
        at=clock.now(),
    )
    if receipt.again:
        messages.info(request, t(f"已收，回执 #{receipt.uid}；本次未新增。",
                                 f"Received before, receipt #{receipt.uid}; nothing was added."))
    if not receipt.again or queries.delivery(receipt.uid).state == "received":
        jobs.check_soon(receipt.uid, by=by)
    return redirect("intake:detail", receipt.uid)


def _mine(request: HttpRequest, uid: str) -> Any:
    found = queries.delivery(uid)
    actor_of(request).must("intake.deliver", found.source)
    return found


@require_safe
def detail(request: HttpRequest, uid: str) -> HttpResponse:
    """Preview before commit, receipt after it."""
    found = _mine(request, uid)
    faults = queries.faults(uid)
    source = registry.unit(found.source, as_of=clock.today())
    edition = catalogue.edition_in_force(clock.city_day(found.received_at))
    return render(request, "intake/detail.html", {
        "delivery": found, "faults": faults[:SHOWN_FAULTS], "more": max(0, len(faults) - SHOWN_FAULTS), "source": source,
        "item": catalogue.called(found.item, edition.number if edition else ""),
        "examined": [{**one, "words": CHECKS[one["check"]]} for one in found.outcome.get("quality", []) if one["check"] in CHECKS],
        "formats": FORMATS, "back": [{"case": case, "holder": registry.name(case.holder, as_of=clock.today(), short=True)}
                                     for case in queries.rows_back(uid)],
    })


@require_safe
def progress(request: HttpRequest, uid: str) -> HttpResponse:
    """Rows done so far: a fragment that asks again by itself, or a page with a link that asks again."""
    found = _mine(request, uid)
    if found.state != "received":
        answer = HttpResponse(headers={"HX-Redirect": f"/console/intake/{uid}"})
        return answer if request.headers.get("HX-Request") else redirect("intake:detail", uid)
    return render(request, "intake/progress.html", {"delivery": found})


@require_POST
def act(request: HttpRequest, uid: str) -> HttpResponse:
    by, at, reason = actor_of(request), clock.now(), request.POST.get("reason", "")
    match request.POST.get("act", ""):
        case "commit":
            services.commit(uid, by=by, at=at, partial_reason=reason)
            messages.success(request, t("已入库，回执已记入日志。", "Committed; the receipt is in the log."))
        case "refuse":
            services.refuse(uid, reason=reason, by=by, at=at)
        case "send_back":
            _send_back(request, uid)
        case _:
            jobs.check_soon(uid, by=by)
    return redirect("intake:detail", uid)


def _send_back(request: HttpRequest, uid: str) -> None:
    post, at = request.POST, clock.now()
    named, source = post.get("unit", "").strip()[:120], queries.delivery(uid).source
    unit = registry.find(named, as_of=clock.city_day(at)) if named else source
    lines = [int(word) for word in post.get("lines", "")[:2000].replace("、", " ").replace(",", " ").replace("，", " ").split()
             if word.isascii() and word.isdigit() and len(word) < 10]
    services.send_rows_back(uid, unit=unit, message=post.get("reason", "")[:4000], lines=lines, by=actor_of(request), at=at)
    messages.success(request, t("已退回，单位有期限更正。", "Sent back; the unit has a term to put them right."))


@require_safe
def report(request: HttpRequest, uid: str, form: str) -> FileResponse:
    """The report of faults as xlsx with marked cells, CSV or JSON; its name tells nothing."""
    found = _mine(request, uid)
    if form not in FORMATS or not (queries.folder_of(uid) / "faults.arrow").exists():
        raise Refusal("REPORT-NONE", status=404, field="form", value=form, rule=" ".join(FORMATS), zh="没有这份报告。",
                      en="There is no such report.")
    with scratch.folder() as folder:
        path = folder / f"report.{form}"
        write_report(path, queries.folder_of(uid), queries.schema_of(found), found.summary)
        return FileResponse(path.open("rb"), as_attachment=True, filename=f"{uid}.{form}")


@require_safe
def receipt(request: HttpRequest, uid: str) -> HttpResponse:
    answer = JsonResponse(queries.receipt(_mine(request, uid)), json_dumps_params={"ensure_ascii": False, "indent": 1})
    answer["Content-Disposition"] = f'attachment; filename="receipt-{uid}.json"'
    return answer


@require_safe
def doubts(request: HttpRequest) -> HttpResponse:
    by = actor_of(request)
    by.must("intake.decide")
    state = request.GET.get("state", "waiting")
    page = Paginator(queries.doubts(by, state=state), PAGE_SIZE).get_page(int_of(request, "page", 1))
    opens = {one.delivery.uid for one in page if by.can("intake.deliver", one.delivery.source)}
    return render(request, "intake/doubts.html", {"page": page, "state": state, "opens": opens})


@require_POST
def settle(request: HttpRequest, uid: str) -> HttpResponse:
    by, at, given = actor_of(request), clock.now(), request.POST
    reason, choice = given.get("reason", ""), given.get("subject", "")
    if choice == "ask":
        services.ask(uid, reason=reason, by=by, at=at)
    elif choice == "drop":
        services.drop(uid, reason=reason, by=by, at=at)
    else:
        services.pick(uid, subject=choice, reason=reason, by=by, at=at)
    return redirect("intake:doubts")


@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """Unit × family of one month (first the last full one): what was delivered, attested as zero, late, or is missing."""
    by, today = actor_of(request), clock.today()
    month = request.GET.get("month", "") or rules.month_of(today.replace(day=1) - timedelta(days=1))
    cells = queries.coverage_for(by, month, today=today)
    families = sorted({c.family for c in cells})
    last = rules.first_day(month) + timedelta(days=31)
    names = {cell.unit: registry.name(cell.unit, as_of=min(today, last)) for cell in cells}
    held: dict[str, dict[str, queries.Cell]] = {}
    for cell in cells:
        held.setdefault(cell.unit, {})[cell.family] = cell
    rows = [{"unit": u, "name": names.get(u, u), "cells": [(f, found.get(f)) for f in families], "zero": by.can("intake.zero", u),
             "remind": by.can("intake.watch", u)}
            for u, found in sorted(held.items(), key=lambda one: names.get(one[0], one[0]))]
    return render(request, "intake/coverage.html", {
        "month": month, **_closing(by, month),
        "families": [FAMILIES.get(f, f) for f in families], "rows": rows, "words": rules.WORDS, "unit": by.unit,
    })


def _closing(by: Any, month: str) -> dict[str, Any]:
    """What stands between the clerk's own unit and the end of the month."""
    units = sorted(by.units_with("intake.watch") or ({by.unit} if by.unit else set()))
    if not units:
        return {}
    return {"state": queries.month_state(units[0], month, today=clock.today()), "receipts": queries.month_receipts(units[0], month)}


@require_POST
def close(request: HttpRequest) -> HttpResponse:
    given = request.POST
    made = services.close_month(given.get("unit", "")[:16], given.get("month", "")[:20], by=actor_of(request), at=clock.now())
    messages.success(request, t("本月已办结，回执已记入日志。", "The month is closed; the receipt is in the log."))
    return redirect(f"{reverse('intake:coverage')}?month={made.month}")


@require_safe
def month_receipt(request: HttpRequest, uid: str) -> HttpResponse:
    """The receipt of a closed month: `ximu-verify` says offline whether it is genuine."""
    found = queries.month_receipt(uid, by=actor_of(request))
    answer = HttpResponse(ledger.bundle_bytes(queries.month_bundle(found)), content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="month-{found.uid}.json"'
    return answer


@require_POST
def zero(request: HttpRequest) -> HttpResponse:
    by, at, given = actor_of(request), clock.now(), request.POST
    month, family, unit = given.get("month", ""), given.get("family", "")[:16], given.get("unit", "")[:16]
    match given.get("act", ""):
        case "confirm":
            services.confirm_zero(given.get("zero", "")[:16], by=by, at=at)
        case "remind":
            services.remind(unit, family=family, month=month, by=by, at=at, today=clock.today())
            messages.success(request, t("已催报。", "The unit was reminded."))
        case _:
            services.claim_zero(unit, family=family, month=month, by=by, at=at)
            messages.info(request, t("已申报，待单位确认。", "Claimed; it awaits the unit's confirmation."))
    return redirect(f"/console/intake/coverage?month={json.dumps(month).strip(chr(34))[:7]}")
