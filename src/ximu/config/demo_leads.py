"""Four made-up leads of the made-up city on their way: verified, put right, refused, unfounded. For the demonstration only."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from ximu.foundation.profiles import uid_of
from ximu.ideas.casework import queries as cases
from ximu.ideas.casework import services as casework
from ximu.ideas.casework.rules import Given
from ximu.ideas.casework.services import Upload
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor, Grant
from ximu.notice.mechanisms.m1_leads import services
from ximu.notice.mechanisms.m1_leads.rules import Told

LEADS = (
    ("hotline", "GD20180702-0117", "sww", "（示例）落户奖励到期未付", "（示例）投资协议约定六月底前拨付的奖励至今未付。"),
    ("arrears", "TQ-2018-0031", "q01", "（示例）工程尾款拖欠", "（示例）道路工程验收满一年，约定的尾款未付。"),
    ("business", "YS-2018-0009", "jxw", "（示例）扶持政策不兑现", "（示例）公布的技改补贴名单公示后没有拨付。"),
    ("petition", "XF-2018-0204", "hbj", "（示例）公示办理时限不实", "（示例）称窗口公示五日、实际四十日，核查与事实不符。"),
)
PAPER = "（示例）核查材料"


def lead(city: str, *, clerk: Actor, checker: Actor, at: datetime) -> None:
    """One waits for its superior, one is being put right, one was put right and closed, one was unfounded."""
    if cases.cases_of("lead"):
        return
    uids = [services.raise_lead(Told(origin, _name(city, key, at), title, words, number), by=clerk, at=at)
            for origin, number, key, title, words in LEADS]
    for uid in uids:
        casework.move(uid, "forward", by=clerk, at=at)
    later, paper = at + timedelta(days=3), _paper()
    for uid, verb in zip(uids[1:], ("confirm", "confirm", "unfounded"), strict=True):
        casework.move(uid, verb, given=Given("（示例）经核查。"), files=[paper], by=checker, at=later)
    body = uid_of(city, "jxw")
    acting = Actor("demo-jxw", body, (Grant("entry", frozenset({"leads.rectify"}), body),), "demo-jxw")
    casework.move(uids[2], "report_done", given=Given("（示例）补贴已拨付到位。"), files=[paper], by=acting, at=later + timedelta(days=9))
    casework.move(uids[2], "accept", given=Given("（示例）凭证核对无误。"), by=checker, at=later + timedelta(days=10))


def _name(city: str, key: str, at: datetime) -> str:
    return registry.name(uid_of(city, key), as_of=date(at.year, at.month, at.day))


def _paper() -> Upload:
    digest, size = casework.keep([PAPER.encode()])
    return Upload(digest, size, "核查材料.txt")
