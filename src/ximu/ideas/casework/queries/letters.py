"""What does a letter of a case say? 告知书、受理通知书、决定书、督办单, from the case itself."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from ximu.foundation import clock
from ximu.foundation.documents import Letter, Paragraph
from ximu.ideas.casework.models import Slip
from ximu.ideas.casework.queries.cases import CaseView
from ximu.ideas.registry import queries as registry
from ximu.kernel.words import Text

LETTER_NAMES = {
    "notice": Text("告知书", "Notice"), "acceptance": Text("受理通知书", "Acceptance"), "decision": Text("决定书", "Decision"),
    "supervision": Text("督办单", "Supervision slip"),
}
MARKS = {"notice": "告", "acceptance": "受", "decision": "决", "supervision": "督"}


ISO_DAY = re.compile(r"(?<!\d)(\d{4})-(\d{2})-(\d{2})(?!\d)")


def _in_words(text: str) -> str:
    """Days as an official letter writes them: 2018年5月3日."""
    return ISO_DAY.sub(lambda day: f"{day[1]}年{int(day[2])}月{int(day[3])}日", text)


def _until(seen: CaseView) -> str:
    running = seen.clock
    if running is None or running.due is None:
        return ""
    unit = {"working-day": "个工作日", "month": "个月"}.get(running.unit, "个自然日")
    skipped = "、".join(dict.fromkeys(h["name"] for h in running.counted.get("holidays", [])))
    how = f"（自{running.started}次日起{running.term}{unit}{'，跳过' + skipped if skipped else ''}）"
    return _in_words(f"{running.due}{how}")


def _last(seen: CaseView, verb: str = "") -> dict[str, Any]:
    steps = [s for s in seen.row.steps.order_by("-log_index") if (s.decides if not verb else s.verb == verb)]
    return steps[0].detail if steps else {}


def _values(seen: CaseView) -> list[Paragraph]:
    told = seen.row.values.get("told", {})
    return [Paragraph(_in_words(f"{name}：{words}")) for name, words in told.items()] if isinstance(told, dict) else []


def _notice(seen: CaseView) -> list[Paragraph]:
    window = f"截止{_until(seen)}" if _until(seen) else "期限自送达之次日起计算"
    return [
        Paragraph(f"经审核，拟将下列事项（记录编号{seen.row.about}）记入政务诚信档案，现依法告知。"),
        Paragraph("一、事实与依据", 1), *_values(seen),
        Paragraph(f"依据：{seen.procedure.basis}。"),
        Paragraph("二、您的权利", 1),
        Paragraph(f"您可以查阅记录及来源，陈述申辩，提出异议或者免责申请，{window}。期满前该记录不产生任何效果；"
                  "逾期提出的意见按投诉办理。"),
        Paragraph("三、记录生效后", 1),
        Paragraph("在查询期限内依应用清单使用；符合条件的可以申请修复；依据被撤销的，三个工作日内删除。"),
    ]


def _acceptance(seen: CaseView) -> list[Paragraph]:
    return [
        Paragraph(f"您提出的“{seen.procedure.name.zh}”（编号{seen.row.number}）已于{_in_words(str(clock.city_day(seen.row.opened_at)))}收到，现予受理。"),
        Paragraph(f"由{seen.holder or '承办单位'}承办，{'办理期限至' + _until(seen) if _until(seen) else '期限自材料齐全之日起计算'}。"),
        Paragraph(f"共收到材料{len(seen.files)}份，均以摘要（SHA-256）登记，随件送达承办单位。逾期未作决定的，所涉记录的效果自动暂停。"),
    ]


def _decision(seen: CaseView) -> list[Paragraph]:
    said = _last(seen)
    return [
        Paragraph(f"关于“{seen.procedure.name.zh}”（编号{seen.row.number}），经审查，现决定如下：{seen.state.name.zh}。"),
        Paragraph("一、理由", 1), Paragraph(str(said.get("reason", "")) or "见办理记录。"),
        Paragraph("二、依据", 1), Paragraph(f"{seen.procedure.basis}。"),
        Paragraph("三、救济", 1), Paragraph("对本决定不服的，可以申请由其他人员复核，也可以依法申请行政复议或者提起行政诉讼。"),
    ]


def _supervision(seen: CaseView) -> list[Paragraph]:
    now, by_when = ("已经超期", "立即") if seen.row.late else ("正在办理", f"于{_until(seen) or '规定期限'}前")
    demanded = str(_last(seen, "supervise").get("reason", ""))
    return [
        Paragraph(f"“{seen.procedure.name.zh}”（编号{seen.row.number}）现处于“{seen.state.name.zh}”，{now}。"),
        *([Paragraph(f"督办要求：{demanded.rstrip('。')}。")] if demanded else []),
        Paragraph(f"请{by_when}办结，并附证明材料反馈结果；不能按期办结的，须在期满前说明理由。"),
    ]


WRITERS = {"notice": _notice, "acceptance": _acceptance, "decision": _decision, "supervision": _supervision}


def slip_number(slip: Slip) -> str:
    """As it stands on the slip: the office's running number of the year."""
    return f"诚督〔{slip.year}〕{slip.serial}号"


def letter_of(seen: CaseView, kind: str, *, on: date) -> Letter:
    """The letter as of today. To whom: a supervision slip to the holder, the others to the subject or to who opened it."""
    office = registry.name(seen.row.office, as_of=on) if seen.row.office else "政务诚信建设综合协调部门"
    slip = seen.row.slips.order_by("-pk").first() if kind == "supervision" else None
    number = f"诚{MARKS[kind]}〔{on.year}〕{seen.row.number}号"
    if slip:
        office, number = registry.called(slip.office, as_of=on, whole=True), slip_number(slip)
    to = seen.row.holder if kind == "supervision" else seen.row.subject or seen.row.opener
    name = registry.called(to, as_of=on, whole=True) if to else ""
    return Letter(
        issuer=office, number=number, title=f"{seen.procedure.name.zh}{LETTER_NAMES[kind].zh}"
        if kind != "notice" else "政务诚信记录告知书", to=name, paragraphs=tuple(WRITERS[kind](seen)), signer=office, day=on,
        attachments=tuple(f.name or f"材料（{(f.digest or f.uid)[:8]}）" for f in seen.files[:9]) if kind == "supervision" else (),
    )
