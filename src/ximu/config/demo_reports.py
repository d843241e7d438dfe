"""Three made-up reports in different states, and an item of the press: for the demonstration only."""

from __future__ import annotations

from datetime import datetime, timedelta

from ximu.foundation import clock
from ximu.foundation.profiles import uid_of
from ximu.kernel.actor import SYSTEM, Actor
from ximu.notice.mechanisms.m3_complaints import queries
from ximu.notice.mechanisms.m3_complaints import services as reporting

WORDS = (
    ("payment", "示例市甲区北桥镇人民政府", "（示例）道路工程验收已满一年，约定的尾款仍未支付。"),
    ("promise", "示例市财政局", "（示例）公开承诺的补贴发放时间已过三个月，没有任何说明。"),
    ("service", "示例市监察局", "（示例）窗口公示的办理时限是五日，实际用了四十日。"),
)


def report(city: str, *, handler: Actor, press: Actor, at: datetime) -> None:
    """One answered, one being handled with a question, one past the office that is complained of; the figures of that quarter."""
    if queries.visible(handler, clock.city_day(at)):
        return
    uids, told = [], at
    at -= timedelta(days=28)
    for topic, about, text in WORDS:
        before = {row.uid for row in queries.visible(handler, clock.city_day(at))}
        reporting.file_report(reporting.Filed(topic, text, about), token=reporting.form(on=clock.city_day(at)), at=at)
        uids += [row.uid for row in queries.visible(handler, clock.city_day(at)) if row.uid not in before]
    later = at + timedelta(days=3)
    for uid in uids[:2]:
        reporting.accept(uid, by=handler, at=later)
    reporting.answer(uids[0], reporting.Finding("explained", "（示例）尾款已列入四季度支付计划。"), by=handler, at=later)
    reporting.ask(uids[1], "（示例）请补充承诺公开的网址或照片。", by=handler, at=later)
    reporting.report_press(uid_of(city, "q01j4"), "promise", origin="press", words="（示例）报道称某便民服务点开放时间与公示不符",
                           source="示例晚报2018年12月20日", by=press, at=told)
    reporting.publish_figures(by=SYSTEM, at=told)
