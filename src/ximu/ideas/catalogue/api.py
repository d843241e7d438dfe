"""The lists over the API: editions are public; drafting, review and publication ask for rights."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema

from ximu.foundation import clock
from ximu.foundation.web import actor_of
from ximu.ideas.catalogue import queries, services
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor

router = Router(tags=["catalogue 清单"])
FILE = {"responses": {200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}}}


class BasisIn(Schema):
    title: str = Field(max_length=200)
    title_en: str = Field(max_length=300)
    level: str = Field(max_length=20)
    in_force_on: date
    number: str = Field("", max_length=80)
    repealed_on: date | None = None
    empowers: list[str] = Field([], max_length=50)
    to_be_confirmed: bool = False


class EditionOut(Schema):
    number: str
    state: str
    in_force: date
    until: date | None
    previous: str
    digest: str
    log_index: int | None


class ItemOut(Schema):
    list: str
    code: str
    edition: str
    owner: str
    owner_name: str
    body: dict[str, Any]


class ChangeOut(Schema):
    kind: str
    list: str
    code: str
    name: dict[str, str]
    fields: list[list[Any]]


class EditionIn(Schema):
    number: str
    in_force: date
    copy_from: str = ""


class DraftIn(Schema):
    list: str
    code: str
    owner: str
    body: dict[str, Any]


class BodyIn(Schema):
    body: dict[str, Any]


class ReasonIn(Schema):
    reason: str


class ObjectionIn(Schema):
    unit: str
    reason: str


class AnswerIn(Schema):
    upheld: bool
    words: str


class KeepIn(Schema):
    keep: str
    reason: str


class PublishIn(Schema):
    backdated: str = ""


class UidOut(Schema):
    uid: str


class DigestOut(Schema):
    digest: str


class DoneOut(Schema):
    done: bool = True


@router.get("/editions", response=list[EditionOut], summary="已发布的版本 published editions")
def editions(request: HttpRequest) -> Any:
    return queries.editions()


@router.get("/editions/{number}", summary="版本全文 a whole edition", response=dict[str, Any])
def edition(request: HttpRequest, number: str) -> Any:
    return {**EditionOut.from_orm(queries.edition(number)).dict(), "edition": queries.canonical_edition(number)}


@router.get("/editions/{number}/files/{form}", summary="下载 download", openapi_extra=FILE)
def edition_file(request: HttpRequest, number: str, form: str, list: str = "data") -> HttpResponse:
    return _file(queries.edition_file(number, form, list_=list))


@router.get("/editions/{number}/changes/{old}", response=list[ChangeOut], summary="与另一版本比较 compare with another edition")
def changes(request: HttpRequest, number: str, old: str) -> Any:
    return queries.compare(old, number)


@router.get("/items/{code}", response=ItemOut, summary="某日生效的条目 the item in force on a day")
def item(request: HttpRequest, code: str, on: date | None = None) -> Any:
    return queries.item(code, on=on or clock.today())


@router.get("/gate/{code}", response=ItemOut, summary="可否使用 may this be done")
def gate(request: HttpRequest, code: str, use: str, on: date, unit: str = "", receiver: str = "", behaviour: str = "") -> Any:
    return queries.gate(code, use=use, on=on, unit=unit, receiver=receiver, behaviour=behaviour)


@router.post("/bases/{code}", response={200: dict[str, bool]}, summary="登记依据 register a legal text, or a new version of one")
def register_basis(request: HttpRequest, code: str, given: BasisIn) -> Any:
    """`new` is false when the version that counts says the same already. Errors: `PERM-DENIED`, `LIST-BASIS-FORM`."""
    return {"new": services.register_basis(code.strip(), values=given.dict(), **_acting(request))}


@router.post("/editions", response=UidOut, summary="启动编制 begin an edition")
def open_edition(request: HttpRequest, given: EditionIn) -> Any:
    return {"uid": services.open_edition(given.number, in_force=given.in_force, copy_from=given.copy_from, **_acting(request))}


@router.post("/editions/{number}/items", response=UidOut, summary="起草条目 draft an item")
def draft(request: HttpRequest, number: str, given: DraftIn) -> Any:
    name = registry.name(given.owner, as_of=queries.edition(number, drafts=True).in_force)
    return {"uid": services.draft(number, list_=given.list, code=given.code, body=given.body, owner=given.owner, owner_name=name,
                                  **_acting(request))}


@router.put("/drafts/{uid}", response=DoneOut, summary="修改草稿 revise a draft")
def revise(request: HttpRequest, uid: str, given: BodyIn) -> Any:
    services.revise(uid, body=given.body, **_acting(request))
    return {}


@router.post("/drafts/{uid}/submit", response=DoneOut, summary="提交审核 submit")
def submit(request: HttpRequest, uid: str) -> Any:
    services.submit(uid, **_acting(request))
    return {}


@router.post("/drafts/{uid}/accept", response=DoneOut, summary="采纳 accept")
def accept(request: HttpRequest, uid: str) -> Any:
    services.accept(uid, **_acting(request))
    return {}


@router.post("/drafts/{uid}/return", response=DoneOut, summary="退回 send back")
def send_back(request: HttpRequest, uid: str, given: ReasonIn) -> Any:
    services.send_back(uid, reason=given.reason, **_acting(request))
    return {}


@router.post("/drafts/{uid}/withdraw", response=DoneOut, summary="撤回 withdraw")
def withdraw(request: HttpRequest, uid: str, given: ReasonIn) -> Any:
    services.withdraw(uid, reason=given.reason, **_acting(request))
    return {}


@router.post("/drafts/{uid}/objections", response=UidOut, summary="提出异议 object")
def object_to(request: HttpRequest, uid: str, given: ObjectionIn) -> Any:
    return {"uid": services.object_to(uid, unit=given.unit, reason=given.reason, **_acting(request))}


@router.post("/objections/{uid}/answer", response=DoneOut, summary="答复异议 answer an objection")
def answer(request: HttpRequest, uid: str, given: AnswerIn) -> Any:
    services.answer(uid, upheld=given.upheld, words=given.words, **_acting(request))
    return {}


@router.post("/editions/{number}/owner", response=DoneOut, summary="确定责任单位 settle an owner")
def settle_owner(request: HttpRequest, number: str, given: KeepIn) -> Any:
    services.settle_owner(number, keep=given.keep, reason=given.reason, **_acting(request))
    return {}


@router.post("/editions/{number}/merge", response=DoneOut, summary="汇总 merge")
def merge(request: HttpRequest, number: str) -> Any:
    services.merge(number, **_acting(request))
    return {}


@router.post("/editions/{number}/publish", response=DigestOut, summary="发布 publish")
def publish(request: HttpRequest, number: str, given: PublishIn) -> Any:
    return {"digest": services.publish(number, backdated=given.backdated, **_acting(request))}


def _acting(request: HttpRequest) -> dict[str, Any]:
    actor: Actor = actor_of(request)
    return {"by": actor, "at": clock.now()}


def _file(made: queries.File) -> HttpResponse:
    response = HttpResponse(made.content, content_type=made.kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{made.name}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
