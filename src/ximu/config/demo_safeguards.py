"""What the made-up city did for leadership, institutions and its streets, through the ordinary services only."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from ximu.foundation.profiles import uid_of
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal
from ximu.notice.safeguards.s1_leadership import services as leading

MINUTES = "示例市政务诚信建设专项工作组第一次会议纪要（示例）\n一、建立承诺台账。二、清理拖欠账款。三、公开街镇承诺。\n"
RESOLUTIONS = (
    ("czj", "清理政府部门拖欠账款，建立逐笔核对的台账", "经财政局核对的拖欠账款台账", date(2018, 9, 28)),
    ("mzj", "组织各街镇公开服务承诺并按季公布兑现情况", "各街镇公开承诺及季度兑现公告", date(2018, 12, 28)),
    ("rsj", "将政务诚信纳入公务员初任培训课程", "培训课程大纲与签到名册", date(2018, 11, 30)),
)


def meet(city: str, *, coordinator: Actor, publisher: Actor, at: datetime) -> None:
    """The first meeting of the working group and what it decided."""
    present = tuple(uid_of(city, key) for key in ("fgw", "bgt", "czj", "mzj", "rsj"))
    minutes = leading.Minutes(uid_of(city, "gzz"), "2018-1", "专项工作组第一次会议", date(2018, 4, 25), present, MINUTES.encode())
    try:
        meeting = leading.record_meeting(minutes, by=coordinator, at=at)
    except Refusal as refusal:
        if refusal.code == "MEET-DUP":
            return
        raise
    for unit, text, deliverable, due in RESOLUTIONS:
        leading.add_resolution(meeting, leading.Wanted(text, deliverable, uid_of(city, unit), due), by=coordinator, at=at)
    leading.issue_meeting(meeting, by=publisher, at=at + timedelta(hours=1))
    leading.prove_day(by=coordinator, at=at + timedelta(hours=1))
