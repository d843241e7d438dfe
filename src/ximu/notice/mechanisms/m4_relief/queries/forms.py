"""Which forms are printed for people who sign on paper, and what do they ask? The same as the pages ask, nothing more."""

from __future__ import annotations

from collections.abc import Mapping

from ximu.foundation.papers import Form, Row
from ximu.kernel.words import Text

NAMES = {
    "delivery": Text("送达回证", "Proof of delivery"), "objection": Text("异议申请表", "Objection"),
    "exemption": Text("容错免责申请表", "Claim of exemption"), "repair": Text("信用修复申请表", "Application for repair"),
    "erasure": Text("删除申请表", "Application for erasure"),
}
SIGNED = "签名（盖章）：　　　　　　　　　年　　月　　日"
DAY = "年　　月　　日"
TAKEN = (Row("受理意见", height=16, blank=f"受理人{SIGNED}"),)
PAPERS = Row("证明材料", height=16, blank="共　　份　　页")
ORIGINAL = "材料须真实；涉及他人身份证件号码、住址、电话的，请遮盖后提交。"
_REASONS = {
    "objection": ("异议事项和理由", "应写明哪一事实、依据或者效果有误。期满后提出的，按投诉办理。"),
    "exemption": ("主张的情形和理由", "情形须为记录行为发生之日有效的法定情形；由无利害关系的评议组评议，作出决定前记录不生效。"),
    "repair": ("履行和纠正情况", "须已履行义务、公开作出信用承诺；由原记录人员以外的人员决定。"),
    "erasure": ("申请理由", "限于查询期限届满或者已撤销的记录；由两人核准，内容和盐值销毁，日志只留承诺值。"),
}


def form(kind: str, *, about: Mapping[str, str], grounds: Mapping[str, str]) -> Form:
    """`about`: number, subject, source, document and case of the record, as far as they are known; `grounds`: of exemption, by code."""
    head = (Row("申请人（单位）", about.get("subject", ""), 10), Row("记录编号", about.get("number", ""), 9),
            Row("报送单位、文书号", " ".join(filter(None, (about.get("source", ""), about.get("document", "")))), 10))
    if kind == "delivery":
        return Form("送达回证", about.get("case", ""), (
            Row("送达文书", "政务诚信记录告知书" if about.get("number") else "", 10), head[1],
            Row("受送达人", about.get("subject", ""), 10),
            Row("送达地点", height=10), Row("送达方式", "□直接送达　□留置送达　□邮寄送达　□委托送达　□公告送达　□本人在系统内签收", 14),
            Row("受送达人签收", height=24, blank=SIGNED), Row("代收人及与受送达人关系", height=18, blank=SIGNED),
            Row("拒收事由和见证人", height=24, blank=SIGNED), Row("送达人（两人）", height=20, blank=SIGNED), Row("备注", height=14),
        ), ("一、没有送达证明的，异议期不起算，记录不产生效力。", "二、送达日期以受送达人签收日期为准；邮寄送达附回执，公告送达附公告。"))
    what, note = _REASONS[kind]
    ticks = (Row("法定情形", "　".join(f"□{words}" for words in grounds.values()), 22),) if kind == "exemption" else ()
    return Form(NAMES[kind].zh, about.get("case", ""), (
        *head, Row("联系方式", height=10), *ticks, Row(what, height=32 if ticks else 56), PAPERS,
        Row("申请人", height=18, blank=SIGNED), *TAKEN,
        Row("收到日期", height=10, blank=DAY),
    ), (f"一、{note}", f"二、{ORIGINAL}", "三、受理后发给受理通知书，写明承办单位和办理期限。"))
