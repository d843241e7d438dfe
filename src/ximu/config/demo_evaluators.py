"""A made-up university evaluates the made-up districts for 2018: other weights, a survey, other records; published by itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from ximu.foundation.profiles import uid_of
from ximu.ideas.accounts import queries as accounts
from ximu.ideas.assessment import queries as assessment
from ximu.kernel.actor import SYSTEM, Actor
from ximu.notice.mechanisms.m3_evaluators import queries, services

CODE = "12990000MB0XXXXX12"
DISTRICTS = 16
METHOD = """
[method]
name = { zh = "示例大学区级政务诚信评价（示例）", en = "Evaluation of the districts by a made-up university" }
version = "2018"
decimals = 2
[missing]
rule = "mean"
minimum = 0.5
[normalisation]
method = "goalposts"
range = [0, 100]
[[node]]
code = "score"
name = { zh = "总分", en = "score" }
[[indicator]]
code = "answered"
parent = "score"
weight = 0.3
goalposts = [50, 100]
name = { zh = "诉求按期办结率", en = "Requests closed in time" }
[[indicator]]
code = "paid"
parent = "score"
weight = 0.3
goalposts = [60, 100]
name = { zh = "合同款按期支付率", en = "Contracts paid in time" }
[[indicator]]
code = "published"
parent = "score"
weight = 0.2
goalposts = [70, 100]
name = { zh = "信息按期公开率", en = "Information published in time" }
[[indicator]]
code = "survey:satisfied"
parent = "score"
weight = 0.2
goalposts = [50, 100]
name = { zh = "企业满意度（调查）", en = "Satisfaction of enterprises (survey)" }
[[measure]]
column = "penalties"
item = "CF"
how = "count"
"""


def evaluate(city: str, *, coordinator: Actor, publisher: Actor, at: datetime) -> None:
    """Registered, engaged, surveyed, frozen, computed, sent, commented on; published by the daily pass after the last day."""
    runs = [run for run in assessment.runs() if run.period == "2018" and run.state == "published"]
    if city != "example" or queries.evaluators() or not runs:
        return
    office, units = uid_of(city, "fgw"), [uid_of(city, f"q{n:02}") for n in range(1, DISTRICTS + 1)]
    said = {"methods": ["年度数据复核", "企业问卷调查"], "funders": ["示例社会科学基金会", office], "interests": []}
    institute = services.register("示例大学信用研究中心（示例）", code=CODE, kind="university", declaration=said, by=coordinator, at=at)
    terms = services.Terms("2018年度区级政务诚信第三方评价（示例）", "2018", units, office, office, "示评〔2018〕1号",
                           {"run": ["answered", "paid", "published"], "CF": ["grade", "CF_CFLB"]}, Decimal(180_000), runs[0].uid)
    engagement = services.engage(institute, terms, by=coordinator, at=at)
    survey = "unit,n,value\n" + "".join(f"{unit},{380 + 5 * k},{64 + (k * 7) % 29}\n" for k, unit in enumerate(units))
    services.add_survey(engagement, survey, code="satisfied", kind="survey", frame="各区登记在册企业，分层随机电话访问（示例）",
                        population=400_000, by=coordinator, at=at)
    snapshot = services.freeze(engagement, by=coordinator, at=at)
    made = services.evaluate(snapshot, METHOD, by=coordinator, at=at, draws=200, seed=2018)
    services.send(made.uid, by=coordinator, at=at)
    later = at + timedelta(days=2)
    clerk = accounts.actor_for(accounts.accounts().get(login="q01-entry"), at=later)
    services.comment(made.uid, "（示例）本区问卷样本中外地企业占比偏高，请在下一年度改进抽样框。", unit=units[0], by=clerk, at=later)
    services.annotate(made.uid, "（示例）本评价与年度评价的权重不同，并加入了企业满意度调查，差异见对照表。", by=publisher, at=later)
    services.publish_due(by=SYSTEM, at=at + timedelta(days=10))
