"""What runs by itself in a city, and how often? Each job is safe to repeat; `ximu jobs` runs them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from ximu.foundation import apart, duties, leftovers, outbox
from ximu.foundation.scrubbing import refresh_statistics, scrub
from ximu.ideas.casework import jobs as casework
from ximu.ideas.casework import services as works
from ximu.ideas.disclosure import services as publications
from ximu.ideas.following import services as following
from ximu.ideas.intake import services as deliveries
from ximu.ideas.ledger import queries as log
from ximu.ideas.ledger import services as log_services
from ximu.ideas.records import services as records
from ximu.kernel.actor import Actor
from ximu.kernel.words import Text
from ximu.notice.mechanisms.m3_complaints import services as reports

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def deliver_outbox(*, by: Actor, at: datetime) -> dict[str, int]:
    return {"delivered": outbox.sweep(at=at)}


def sweep_cases(*, by: Actor, at: datetime) -> dict[str, int]:
    """Limits that passed, units that ended, effects to stop."""
    return casework.limits(at=at)


def sweep_records(*, by: Actor, at: datetime) -> dict[str, int]:
    """Expired, erased, closed, closed by a stricter policy; after an erasure the free pages of the database are rewritten."""
    tries = apart.Apart("records")
    works: dict[str, Callable[[], int]] = {
        "expired": lambda: records.expire_due(by=by, at=at), "erased": lambda: records.erase_due(by=by, at=at),
        "closed": lambda: publications.close_due(by=by, at=at), "tightened": lambda: publications.follow_policy(at=at),
        "register": lambda: records.complete_register(at=at)}
    done = {name: tries.run(work, name=name, whole=False) or 0 for name, work in works.items()}
    if done["erased"]:
        tries.run(scrub, name="scrub", whole=False)
    tries.tell()
    return done


def gather_cosignatures(*, by: Actor, at: datetime) -> dict[str, int]:
    """Ask the witnesses; refused, and so told, while too few have signed what is fresh."""
    log_services.finish_rotation()
    answers = log_services.gather(at=at)
    log.must_be_fresh(at=at)
    return {"asked": len(answers), "cosigned": sum(a.cosigned for a in answers)}


def shred_reports(*, by: Actor, at: datetime) -> dict[str, int]:
    """Reports without a finding whose time is over; the free pages are rewritten."""
    shredded = reports.shred_due(by=by, at=at)
    if shredded:
        scrub()
    return {"shredded": shredded}


def tell_followers(*, by: Actor, at: datetime) -> dict[str, int]:
    return {"dropped": following.drop_unconfirmed(by=by, at=at), "mails": following.tell(by=by, at=at)}


def purge_uploads(*, by: Actor, at: datetime) -> dict[str, int]:
    return {"purged": deliveries.purge(by=by, at=at)}


def clear_leftovers(*, by: Actor, at: datetime) -> dict[str, int]:
    """What servers and jobs that were killed have left on the disk."""
    return leftovers.clear()


def keep_figures(*, by: Actor, at: datetime) -> dict[str, int]:
    refresh_statistics()
    return {}


def daily(work: Callable[..., int]) -> Callable[..., dict[str, int]]:
    def done(*, by: Actor, at: datetime) -> dict[str, int]:
        return {"done": work(at=at)}

    return done


def declare_all() -> None:
    """Called once by the wiring, when every room has said what it does daily: each is a job of its own, that fails and is tried alone."""
    duties.declare("outbox", Text("投递公告", "Deliver announcements"), timedelta(seconds=10), deliver_outbox)
    duties.declare("cases", Text("办件期限、移交与效果终止", "Limits of cases, units that ended, effects to stop"), HOUR, sweep_cases)
    for name, work in works.daily().items():
        duties.declare(name, Text(f"每日工作 {name}", f"Daily work {name}"), HOUR, daily(work))
    duties.declare("records", Text("记录期满与删除", "Records that expire or are erased"), HOUR, sweep_records)
    duties.declare("log", Text("见证人加签", "Cosignatures of witnesses"), timedelta(minutes=5), gather_cosignatures)
    duties.declare("following", Text("告知关注者", "Mail to followers"), HOUR, tell_followers)
    duties.declare("reports", Text("销毁到期举报", "Reports past their time"), DAY, shred_reports)
    duties.declare("leftovers", Text("清理中断作业的遗留文件", "Clear what killed work has left"), HOUR, clear_leftovers)
    duties.declare("figures", Text("更新数据库统计", "Figures about the tables, for the planner"), DAY, keep_figures)
    duties.declare("purge", Text("清除逾期原文件", "Uploads past their retention"), DAY, purge_uploads)
