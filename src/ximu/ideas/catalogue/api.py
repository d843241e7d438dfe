"""The lists over the API: editions are public; drafting, review and publication ask for rights."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema

from ximu.foundation import clock
from ximu.foundation.web import actor_of
from ximu.ideas.catalogue import queries, services
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal

router = Router(tags=["catalogue 清单"])
FILE = {"responses": {200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}}}


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


class DraftOut(Schema):
    uid: str
    list: str
    code: str
    owner: str
    owner_name: str
    state: str


class ObjectionOut(Schema):
    uid: str
    item: str = Field(alias="item.uid")
    unit: str
    reason: str
    outcome: str
    answer: str


class DeskOut(Schema):
    number: str
    state: str
    in_force: date
    counts: dict[str, int]
    conflicts: list[list[DraftOut]] = Field(description="每组为同一代码的几份草案 drafts that claim one code; `owner` settles by `keep`")
    objections: list[ObjectionOut]
    items: list[DraftOut]


class BasisIn(Schema):
    code: str = Field(max_length=40)
    title: str = Field(max_length=200)
    title_en: str = Field(max_length=300)
    number: str = Field("", max_length=80)
    level: str = Field(max_length=20)
    in_force_on: date
    repealed_on: date | None = None
    empowers: list[str] = Field([], max_length=50)
    to_be_confirmed: bool = False


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


@router.get("/desks", response=list[EditionOut], summary="编制中的版本 editions in the making")
def desks(request: HttpRequest) -> Any:
    actor_of(request).must("catalogue.desk")
    return [e for e in queries.editions(drafts=True) if not e.published]


@router.get("/desks/{number}", response=DeskOut, summary="编制台：草案、冲突、异议 the desk of an edition in the making")
def desk(request: HttpRequest, number: str) -> Any:
    actor_of(request).must("catalogue.desk")
    view = queries.edition(number, drafts=True)
    return {"number": view.number, "state": view.state, "in_force": view.in_force, **queries.desk(number)}


@router.get("/drafts/{uid}", response=dict[str, Any], summary="一份草案及其经过 a draft with what was done to it")
def one_draft(request: HttpRequest, uid: str) -> Any:
    actor_of(request).must("catalogue.desk")
    row = queries.draft_item(uid)
    return {**DraftOut.from_orm(row).dict(), "edition": row.edition.number, "body": row.body,
            "objections": [ObjectionOut.from_orm(o).dict() for o in queries.objections_of(uid)],
            "steps": [{"act": s.act, "act_zh": s.act_name.zh, "act_en": s.act_name.en, "reason": s.reason, "at": s.taken_at}
                      for s in queries.steps_of(uid)]}


@router.get("/bases", response=list[dict[str, Any]], summary="法律依据库 legal bases, the newest version of each")
def bases(request: HttpRequest) -> Any:
    """Errors: `PERM-DENIED`, as on the page."""
    actor_of(request).must("catalogue.desk")
    titles = queries.basis_titles()
    return [{**asdict(b), "title_en": titles[b.code]} for b in queries.bases().values()]


@router.post("/bases", response=DoneOut, summary="登记依据或其新版本 register a text or a new version of it")
def register_basis(request: HttpRequest, given: BasisIn) -> Any:
    """`done` is false when the newest version says the same. Errors: `LIST-BASIS-FORM`."""
    values = given.dict()
    return {"done": services.register_basis(values.pop("code"), values=values, **_acting(request))}


@router.post("/editions", response=UidOut, summary="启动编制 begin an edition")
def open_edition(request: HttpRequest, given: EditionIn) -> Any:
    return {"uid": services.open_edition(given.number, in_force=given.in_force, copy_from=given.copy_from, **_acting(request))}


@router.post("/editions/{number}/items", response=UidOut, summary="起草条目 draft an item")
def draft(request: HttpRequest, number: str, given: DraftIn) -> Any:
    """The owner is written as on the page, by its short name. Errors: `LIST-UNIT` and those of a draft."""
    unit = registry.unit(given.owner, as_of=queries.edition(number, drafts=True).in_force)
    if unit is None:
        raise Refusal("LIST-UNIT", field="owner", value=given.owner[:16], rule="registry", zh="请选择登记册中的责任单位。",
                      en="Choose an owner from the registry.")
    return {"uid": services.draft(number, list_=given.list, code=given.code, body=given.body, owner=given.owner,
                                  owner_name=unit.short_name or unit.name, **_acting(request))}


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
