"""What does a list of proposals say, line by line, and which classes of answers are there?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text

KINDS = {"suggestion": Text("代表建议", "suggestion of a delegate"), "proposal": Text("政协提案", "proposal of a CPPCC member")}
CLASSES = {
    "A": Text("已经解决或者采纳", "solved or taken up"), "B": Text("正在解决，列入年度方案", "being solved, in this year's plan"),
    "C": Text("列入计划，逐步解决", "planned, to be solved step by step"), "D": Text("留作参考", "kept for reference"),
}
"""上海市人民代表大会关于代表建议、批评和意见的规定 第十八条（一）至（四）; B and C name a day and become promises."""
PROMISED = ("B", "C")
RATINGS = {"satisfied": Text("满意", "satisfied"), "fairly": Text("基本满意", "fairly satisfied"), "unsatisfied": Text("不满意",
                                                                                                                 "not satisfied")}
COLUMNS = {
    "届次": "session", "编号": "number", "类别": "kind", "标题": "title", "内容": "text", "代表编号": "delegate", "联名代表编号": "joint",
    "主办单位": "lead", "会办单位": "assisting", "收到日期": "received_on", "交办日期": "assigned_on",
}
NEEDED = ("session", "number", "kind", "title", "delegate", "lead", "assigned_on")
MOST_SIGNERS = 200
"""A delegation may sign together; a list of more is a slip."""
LONGEST = {"session": 40, "number": 20, "title": 200, "text": 20_000, "delegate": 32}


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the list, units still as written; `delegate` leads, `joint` sign with; `line` counts from 1 with the head."""

    session: str
    number: str
    kind: str
    title: str
    text: str
    delegate: str
    joint: tuple[str, ...]
    lead: str
    assisting: tuple[str, ...]
    received_on: date | None
    assigned_on: date
    line: int


def read(row: Mapping[str, str], *, line: int, today: date) -> Line:
    """Errors: `FIELD-NEED`, `FIELD-LONG`, `PROP-KIND`, `DATE-FORM`, `TIME-FUTURE`, `DATE-ORDER`, `OFFICIAL-NUMBER`,
    `PROP-JOINT`."""
    given = {name: str(row.get(name, "") or "").strip() for name in COLUMNS.values()}
    titles = {name: title for title, name in COLUMNS.items()}
    for name in NEEDED:
        if not given[name]:
            raise Refusal("FIELD-NEED", field=titles[name], value="", rule="required", zh=f"“{titles[name]}”必须填写。",
                          en=f"“{titles[name]}” is required.")
    for name, most in LONGEST.items():
        if len(given[name]) > most:
            raise Refusal("FIELD-LONG", field=titles[name], value=len(given[name]), rule=f"≤ {most}", zh=f"“{titles[name]}”超过{most}字。",
                          en=f"“{titles[name]}” is longer than {most} characters.")
    leads, *others = _names(given["delegate"]) or ("",)
    joint = _joint(leads, (*others, *_names(given["joint"])))
    kinds = {words.zh: code for code, words in KINDS.items()} | {code: code for code in KINDS} | {"建议": "suggestion", "提案": "proposal"}
    if given["kind"] not in kinds:
        raise Refusal("PROP-KIND", field="类别", value=given["kind"][:20], rule=" ".join(w.zh for w in KINDS.values()),
                      zh=f"类别“{given['kind'][:20]}”应为代表建议或政协提案。",
                      en=f"“{given['kind'][:20]}” is neither a suggestion nor a proposal.")
    assigned = _day(given["assigned_on"], "交办日期")
    received = _day(given["received_on"], "收到日期") if given["received_on"] else None
    if assigned > today:
        raise Refusal("TIME-FUTURE", field="交办日期", value=assigned.isoformat(), rule="≤ today", zh=f"交办日期{assigned}在今天之后。",
                      en=f"It is assigned on {assigned}, in the future.")
    if received and received > assigned:
        raise Refusal("DATE-ORDER", field="收到日期", value=received.isoformat(), rule=f"≤ {assigned}", zh="收到日期晚于交办日期。",
                      en="It was received after it was assigned.")
    return Line(given["session"], given["number"], kinds[given["kind"]], given["title"], given["text"], leads, joint,
                given["lead"], _names(given["assisting"]), received, assigned, line)


def _names(words: str) -> tuple[str, ...]:
    """What is enumerated, once each."""
    return tuple(dict.fromkeys(one for one in (part.strip() for part in re.split("[、，,;；]", words)) if one))


def _joint(leads: str, joint: tuple[str, ...]) -> tuple[str, ...]:
    """Those who sign beside the one who leads."""
    if any(len(one) in (15, 18) and one[:-1].isdigit() for one in (leads, *joint)):
        raise Refusal("OFFICIAL-NUMBER", field="代表编号", value="", rule="internal", zh="代表编号不得使用身份证号码。",
                      en="A resident identity number may not serve as a delegate's number.")
    if leads in joint or len(joint) > MOST_SIGNERS or any(len(one) > LONGEST["delegate"] for one in joint):
        raise Refusal("PROP-JOINT", field="联名代表编号", value=len(joint), rule=f"≠ 代表编号; ≤ {MOST_SIGNERS}",
                      zh=f"联名代表不含领衔代表本人，至多{MOST_SIGNERS}人，编号至多{LONGEST['delegate']}字。",
                      en=f"Who signs along is not the one who leads; at most {MOST_SIGNERS}, with numbers of at most "
                         f"{LONGEST['delegate']} characters.")
    return joint


def _day(text: str, title: str) -> date:
    try:
        return date.fromisoformat(text[:10].replace("/", "-").replace(".", "-"))
    except ValueError:
        raise Refusal("DATE-FORM", field=title, value=text[:20], rule="YYYY-MM-DD",
                      zh=f"“{title}”的“{text[:20]}”不是日期，应为2018-05-07的样式。",
                      en=f"“{text[:20]}” in “{title}” is no day; write 2018-05-07.") from None
