"""The API of row S5: agencies, products, contracts, verdicts. Files go to `/api/v1/events`, figures lie under `/api/v1/areas/s5`."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import File, Form, Query, Router, Schema, Status
from ninja.files import UploadedFile

from ximu.foundation import clock
from ximu.foundation.api import Paging, page_of
from ximu.foundation.web import actor_of
from ximu.notice.safeguards.s5_agencies import queries, services

router = Router(tags=["s5 信用服务机构"])


class AgencyIn(Schema):
    """`code`: the unified social credit code."""

    code: str
    name: str
    filing: str


class ProductIn(Schema):
    """`kind`: report, rating, monitor, screening, other."""

    code: str
    name: str
    kind: str


class ContractIn(Schema):
    """A contract; its text comes as the file of the same request."""

    number: str
    agency: str
    unit: str
    task: str
    since: date
    until: date
    key: str = ""


class VerdictIn(Schema):
    """`outcome`: right, wrong, undecidable."""

    item: str
    outcome: str
    reason: str


@router.get("/agencies", response=dict[str, Any], summary="信用服务机构 Agencies")
def agencies(request: HttpRequest, paging: Query[Paging]) -> Any:
    """With products, and how many of their items were right."""
    actor_of(request).must(queries.SEE)
    told, found = queries.quality(clock.now(), clock.today()), page_of(request, queries.agencies(), paging)
    return {**found, "items": [{"agency": one.uid, "code": one.code, "name": one.name, "filing": one.filing, "quality": told.get(one.uid),
                                "products": [{"code": p.code, "name": p.name, "kind": p.kind} for p in one.products.all()]}
                               for one in found["items"]]}


@router.post("/agencies", response={201: dict[str, str]}, summary="登记机构 Register an agency")
def register(request: HttpRequest, body: AgencyIn) -> Any:
    """Errors: `S5-FIELD`, `ID-USCC`, `S5-DUP`."""
    return Status(201, {"agency": services.register_agency(body.code, body.name, body.filing, by=actor_of(request), at=clock.now())})


@router.post("/agencies/{uid}/products", response={201: dict[str, str]}, summary="登记产品 List a product")
def list_product(request: HttpRequest, uid: str, body: ProductIn) -> Any:
    """Errors: `AGENCY-NONE`, `S5-FIELD`, `S5-KIND`, `S5-DUP`."""
    made = services.list_product(uid, body.code, body.name, body.kind, by=actor_of(request), at=clock.now())
    return Status(201, {"product": made})


@router.get("/contracts", response=dict[str, Any], summary="合同 Contracts")
def contracts(request: HttpRequest, paging: Query[Paging]) -> Any:
    """Those of the units that you may see, the newest first."""
    by = actor_of(request)
    by.must(queries.SEE)
    found = page_of(request, queries.contracts(by), paging)
    return {**found, "items": [_contract(one) for one in found["items"]]}


def _contract(one: Any) -> dict[str, Any]:
    back = one.back
    return {"contract": one.uid, "number": one.number, "agency": one.agency.uid, "unit": one.unit, "task": one.task, "since": one.since,
            "until": one.until, "agreed_until": one.agreed_until,
            "returned_on": back and back.returned_on, "checked_at": back and back.checked_at,
            "key_found_on": one.key_found_on}


@router.post("/contracts", response={201: dict[str, str]}, summary="登记合同 Enter a contract")
def enter(request: HttpRequest, body: Form[ContractIn], file: File[UploadedFile]) -> Any:
    """Errors: `AGENCY-NONE`, `S5-FIELD`, `DATE-ORDER`, `EVID-DIGEST`, `ORG-ENDED`, `KEY-STATE`, `S5-DUP`."""
    new = services.contracts.NewContract(**body.dict(), content=file.read())
    return Status(201, {"contract": services.enter_contract(new, by=actor_of(request), at=clock.now())})


@router.post("/contracts/{uid}/end", response={204: None}, summary="提前终止合同 End a contract early")
def end(request: HttpRequest, uid: str, on: date, file: File[UploadedFile]) -> Any:
    """`on`: its last day. Errors: `CONTRACT-NONE`, `STATE-EDGE`, `DATE-ORDER`, `EVID-DIGEST`."""
    services.end_contract(uid, on=on, content=file.read(), by=actor_of(request), at=clock.now())
    return Status(204, None)


@router.post("/contracts/{uid}/return", response={204: None}, summary="登记数据返还 Data came back")
def give_back(request: HttpRequest, uid: str, on: date, file: File[UploadedFile]) -> Any:
    """Errors: `CONTRACT-NONE`, `STATE-EDGE`, `TIME-FUTURE`, `EVID-DIGEST`."""
    services.give_back(uid, on=on, proof=file.read(), by=actor_of(request), at=clock.now())
    return Status(204, None)


@router.post("/contracts/{uid}/check", response={204: None}, summary="核查返还 Check the return")
def check_return(request: HttpRequest, uid: str, passed: bool) -> Any:
    """Errors: `CONTRACT-NONE`, `STATE-EDGE`, `DUAL`."""
    services.check_return(uid, passed=passed, by=actor_of(request), at=clock.now())
    return Status(204, None)


@router.post("/contracts/{uid}/verdicts", response={204: None}, summary="核实线索 Verify an item")
def judge(request: HttpRequest, uid: str, body: VerdictIn) -> Any:
    """Errors: `CONTRACT-NONE`, `ITEM-NONE`, `S5-KIND`, `S5-FIELD`, `PROV-NONE`, `CONFLICT`, `S5-DUP`."""
    services.judge(uid, body.item, body.outcome, body.reason, by=actor_of(request), at=clock.now())
    return Status(204, None)
