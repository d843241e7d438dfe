"""Which words do the lists speak? Codes with their Chinese and English names; everything else is an error."""

from __future__ import annotations

from ximu.kernel.words import Text

LISTS = {
    "data": Text("数据清单", "Data list"),
    "behaviour": Text("行为清单", "Behaviour list"),
    "application": Text("应用清单", "Application list"),
}
USES = {
    "collect": Text("归集", "Collect"),
    "share": Text("共享", "Share"),
    "publish": Text("公开", "Publish"),
    "measure": Text("奖惩措施", "Measure"),
    "score": Text("考核计分", "Score"),
}
"""What may be done under an item; `gate` is asked for one of these."""
ACTS = {
    "draft": Text("起草", "drafted"), "revise": Text("修改", "revised"), "submit": Text("提交审核", "submitted"),
    "withdraw": Text("撤回", "withdrawn"), "accept": Text("采纳", "accepted"), "return": Text("退回", "sent back"),
    "drop": Text("不列入", "left out"), "keep": Text("确定为责任单位", "settled as owner"),
}
"""What is done to a drafted item."""
FAMILIES = {
    "judgment": Text("司法判决", "Judgment"),
    "penalty": Text("行政处罚", "Administrative penalty"),
    "discipline": Text("纪律处分", "Disciplinary decision"),
    "accountability": Text("问责处理", "Accountability decision"),
    "default": Text("违约失信认定", "Finding of default"),
    "audit": Text("审计决定", "Audit decision"),
    "statistics": Text("统计违法决定", "Decision on statistical offences"),
    "licence": Text("行政许可", "Licence"),
    "reward": Text("守信表彰", "Commendation"),
    "service": Text("服务事项", "Service item"),
}
SUBJECT_KINDS = {
    "government": Text("政府", "Government"),
    "department": Text("部门", "Department"),
    "street": Text("街道", "Subdistrict"),
    "town": Text("镇", "Town"),
    "township": Text("乡", "Township"),
    "institution": Text("事业单位", "Public institution"),
    "coordination": Text("议事协调机构", "Coordinating body"),
    "official": Text("公务员", "Civil servant"),
}
"""Kinds of the registry that may be subjects; `official` is a civil servant in office."""
BODIES = ("government", "department", "street", "town", "township", "institution")
LEVELS = {
    "public": Text("社会公开", "Public"),
    "shared": Text("政务共享", "Shared within government"),
    "authorised": Text("授权查询", "On authorisation"),
    "closed": Text("不予公开", "Closed"),
}
"""Disclosure level of an item or a field, the most open first."""
GRADES = {
    "轻微": Text("轻微", "Minor"),
    "一般": Text("一般", "Ordinary"),
    "严重": Text("严重", "Serious"),
}
DIRECTIONS = {"breach": Text("失信", "Breach of trust"), "merit": Text("守信", "Keeping trust")}
MEASURE_CLASSES = {
    "restrict": Text("减损权益或增加义务", "Restricts a right or adds a duty"),
    "manage": Text("管理措施", "Management measure"),
    "reward": Text("激励措施", "Reward"),
}
BASIS_LEVELS = {
    "法律": Text("法律", "Law"),
    "行政法规": Text("行政法规", "Administrative regulation"),
    "地方性法规": Text("地方性法规", "Local regulation"),
    "中央文件": Text("中央文件", "Central Party document"),
    "国务院文件": Text("国务院文件", "State Council document"),
    "部门规章": Text("部门规章", "Departmental rule"),
    "规范性文件": Text("规范性文件", "Normative document"),
}
HIGH_LEVELS = frozenset({"法律", "行政法规", "地方性法规", "中央文件", "国务院文件"})
"""On these a breach may be recorded and a right restricted (国办发〔2020〕49号 二、三)."""
UPDATES = {
    "working-days-7": Text("作出决定之日起7个工作日内", "Within 7 working days of the decision"),
    "working-days-20": Text("形成之日起20个工作日内", "Within 20 working days"),
    "daily": Text("每日", "Daily"),
    "monthly": Text("每月", "Monthly"),
    "quarterly": Text("每季度", "Quarterly"),
    "yearly": Text("每年", "Yearly"),
}
PERIOD_STARTS = {
    "end": Text("行为或事件终止之日", "the day on which the act ended"),
    "decision": Text("文书作出之日", "the day of the decision"),
    "effective": Text("记录生效之日", "the day on which the record took effect"),
}

TYPES = ("string", "integer", "number", "date", "boolean")
"""Field types taken from Frictionless Table Schema."""
CONSTRAINTS = {"required", "maxLength", "minLength", "enum", "pattern", "minimum", "maximum"}
KINDS = ("text", "uscc", "organ-uscc", "resident-id", "document-number", "money-yuan", "money-wan", "code", "date", "name")
KIND_WORDS = {
    "text": Text("文字", "text"), "uscc": Text("统一社会信用代码", "credit code"),
    "organ-uscc": Text("机关统一社会信用代码", "credit code of a body"), "resident-id": Text("身份证号", "resident identity number"),
    "document-number": Text("文书号", "document number"), "money-yuan": Text("金额（元）", "money in yuan"),
    "money-wan": Text("金额（万元）", "money in 10,000 yuan"), "code": Text("代码", "code"), "date": Text("日期", "date"),
    "name": Text("名称", "name"), "integer": Text("整数", "whole number"), "number": Text("数字", "number"),
    "boolean": Text("是或否", "yes or no"),
}
"""What stands in a field, for a reader who is no programmer: its kind, and for plain text its type when that says more."""
RECEIVERS = {
    "national-platform": Text("全国信用信息共享平台", "the national credit information platform"),
    "credit-china": Text("“信用中国”网站", "the site Credit China"), "municipal": Text("上海诚信网", "the municipal credit site"),
    "units": Text("本市政务部门", "departments of the city"), "*": Text("全部", "all"),
}
"""Receivers that every edition knows; another is called by its code."""
ROLES = (
    "subject_name", "subject_code", "subject_kind", "event_date", "end_date", "document_number", "authority_name",
    "authority_code", "decision_date", "final_date", "finality", "behaviour", "grade", "domain", "summary",
)
"""What a field means to the register, whatever its column is called."""
CHECKS = {
    "not-after": {"fields"},
    "not-future": {"field"},
    "required-if": {"field", "when"},
    "empty-if": {"field", "when"},
    "within-working-days": {"fields", "days"},
    "resident-id-if": {"field", "when"},
    "greater-than-zero-if": {"field", "when"},
}
"""Cross-field rules, with the keys that each must have besides `check`, `code` and the optional `severity`, `zh`, `en`."""
SEVERITIES = ("error", "warning")
