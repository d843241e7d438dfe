"""Where a report stands and which moves there are."""

from __future__ import annotations

from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text

STATES = {
    "received": Text("待受理", "received"), "handling": Text("办理中", "being handled"),
    "asked": Text("请举报人补充", "a question to the reporter"),
    "found": Text("已办结，待答复", "handled, the answer to come"),
    "answered": Text("已答复", "answered"), "declined": Text("不予受理", "not accepted"),
}
CLOSED = frozenset({"answered", "declined"})
OUTCOMES = {
    "proven": Text("属实", "proven"), "part": Text("部分属实", "proven in part"), "unproven": Text("未查实", "not proven"),
    "explained": Text("解释说明", "explained"),
}
TOPICS = {
    "promise": Text("承诺不兑现", "a promise not kept"), "payment": Text("拖欠账款", "money owed"),
    "law": Text("不履行生效裁判", "a judgment not obeyed"),
    "service": Text("办事失信", "service not as announced"), "data": Text("统计或信息不实", "false figures or information"),
    "conduct": Text("公务员失信行为", "conduct of a civil servant in office"),
    "personal": Text("查询、更正、删除本人信息", "my own data: see, correct, delete"), "other": Text("其他", "other"),
}
MOVES = {
    "accept": (("received",), "handling"), "decline": (("received",), "declined"), "pass_on": (("received", "handling"), ""),
    "ask": (("handling",), "asked"), "say": (("received", "handling", "asked", "found"), ""),
    "conclude": (("handling", "asked"), "found"), "answer": (("handling", "asked", "found"), "answered"),
    "reopen": (("answered",), "handling"), "extend": (("handling",), ""),
}
"""Verb → (states from which, state after; empty: stays)."""


def answer_term(topic: str) -> str:
    """The parameter that limits the answer."""
    return "personal_term" if topic == "personal" else "answer_term"


def must_move(verb: str, state: str) -> str:
    """The state after. Errors: `STATE-EDGE`."""
    sources, after = MOVES[verb]
    if state not in sources:
        raise Refusal("STATE-EDGE", status=409, field="state", value=state, rule=" ".join(sources), zh="该举报现在的环节不能这样办理。",
                      en="The report cannot be moved like this where it stands.")
    return after or state
