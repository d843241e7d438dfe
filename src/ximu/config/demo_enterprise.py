"""The year of enterprise service of the made-up city, and four demands on their way. For the demonstration only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from ximu.foundation import clock
from ximu.foundation.profiles import uid_of
from ximu.ideas.casework import queries as cases
from ximu.ideas.casework import services as casework
from ximu.ideas.casework.rules import Given
from ximu.kernel.actor import SYSTEM, Actor
from ximu.notice.domains.d14_enterprise import jobs, queries, services

DEMANDS = (
    ("czj", "q01", "融资", "（示例）贷款贴息申请递交后没有回音，请告知进度。"),
    ("czj", "q03", "政策兑现", "（示例）技改补助公示后尚未拨付。"),
    ("q01", "q01", "用地用房", "（示例）标准厂房的产权证办不下来。"), ("q01", "q01", "准入审批", "（示例）两个窗口要求的材料不一致。"),
)
SOLVED = Given("（示例）已当面答复，事项办妥。", values={"outcome": "解决"})


def serve(folder: Path, *, desk: Actor, clerk: Callable[[str], Actor], at: datetime) -> None:
    """One confirmed by the firm, one that the firm sent back, one in hand, one not accepted yet."""
    jobs.load_profile(folder, by=SYSTEM, at=at)
    if cases.cases_of("enterprise_demand"):
        return
    day, found = clock.city_day(at), []
    for place, (unit, district, topic, words) in enumerate(DEMANDS):
        firm, owner, area = f"示例{'甲乙丙丁'[place]}号制造有限公司", uid_of(folder.name, unit), uid_of(folder.name, district)
        asked = services.Asked(firm, "", words, topic, owner, day, area)
        found.append((unit, *services.receive(asked, by=desk, at=at)))
    promised = Given(values={"promised_on": (day + timedelta(days=4)).isoformat()})
    for unit, uid, _ in found[:3]:
        casework.move(queries.case_of(uid), "accept_general", given=promised, by=clerk(unit), at=at)
    for unit, uid, code in found[:2]:
        casework.move(queries.case_of(uid), "answer", given=SOLVED, by=clerk(unit), at=at + timedelta(days=3))
        services.speak(code, "confirm" if uid == found[0][1] else "not_solved", rating="满意", at=at + timedelta(days=3, hours=1))
    services.feed(by=SYSTEM, at=at + timedelta(days=3, hours=2))
