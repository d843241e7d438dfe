"""Six made-up proposals in different states and one inspection round of the made-up city."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from ximu.foundation.profiles import uid_of
from ximu.ideas.accounts.services.accounts import person_of
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import SYSTEM, Actor, Grant
from ximu.notice.mechanisms.m3_supervision import queries, services
from ximu.notice.mechanisms.m3_supervision.services import Given

SESSION = "示例市十五届人大一次会议"
DELEGATE = "N060"
ROWS = (
    ("0601", "代表建议", "关于公开财政补贴发放时限的建议（示例）", "czj", "hbj"), ("0602", "代表建议",
                                                            "关于公布河道整治进度的建议（示例）", "hbj", ""),
    ("0603", "代表建议", "关于企业诉求一口受理的建议（示例）", "jxw", ""), ("0604", "政协提案", "关于清理涉企欠款的提案（示例）", "czj",
                                                       ""),
    ("0605", "政协提案", "关于街镇承诺上墙的提案（示例）", "mzj", ""), ("0606", "代表建议", "关于统计数据发布日历的建议（示例）", "tjj",
                                                     "czj"),
)
LED = {"0606": "N061"}
"""Led by another delegate; ours signed with her."""
ANSWERS = {
    "0602": Given("A", "（示例）进度已按月在门户网站公布。", b"letter-0602"),
    "0604": Given("B", "（示例）年内完成摸底并按计划清偿。", b"letter-0604", date(2018, 12, 28), "经财政局核对的欠款清偿台账"),
    "0605": Given("D", "（示例）留作今后工作参考。", b"letter-0605"),
}


def supervise(city: str, *, coordinator: Actor, at: datetime) -> None:
    """Assigned in April, answered in June, rated in July; a sample of four districts drawn from a committed seed."""
    if queries.proposals():
        return
    rows = [{"session": SESSION, "number": n, "kind": kind, "title": title, "text": "示例内容。", "delegate": LED.get(n, DELEGATE),
             "joint": DELEGATE if n in LED else "N062" if n == "0601" else "", "lead": _name(city, lead),
             "assisting": _name(city, co) if co else "", "assigned_on": "2018-04-27"} for n, kind, title, lead, co in ROWS]
    services.import_proposals(rows=rows, by=coordinator, at=at)
    districts = [uid_of(city, f"q{n:02}") for n in range(1, 17)]
    made = services.plan_round(year=2018, title="承诺兑现专项督查（示例）", scope=districts, size=4, by=coordinator, at=at,
                               items=["承诺是否建立台账", "到期承诺是否兑现", "未兑现的是否说明原因", "街镇承诺是否公开"])
    services.commit_seed(made, by=coordinator, at=at)
    known = {p.number: p for p in queries.proposals()}
    for number, given in ANSWERS.items():
        services.answer_proposal(known[number].uid, given, by=SYSTEM, at=at + timedelta(days=1))
    delegate = Actor("demo-delegate", grants=(Grant("delegate", frozenset({"proposals.own"})),), person=person_of(DELEGATE))
    services.rate(known["0602"].uid, rating="satisfied", words="", by=delegate, at=at + timedelta(days=2))
    services.rate(known["0605"].uid, rating="unsatisfied", words="（示例）请说明为何不采纳。", by=delegate, at=at + timedelta(days=2))
    services.draw(made, by=coordinator, at=at + timedelta(days=2))
    for visit in queries.visits(queries.round_of(made)):
        services.assign_team(visit.uid, ["supervisor"], by=coordinator, at=at + timedelta(days=2))


def _name(city: str, key: str) -> str:
    return registry.name(uid_of(city, key), as_of=date(2018, 4, 27))
