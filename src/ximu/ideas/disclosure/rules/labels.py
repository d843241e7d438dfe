"""How are the fields that every record has called?"""

from __future__ import annotations

from ximu.kernel.words import Text

CORE = {
    "subject": Text("主体", "Subject"), "family": Text("类别", "Family"), "event_date": Text("发生日期", "Event date"),
    "end_date": Text("终止日期", "End date"), "decision_date": Text("文书日期", "Decision date"),
    "document_number": Text("文号", "Document number"), "authority": Text("作出机关", "Authority"), "behaviour": Text("行为", "Behaviour"),
    "grade": Text("程度", "Grade"), "state": Text("状态", "State"), "source": Text("来源单位", "Source"),
    "final_date": Text("确定日期", "Final on"), "edition": Text("清单版次", "Edition"), "step": Text("办理内容", "Contents of steps"),
    "batch": Text("批次", "Batch"), "line": Text("行号", "Line"),
}
OUTCOMES = {"shown": Text("显示", "shown"), "masked": Text("遮蔽", "masked"), "absent": Text("不显示", "not shown")}
STEPS = {"move": Text("状态变更", "Move"), "source": Text("另一来源", "Second source"), "return": Text("退回", "Sent back"),
         "examine": Text("容错审查", "Exemption examined")}
LEVELS = {"public": Text("公开", "public"), "shared": Text("共享", "shared"), "authorised": Text("授权", "authorised"),
          "closed": Text("不公开", "closed")}
PUBLICATION = {"proposed": Text("待批准", "Proposed"), "open": Text("公开中", "Open"), "refused": Text("未批准", "Refused"),
               "closed": Text("已关闭", "Closed")}
