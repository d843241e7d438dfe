"""Names of the fields that every record has, for public pages."""

from __future__ import annotations

from ximu.kernel.words import Text

CORE_FIELDS = {
    "subject": Text("主体", "Subject"), "family": Text("类别", "Kind"), "event_date": Text("发生日期", "Date of the event"),
    "end_date": Text("行为终止日期", "End of the act"), "decision_date": Text("决定日期", "Date of the decision"),
    "document_number": Text("文书号", "Document number"), "authority": Text("作出机关", "Authority"),
    "behaviour": Text("行为", "Behaviour"), "grade": Text("等级", "Grade"), "state": Text("状态", "Status"),
}
