"""An agency is registered with its code and filing, and its products."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from ximu.ideas.ledger import services as ledger
from ximu.ideas.ledger.rules import Entry
from ximu.kernel import uscc
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal
from ximu.notice.safeguards.s5_agencies import queries, rules
from ximu.notice.safeguards.s5_agencies.models import Agency, Product


def register_agency(code: str, name: str, filing: str, *, by: Actor, at: datetime) -> str:
    """The uid. The register is the whole city's: who holds the right for one unit only does not write in it.

    Errors: `PERM-DENIED`, `S5-FIELD`, `ID-USCC` with the expected digit, `S5-DUP`."""
    by.must("s5.register", queries.CITY)
    for field, words in (("name", name), ("filing", filing)):
        rules.must_say(field, words)
    checked = uscc.check(code.strip().upper())
    if not checked.valid:
        raise Refusal("ID-USCC", field="code", value=code[:18], rule="GB 32100-2015", extra={"expected": checked.expected},
                      zh="统一社会信用代码校验不通过。", en="The credit code does not check.")
    try:
        with transaction.atomic():
            row = Agency.objects.create(code=code.strip().upper(), name=name.strip(), filing=filing.strip(), registered_at=at,
                                        registered_by=by.uid)
            row.log_index = ledger.append([Entry(queries.AGENCY, queries.agency_body(row))], at=at)[0]
            row.save(update_fields=["log_index"])
    except IntegrityError as error:
        raise Refusal("S5-DUP", status=409, field="code", value=code[:18], rule="unique", zh="该机构已登记。",
                      en="This agency is registered.") from error
    return row.uid


def list_product(agency: str, code: str, name: str, kind: str, *, by: Actor, at: datetime) -> str:
    """The code. Errors: `PERM-DENIED`, `AGENCY-NONE`, `S5-FIELD`, `S5-KIND`, `S5-DUP`."""
    by.must("s5.register", queries.CITY)
    owner = queries.agency(agency)
    for field, words in (("code", code), ("name", name)):
        rules.must_say(field, words)
    rules.must_be_one_of(kind, rules.PRODUCTS, "kind")
    try:
        with transaction.atomic():
            row = Product.objects.create(agency=owner, code=code.strip(), name=name.strip(), kind=kind, listed_at=at, listed_by=by.uid)
            row.log_index = ledger.append([Entry(queries.PRODUCT, queries.product_body(row))], at=at)[0]
            row.save(update_fields=["log_index"])
    except IntegrityError as error:
        raise Refusal("S5-DUP", status=409, field="code", value=code[:40], rule="unique", zh="该产品编号已登记。",
                      en="A product of this code is registered.") from error
    return row.code
