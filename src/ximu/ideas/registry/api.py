"""The registry for other systems: what the console shows and does."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from ximu.foundation import clock
from ximu.foundation.web import actor_of
from ximu.ideas.registry import queries, services
from ximu.ideas.registry.rules.book import Post
from ximu.ideas.registry.services import Line, NewName, NewUnit
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import absent

router = Router(tags=["registry 机构名录"])
MOST_RESOLVED = 10_000


class TermIn(Schema):
    number: str = Field(max_length=32, description="内部编号，不得使用身份证号码 internal number, never a resident identity number")
    name: str = Field("", max_length=60)
    since: date
    until: date | None = None


class FurtherName(Schema):
    role: str = Field(max_length=10)
    text: str = Field(max_length=200)
    since: date
    until: date | None = None


class PostIn(Schema):
    title: str = Field(max_length=100)
    role: str = Field(max_length=20)
    since: date


class EndIn(Schema):
    until: date


class Words(Schema):
    zh: str
    en: str


class UnitOut(Schema):
    uid: str
    name: str
    short_name: str
    code: str
    kind: str
    level: str
    parent: str
    district: str
    started: date
    ended: date | None
    division: str
    sure: bool
    living: bool


class CandidateOut(Schema):
    uid: str
    name: str
    score: float
    reasons: list[Words]


class ResolutionOut(Schema):
    status: str
    candidates: list[CandidateOut]
    note: Words | None


class Question(Schema):
    name: str = Field("", max_length=200)
    code: str = Field("", max_length=40)
    as_of: date


class LineIn(Schema):
    predecessor: str = ""
    successor: str = ""
    principal: bool = True
    scope: str = Field("", max_length=200)


class UnitIn(Schema):
    kind: str
    level: str
    full: str = Field(max_length=120)
    since: date
    short: str = Field("", max_length=120)
    aliases: list[str] = []
    code: str = Field("", max_length=40)
    division: str = Field("", max_length=12)
    parent: str = ""
    district: str = ""
    basis: str = Field("", max_length=200)


class NameIn(Schema):
    unit: str
    role: str
    text: str = Field(max_length=120)
    since: date


class ReformIn(Schema):
    kind: str
    on: date
    lines: list[LineIn]
    founds: list[UnitIn] = []
    names: list[NameIn] = []
    basis: str = Field("", max_length=200)
    sure: bool = True


class ReadingIn(Schema):
    phrase: str = Field(max_length=120)
    as_of: date
    reason: str = Field(max_length=400)
    named: list[str] = []
    units: list[str] | None = None


@router.get("/units", response=list[UnitOut])
def list_units(
    request: HttpRequest, as_of: date | None = None, kind: str | None = None, level: str | None = None, parent: str | None = None,
    district: str | None = None,
) -> Any:
    """Units that live on a day (today when none is given)."""
    return [
        asdict(v) for v in queries.units(as_of=as_of or clock.today(), kind=kind, level=level, parent=parent, district=district)]


@router.post("/units", response=dict[str, str])
def register_unit(request: HttpRequest, unit: UnitIn) -> Any:
    made = NewUnit(**{**unit.dict(), "aliases": tuple(unit.aliases)})
    return {"uid": services.register([made], by=actor_of(request), at=clock.now())[0]}


@router.get("/units/{uid}", response=dict[str, Any])
def one_unit(request: HttpRequest, uid: str, as_of: date | None = None) -> Any:
    """A unit as of a day, with its names over time, heirs, forebears, reforms and posts; who held them is for those who keep them."""
    on = as_of or clock.today()
    view = queries.unit(uid, as_of=on)
    if view is None:
        raise absent("ORG-UNKNOWN", field="unit", value=uid, zh="个单位", en="unit")
    return {
        "unit": asdict(view), "names": [{**asdict(n), "until": until} for n, until in queries.names_of(uid)],
        "successors": [asdict(h) for _, h in queries.successors(uid, on=on)], "forebears": queries.forebears(uid, on),
        "lineage": [asdict(e) for e in queries.lineage(uid)],
        "posts": [asdict(p) | _terms(p.uid, actor_of(request)) for p in queries.posts(uid, as_of=on)],
    }


def _terms(post: str, by: Actor) -> dict[str, Any]:
    """By the same right as on the unit's page."""
    if not by.can("registry.people"):
        return {}
    return {"terms": [{"term": held.uid, "number": person.number, "name": person.name, "since": held.since, "until": held.until}
                      for held, person in queries.terms(post)]}


@router.get("/resolve", response=ResolutionOut)
def resolve_name(request: HttpRequest, name: str = "", code: str = "", as_of: date | None = None) -> Any:
    """Which unit is meant as of a day? `exact`, `ambiguous` or `none`; never guessed."""
    return asdict(queries.resolve(name[:200], as_of=as_of or clock.today(), code=code[:40]))


@router.post("/resolve", response=list[ResolutionOut])
def resolve_names(request: HttpRequest, questions: list[Question]) -> Any:
    """Set-wise, answered in the same order; at most ten thousand at once."""
    asked = [(q.name, q.code, q.as_of) for q in questions[:MOST_RESOLVED]]
    return [asdict(answer) for answer in queries.resolve_many(asked)]


@router.get("/search", response=list[dict[str, Any]])
def search_units(request: HttpRequest, q: str = "", as_of: date | None = None, limit: int = 20) -> Any:
    found = queries.search(q[:60], as_of=as_of or clock.today(), limit=max(1, min(limit, 200)))
    return [asdict(f) for f in found]


@router.get("/expand", response=dict[str, Any])
def expand_phrase(request: HttpRequest, phrase: str, as_of: date | None = None, named: str = "") -> Any:
    """Which units a phrase means as of a day; `named` holds uids of the same sentence, divided by commas."""
    on = as_of or clock.today()
    reading = queries.reading(phrase[:120], as_of=on, named=[uid for uid in named.split(",") if uid])
    return {"phrase": phrase, "as_of": on, "reason": asdict(reading.reason),
            "units": [{"uid": uid, "name": queries.name(uid, as_of=on)} for uid in reading.units]}


@router.get("/vacancies", response=list[dict[str, Any]])
def list_vacancies(request: HttpRequest, as_of: date | None = None) -> Any:
    actor_of(request).must("registry.people")
    return [asdict(v) for v in queries.vacancies(as_of or clock.today())]


@router.post("/units/{uid}/names", response={201: dict[str, int]}, summary="补充名称 A further name of a unit")
def add_name(request: HttpRequest, uid: str, given: FurtherName) -> Status:
    """`role`: full, short or alias. Errors: `PERM-DENIED`, `ORG-NAME`, `ORG-UNKNOWN`."""
    name = NewName(uid, given.role, given.text.strip(), given.since, given.until)
    return Status(201, {"added": services.add_names([name], by=actor_of(request), at=clock.now())})


@router.post("/units/{uid}/posts", response={201: dict[str, str]}, summary="设岗 Open a post")
def open_post(request: HttpRequest, uid: str, given: PostIn) -> Status:
    """Errors: `PERM-DENIED`, `ORG-UNKNOWN`, `ORG-ENDED`, `POST-ROLE`."""
    post = Post("", uid, given.title.strip(), given.role, given.since)
    return Status(201, {"post": services.open_posts([post], by=actor_of(request), at=clock.now())[0]})


@router.post("/posts/{post}/terms", response={201: dict[str, str]}, summary="任职 Appoint to a post")
def appoint(request: HttpRequest, post: str, given: TermIn) -> Status:
    """By internal number; a civil servant who is not on record yet is entered with the name given."""
    uid = services.appoint_person(post, number=given.number, name=given.name, since=given.since, until=given.until, by=actor_of(request),
                                  at=clock.now())
    return Status(201, {"term": uid})


@router.post("/terms/{term}/end", response=dict[str, str], summary="免职 End a term of office")
def end_term(request: HttpRequest, term: str, given: EndIn) -> dict[str, str]:
    return {"term": services.end_appointment(term, until=given.until, by=actor_of(request), at=clock.now())}


@router.post("/reforms", response=dict[str, str])
def enter_reform(request: HttpRequest, reform: ReformIn) -> Any:
    uid = services.reform(
        reform.kind, on=reform.on, lines=[Line(**line.dict()) for line in reform.lines], basis=reform.basis, sure=reform.sure,
        founds=[NewUnit(**{**u.dict(), "aliases": tuple(u.aliases)}) for u in reform.founds],
        names=[NewName(**n.dict()) for n in reform.names], by=actor_of(request), at=clock.now(),
    )
    return {"uid": uid}


@router.post("/readings", response=dict[str, str])
def sign_reading(request: HttpRequest, reading: ReadingIn) -> Any:
    uid = services.decide_phrase(
        reading.phrase, as_of=reading.as_of, reason=reading.reason, named=reading.named, units=reading.units,
        by=actor_of(request), at=clock.now(),
    )
    return {"uid": uid}


@router.get("/readings/{uid}/compare", response=dict[str, Any])
def compare_reading(request: HttpRequest, uid: str, on: date | None = None) -> Any:
    """A signed reading against the register of another day: kept, added, gone, succeeded by."""
    if queries.signed(uid) is None:
        raise absent("READING-NONE", field="uid", value=uid, zh="份签认", en="signed reading")
    return asdict(queries.compare(uid, on=on or clock.today()))
