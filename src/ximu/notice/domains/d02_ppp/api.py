"""Partnership projects over the API: the register, one project with who answered, a breach; figures are at `/api/v1/areas/`."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import File, Form, Query, Router, Status, UploadedFile

from ximu.foundation import clock
from ximu.foundation.api import Paging, page_of
from ximu.foundation.web import actor_of
from ximu.ideas.casework import services as casework
from ximu.kernel.words import Text
from ximu.notice.domains.d02_ppp import queries, services

router = Router(tags=["d02 政府和社会资本合作"])


def _book(request: HttpRequest, known_at: date | None) -> queries.Book:
    now = clock.now()
    actor_of(request).must(queries.SEE)
    known = min(clock.end_of(known_at), now) if known_at else now
    return queries.book(clock.city_day(known), known_at=known)


def _two(words: Text | None) -> dict[str, str] | None:
    return {"zh": words.zh, "en": words.en} if words else None


@router.get("/projects", response=dict[str, Any], summary="项目登记 Register of projects")
def projects(request: HttpRequest, paging: Query[Paging], known_at: date | None = None) -> Any:
    """Projects of the units that the caller may see, as known at the end of a day."""
    page = page_of(request, queries.listed(_book(request, known_at), actor_of(request)), paging)
    return {**page, "items": [{**one, "stage": _two(one["stage"])} for one in page["items"]]}


@router.get("/projects/{code}", response=dict[str, Any], summary="一个项目与责任回溯 A project and who answered")
def project(request: HttpRequest, code: str, on: date | None = None, duty: str = "", known_at: date | None = None) -> Any:
    """Persons are told by their register's uid; a step that is not on record is a gap with `RETRACE-GAP`. Errors: `PPP-NONE`."""
    by, found, today = actor_of(request), _book(request, known_at), clock.today()
    shown = queries.shown(queries.seen(found, code, by), code, on=on or today, duty=duty[:40], today=today)
    return {
        "project": {name: value for name, value in shown["row"].items() if name[0] != "_"}, "owner": shown["owner"],
        "stage_set": shown["set"].code, "stage": shown["now"].code,
        "stages": [{"code": one["stage"].code, "on": one["on"], "public": [name.zh for name, told, _ in one["items"] if told],
                    "not_public": [name.zh for name, told, begun in one["items"] if begun and not told]} for one in shown["stages"]],
        "duties": [{"duty": one["number"], "promise": one["one"].uid, "due_asked": one["one"].due_asked, "due": one["one"].due,
                    "moved": _two(one["moved"]), "state": one["one"].state, "amount": one["one"].amount, "paid": one["paid"]}
                   for one in shown["duties"]],
        "trace": [queries.plain(one["one"]) for one in shown["trace"]],
        "breaches": [{"case": one.case, "kind": one.kind, "duty": one.duty, "occurred_on": one.occurred_on, "state": _two(state),
                      "final_on": one.final_on, "document": one.document, "log_index": one.log_index}
                     for one, _, state in shown["breaches"]],
    }


@router.post("/projects/{code}/breaches", response={201: dict[str, str]}, summary="提出政府方违约 Say that the public side broke it")
def find(request: HttpRequest, code: str, file: File[UploadedFile], kind: Form[str], occurred_on: Form[date], words: Form[str],
         duty: Form[str] = "") -> Any:
    """The case; its moves are those of `/api/v1/casework/`. Errors: those of `services.find`."""
    by = actor_of(request)
    by.must(services.FIND)
    new = services.NewBreach(code, kind[:10], occurred_on, words[:2000], duty[:40])
    made = services.find(new, evidence=casework.received(file), by=by, at=clock.now())
    return Status(201, {"case": made})
