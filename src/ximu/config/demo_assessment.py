"""The yearly assessment of the made-up city's districts: 2017 and 2018 by the same method, computed, made final and published."""

from __future__ import annotations

from datetime import date, datetime

from ximu.foundation.profiles import uid_of
from ximu.ideas.assessment import queries, services
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor

METHOD = """
[method]
name = { zh = "示例市区级政务诚信年度评价（示例）", en = "Yearly integrity assessment of the districts (made up)" }
version = "2018-1"
decimals = 2
[normalisation]
method = "goalposts"
range = [0, 100]
[[node]]
code = "score"
name = { zh = "总分", en = "score" }
[[indicator]]
code = "answered"
parent = "score"
weight = 0.4
goalposts = [50, 100]
name = { zh = "诉求按期办结率", en = "Requests closed in time" }
source = "示例市热线办年度报表（示例数据）"
owner = "rxb"
[[indicator]]
code = "paid"
parent = "score"
weight = 0.35
goalposts = [60, 100]
name = { zh = "合同款按期支付率", en = "Contracts paid in time" }
source = "示例市财政局年度报表（示例数据）"
owner = "czj"
[[indicator]]
code = "published"
parent = "score"
weight = 0.25
goalposts = [70, 100]
name = { zh = "信息按期公开率", en = "Information published in time" }
source = "示例市政务公开年报（示例数据）"
owner = "bgt"
[[deduction]]
column = "records:WY-RD"
each = 2
cap = 10
reason = { zh = "违约失信认定在册记录，每件扣2分", en = "2 points for each recognised default on record" }
"""


def _data(year: int) -> str:
    """Made-up figures that differ from district to district and from year to year."""
    day, lines = date(year, 12, 31), ["unit,name,answered,paid,published"]
    for n in range(1, 17):
        unit = uid_of("example", f"q{n:02}")
        a, p, i = ((n * k * 7 + (year - 2010) * m) % 41 for k, m in ((3, 5), (5, 3), (11, 7)))
        lines.append(f"{unit},{registry.name(unit, as_of=day)},{100 - a},{100 - p * 0.8:.1f},{100 - i * 0.6:.1f}")
    return "\n".join(lines) + "\n"


def assess(city: str, *, coordinator: Actor, publisher: Actor, at: datetime) -> None:
    if city != "example" or queries.runs():
        return
    made = services.add_method(METHOD, code="districts", by=coordinator, at=at)
    services.adopt(made.uid, resolution="示政诚〔2018〕1号", by=coordinator, at=at)
    for year in (2017, 2018):
        clocks = services.Clocks(date(year, 12, 31), at)
        run = services.run(made.uid, _data(year), period=str(year), clocks=clocks, by=coordinator, at=at, draws=400, seed=year)
        services.send_draft(run.uid, by=coordinator, at=at)
        services.finish(run.uid, by=publisher, at=at)
        services.publish(run.uid, by=publisher, at=at)
