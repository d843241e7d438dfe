"""How are the fields that every record has called, and the parts of a policy?"""

from __future__ import annotations

from ximu.ideas.catalogue.rules import FAMILIES
from ximu.ideas.disclosure.rules.policy import Policy, Rule
from ximu.ideas.records.rules import STATES
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
KINDS = {"body": Text("机构", "Body"), "official": Text("公务员", "Civil servant")}
CONDITIONS = {"audience": Text("对象", "Audience"), "family": Text("类别", "Family"), "kind": Text("主体", "Subject"),
              "status": Text("状态", "State"), "level": Text("级别", "Level"), "purpose": Text("用途", "Purpose")}
WHAT = {"stage": Text("公开阶段", "the stage"), "period": Text("公开期限", "the period")}
"""What ends a publication, where it is not a field."""
PERSONAL = {True: Text("仅个人信息字段", "personal fields only"), False: Text("仅非个人信息字段", "other than personal fields only")}


def conditions(rule: Rule, policy: Policy) -> list[tuple[Text, list[Text]]]:
    """What a rule asks for, in words: each condition with its values; a code that nobody names stays as it is."""
    known = {"audience": {code: one.name for code, one in policy.audiences.items()}, "family": FAMILIES, "kind": KINDS, "status": STATES,
             "level": LEVELS, "purpose": policy.purposes}
    return [(CONDITIONS[name], [known[name].get(code, Text(code, code)) for code in sorted(codes)]) for name, codes in rule.sets.items()]


def asker(audience: str, purpose: str, policy: Policy) -> list[Text]:
    """Who would see something, and what for."""
    found = policy.audiences.get(audience)
    return [found.name if found else Text(audience, audience), *([policy.purposes.get(purpose, Text(purpose, purpose))] if purpose else [])]
