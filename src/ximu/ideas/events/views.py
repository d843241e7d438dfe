"""The explorer: dataset, unit, period, breakdown; chart with its table, the SQL, a download."""

from __future__ import annotations

import csv
import hashlib
import io
import tempfile
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import polars as pl
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ximu.foundation import clock, scratch
from ximu.foundation.templatetags.ximu import say, t
from ximu.foundation.web import actor_of
from ximu.ideas.events import queries, services
from ximu.ideas.events.services.pushing import Loader, push_rows
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor
from ximu.kernel.cells import safe_cell
from ximu.kernel.given import day_of, day_or_none
from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text

MOST_BYTES = 64 << 20


def day_asked(request: HttpRequest, name: str, default: date) -> date:
    """Errors: `DATE-FORM`."""
    return day_or_none(request.GET.get(name, ""), name) or default


@require_GET
def index(request: HttpRequest) -> HttpResponseBase:
    """What is in the store, and the figures asked for."""
    actor = actor_of(request)
    actor.must("events.see")
    declared = queries.datasets()
    frame: dict[str, Any] = {"datasets": [
        {"one": d, "manifest": queries.manifest(d.name), "span": queries.span(d.name), "kept": queries.keeping(d.name, clock.today())}
        for d in declared]}
    if actor.can("events.append"):
        frame["takers"] = [queries.dataset(taker) for taker in services.loaders()]
    held = [one["one"].name for one in frame["datasets"] if one["span"]]
    name = request.GET.get("dataset") or (held or [d.name for d in declared] or [""])[0]
    if not name or (span := queries.span(name)) is None:
        return render(request, "events/index.html", frame)
    chosen = queries.dataset(name)
    first = day_asked(request, "first", max(span[0], date(span[1].year - 1, span[1].month, 1)))
    asked = queries.Asked(first, day_asked(request, "last", span[1]), request.GET.get("step", "month"),
                          request.GET.get("breakdown", ""), request.GET.get("unit", ""))
    units = actor.units_with("events.see")
    found = queries.explore(name, asked, known_at=clock.now(), units=units, small=queries.sees_small(actor))
    if request.GET.get("format") in ("csv", "parquet"):
        return _csv(name, found) if request.GET["format"] == "csv" else _parquet(name, found)
    table = [{"period": _span(p, asked.step), "cells": [r for r in found.rows if r["period"] == p]} for p in found.periods]
    known = sorted(units) if units is not None else [u.uid for u in registry.units(as_of=asked.last)]
    return render(request, "events/index.html", frame | {
        "chosen": chosen, "asked": asked, "found": found, "table": table, "steps": queries.STEPS,
        "parts": [p or t("件数", "events") for p in found.parts],
        "breakdowns": [chosen.column(c) for c in (*chosen.breakdowns, chosen.unit)],
        "units": [(u, _name(u, asked.last)) for u in known][:500],
        "missing": sum(r["missing"] for r in found.rows) // max(len(found.parts), 1),
        **{form: urlencode({**request.GET.dict(), "dataset": name, "format": form}) for form in ("csv", "parquet")},
        "withheld": sum(r["withheld"] for r in found.rows),
        "definitions": [d for d in queries.definitions() if d.dataset == name],
    })


def _name(uid: str, on: date) -> str:
    found = registry.unit(uid, as_of=on)
    return found.name if found else uid


class _Echo:
    def write(self, text: str) -> str:
        return text


def _csv(name: str, found: queries.Explored) -> StreamingHttpResponse:
    writer = csv.writer(_Echo())

    def lines() -> Iterator[str]:
        yield "\ufeff" + writer.writerow(["period", "part", "n", "missing_days", "withheld"])
        for row in found.rows:
            yield writer.writerow([row["period"].isoformat(), safe_cell(row["part"]), "" if row["n"] is None else row["n"], row["missing"],
                                   int(row["withheld"])])

    answer = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


def _parquet(name: str, found: queries.Explored) -> HttpResponse:
    """The same table, typed; the SQL and the manifest travel in the file's metadata."""
    rows = [{**{k: row[k] for k in ("period", "part", "n", "withheld")}, "missing_days": row["missing"]} for row in found.rows]
    frame = pl.DataFrame(rows, schema={
        "period": pl.Date, "part": pl.String, "n": pl.Int64, "withheld": pl.Boolean, "missing_days": pl.Int32})
    kept = io.BytesIO()
    frame.write_parquet(kept, metadata={"sql": found.sql, "manifest": found.manifest.digest})
    answer = HttpResponse(kept.getvalue(), content_type="application/vnd.apache.parquet")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.parquet"'
    return answer


@require_GET
def definition(request: HttpRequest, name: str) -> HttpResponse:
    """The method as published, with its SQL for DuckDB and for Spark."""
    actor_of(request).must("events.see")
    return render(request, "events/definition.html", {"one": queries.definition(name), "spark": queries.spark_text(name)})


@require_GET
def points(request: HttpRequest, name: str) -> HttpResponse:
    """Whose values the dataset expects; forms to open and close a point, and to deliver a file."""
    actor, on = actor_of(request), clock.today()
    actor.must("events.see")
    rows = [{"row": p, "unit": registry.name(p.unit, as_of=on), "whole": registry.name(p.whole, as_of=on) if p.whole else ""}
            for p in queries.points(name)]
    return render(request, "events/points.html", {"one": queries.dataset(name), "rows": rows, "may": actor.can("events.points"),
                                                  "may_append": actor.can("events.append")})


@require_POST
def open_point(request: HttpRequest, name: str) -> HttpResponse:
    by, post = actor_of(request), request.POST
    by.must("events.points")
    since = day_of(post.get("since", ""), "since")
    unit, whole = (registry.named(post[one].strip(), as_of=since) if post.get(one, "").strip() else "" for one in ("unit", "whole"))
    services.open_point(name, services.NewPoint(post.get("code", ""), post.get("name", ""), unit, since, post.get("basis", ""), whole),
                        by=by, at=clock.now())
    return redirect("events:points", name)


@require_POST
def close_point(request: HttpRequest, name: str, code: str) -> HttpResponse:
    by = actor_of(request)
    by.must("events.points")
    services.close_point(name, code, until=day_of(request.POST.get("until", ""), "until"), basis=request.POST.get("basis", ""),
                         by=by, at=clock.now())
    return redirect("events:points", name)


@require_POST
def deliver(request: HttpRequest) -> HttpResponse:
    """A file for a dataset, by its own loader: what it refuses is told, what it takes is counted. A batch without a name is named by its
    content, so that the same file twice adds nothing. Errors: `FILE-NONE`, `FILE-SIZE`, those of `load`."""
    by, sent, post = actor_of(request), request.FILES.get("file"), request.POST
    by.must("events.append")
    name, batch = post.get("dataset", "")[:60], post.get("batch", "").strip()[:60]
    if not isinstance(sent, UploadedFile):
        raise Refusal("FILE-NONE", field="file", value="", rule="required", zh="请选择文件。", en="Choose a file.")
    if not 0 < (sent.size or 0) <= MOST_BYTES:
        raise Refusal("FILE-SIZE", status=413, field="file", value=sent.size or 0, rule=f"1–{MOST_BYTES}",
                      zh="请选择不超过64 MB的文件。", en="Choose a file of at most 64 MB.")
    with tempfile.TemporaryDirectory(prefix="ximu-events-") as folder:
        path, content = Path(folder) / f"delivery{Path(sent.name or '').suffix.lower()[:6]}", sent.read()
        path.write_bytes(content)
        batch = batch or hashlib.sha256(content).hexdigest()[:16]
        told = services.load(name, path, batch=batch, by=by, at=clock.now())
    messages.success(request, t("批次“{b}”：新增{n}行，更正{c}行，相同{s}行，退回{x}行。",
                                "Batch “{b}”: {n} rows new, {c} corrected, {s} the same, {x} refused.",
                                b=batch, n=told.get("new", 0), c=told.get("corrected", 0), s=told.get("same", 0), x=told.get("bad", 0)))
    for fault in told.get("faults", ())[:20]:
        messages.warning(request, _fault_line(fault))
    return redirect(f"{reverse('events:index')}?{urlencode({'dataset': name})}")


def _span(first: date, step: str) -> str:
    """A month or a year by its own name, a week and a day by its first day; for the filter `period`."""
    return f"{first:%Y-%m}" if step == "month" else t("{year}年", "{year}", year=first.year) if step == "year" else first.isoformat()


def _fault_line(fault: Mapping[str, Any]) -> str:
    """A fault as the clerk reads it: its sentence, or the column where no sentence is known, with line and code."""
    named = fault.get("column") or fault["field"]
    why = say(fault) if fault.get("zh") else t("“{name}”不合要求", "“{name}” is not acceptable", name=named)
    if why.startswith((f"第{fault['line']}行", f"Line {fault['line']}:")):
        return format_html("{} {}", why, fault["code"])
    return t("第{line}行：{why} {code}", "Line {line}: {why} {code}", line=fault["line"], why=why, code=fault["code"])


def desk(datasets: Mapping[str, Text], loaders: Mapping[str, Loader], *, right: str, home: str, template: str, words: Mapping[str, Text],
         frame: Callable[[Actor], dict[str, Any]]) -> Callable[[HttpRequest], HttpResponse]:
    """A page of a pack where its datasets come in: one row by a form (of a photo the digest is taken, the photo is not kept), or a file.

    `words` tells what the values that can be chosen are called."""

    @require_http_methods(["GET", "POST"])
    def deliver_here(request: HttpRequest) -> HttpResponse:
        by, asked = actor_of(request), request.GET.get("dataset", "")
        by.must(right)
        one = queries.dataset(asked if asked in datasets else next(iter(datasets)))
        fields = [(column, field) for column, field in zip(one.columns, one.schema["fields"], strict=True) if not column.derived]
        if request.method == "POST":
            told = _taken(request, [column.name for column, _ in fields], loaders[one.name], by=by)
            messages.success(request, t("新增{new}行，更正{corrected}行，相同{same}行，退回{bad}行。",
                                        "{new} rows new, {corrected} corrected, {same} the same, {bad} refused.", **told))
            for fault in told["faults"][:50]:
                messages.warning(request, _fault_line(fault))
            return redirect(f"{reverse(home)}?{urlencode({'dataset': one.name})}")
        return render(request, template, {"one": one, "fields": fields, "sets": datasets.items(), "words": words, **frame(by)})

    return deliver_here


def _taken(request: HttpRequest, names: list[str], loader: Loader, *, by: Actor) -> dict[str, Any]:
    """A file, or one row of a form. Errors: `FILE-SIZE`, and those of the loader."""
    sent, at, post = request.FILES.get("file"), clock.now(), request.POST
    if isinstance(sent, UploadedFile):
        if not 0 < (sent.size or 0) <= MOST_BYTES:
            raise Refusal("FILE-SIZE", status=413, field="file", value=sent.size or 0, rule=f"1–{MOST_BYTES}",
                          zh="请选择不超过64 MB的文件。", en="Choose a file of at most 64 MB.")
        content = sent.read()
        with scratch.folder() as place:
            path = place / f"delivery{Path(sent.name or '').suffix.lower()[:6]}"
            path.write_bytes(content)
            return loader(path, batch=hashlib.sha256(content).hexdigest()[:16], by=by, at=at)
    row = {name: post[name].strip() for name in names if post.get(name, "").strip()}
    for name in names:
        if digests := [hashlib.sha256(one.read()).hexdigest() for one in request.FILES.getlist(f"{name}_files")]:
            row[name] = ";".join([*filter(None, [row.get(name)]), *digests])
    return push_rows([row], loader, batch=hashlib.sha256(f"{at}{sorted(row.items())}".encode()).hexdigest()[:16], by=by, at=at)
