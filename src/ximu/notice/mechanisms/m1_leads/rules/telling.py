"""What must a lead say, and what must be answered before it may become a record?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text

ORIGINS = {
    "site": Text("信用网站", "credit website"), "inspection": Text("国务院互联网+督查", "State Council inspection"),
    "arrears": Text("违约拖欠登记平台", "registration of arrears"), "hotline": Text("12345热线", "hotline 12345"),
    "business": Text("营商环境投诉", "business complaints"), "petition": Text("信访", "petition"),
    "promise": Text("承诺登记册", "register of promises"), "supervision": Text("监管任务日历", "calendar of supervision duties"),
    "area": Text("重点领域终局认定", "final finding in a key area"),
    "report": Text("社会监督", "social supervision"), "press": Text("新闻舆情", "press and public opinion"), "other": Text("其他", "other"),
}
RECORDED = {"promise": "其他", "area": "其他", "supervision": "其他", "report": "其他", "press": "其他"}
"""What item WY-RD calls an origin that it does not list by itself."""
GRADES = ("轻微", "一般", "严重")
COLUMNS = ("origin", "reference", "unit", "title", "words")
HEADS = {"来源": "origin", "编号": "reference", "单位": "unit", "标题": "title", "内容": "words"}
"""What a file may call its columns in Chinese."""
NONE_HOLDS = "不成立"
MOST = {"reference": 60, "title": 120, "words": 4000}


@dataclass(frozen=True, slots=True)
class Told:
    """`origin` by its code or its Chinese name, `reference` its number there, `unit` the body as it was named."""

    origin: str
    unit: str
    title: str
    words: str
    reference: str = ""


def must_tell(told: Told) -> Told:
    """The lead with its origin as code. Errors: `LEAD-ORIGIN`, `LEAD-WORDS`, `FIELD-LONG`."""
    names = {words.zh: code for code, words in ORIGINS.items()}
    origin = names.get(told.origin.strip(), told.origin.strip())
    if origin not in ORIGINS:
        raise Refusal("LEAD-ORIGIN", field="origin", value=told.origin[:20], rule=" ".join(ORIGINS), zh="线索来源不正确。",
                      en="That is not a source of leads.")
    for field, most in MOST.items():
        value = str(getattr(told, field)).strip()
        if field != "reference" and not value:
            raise Refusal("LEAD-WORDS", field=field, value="", rule="required", zh="须写明线索的标题和内容。",
                          en="A lead needs a title and what it is about.")
        if len(value) > most:
            raise Refusal("FIELD-LONG", field=field, value=len(value), rule=f"≤ {most}", zh=f"“{field}”超过{most}字。",
                          en=f"“{field}” is longer than {most} characters.")
    return Told(origin, told.unit.strip(), told.title.strip(), told.words.strip(), told.reference.strip())


def must_ask(values: Mapping[str, str]) -> None:
    """Nobody records before the exemption checklist was answered. Errors: `EXM-ASK`, `LEAD-GRADE`."""
    if str(values.get("checklist", "")).strip() != NONE_HOLDS:
        raise Refusal("EXM-ASK", field="checklist", value=str(values.get("checklist", ""))[:20], rule=NONE_HOLDS,
                      zh="认定之前须逐项核对容错情形；均不成立的填“不成立”，成立的办理“容错免责”。",
                      en="Before recognition the exemption checklist is answered: 不成立 when none holds; else use “Exempt”.")
    if values.get("grade") not in GRADES:
        raise Refusal("LEAD-GRADE", field="grade", value=str(values.get("grade", ""))[:20], rule=" ".join(GRADES),
                      zh="失信等级应为轻微、一般或严重。", en="The grade is 轻微, 一般 or 严重.")
