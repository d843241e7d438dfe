"""What is called how? The names under which cases tell their facts, in both languages."""

from __future__ import annotations

from ximu.kernel.words import Text

NAMES = {
    "专项": "theme", "事项": "matter", "提出时等级": "level when raised", "来源": "origin", "编号": "number", "单位": "unit",
    "主题": "topic", "预警规则": "warning rule", "等级": "level", "期间": "period", "考核": "assessment", "指标": "indicator",
    "批次": "delivery", "数据项": "data item", "行数": "rows", "行号": "row numbers", "问题": "faults",
    "空缺单位": "unit with a vacancy", "情形": "circumstance", "期限": "due", "任务": "task", "同时告知": "also told",
    "届次": "session", "标题": "title", "据以撤销的文书": "document that revokes it", "行为": "behaviour",
    "行为日期": "day of the behaviour", "措施": "measure", "清单": "list", "起止": "from and to", "专门决定": "decision",
    "清单建议": "proposed by the list", "文书": "document", "程度": "grade", "效果适用程度": "grade of its effects",
    "发生日期": "happened on", "生效后可能采取的措施": "measures that may follow", "查询期限": "may be looked up for",
    "办件": "service case", "评价": "rating", "评价渠道": "window or terminal", "暂扣日期": "held on",
    "审批事项": "item of the catalogue", "所要求的": "what was asked for", "要求日期": "asked on", "目录版本": "version of the catalogue",
    "核对结果": "result of the check", "中介机构": "intermediary", "关联类型": "kind of tie", "关联人员": "official (internal number)",
    "线索": "signs",
    "河段": "reach", "发现日期": "found on",
    "失职情形": "dereliction", "地点": "place", "正在搭建": "being built",
    "审计项目": "audit", "审计对象": "what was audited", "问题类别": "kind of finding", "定性依据": "criterion",
    "报表": "table", "填报数": "reported", "核查数": "checked", "核查文号": "document of the check", "违法类型": "kind of offence",
    "合作项目": "partnership project", "违约类型": "kind of breach", "合同义务": "obligation", "违约日期": "day of the breach",
    "责任环节": "steps traced",
}


def called(name: str) -> Text:
    """A fact whose name nobody translated keeps it."""
    return Text(name, NAMES.get(name, name))
