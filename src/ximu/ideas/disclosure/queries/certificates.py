"""Certificates of a search: whose they are, the file that verifies offline, what the log says about them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from ximu.foundation.web import ANONYMOUS
from ximu.ideas.disclosure.models import SearchCertificate
from ximu.ideas.disclosure.queries.opened import all_public
from ximu.ideas.ledger import queries as ledger
from ximu.ideas.ledger.rules import entry_bytes
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import absent
from ximu.kernel.words import Text

CERTIFIED = "disclosure.certified"
LABELS = {f"payload.{name}": words for name, words in {
    "certificate": Text("证明", "Certificate"), "name": Text("主体", "Subject"), "as_of": Text("截至", "As of"),
    "known_at": Text("所知截至", "Known until"), "edition": Text("清单版本", "Edition of the lists"), "policy": Text("公开策略", "Policy"),
    "asked_at": Text("查询时间", "Asked at"), "purpose": Text("用途", "Purpose"), "scope": Text("查询范围（记录类别）", "Scope (families)"),
    "log_size": Text("当时日志条目数", "Entries of the log then"),
    "result": Text("结果（none：无生效记录）", "Result (none: nothing in effect)"),
    "records": Text("生效记录", "Records in effect"),
}.items()}


def certified_body(sealed: str) -> dict[str, str]:
    return {"commitment": sealed}


def _own(uid: str, by: Actor) -> SearchCertificate | None:
    """One that is yours, or about you."""
    found = SearchCertificate.objects.filter(uid=uid).first()
    return found if found and (found.actor == by.uid or by.can("disclosure.uses", found.subject)) else None


def search_certificate(uid: str, *, by: Actor) -> SearchCertificate:
    """Errors: `CERT-NONE`, also when it is not yours, nor about you."""
    found = _own(uid, by)
    if found is None:
        raise absent("CERT-NONE", field="certificate", value=uid[:16], zh="份证明，或者您无权查看", en="certificate, or you may not see it")
    return found


def public_certificate(uid: str, *, on: date) -> SearchCertificate:
    """One that was issued to anybody, as long as all that it lists is still public. Errors: `CERT-NONE`."""
    found = SearchCertificate.objects.filter(uid=uid, actor=ANONYMOUS.uid).first()
    if found is None or found.payload is None or not all_public(found.numbers, on=on):
        raise absent("CERT-NONE", field="certificate", value=uid[:16], zh="份证明，或者其中的记录已不再公开",
                     en="certificate, or a record in it is not public any more")
    return found


def certificate_for(uid: str, *, by: Actor | None, on: date) -> SearchCertificate:
    """Your own, or one that was issued to anybody, which a key does not close. Errors: `CERT-NONE`."""
    return (by and _own(uid, by)) or public_certificate(uid, on=on)


def certificate_bundle(found: SearchCertificate) -> dict[str, Any]:
    """The file that `ximu-verify` checks without a network; after an erasure it shows only that there was one."""
    salt = bytes(found.salt) if found.salt else None
    return ledger.bundle(found.log_index, payload=found.payload, salt=salt, labels=LABELS)


def certificate_evidence(first: int, last: int) -> Iterator[tuple[int, bytes, str]]:
    for row in SearchCertificate.objects.filter(log_index__gte=first, log_index__lt=last).order_by("log_index"):
        yield row.log_index, entry_bytes(CERTIFIED, certified_body(row.commitment), row.issued_at), f"查询证明 {row.uid}"
