"""What the made-up city did for leadership, institutions and its streets, through the ordinary services only."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256

from ximu.foundation.profiles import uid_of
from ximu.ideas.commitments import services as promises
from ximu.ideas.commitments.rules import Terms
from ximu.kernel.actor import SYSTEM, Actor
from ximu.kernel.refusal import Refusal
from ximu.notice.safeguards.s1_leadership import services as leading
from ximu.notice.safeguards.s2_institutions import queries as written
from ximu.notice.safeguards.s2_institutions import services as institutions
from ximu.notice.safeguards.s2_institutions.rules import Said
from ximu.notice.safeguards.s3_streets import queries as street_queries
from ximu.notice.safeguards.s3_streets import services as street_services

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


def plan_ahead(city: str, *, enterer: Actor, publisher: Actor, at: datetime) -> None:
    """The finance bureau's plan speaks of every item; the environment bureau's draft does not yet."""
    whole = institutions.NewVersion(uid_of(city, "czj"), "plan", "示例市财政局政务诚信实施方案（示例）", "示财〔2018〕1号", at.date(),
                                    "示例：各事项分工与举措。".encode())
    draft = institutions.NewVersion(uid_of(city, "hbj"), "plan", "示例市环境保护局政务诚信实施方案（示例）", "", at.date(),
                                    "示例：征求意见稿。".encode())
    codes = [code for code, _ in written.items()]
    try:
        done, started = (institutions.enter(one, by=enterer, at=at) for one in (whole, draft))
    except Refusal as refusal:
        if refusal.code == "DOC-DUP":
            return
        raise
    said = [Said(code, "covered", "第二章 重点任务") if place % 5 else Said(code, "not_applicable", "不属于本局职责")
            for place, code in enumerate(codes)]
    institutions.cover(done, said, by=enterer, at=at)
    institutions.publish(done, by=publisher, at=at + timedelta(hours=1))
    institutions.cover(started, said[:20], by=enterer, at=at)


PLEDGES = (
    ("q01j1", "窗口一次办结", "便民窗口涉及的材料一次告知、一次办结", date(2018, 6, 29), True),
    ("q01j1", "公开拆违进度", "按月公开拆违进度表", date(2018, 9, 28), True),
    ("q01j4", "三日答复来信", "居民来信三个工作日内答复", date(2018, 6, 29), True),
    ("q01j4", "修缮村级公路", "完成村级公路修缮并公布验收单", date(2018, 11, 30), False),
    ("q02j1", "增设助餐点", "新增两处老年助餐点", date(2018, 12, 28), True),
)
BENEFIT = street_services.NewBenefit(
    "", "诚信家庭免押金借阅（示例）", "街道图书室免押金借阅，每次多借五册", "library", "extra", "示例街道信用惠民办法", date(2018, 5, 2))


def pledge(city: str, *, enterer: Actor, publisher: Actor, at: datetime) -> None:
    """Public pledges of three streets and a credit benefit."""
    if street_queries.benefits():
        return
    promises.register_many([
        promises.Promise("street_pledge", uid_of(city, unit), Terms(title=title, text=text, due=due, deliverable=f"{title}的公开台账"),
                         date(2018, 4, 27), reference=f"诺〔2018〕{n}号", domain="S3", uid=uid_of(city, f"pledge:{n}"))
        for n, (unit, title, text, due, _) in enumerate(PLEDGES, 1)], by=SYSTEM, at=at)
    benefit = street_services.offer_benefit(replace(BENEFIT, unit=uid_of(city, "q01j1")), by=enterer, at=at)
    street_services.open_benefit(benefit, by=publisher, at=at)


def keep(city: str, *, at: datetime) -> None:
    """What was shown for the pledges (one stays broken), and the months that were counted."""
    if street_queries.months():
        return
    for n, (_, title, _, due, kept) in enumerate(PLEDGES, 1):
        if kept:
            uid, paper = uid_of(city, f"pledge:{n}"), sha256(title.encode()).hexdigest()
            proof = promises.offer(uid, day=due - timedelta(days=3), value=Decimal(1), digest=paper, name=title, by=SYSTEM, at=at)
            promises.accept(uid, evidence=proof, by=replace(SYSTEM, person="second"), at=at)
    [benefit] = street_queries.benefits()
    for number in range(6, 13):
        month = f"2018-{number:02}"
        street_services.monitor(month, by=SYSTEM, at=at)
        street_services.report_take_up(benefit.uid, month=month, count=4 + number * 7, content=month.encode(), by=SYSTEM, at=at)
