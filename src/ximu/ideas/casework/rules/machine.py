"""May this person make this move now? The state machine of all procedures, and the separation of people in it (I10)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from ximu.ideas.casework.rules.declaration import Move, Procedure
from ximu.kernel.actor import EVERY_RIGHT, Actor
from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text


@dataclass(frozen=True, slots=True)
class Parties:
    """Who is who in a case: units as they are answered for today, people by their pseudonymous code."""

    subject: str = ""
    source: str = ""
    office: str = ""
    superior: str = ""
    opener: str = ""
    holder: str = ""
    entered: str = ""
    opened: str = ""
    decided: frozenset[str] = frozenset()

    def unit_of(self, relation: str) -> str:
        return {"subject": self.subject, "source": self.source, "office": self.office, "superior": self.superior,
                "opener": self.opener, "keep": self.holder}[relation]


@dataclass(frozen=True, slots=True)
class Given:
    """What comes with a move: words, a ground by its code, proof of delivery, files by digest, further values."""

    reason: str = ""
    ground: str = ""
    proof: str = ""
    files: tuple[str, ...] = ()
    values: dict[str, Any] = field(default_factory=dict)


def belongs(actor: Actor, unit: str) -> bool:
    """Of that unit, by post or by an explicit grant for it; a grant for the whole city does not make one its member."""
    return bool(unit) and (actor.unit == unit or any(g.unit == unit for g in actor.grants))


def _relation(name: str, move: Move, actor: Actor, parties: Parties) -> bool:
    if name == "system":
        return any(EVERY_RIGHT in g.permissions for g in actor.grants)
    if name == "permitted":
        return actor.can(move.permission)
    if name == "office":
        return actor.can(move.permission) and (actor.units_with(move.permission) is None or belongs(actor, parties.office))
    if name == "subject":
        return any(g.unit == parties.subject and move.permission in g.permissions for g in actor.grants)
    if name == "opener":
        return actor.human == parties.opened or belongs(actor, parties.opener)
    unit = {"holder": parties.holder, "source": parties.source, "superior": parties.superior}[name]
    return belongs(actor, unit) and actor.can(move.permission)


def related(move: Move, actor: Actor, parties: Parties) -> bool:
    return any(_relation(name, move, actor, parties) for name in move.who)


def conflict(move: Move, actor: Actor, parties: Parties) -> Refusal | None:
    """Nobody decides on what they entered, opened or decided before, on themselves, or on their own division's act."""
    people = {"entered": {parties.entered}, "opened": {parties.opened}, "decided": set(parties.decided)}
    words = {"entered": Text("录入人", "who entered the record"), "opened": Text("提出人", "who opened the case"),
             "decided": Text("此前作出决定的人", "who decided before")}
    for name in move.apart:
        if name in people and actor.human in people[name] - {""}:
            return Refusal("DUAL", status=403, field="by", value=move.verb, rule=f"{name} ≠ {move.verb}",
                           zh=f"{words[name].zh}不能办理“{move.name.zh}”。",
                           en=f"It may not be {words[name].en} who does “{move.name.en}”.")
        if name == "owner" and belongs(actor, parties.source):
            return Refusal("DUAL", status=403, field="by", value=move.verb, rule="owner", zh=f"责任单位不能自己办理“{move.name.zh}”。",
                           en=f"The unit that must act may not do “{move.name.en}” itself.")
        if name == "subject" and belongs(actor, parties.subject):
            return Refusal("CONFLICT", status=403, field="by", value=move.verb, rule="subject",
                           zh=f"被记录主体不能办理“{move.name.zh}”。", en=f"The subject may not do “{move.name.en}”.")
        if name == "same-division" and (belongs(actor, parties.source) or belongs(actor, parties.subject)):
            return Refusal("CONFLICT", status=403, field="by", value=move.verb, rule="same-division",
                           zh=f"与报送单位或主体同一部门的人不能办理“{move.name.zh}”。",
                           en=f"Nobody of the source's or the subject's own division may do “{move.name.en}”.")
    return None


def lacking(move: Move, given: Given, grounds: Collection[str] = ()) -> Refusal | None:
    """What the move needs and did not get, or got without having asked."""
    if strangers := sorted(set(given.values) - {name for name, _ in move.asks}):
        return Refusal("VALUE-UNKNOWN", field=strangers[0][:40], value="", rule=" ".join(name for name, _ in move.asks) or "—",
                       zh=f"“{move.name.zh}”没有这一要素。", en=f"“{move.name.en}” does not ask for this value.")
    if "reason" in move.needs and not given.reason.strip():
        return Refusal("REASON", field="reason", value="", rule=move.verb, zh=f"“{move.name.zh}”须说明理由。",
                       en=f"“{move.name.en}” needs reasons.")
    if "file" in move.needs and not given.files:
        return Refusal("EVID-DIGEST", field="files", value="", rule=move.verb, zh=f"“{move.name.zh}”须附证明材料（以摘要核对）。",
                       en=f"“{move.name.en}” needs evidence: a file with its digest.")
    if "ground" in move.needs and (not given.ground.strip() or (grounds and given.ground not in grounds)):
        return Refusal("GROUND-NONE", field="ground", value=given.ground[:40], rule=" ".join(grounds) or move.verb,
                       zh=f"“{move.name.zh}”须选择依据情形。",
                       en=f"“{move.name.en}” needs a ground from the list.")
    if "proof" in move.needs and not given.proof.strip():
        return Refusal("NOTICE-NONE", field="proof", value="", rule="送达证明", zh="没有送达证明，期限不开始计算。",
                       en="Without proof of delivery the clock does not start.")
    return None


def must_choose(move: Move, given: Given) -> None:
    """A value with declared choices has one of them. Errors: `VALUE-CHOICE`."""
    words = dict(move.asks)
    for name, allowed in move.choices.items():
        value = given.values.get(name)
        if value and value not in allowed:
            raise Refusal("VALUE-CHOICE", field=name, value=str(value)[:40], rule=" ".join(allowed),
                          zh=f"“{words[name].zh}”只能是：{'、'.join(choice.zh for choice in allowed.values())}。",
                          en=f"“{words[name].en}” is one of: {', '.join(choice.en for choice in allowed.values())}.")


def edge(procedure: Procedure, state: str, verb: str) -> Move:
    """The move from this state. Errors: `STATE-EDGE`."""
    for move in procedure.from_state(state):
        if move.verb == verb:
            return move
    name = procedure.states[state].name if state in procedure.states else Text(state or "—", state or "—")
    open_to = " ".join(m.verb for m in procedure.from_state(state)) or "—"
    raise Refusal("STATE-EDGE", status=409, field="verb", value=verb, rule=open_to,
                  zh=f"“{procedure.name.zh}”处于“{name.zh}”，不能办理“{verb}”。",
                  en=f"A case “{procedure.name.en}” in “{name.en}” has no move “{verb}”.")


def decide(procedure: Procedure, state: str, verb: str, *, actor: Actor, parties: Parties, given: Given) -> Move:
    """The move, if it may be made. Errors: `STATE-EDGE`, `PERM-DENIED`, `DUAL`, `CONFLICT`, and what it lacks."""
    move = edge(procedure, state, verb)
    if not related(move, actor, parties):
        raise Refusal("PERM-DENIED", status=403, field="by", value=verb, rule=" ".join(move.who),
                      zh=f"您不能办理“{move.name.zh}”：该步骤由{'、'.join(WHO[w].zh for w in move.who)}办理。",
                      en=f"You may not do “{move.name.en}”: it is for {' or '.join(WHO[w].en for w in move.who)}.")
    for refused in (conflict(move, actor, parties), lacking(move, given, procedure.grounds)):
        if refused:
            raise refused
    return move


WHO = {
    "holder": Text("承办单位", "the unit that holds it"), "source": Text("报送单位", "the source unit"),
    "subject": Text("主体本人", "the subject"), "superior": Text("上级单位", "the superior"),
    "opener": Text("提出人", "who opened it"), "office": Text("综合协调部门", "the coordinating office"),
    "system": Text("系统", "the system"), "permitted": Text("有权限的人", "whoever holds the right"),
}


def offered(procedure: Procedure, state: str, *, actor: Actor, parties: Parties) -> tuple[Move, ...]:
    """The buttons of the case page: moves that this person may make, leaving aside what is still to be filled in."""
    return tuple(m for m in procedure.from_state(state)
                 if m.who != ("system",) and related(m, actor, parties) and conflict(m, actor, parties) is None)
