"""The API of the room: papers of a case and their redactions."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from ninja import Field, File, Router, Schema, Status, UploadedFile

from ximu.foundation import clock
from ximu.foundation.web import actor_of
from ximu.ideas.casework import queries, services
from ximu.ideas.casework.api.cases import CaseOut, whole

router = Router(tags=["办件 cases"])


class ReasonOut(Schema):
    code: str
    zh: str
    en: str
    law: str


class RegionIn(Schema):
    """`page` from 1; edges in percent of the page, from its left and from its top."""

    page: int
    left: float
    top: float
    right: float
    bottom: float
    reason: str = Field(max_length=20)


class RedactionIn(Schema):
    regions: list[RegionIn] = Field(max_length=200)


class RedactionOut(Schema):
    uid: str
    state: str
    digest: str
    size: int
    version: str
    regions: list[dict[str, Any]]


class Decision(Schema):
    approved: bool
    digest: str = Field(max_length=64)


@router.post("/cases/{uid}/papers", response={201: CaseOut}, summary="补交材料 Hand in papers")
def papers(request: HttpRequest, uid: str, papers: File[list[UploadedFile]]) -> Status:
    queries.case(uid, actor=actor_of(request), at=clock.now())  # nothing is kept of who may not know of the case
    kept = [(*services.keep(paper.chunks()), paper.name or "") for paper in papers]
    services.add_files(uid, [services.Upload(*one) for one in kept], by=actor_of(request), at=clock.now())
    return Status(201, whole(uid, request))


@router.get("/cases/{uid}/papers/{paper}", summary="打开材料（留痕） Open a paper; noted")
def paper(request: HttpRequest, uid: str, paper: str) -> FileResponse:
    """As it was handed in for its giver, for others a copy without what tells of its maker, or the redacted form."""
    digest, kept, redacted = services.read_file(uid, paper, by=actor_of(request), at=clock.now())
    return FileResponse(kept, as_attachment=True, filename=f"{digest[:12]}.{'pdf' if redacted else 'bin'}",
                        content_type="application/pdf" if redacted else "application/octet-stream")


@router.get("/redaction-reasons", response=list[ReasonOut], summary="遮盖事由 Reasons for which a place may be blacked out")
def reasons(request: HttpRequest) -> list[dict[str, Any]]:
    actor_of(request).must("casework.redact")
    return [{"code": r.code, "zh": r.name.zh, "en": r.name.en, "law": r.law} for r in queries.redacting(clock.today()).reasons.values()]


@router.post("/cases/{uid}/papers/{paper}/pages", response={201: dict[str, int]}, summary="为办公文件交版式件 The PDF of an office file")
def lay_pages(request: HttpRequest, uid: str, paper: str, file: File[UploadedFile]) -> Status:
    """The PDF that was saved from a Word or Excel file; it is redacted in the file's place."""
    return Status(201, {"pages": services.lay_pages(uid, paper, file.read(), by=actor_of(request), at=clock.now())})


@router.post("/cases/{uid}/papers/{paper}/redactions", response={201: RedactionOut}, summary="提出遮盖 Propose a redaction")
def redact(request: HttpRequest, uid: str, paper: str, given: RedactionIn) -> Status:
    """It waits for a second person; until then only who gets the original can read the paper."""
    wanted = [region.dict() for region in given.regions]
    return Status(201, services.redact(uid, paper, wanted, by=actor_of(request), at=clock.now()))


@router.post("/cases/{uid}/papers/{paper}/declarations", response={201: RedactionOut}, summary="声明无需遮盖 Nothing must be hidden")
def declare(request: HttpRequest, uid: str, paper: str) -> Status:
    """It waits for a second person, who decides by the digest of the paper itself; an office file goes to other parties only after that."""
    return Status(201, services.declare_free(uid, paper, by=actor_of(request), at=clock.now()))


@router.post("/cases/{uid}/papers/{paper}/redactions/decision", response=RedactionOut, summary="决定遮盖 Decide on a redaction")
def decide(request: HttpRequest, uid: str, paper: str, given: Decision) -> Any:
    """By another person, with the digest of the form that was looked at."""
    return services.decide_redaction(uid, paper, approved=given.approved, digest=given.digest, by=actor_of(request), at=clock.now())


@router.get("/cases/{uid}/papers/{paper}/{form}/{number}.png", summary="材料一页的图像 A page as a picture; noted")
def sheet(request: HttpRequest, uid: str, paper: str, form: str, number: int) -> HttpResponse:
    """`form`: `original`, or `redacted` for the form that waits."""
    made = services.page_of_paper(uid, paper, number, redacted=form == "redacted", by=actor_of(request), at=clock.now())
    return HttpResponse(made, content_type="image/png", headers={"Cache-Control": "no-store"})
