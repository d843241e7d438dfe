"""Who may hand a figure over, what is committed to at each hand-over, and is the chain still what the log says?

A hand-over is anything with `number version verb at by person content note notice paper before salt commitment log_index`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ximu.ideas.filings.rules.figures import values
from ximu.ideas.ledger.rules import commitment, moment
from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text

VERBS = {"report": Text("填报", "reported"), "review": Text("审核", "reviewed"), "approve": Text("签批", "approved"),
         "return": Text("退回", "sent back"), "correct": Text("更正", "corrected")}
STATES = {"": Text("未报送", "not reported"), "reported": Text("待审核", "to be reviewed"), "reviewed": Text("待签批", "to be approved"),
          "approved": Text("已签批", "approved"), "returned": Text("已退回", "sent back")}
EDGES = {("", "report"): "reported", ("returned", "report"): "reported", ("returned", "correct"): "reported",
         ("approved", "correct"): "reported", ("reported", "review"): "reviewed", ("reviewed", "approve"): "approved",
         ("reported", "return"): "returned", ("reviewed", "return"): "returned"}
BRINGS = ("report", "correct")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one hand-over; `number` 0 speaks of the whole filing."""

    number: int
    what: str
    words: Text


def next_state(state: str, verb: str) -> str:
    """Errors: `STATE-EDGE`."""
    if (state, verb) not in EDGES:
        raise Refusal("STATE-EDGE", status=409, field="state", value=state, rule=" · ".join(f"{a or '—'} {v}" for a, v in EDGES),
                      zh=f"该报表现为“{STATES[state].zh}”，不能{VERBS[verb].zh}。",
                      en=f"It is “{STATES[state].en}”; it cannot be {VERBS[verb].en}.")
    return EDGES[state, verb]


def people(hands: Sequence[Any], version: int) -> dict[str, str]:
    """Person → what they did last in this version."""
    return {one.person: one.verb for one in hands if one.version == version and one.verb != "return"}


def must_be_apart(verb: str, person: str, hands: Sequence[Any]) -> None:
    """Reporter, reviewer and approver are three people. Errors: `DUAL`."""
    did = people(hands, hands[-1].version).get(person) if hands else None
    if verb in ("review", "approve") and did:
        raise Refusal("DUAL", status=403, field="by", value=verb, rule="填报 ≠ 审核 ≠ 签批",
                      zh=f"{VERBS[did].zh}的人不能再{VERBS[verb].zh}同一份数据。",
                      en=f"Whoever {VERBS[did].en} these figures cannot be the one by whom they are {VERBS[verb].en}.")


def must_say_why(hands: Sequence[Any], state: str, content: Mapping[str, Any], notice: str, *, late: bool) -> bool:
    """Whether this is a correction: figures change after approval, or after the due day. A correction that was sent back is one still.

    Errors: `CORR-NOTICE`, `CORR-SAME`.
    """
    last, stands = next((one for one in reversed(hands) if one.verb in BRINGS), None), approved(hands)
    changed = last is not None and last.content != content
    if state == "approved" and not changed:
        raise Refusal("CORR-SAME", status=409, field="figures", value="", rule="≠", zh="数据与已签批的相同，没有需要更正的。",
                      en="The figures are those that were approved; there is nothing to correct.")
    again = last is not None and last.verb == "correct"
    needed = (stands is not None and stands.content != content) or (late and (changed or again))
    if needed and not notice.strip():
        raise Refusal("CORR-NOTICE", status=409, field="notice", value="", rule="签批或期满之后 after approval or the due day",
                      zh="签批之后或报送期满之后改动数据，须有更正通知（文号、理由、文件）。",
                      en="A change after approval or after the due day needs a correction notice: number, reason and paper.")
    return needed


def payload(filing: Mapping[str, Any], hand: Any, earlier: Sequence[Any]) -> dict[str, Any]:
    """What the hand-over commits to: the figures, who, when, and every hand-over before it by its commitment."""
    steps = [{"step": one.number, "verb": one.verb, "by": one.by, "at": moment(one.at), "commitment": one.commitment,
              "index": one.log_index} for one in earlier]
    return {**filing, "step": hand.number, "version": hand.version, "verb": hand.verb, "by": hand.by, "at": moment(hand.at),
            "person": commitment(bytes(hand.salt), {"person": hand.person}), **hand.content,
            "note": hand.note, "notice": hand.notice, "paper": hand.paper, "before": hand.before, "steps": steps}


def entry_of(filing: str, hand: Any, body: Mapping[str, Any]) -> dict[str, Any]:
    """The log entry, derived anew from what the table holds now."""
    return {"filing": filing, "step": hand.number, "version": hand.version, "verb": hand.verb, "by": hand.by, "before": hand.before,
            "commitment": commitment(bytes(hand.salt), body)}


def approved(hands: Sequence[Any]) -> Any:
    """The hand-over whose figures hold now; None before the first approval."""
    return next((one for one in reversed(hands) if one.verb == "approve"), None)


def faults(filing: Mapping[str, Any], uid: str, hands: Sequence[Any], entries: Mapping[int, Mapping[str, Any]], state: str) -> list[Fault]:
    """Everything that does not fit: contents against the log, order, people, the state that is shown."""
    found: list[Fault] = []
    now = ""
    for place, hand in enumerate(hands):
        earlier = hands[:place]
        before = earlier[-1].commitment if earlier else ""
        if hand.number != place + 1 or hand.before != before:
            found.append(Fault(hand.number, "chain", Text("与上一环节不衔接：有环节被删除、插入或改写",
                                                          "it does not follow the one before: one was removed, put in or rewritten")))
        made, logged = entry_of(uid, hand, payload(filing, hand, earlier)), entries.get(hand.log_index, {})
        if {name: logged.get(name) for name in made} != made or hand.commitment != made["commitment"]:
            found.append(Fault(hand.number, "altered", _altered(hand, hands)))
        if (now, hand.verb) not in EDGES:
            found.append(Fault(hand.number, "order", Text("该环节不可能发生在此处", "it cannot have happened here")))
        now = EDGES.get((now, hand.verb), now)
        if hand.verb in ("review", "approve") and hand.person in people(earlier, hand.version):
            found.append(Fault(hand.number, "people", Text("同一人经手两个环节", "one person did two of the steps")))
    if now != state:
        found.append(Fault(0, "state", Text(f"所示状态“{STATES[state].zh}”与环节不符", f"the state “{STATES[state].en}” does not follow")))
    return found


def _altered(hand: Any, hands: Sequence[Any]) -> Text:
    """With the figures by which it differs from the other hand-overs of its version, which still hold."""
    others = [one for one in hands if one.version == hand.version and one.number != hand.number]
    apart = {code: (mine, theirs) for one in others for code, theirs in values(one.content).items()
             if (mine := values(hand.content).get(code)) != theirs}
    zh = "；".join(f"{code}现存{mine}，其他环节为{theirs}，相差{_less(mine, theirs)}" for code, (mine, theirs) in apart.items())
    en = "; ".join(f"{code} is {mine} here, {theirs} in the others: {_less(mine, theirs)} apart" for code, (mine, theirs) in apart.items())
    return Text(f"内容与交接时记入日志的摘要不符：绕过系统改动{f'（{zh}）' if zh else ''}",
                f"its content is not what the log took at the hand-over: altered past the system{f' ({en})' if en else ''}")


def _less(mine: Any, theirs: Any) -> str:
    return "—" if mine is None or theirs is None else format(mine - theirs, "+f")
