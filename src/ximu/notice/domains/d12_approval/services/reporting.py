"""“They asked me for something else”: checked at once against the catalogue of that day; what is not on it opens a case."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from ximu.foundation import clock, receipts
from ximu.foundation.parameters import value_on
from ximu.ideas.casework import queries as cases
from ximu.ideas.casework import services as casework
from ximu.ideas.casework.rules import Given
from ximu.ideas.disclosure.rules import holds_personal, personal_data
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor, Grant
from ximu.kernel.refusal import Refusal, absent
from ximu.notice.domains.d12_approval.queries import catalogue, register
from ximu.notice.domains.d12_approval.rules import catalogue as rules

CITIZEN = Actor("citizen", grants=(Grant("citizen", frozenset({"d12.report"})),), channel="portal", label="公众")
MOST_TEXT, OLDEST_DAYS, ROOM = 200, 730, "approvals"


def check(*, kind: str, item: str, unit: str, words: str, on: date, at: datetime) -> tuple[rules.Verdict, str]:
    """The rule's answer by the version of that day, and its number; nothing is kept. `item` is empty where the catalogue has none.

    Errors: `ASK-FORM`, `DISC-PII`, `CAT-NONE`, `CAT-ITEM`.
    """
    body = registry.unit(unit, as_of=on)
    for field, good, zh, en in (("kind", kind in rules.ASKED, "请选择被要求提供的是什么。", "Choose what was asked for."),
        ("item", not item or rules.CODE.fullmatch(item), "请写事项编码（字母、数字和“-”）。", "Give the code: letters, digits, “-”."),
        ("words", 0 < len(words.strip()) <= MOST_TEXT, f"请写明被要求的内容（至多{MOST_TEXT}字）。", f"Say what: 1–{MOST_TEXT} signs."),
        ("on", 0 <= (clock.city_day(at) - on).days <= OLDEST_DAYS, "日期应在今天以前的两年之内。", "A day of the last two years."),
        ("unit", body is not None and body.living, "请写明提出要求的单位。", "Name the body that asked.")):
        if not good:
            raise Refusal("ASK-FORM", field=field, value="", rule=field, zh=zh, en=en)
    if hits := personal_data(words) + personal_data(item):
        raise holds_personal("内容", hits[0].kind, hits[0].name.zh)
    edition = catalogue.in_force(on)
    if edition is None:
        raise absent("CAT-NONE", field="on", value=str(on), zh="一天有效的目录版本", en="version in force on that day")
    listed = next((one for one in edition.items if one["code"] == item), None)
    if item and listed is None and kind != "approval":
        raise absent("CAT-ITEM", field="item", value=item[:24], zh="个审批事项", en="item on the catalogue of that day")
    names = {code: one["name"] for code, one in register.services(at=at).items()}
    return rules.checked(kind, words, listed, names), edition.number


def report(*, at: datetime, source: str = "", token: str = "", **asked: Any) -> tuple[rules.Verdict, str, str]:
    """As `check`, and a receipt code where a case was opened: no name, no contact, no address is asked for or kept.

    The same form sent again (`token`) answers the same code and opens no second case.
    Errors: those of `check`, `RECEIPT-SLOW`, `CAL-NONE`.
    """
    day, (kind, item) = clock.city_day(at), (asked["kind"], asked["item"])
    receipts.must_be_slow("d12-report", most=int(value_on(catalogue.HERE, "approval_reports_an_hour", day)), at=at, source=source)
    verdict, number = check(**asked, at=at)
    if verdict.state == "listed":
        return verdict, number, ""
    (code, hashed), unit = receipts.of_form(token, repr(sorted(asked.items())), ROOM), registry.owner_of(asked["unit"], day)
    if cases.case_of_key("off_catalogue", hashed):
        return verdict, number, code
    told = {"审批事项": item or "—", "所要求的": f"{rules.ASKED[kind].zh}：{asked['words'].strip()}", "要求日期": str(asked["on"]),
            "目录版本": number, "核对结果": verdict.why.zh}
    values = {"told": told, "kind": kind, "item": item, "on": str(asked["on"]), "edition": number, "verdict": verdict.state}
    opening = casework.Opening(about=item[:24], key=hashed, source=unit, subject=unit, office=catalogue.office(day), values=values)
    try:
        casework.open_case("off_catalogue", opening=opening, given=Given(), by=CITIZEN, at=at)
    except Refusal as refusal:
        if refusal.code != "CASE-DUP":
            raise
    return verdict, number, code


def look(typed: str, *, at: datetime, source: str = "") -> str:
    """The case of a code. Errors: `RECEIPT`, `RECEIPT-SLOW`."""
    receipts.must_be_slow(ROOM, most=int(value_on(catalogue.HERE, "approval_looks_an_hour", clock.city_day(at))), at=at, source=source)
    found = cases.case_of_key("off_catalogue", receipts.kept(typed, ROOM))
    if not found:
        raise receipts.unknown()
    return found
