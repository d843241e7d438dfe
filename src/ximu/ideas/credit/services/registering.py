"""Who may issue reports? An agency with its key is proposed, confirmed by a second person, and closed when it may no longer.

The register is one for the city: it is kept for the coordinating office, not by whoever holds the right for a unit of his own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction

from ximu.foundation import clock
from ximu.ideas.credit import queries
from ximu.ideas.credit.models import Issuer
from ximu.ideas.exchange.rules import read_key
from ximu.ideas.ledger import services as ledger
from ximu.ideas.ledger.rules import Entry
from ximu.kernel import uscc
from ximu.kernel.actor import Actor
from ximu.kernel.given import must_be_readable, near_day
from ximu.kernel.refusal import Refusal

REGISTER = "credit.register"


@dataclass(frozen=True, slots=True)
class NewIssuer:
    code: str
    name: str
    key: str
    basis: str
    since: date


def propose_issuer(new: NewIssuer, *, by: Actor, at: datetime) -> str:
    """The uid; nothing is verified by this key before it is confirmed. A key that was refused may be proposed again.

    Errors: `PERM-DENIED`, `ISSUER-FORM`, `INPUT-SIGN`, `PKG-KEY`, `DATE-RANGE`, `ISSUER-DUP`.
    """
    by.must(REGISTER, queries.keeper(clock.city_day(at)))
    code = uscc.normalise(new.code)
    for field, value, good in (("code", code, uscc.check(code).valid), ("name", new.name, bool(new.name.strip())),
                               ("basis", new.basis, bool(new.basis.strip()))):
        if not good:
            raise Refusal("ISSUER-FORM", field=field, value=value[:40], rule="USCC; 名称; 文号",
                          zh=f"发行机构的“{field}”缺少或不对：须有统一社会信用代码、名称和备案文号。",
                          en=f"The issuer's “{field}” is missing or wrong: a credit code, a name and a document are needed.")
        must_be_readable(value, field)
    read_key(new.key)
    near_day(new.since, "since")
    try:
        with transaction.atomic():
            row = Issuer.objects.create(code=code, name=new.name.strip()[:120], key=new.key.strip(), basis=new.basis.strip()[:120],
                                        since=new.since, proposed_at=at, proposer=by.human)
            ledger.append([Entry("credit.issuer-proposed", {"issuer": row.uid, "code": row.code, "by": by.uid})], at=at)
    except IntegrityError as error:
        raise Refusal("ISSUER-DUP", status=409, field="key", value=new.key[:60], rule="一钥一登", zh="该公钥已经登记或提出过。",
                      en="This key is in the register or was proposed before.") from error
    return row.uid


def confirm_issuer(uid: str, *, approve: bool, by: Actor, at: datetime) -> str:
    """A second person, who has asked the agency on another way whether the key is its own.

    Errors: `PERM-DENIED`, `ISSUER-NONE`, `DUAL`, `STATE-EDGE`.
    """
    by.must(REGISTER, queries.keeper(clock.city_day(at)))
    row = queries.issuer(uid)
    if row.proposer == by.human:
        raise Refusal("DUAL", status=403, field="by", value="", rule="two persons", zh="提出登记的人不能自己确认。",
                      en="The one who proposed it cannot confirm.")
    state = Issuer.State.LISTED if approve else Issuer.State.REFUSED
    with transaction.atomic():
        if not Issuer.objects.filter(pk=row.pk, state=Issuer.State.PROPOSED).update(state=state, decided_at=at):
            raise edge(row.state, "proposed → listed → closed")
        if approve:
            [index] = ledger.append([Entry(queries.LISTED, queries.listed_body(row))], at=at)
            Issuer.objects.filter(pk=row.pk).update(log_index=index)
        else:
            ledger.append([Entry("credit.issuer-refused", {"issuer": row.uid, "by": by.uid})], at=at)
    return str(state)


def close_issuer(uid: str, *, ending: str, distrusted: date | None = None, by: Actor, at: datetime) -> None:
    """From today the agency is not listed. `distrusted`: what its key signed since that day is not believed, uses of it are void.

    One person may do this: trust is taken away at once. Errors: `PERM-DENIED`, `ISSUER-NONE`, `REASON`, `TIME-FUTURE`, `STATE-EDGE`.
    """
    today = clock.city_day(at)
    by.must(REGISTER, queries.keeper(today))
    row = queries.issuer(uid)
    must_be_readable(ending, "ending")
    if not ending.strip():
        raise Refusal("REASON", field="ending", value="", rule="required", zh="须写明退出登记的依据。", en="Name the ground of closing it.")
    if distrusted is not None and distrusted > today:
        raise Refusal("TIME-FUTURE", field="distrusted", value=distrusted.isoformat(), rule=f"≤ {today}", zh="密钥失信日期不能晚于今天。",
                      en="The key cannot be distrusted from a day to come.")
    with transaction.atomic():
        if not Issuer.objects.filter(pk=row.pk, state=Issuer.State.LISTED).update(
                state=Issuer.State.CLOSED, until=today, distrusted=distrusted, ending=ending.strip()[:200]):
            raise edge(row.state, "listed → closed")
        ledger.append([Entry("credit.issuer-closed", {"issuer": row.uid, "distrusted": str(distrusted or ""), "by": by.uid})], at=at)


def edge(value: str, rule: str) -> Refusal:
    return Refusal("STATE-EDGE", status=409, field="state", value=value, rule=rule, zh="当前状态不能这样办理，可能已经办结。",
                   en="This cannot be done in its present state; it may have been decided.")
