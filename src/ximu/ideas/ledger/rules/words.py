"""What are entries called? Captions for people; the log itself keeps only codes."""

from __future__ import annotations

from typing import Any

from ximu.ideas.ledger.rules.kinds import KINDS
from ximu.kernel.words import Text

MEMBERS = {
    "kind": Text("事项种类", "kind"),
    "time": Text("入日志时间（UTC）", "time in the log (UTC)"),
    "clock": Text("写入方时间", "time claimed by the writer"),
    "commitment": Text("内容承诺值", "commitment to the content"),
}
FAMILIES = {
    "record": Text("信用记录", "record"), "list": Text("清单", "list"), "plan": Text("年度任务", "plan"),
    "case": Text("办件", "case"), "promise": Text("承诺", "promise"),
    "disclosure": Text("公开", "disclosure"), "registry": Text("机构登记", "registry"), "rights": Text("权限", "rights"),
    "erasure": Text("删除", "erasure"), "zero": Text("零报告", "zero report"), "log": Text("日志", "log"),
    "event": Text("运行数据", "event data"), "score": Text("考核结果", "assessment"),
    "exchange": Text("数据交换", "exchange"), "audit": Text("审计", "audit"), "training": Text("公务员诚信教育", "civil servants"),
    "agency": Text("信用服务机构", "credit-service agencies"), "credit": Text("第三方信用报告", "credit reports"),
    "tender": Text("招标投标", "tendering"), "place": Text("地点责任", "places"), "filing": Text("报表交接", "filed tables"),
    "stats": Text("统计责任", "statistics"), "safety": Text("公共安全监管", "public safety"), "approval": Text("行政审批目录", "approvals"),
}


def kind_words(kind: str) -> Text:
    """`record.sealed` → 信用记录存证（record.sealed）; of a kind without words of its own, those of its family."""
    family = KINDS.get(kind) or FAMILIES.get(kind.split(".")[0])
    return Text(f"{family.zh}（{kind}）", f"{family.en} ({kind})") if family else Text(kind, kind)


def label_words(entry: dict[str, Any]) -> dict[str, Text]:
    return {name: words for name, words in MEMBERS.items() if name in entry}


FINDINGS = {
    "altered": Text("日志条目被改动", "the log entry was altered"),
    "missing": Text("日志条目缺失", "the log entry is missing"),
    "foreign": Text("日志中有外来条目", "the log holds a foreign entry"),
    "run": Text("条目行的条数与内容不符", "a run of entries does not hold as many as it says"),
    "hash": Text("保存的哈希与条目不符", "a stored hash does not follow from the entries"),
    "head": Text("日志头的树根与条目不符", "the head's root does not follow from the entries"),
    "time": Text("条目时间倒退", "the time of the entry goes back"),
    "memory": Text("库外检查点的签名无效", "the checkpoint kept outside has no good signature"),
    "truncated": Text("日志短于已签检查点：被截断或回退", "the log is shorter than a signed checkpoint: cut off or rolled back"),
    "forked": Text("日志与已签检查点不符：历史被改写", "the log contradicts a signed checkpoint: history was rewritten"),
    "replaced": Text("存在另一份日志的检查点：数据库可能被替换", "another instance left a checkpoint: the database may have been replaced"),
    "record-altered": Text("业务表与日志条目不一致", "the room's table and the log entry disagree"),
    "record-missing": Text("日志中有、业务表中缺失", "in the log, but missing in the room's table"),
    "record-foreign": Text("业务表中有、日志中没有", "in the room's table, but not in the log"),
}
