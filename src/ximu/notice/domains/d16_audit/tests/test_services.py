"""Findings have a criterion and evidence, only the audit bureau closes them, and what is published has its reasons."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from ximu.foundation.profiles import uid_of
from ximu.ideas.areas import queries as areas
from ximu.ideas.casework import services as casework
from ximu.ideas.casework.rules import Given
from ximu.ideas.ledger import queries as ledger
from ximu.ideas.registry.tests.factories import load
from ximu.kernel.actor import SYSTEM, Actor, Grant
from ximu.kernel.refusal import Refusal
from ximu.notice.domains.d16_audit import queries, services
from ximu.notice.domains.d16_audit.services import NewAudit, NewFinding, NewTarget

pytestmark = [pytest.mark.django_db, pytest.mark.row("D16")]
DAY = date(2018, 3, 5)
AT = datetime(2018, 3, 5, 2, tzinfo=UTC)
RIGHTS = frozenset({"audits.see", "audits.work", "audits.handle"})
UNIT, OTHER, BUREAU = uid_of("example", "czj"), uid_of("example", "q01"), uid_of("example", "sjj")
NEW = NewFinding(UNIT, "budget", "多列支出20万元，付给示例一号有限公司", "预算法第十三条（示例）", "200000")


def person(name: str, unit: str = BUREAU, rights: frozenset[str] = RIGHTS, *, whole: bool = False) -> Actor:
    return Actor(name, unit, (Grant("reviewer", rights, None if whole else unit),), name)


A, B, CLERK = person("a"), person("b"), person("clerk", UNIT)


@pytest.fixture(autouse=True)
def city(db: None, settings: Any, tmp_path: Any) -> None:
    settings.XIMU_PROFILE, settings.XIMU_HOME = "example", tmp_path
    load()


def refused(code: str, call: Any, *args: Any, **named: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        call(*args, **named)
    assert caught.value.code == code
    return caught.value


def paper(words: str = "凭证") -> casework.Upload:
    digest, size = casework.keep([words.encode()])
    return casework.Upload(digest, size, f"{words}.txt")


def opened(number: str = "示审〔2018〕9号", *covers: str) -> str:
    return services.open_audit(NewAudit(number, "预算执行审计", covers or (UNIT,), DAY), by=A, at=AT)


def found(audit: str, new: NewFinding = NEW) -> str:
    return services.find(audit, new, evidence=paper(), by=A, at=AT)


def step(finding: str, verb: str, by: Actor, words: str = "理由", *, days: int = 1, file: bool = False, **values: Any) -> str:
    return casework.move(queries.finding(finding).case, verb, given=Given(words, values=values), files=[paper("整改")] if file else [], by=by,
                         at=AT + timedelta(days=days))


def upheld(audit: str, new: NewFinding = NEW) -> str:
    one = found(audit, new)
    step(one, "reply", CLERK, "情况属实", accepts="yes")
    step(one, "order_now", B)
    return one


def reported(audit: str) -> str:
    return services.report_audit(audit, on=DAY, content=b"report", by=A, at=AT + timedelta(days=2))


def test_the_universe_is_the_register_with_the_projects_and_funds_that_were_entered() -> None:
    before = queries.universe(DAY)
    assert {one.kind for one in before} == {"unit", "post"} and {UNIT, OTHER, uid_of("example", "post:czj-1")} <= {one.uid for one in before}
    assert uid_of("example", "scjg") not in {one.uid for one in before}, "not founded yet"
    services.list_target(NewTarget("fund", "F1", "示例资金", UNIT, DAY), by=A, at=AT)
    services.list_target(NewTarget("unit", UNIT, "", UNIT, DAY, every=1), by=A, at=AT)
    after = {one.uid: one for one in queries.universe(DAY)}
    assert (len(after), after["F1"].every, after[UNIT].every) == (len(before) + 1, 5, 1)
    for every in (0, 21, 9999):
        refused("AUD-CYCLE", services.list_target, NewTarget("unit", OTHER, "", OTHER, DAY, every=every), by=A, at=AT)
    refused("DATE-ORDER", services.list_target, NewTarget("fund", "F2", "示例", UNIT, DAY, date(2018, 3, 4)), by=A, at=AT)
    refused("DATE-RANGE", services.list_target, NewTarget("fund", "F2", "示例", UNIT, DAY, date.max), by=A, at=AT)
    refused("AUD-TARGET", services.list_target, NewTarget("fund", "F2", "示例", "nobody", DAY), by=A, at=AT)
    for bad in (NewTarget("person", "P", "某人", UNIT, DAY), NewTarget("fund", " ", "无编号", UNIT, DAY), NewTarget("fund", "F2", "", UNIT, DAY)):
        refused("AUD-TARGET", services.list_target, bad, by=A, at=AT)
    refused("AUD-DUP", services.list_target, NewTarget("fund", "F1", "再来", UNIT, DAY), by=A, at=AT)


def test_only_people_of_the_audit_bureau_audit() -> None:
    """Not a unit's own clerk, and not who holds the right for the whole city."""
    for by in (CLERK, person("boss", uid_of("example", "fgw"), whole=True), SYSTEM):
        refused("AUD-BUREAU", services.list_target, NewTarget("fund", "F1", "示例资金", UNIT, DAY), by=by, at=AT)
        refused("AUD-BUREAU", services.open_audit, NewAudit("1", "审计", (UNIT,), DAY), by=by, at=AT)
    refused("PERM-DENIED", services.open_audit, NewAudit("1", "审计", (UNIT,), DAY), by=person("n", rights=frozenset()), at=AT)


def test_an_audit_covers_once_its_report_is_out_and_not_before() -> None:
    audit = opened()
    coverage = {one.uid: one.state for one in areas.sheet(queries.AREA, 2018, today=DAY, known_at=AT).lines["D16-1"]}
    assert (coverage[UNIT], coverage[OTHER]) == ("never", "never")
    refused("EVID-DIGEST", services.report_audit, audit, on=DAY, content=b"", by=A, at=AT)
    refused("DATE-ORDER", services.report_audit, audit, on=date(2018, 3, 4), content=b"r", by=A, at=AT)
    refused("TIME-FUTURE", services.report_audit, audit, on=date(2018, 3, 6), content=b"r", by=A, at=AT)
    one = found(audit)
    refused("AUD-OPEN", services.report_audit, audit, on=DAY, content=b"r", by=A, at=AT)
    step(one, "silent", SYSTEM, "", days=11)
    step(one, "drop", B, days=12)
    reported(audit)
    refused("STATE-EDGE", services.report_audit, audit, on=DAY, content=b"r", by=A, at=AT)
    refused("STATE-EDGE", services.find, audit, NEW, evidence=paper(), by=A, at=AT)
    found_now = areas.sheet(queries.AREA, 2018, today=DAY, known_at=AT)
    assert {one.uid: one.state for one in found_now.lines["D16-1"]}[UNIT] == "covered"
    assert found_now.figures["D16-2", UNIT].excluded == {one: "not-upheld"}
    refused("AUD-TARGET", services.open_audit, NewAudit("2", "审计", ("nobody",), DAY), by=A, at=AT)
    refused("AUD-TARGET", services.open_audit, NewAudit("2", "审计", (), DAY), by=A, at=AT)
    refused("AUD-DUP", services.open_audit, NewAudit("示审〔2018〕9号", "审计", (UNIT,), DAY), by=A, at=AT)
    refused("AUD-NONE", reported, "nosuchaudit")
    refused("FIND-NONE", queries.finding, "nosuchfinding")
    assert ledger.verify_log().ok


@pytest.mark.parametrize("spoil", [{"criterion": " "}, {"text": ""}, {"topic": "luck"}, {"criterion": "长" * 401}, {"text": "长" * 2001}])
def test_a_finding_without_criterion_is_refused(spoil: dict[str, str]) -> None:
    audit = opened()
    new = NewFinding(**{name: getattr(NEW, name) for name in NewFinding.__slots__} | spoil)
    assert refused("FIND-CRIT", services.find, audit, new, evidence=paper(), by=A, at=AT).field == "criterion"


def test_a_finding_without_evidence_outside_the_audit_or_with_a_wrong_amount_is_refused() -> None:
    audit = opened()
    refused("FIND-CRIT", services.find, audit, NEW, evidence=None, by=A, at=AT)
    refused("FIND-CRIT", services.find, audit, NEW, evidence=casework.Upload("0" * 64, 0), by=A, at=AT)
    refused("EVID-DIGEST", services.find, audit, NEW, evidence=casework.Upload("0" * 64, 5), by=A, at=AT)
    refused("AUD-TARGET", services.find, audit, NewFinding(OTHER, "budget", "x", "y"), evidence=paper(), by=A, at=AT)
    for amount in ("多", "-1", "1.234", "NaN", "1e99"):
        refused("FIND-AMOUNT", services.find, audit, NewFinding(UNIT, "budget", "x", "y", amount), evidence=paper(), by=A, at=AT)
    refused("AUD-BUREAU", services.find, audit, NEW, evidence=paper(), by=CLERK, at=AT)
    assert queries.audit(audit).findings.count() == 0


def test_the_unit_is_heard_another_person_determines_and_the_unit_never_closes() -> None:
    """At every step the unit that tries to close is refused: it may not judge its own work."""
    one = found(opened())
    refused("STATE-EDGE", step, one, "order_now", B)
    step(one, "reply", CLERK, "该公司已提供服务", accepts="no")
    assert queries.finding(one).reply == "该公司已提供服务"
    refused("DUAL", step, one, "order_now", A)
    refused("PERM-DENIED", step, one, "order_now", CLERK)
    refused("AUD-BUREAU", step, one, "order_now", person("boss", uid_of("example", "fgw"), whole=True))
    step(one, "order_now", B, "单位意见不成立")
    row = queries.finding(one)
    assert (row.upheld, row.sort, row.decided_on, row.due) == (True, "now", date(2018, 3, 6), date(2018, 5, 7)), "60 days, rolled to Monday"
    refused("DUAL", step, one, "close", CLERK, fixed="200000")
    step(one, "extend", CLERK, days=20)
    assert queries.finding(one).due == date(2018, 6, 4), "30 days more, counted from the first day"
    refused("EVID-DIGEST", step, one, "report_done", CLERK)
    refused("FIND-AMOUNT", step, one, "report_done", CLERK, file=True, fixed="全部")
    step(one, "report_done", CLERK, file=True, fixed="150000", days=30)
    refused("DUAL", step, one, "close", CLERK, days=31)
    refused("DUAL", step, one, "send_back", CLERK, days=31)
    refused("AUD-BUREAU", step, one, "close", person("boss", uid_of("example", "fgw"), whole=True), days=31)
    refused("PERM-DENIED", step, one, "close", person("stranger", OTHER), days=31)
    step(one, "send_back", B, "其余5万元", days=31)
    refused("DUAL", step, one, "close", person("second", UNIT), days=31)
    step(one, "report_done", CLERK, file=True, fixed="200000", days=40)
    assert step(one, "close", B, days=41, fixed="180000.50") == "closed"
    row = queries.finding(one)
    assert (str(row.fixed), row.closed_on) == ("180000.50", date(2018, 4, 15)), "as the bureau found it, not as the unit says"
    assert ledger.verify_log().ok


def test_a_finding_with_an_amount_is_not_closed_without_the_amount_put_right() -> None:
    audit = opened()
    one = upheld(audit)
    refused("FIND-AMOUNT", step, one, "close", B)
    other = upheld(audit, NewFinding(UNIT, "assets", "未评估", "办法（示例）"))
    assert step(other, "close", B) == "closed"
    assert queries.finding(other).fixed is None


def test_silence_of_the_unit_is_no_objection_after_ten_days() -> None:
    one = found(opened())
    casework.sweep_deadlines(at=AT + timedelta(days=10))
    refused("STATE-EDGE", step, one, "order_staged", B, days=10)
    casework.sweep_deadlines(at=AT + timedelta(days=11))
    step(one, "order_staged", B, days=11)
    assert (queries.finding(one).sort, queries.finding(one).reply) == ("staged", "")


def test_what_is_published_has_black_places_with_reasons_and_two_people() -> None:
    audit = opened()
    one = upheld(audit)
    plain = {"marks": {}, "left_out": {}, "by": A, "at": AT + timedelta(days=3)}
    refused("STATE-EDGE", services.announce, audit, **plain)
    refused("STATE-EDGE", services.decide, audit, approve=True, reason="", by=B, at=AT)
    reported(audit)
    refused("REDACT-PASSAGE", services.announce, audit, **plain | {"marks": {one: [("不在文中", "trade")]}})
    refused("REDACT-REASON", services.announce, audit, **plain | {"marks": {one: [("示例一号有限公司", "shy")]}})
    refused("REDACT-REASON", services.announce, audit, **plain | {"left_out": {one: "shy"}})
    refused("REDACT-REASON", services.announce, audit, **plain | {"ground": "shy"})
    refused("AUD-BUREAU", services.announce, audit, **plain | {"by": CLERK})
    services.announce(audit, **plain | {"marks": {one: [("示例一号有限公司", "trade")]}})
    refused("AUD-DUP", services.announce, audit, **plain)
    assert queries.public_audit(_View(), year=2018)["announcements"] == [], "proposed is not published"
    refused("DUAL", services.decide, audit, approve=True, reason="", by=A, at=AT)
    refused("REASON", services.decide, audit, approve=False, reason=" ", by=B, at=AT)
    assert services.decide(audit, approve=False, reason="遮盖不当", by=B, at=AT + timedelta(days=4)) == "refused"
    services.announce(audit, **plain | {"marks": {one: [("示例一号有限公司", "trade")]}})
    assert services.decide(audit, approve=True, reason="", by=B, at=AT + timedelta(days=5)) == "decided"
    refused("STATE-EDGE", services.decide, audit, approve=True, reason="", by=B, at=AT)
    [told] = queries.public_audit(_View(), year=2018)["announcements"]
    assert [(line["text"], str(line["amount"]), [m.en for m in line["marks"]]) for line in told["lines"]] == [
        ("多列支出20万元，付给■■■", "200000.00", ["Trade secret"])]
    assert ledger.verify_log().ok


class _View:
    name = "public"

    def allows(self, item: str, field: str, status: str) -> bool:
        return True


def test_a_control_sign_in_a_text_stops_no_announcement() -> None:
    audit = opened()
    upheld(audit, NewFinding(UNIT, "budget", "多列\x1f支出", "预算法（示例）"))
    reported(audit)
    services.announce(audit, marks={}, left_out={}, by=A, at=AT + timedelta(days=3))
    assert queries.announcement(queries.audit(audit)).lines[0]["text"] == "多列 支出"


@pytest.mark.parametrize(("text", "code"), [("（示例）机密★10年 专用设备", "DISC-SECRET"), ("付给经办人13800138000", "DISC-PII"),
                                            ("涉及一名未成年人", "DISC-PII")])
def test_a_secret_mark_or_personal_data_stop_a_publication(text: str, code: str) -> None:
    """A mark of secrecy is not got round by blacking it out; personal data are, with the reason."""
    audit = opened()
    one = upheld(audit, NewFinding(UNIT, "purchase", text, "政府采购法（示例）"))
    reported(audit)
    plain = {"left_out": {}, "by": A, "at": AT + timedelta(days=3)}
    refused(code, services.announce, audit, marks={}, **plain)
    if code == "DISC-SECRET":
        refused(code, services.announce, audit, marks={one: [("机密★10年", "secret")]}, **plain)
    services.announce(audit, marks={}, **plain | {"left_out": {one: "secret"}})
    [line] = queries.announcement(queries.audit(audit)).lines
    assert (line["text"], line["unit"], line["withheld"]) == ("", "", "secret")


def test_a_number_is_published_once_it_is_blacked_out() -> None:
    audit = opened()
    one = upheld(audit, NewFinding(UNIT, "purchase", "付给经办人13800138000", "政府采购法（示例）"))
    reported(audit)
    services.announce(audit, marks={one: [("13800138000", "person")]}, left_out={}, by=A, at=AT + timedelta(days=3))
    assert queries.announcement(queries.audit(audit)).lines[0]["text"] == "付给经办人■■■"
