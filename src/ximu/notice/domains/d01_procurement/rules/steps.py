"""Which step of a purchase does a flag speak of, and which day was it?"""

from __future__ import annotations

from datetime import date
from typing import Any

from ximu.kernel.words import Text
from ximu.notice.domains.d01_procurement.rules import release as ocds
from ximu.notice.domains.d01_procurement.rules.payments import day_of

STEPS = {
    "need": Text("需求与立项", "need and plan"), "tender": Text("招标文件与公告", "tender"), "evaluation": Text("评审", "evaluation"),
    "award": Text("确定中标", "award"), "contract": Text("签订合同", "contract"), "acceptance": Text("履约验收", "acceptance"),
    "payment": Text("支付", "payment"),
}
TAGS = {
    "planning": Text("采购计划", "planning"), "planningUpdate": Text("采购计划更新", "planning update"), "tender": Text("招标", "tender"),
    "tenderAmendment": Text("招标更正", "tender amendment"), "tenderUpdate": Text("招标更新", "tender update"),
    "tenderCancellation": Text("招标终止", "tender cancellation"), "award": Text("中标", "award"),
    "awardUpdate": Text("中标更新", "award update"),
    "awardCancellation": Text("中标撤销", "award cancellation"), "contract": Text("合同", "contract"),
    "contractUpdate": Text("合同更新", "contract update"), "contractAmendment": Text("合同变更", "contract amendment"),
    "implementation": Text("履行", "implementation"), "implementationUpdate": Text("履行更新", "implementation update"),
    "contractTermination": Text("合同终止", "contract termination"),
}
"""Tags of a release, Open Contracting Data Standard 1.1."""
FLAGS: dict[str, tuple[str, Text]] = {
    "R003": ("tender", Text("招标期过短", "Short submission period")), "R018": ("tender", Text("只有一家投标", "Single bid received")),
    "R024": ("evaluation", Text("次低报价与中标价过近", "Price close to the winning bid")),
    "R025": ("evaluation", Text("屡投不中", "Excessive unsuccessful bids")),
    "R028": ("evaluation", Text("报价相同", "Identical bid prices")),
    "R030": ("evaluation", Text("迟到的投标中标", "Late bid won")),
    "R035": ("evaluation", Text("除中标者外全部被否", "All except the winning bid disqualified")),
    "R036": ("evaluation", Text("最低报价被否", "Lowest bid disqualified")),
    "R038": ("evaluation", Text("否决投标过多", "Excessive disqualified bids")),
    "R044": ("evaluation", Text("投标人地址或联系方式相同", "Bidders share address or contact")),
    "R048": ("award", Text("供应商经营范围过杂", "Heterogeneous supplier")),
    "R058": ("evaluation", Text("报价过低", "Heavily discounted bid")),
    "G001": ("payment", Text("逾期付款", "Late payment")), "G002": ("contract", Text("授标后变更", "Change after award")),
    "G003": ("need", Text("拆分采购", "Split purchases")), "G004": ("contract", Text("逾期签约", "Late signing")),
}
FACTS = {
    "contract": Text("合同", "contract"), "milestone": Text("付款节点", "milestone"),
    "due": Text("应付日期", "due"), "met": Text("实付日期", "met"),
    "threshold": Text("阈值", "threshold"), "award": Text("中标金额", "award"), "awarded": Text("中标日期", "awarded"),
    "signed": Text("签约日期", "signed"), "class": Text("品目类别", "class"), "processes": Text("采购过程", "processes"),
    "total": Text("合计", "total"), "start": Text("招标开始", "tender starts"), "end": Text("招标截止", "tender ends"),
    "tenderers": Text("投标人数", "tenderers"), "method": Text("采购方式", "method"), "deadline": Text("截止时间", "deadline"),
    "bids": Text("投标", "bids"), "q1": Text("下四分位", "first quartile"), "q3": Text("上四分位", "third quartile"),
    "lower_fence": Text("下界", "lower fence"), "upper_fence": Text("上界", "upper fence"),
}
GOVERNMENT = frozenset({"R003", "R018", "G001", "G002", "G003", "G004"})
"""Flags on the government itself; the others look at bidders and evaluation."""


def step_day(process: Any, step: str) -> date | None:
    """The day on which a step of the process was taken, as far as it says so."""
    match step:
        case "need" | "tender":
            found = [ocds.text(process, "tender", "tenderPeriod", "startDate")]
        case "evaluation":
            found = [ocds.text(process, "tender", "tenderPeriod", "endDate")]
        case "award":
            found = [ocds.text(a, "date") for a in ocds.items(process, "awards")]
        case "contract":
            found = [ocds.text(c, "dateSigned") for c in ocds.items(process, "contracts")]
        case _:
            found = [ocds.text(m, "dueDate") for c in ocds.items(process, "contracts")
                     for m in [*ocds.items(c, "milestones"), *ocds.items(c, "implementation", "milestones")]]
    days = [day for text in found if (day := day_of(text)) is not None]
    return max(days, default=day_of(ocds.text(process, "date")))
