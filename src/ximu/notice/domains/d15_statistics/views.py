"""Reports by unit and period, one report with its lineage, letters, checks and cases, tables; for everybody the figures and proofs."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ximu.foundation import clock
from ximu.foundation.templatetags.ximu import t
from ximu.foundation.web import actor_of, int_of
from ximu.ideas.accounts import queries as accounts
from ximu.ideas.areas import queries as areas
from ximu.ideas.areas.rules import FIRST_YEAR, LAST_YEAR
from ximu.ideas.areas.views import tabs
from ximu.ideas.casework import services as casework
from ximu.ideas.disclosure import queries as disclosure
from ximu.ideas.filings import queries as filed
from ximu.ideas.filings import services as filing_desk
from ximu.ideas.filings.rules.figures import EVERY, KINDS, values
from ximu.ideas.filings.rules.lineage import STATES, VERBS
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor
from ximu.kernel.given import day_of, day_or_none
from ximu.kernel.refusal import Refusal, absent
from ximu.notice.domains.d15_statistics import queries, rules, services

SEE, WORK = queries.SEE, services.WORK
MOST_ROWS, KEPT_FORM = 400, (409, 422)
Given = dict[str, dict[str, str]]
PARTS = (("value", "figures"), ("record", "records"), ("ledger", "ledgers"), ("missing", "missing"))
"""What a form asks of a figure, and under which name its content keeps it."""


def _frame(by: Actor, here: str, **more: Any) -> dict[str, Any]:
    return {"tabs": tabs(queries.AREA, by, here), "works": queries.works(by, WORK, clock.today()), **more}


def _paper(request: HttpRequest, name: str = "file") -> casework.Upload | None:
    given = request.FILES.get(name)
    if not isinstance(given, UploadedFile) or not given.size:
        return None
    digest, size = casework.keep(given)
    return casework.Upload(digest, size, given.name or "")


def _digest(request: HttpRequest) -> str:
    found = _paper(request)
    return found.digest if found else ""


@require_safe
def filings(request: HttpRequest) -> HttpResponse:
    """Every table due in a year, by unit: what came, what did not. A missing one is never shown as zero."""
    by, today = actor_of(request), clock.today()
    by.must(SEE)
    year = int_of(request, "year", today.year, least=FIRST_YEAR, most=LAST_YEAR)
    code, state = request.GET.get("table", "")[:20], request.GET.get("state", "all")
    listed = filed.held(date(year, 1, 1), date(year, 12, 31), as_of=today, known_at=clock.now(), codes=[code] if code else [])
    mine = [one for one in listed if queries.sees(by, one.unit)]
    names = areas.names({one.unit for one in mine}, today)
    rows = [{"one": one, "name": names.get(one.unit, one.unit), "state": STATES[one.filing.state if one.filing else ""],
             "late": bool(one.reported_on and one.reported_on > one.due), "overdue": not one.filing and one.due < today}
            for one in sorted(mine, key=lambda one: (one.due, one.table.code)) if state in ("all", one.filing.state if one.filing else "")]
    return render(request, "d15/filings.html", _frame(
        by, "d15:filings", rows=rows[:MOST_ROWS], more=max(0, len(rows) - MOST_ROWS), year=year, code=code, state=state,
        states=STATES.items(), tables=sorted({(one.code, filed.table_of(one).title) for one in filed.forms()}),
        may_file=by.can("filings.report")))


@require_POST
def file(request: HttpRequest) -> HttpResponse:
    """A file of figures; what was taken and every fault is told. Errors: `FILE-NONE`, `FILE-*`."""
    by, sent, post = actor_of(request), request.FILES.get("figures"), request.POST
    by.must("filings.report")
    if not isinstance(sent, UploadedFile) or not sent.size:
        raise Refusal("FILE-NONE", field="figures", value="", rule="required", zh="请选择文件。", en="Choose a file.")
    notice = filing_desk.Notice(post.get("notice", ""), post.get("reason", ""), _digest(request))
    told = filing_desk.take_file(sent.read(filing_desk.MOST_BYTES + 1), sent.name or "", notice=notice, by=by, at=clock.now())
    messages.success(request, t("{n}行：收取报表{a}份，相同{s}份，退回{r}份。", "{n} lines: {a} reports taken, {s} the same, {r} refused.",
                                n=told["rows"], a=told["taken"], s=told["same"], r=told["refused"]))
    for fault in told["faults"][:20]:
        said = t(fault.get("zh", ""), fault.get("en", ""))
        messages.warning(request, t("第{line}行 {field}：{code} {said}", "line {line}, {field}: {code} {said}", line=fault["line"],
                                    field=fault["field"], code=fault["code"], said=said))
    return redirect("d15:filings")


def _held(by: Actor, code: str, period: str, unit: str) -> filed.Held:
    by.must(SEE)
    found = filed.one_held(code, period, unit, today=clock.today())
    if not queries.sees(by, unit):
        raise absent("FILING-NONE", field="unit", value=unit[:16], zh="份报表", en="filed table")
    return found


@require_safe
def filing(request: HttpRequest, code: str, period: str, unit: str) -> HttpResponse:
    """Figures with where they come from, every hand-over with its commitment, every difference, checks; forms for who may use them."""
    by = actor_of(request)
    return _page(request, by, _held(by, code, period, unit))


def _page(request: HttpRequest, by: Actor, one: filed.Held, given: Given | None = None, refusal: Refusal | None = None) -> HttpResponse:
    """`given`: what was typed and refused stays in the form."""
    today, unit = clock.today(), one.unit
    state, latest = one.filing.state if one.filing else "", one.hands[-1].content if one.hands else {}
    stands, said = values(one.content), values(latest)
    figures = [{"column": c, "value": stands.get(c.code) if one.approved else None, "latest": said.get(c.code), "kind": KINDS[c.kind],
                "typed": given[c.code] if given else {name: latest.get(kept, {}).get(c.code) or "" for name, kept in PARTS},
                **{name: latest.get(kept, {}).get(c.code, "") for name, kept in PARTS[1:]}}
               for c in one.table.columns]
    names = accounts.names_of({hand.by for hand in one.hands})
    differences = {made.hand.pk: made for made in filed.altered(one.hands)}
    of_unit = {verb: filed.of_unit(by, permission, unit, today) for verb, permission in (
        ("report", "filings.report"), ("review", "filings.review"), ("approve", "filings.approve"))}
    checks = queries.checks(one.filing.uid) if one.filing else []
    return render(request, "d15/filing.html", _frame(
        by, "d15:filings", one=one, name=registry.name(unit, as_of=one.span.last), state=state, state_words=STATES[state], figures=figures,
        hands=[{"hand": hand, "verb": VERBS[hand.verb], "who": names.get(hand.by, hand.by), "made": differences.get(hand.pk)}
               for hand in one.hands],
        faults=filed.faults(one.filing, one.hands) if one.filing else [], approved=one.approved, pending=state not in ("approved", ""),
        may_report=of_unit["report"] and state in ("", "returned", "approved"), notice_due=bool(one.hands) and (
            one.approved is not None or today > one.due),
        may_review=of_unit["review"] and state == "reported", may_approve=of_unit["approve"] and state == "reviewed",
        may_return=of_unit["review"] and state in ("reported", "reviewed"), checks=checks, offences=services.OFFENCES,
        said=request.POST, refusal=refusal), status=refusal.status if refusal else 200)


@require_POST
def act(request: HttpRequest, code: str, period: str, unit: str, verb: str) -> HttpResponse:
    by, at, post = actor_of(request), clock.now(), request.POST
    one = _held(by, code, period, unit)
    uid = one.filing.uid if one.filing else ""
    if verb == "report":
        given = {c.code: {name: post.get(f"{name}-{c.code}", "") for name, _ in PARTS} for c in one.table.columns}
        notice = filing_desk.Notice(post.get("notice", ""), post.get("reason", ""), _digest(request) if post.get("notice") else "")
        try:
            filing_desk.report(code, period, unit, given, notice=notice, by=by, at=at)
        except Refusal as refusal:
            if refusal.status not in KEPT_FORM:
                raise
            return _page(request, by, one, given, refusal)
    elif verb in ("review", "approve", "return"):
        filing_desk.pass_on(uid, verb, reason=post.get("reason", ""), by=by, at=at)
    elif verb == "check":
        new = services.NewCheck(post.get("figure", ""), post.get("checked", ""), post.get("traced") == "yes",
                                day_of(post.get("on", ""), "on"), post.get("document", ""))
        services.check(uid, new, paper=_digest(request) if queries.works(by, WORK, clock.today()) else "", by=by, at=at)
    elif verb == "find":
        made = services.open_finding(post.get("check", ""), offence=post.get("offence", ""), text=post.get("text", ""),
                                     evidence=_paper(request) if queries.works(by, WORK, clock.today()) else None, by=by, at=at)
        return redirect("casework:case", queries.finding(made).case)
    else:
        raise Http404
    return redirect("d15:filing", code, period, unit)


@require_http_methods(["GET", "POST"])
def pledges(request: HttpRequest) -> HttpResponse:
    """Posts that must answer for figures, with the letter of their present holder; the form for a letter."""
    by, now, post = actor_of(request), clock.now(), request.POST
    by.must(SEE)
    today = clock.city_day(now)
    if request.method == "POST":
        services.must_be_bureau(by, now)
        services.sign(post.get("post", "")[:16], on=day_of(post.get("signed_on", ""), "signed_on"),
                      until=day_or_none(post.get("until", ""), "until"), paper=_digest(request), by=by, at=now)
        return redirect("d15:pledges")
    lines = [line for line in rules.signed(queries.posts(today, now), today) if queries.sees(by, line.unit)]
    return render(request, "d15/pledges.html", _frame(by, "d15:pledges", today=today, rows=[
        {"line": line, "state": rules.STATES[line.state]} for line in lines]))


@require_safe
def checks(request: HttpRequest) -> HttpResponse:
    """Checks with reported against checked, and the cases that they stood up."""
    by = actor_of(request)
    by.must(SEE)
    rows = queries.checks()
    of = filed.filings_of([one.filing for one in rows])
    listed = []
    for row in [one for one in rows if queries.sees(by, of[one.filing].unit)][:MOST_ROWS]:
        rate = rules.Checked(row.uid, "", "", "", row.checked_on, row.reported, row.checked).rate
        listed.append({"row": row, "filing": of[row.filing], "address": queries.address(of[row.filing]),
                       "figure": queries.figure_of(of[row.filing], row.figure),
                       "rate": None if rate is None else f"{rate * 100:.2f}%"})
    found = [one for one in queries.findings() if queries.sees(by, one.unit)][:MOST_ROWS]
    names = areas.names({one.unit for one in found}, clock.today())
    return render(request, "d15/checks.html", _frame(by, "d15:checks", rows=listed, offences=services.OFFENCES, findings=[
        {"row": one, "unit": names.get(one.unit, one.unit)} for one in found], may=queries.works(by, services.HANDLE, clock.today())))


@require_POST
def deliver(request: HttpRequest, uid: str) -> HttpResponse:
    return redirect("intake:detail", services.deliver(uid, by=actor_of(request), at=clock.now()))


@require_http_methods(["GET", "POST"])
def tables(request: HttpRequest) -> HttpResponse:
    """Tables with what they ask for; the form for another, as JSON. Errors: `TABLE-BAD`, `FILE-SHAPE`."""
    by, today = actor_of(request), clock.today()
    by.must(SEE)
    if request.method == "POST":
        try:
            raw = json.loads(request.POST.get("declared", "")[:40_000])
        except ValueError:
            raw = None
        if not isinstance(raw, dict):
            raise Refusal("FILE-SHAPE", field="declared", value="", rule="JSON", zh="报表内容应为一个JSON对象。",
                          en="A table is one JSON object.")
        filing_desk.declare(raw, keeper=queries.bureau(today), by=by, at=clock.now())
        return redirect("d15:tables")
    shown = [{"form": one, "table": filed.table_of(one), "every": EVERY[filed.table_of(one).every], "sums": [
        f"{total} = {' + '.join(parts)}" for total, parts in filed.table_of(one).sums]} for one in filed.forms()]
    return render(request, "d15/tables.html", _frame(by, "d15:tables", rows=shown, kinds=KINDS,
                                                     may=queries.works(by, "filings.declare", today)))


@require_safe
def inner_proof(request: HttpRequest, uid: str) -> HttpResponse:
    """Of a hand-over that is not public, for those who see the report. Errors: `FILING-NONE`."""
    by = actor_of(request)
    by.must(SEE)
    return _bundle(filed.proof(uid, on=clock.today(), sees=lambda unit: queries.sees(by, unit)), uid)


@require_safe
def proof(request: HttpRequest, uid: str) -> HttpResponse:
    return _bundle(filed.proof(uid, on=clock.today()), uid)


def _bundle(content: bytes, uid: str) -> HttpResponse:
    answer = HttpResponse(content, content_type="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="{uid}.json"'
    return answer


@require_safe
def public(request: HttpRequest) -> HttpResponse:
    """The area's figures as of every area, and the published tables."""
    year = int_of(request, "year", 0, least=FIRST_YEAR, most=LAST_YEAR) if "year" in request.GET else None
    return render(request, "d15/public.html", {"shown": disclosure.published("d15", year=year),
                                               "tables": disclosure.published("d15-figures")["tables"]})


@require_safe
def public_table(request: HttpRequest, code: str, period: str) -> HttpResponse:
    """One table and period for everybody: figures, who handed them on, differences, proofs. Errors: `TABLE-NONE`, `TABLE-PERIOD`."""
    return render(request, "d15/public_table.html", {"shown": disclosure.published("d15-figures", code=code[:20], period=period[:12])})
