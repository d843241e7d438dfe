"""What is a procedure? A short table of states and moves in a room's `procedures.toml`; unknown keys are errors.

No workflow language: a finite automaton, as in W. M. P. van der Aalst's soundness condition for workflow nets reduced to
its one-token case: every state can be reached from the start, and from every state some final state can be reached.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ximu.ideas.casework.rules.clocks import times_of
from ximu.kernel.words import Text

HOLDERS = ("office", "source", "subject", "superior", "opener", "keep")
"""Who holds a case in a state: `keep` leaves it where it is."""
RELATIONS = ("holder", "source", "subject", "superior", "opener", "office", "permitted", "system")
"""`permitted`: whoever holds the permission; the room that declares it asks for more.

`office` and `permitted` may be held for the whole city, the others never."""
APART = ("entered", "opened", "decided", "owner", "subject", "same-division")
"""`owner`: the unit that must act does not judge its own work."""
NEEDS = ("reason", "file", "ground", "proof")
SHOWN = ("holder", "source", "subject", "opener", "office")
"""Who may see that a case exists, unless the declaration says otherwise."""
LETTERS = ("notice", "acceptance", "decision", "supervision")
"""告知书、受理通知书、决定书、督办单: what may be printed from a case."""
CLOCKS = ("", "suspend", "resume", "extend")
SILENCES = ("escalate", "pause", "tell", "deem")
"""What happens by itself when a limit passes: to the superior, effects paused, the head told, a named move made."""


@dataclass(frozen=True, slots=True)
class Limit:
    """A dated parameter that runs in a state: from entry, or only from a proof (of delivery)."""

    code: str
    starts: str = "entry"
    silence: tuple[str, ...] = ()
    deem: str = ""


@dataclass(frozen=True, slots=True)
class State:
    code: str
    name: Text
    holder: str = "keep"
    final: bool = False
    limit: Limit | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """A verb. `who` names relations, one of which the actor must have; `apart` those that the actor must not have.

    `choices`: for a value that is asked, the only ones that it may have.
    """

    verb: str
    name: Text
    sources: tuple[str, ...]
    target: str
    who: tuple[str, ...]
    permission: str
    apart: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    clock: str = ""
    decides: bool = False
    asks: tuple[tuple[str, Text], ...] = ()
    choices: Mapping[str, Mapping[str, Text]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Procedure:
    code: str
    name: Text
    row: str
    basis: str
    start: str
    states: Mapping[str, State]
    moves: tuple[Move, ...]
    opens: str = ""
    extension: str = ""
    shown: tuple[str, ...] = SHOWN
    grounds: Mapping[str, Text] = field(default_factory=dict)
    letters: tuple[str, ...] = ()

    def state(self, code: str) -> State:
        return self.states[code]

    def from_state(self, code: str) -> tuple[Move, ...]:
        return tuple(m for m in self.moves if code in m.sources)

    def ground(self, code: str) -> Text | None:
        return self.grounds.get(code) or (Text(code, code) if code else None)

    def limit_name(self, code: str) -> Text:
        """A limit is called by the state in which it runs; one of an earlier declaration by its code."""
        return next((s.name for s in self.states.values() if s.limit and s.limit.code == code), Text(code, code))

    @property
    def limits(self) -> tuple[str, ...]:
        found = [s.limit.code for s in self.states.values() if s.limit]
        found += [self.extension, times_of(self.extension)] if self.extension else []
        return tuple(dict.fromkeys(found))


class DeclarationError(ValueError):
    """The declaration says something that the engine does not know, or that leads nowhere."""


def _known(where: str, table: Mapping[str, Any], must: Iterable[str], may: Iterable[str] = ()) -> None:
    must = tuple(must)
    if strangers := set(table) - {*must, *may}:
        raise DeclarationError(f"{where}: unknown {sorted(strangers)}")
    if missing := [key for key in must if key not in table]:
        raise DeclarationError(f"{where}: {missing} missing")


def _among(where: str, given: Iterable[str], allowed: Iterable[str]) -> tuple[str, ...]:
    found = tuple(given)
    if wrong := set(found) - set(allowed):
        raise DeclarationError(f"{where}: {sorted(wrong)} is not one of {sorted(allowed)}")
    return found


def _state(where: str, code: str, table: Mapping[str, Any]) -> State:
    _known(where, table, ("zh", "en"), ("holder", "final", "limit", "starts", "silence", "deem"))
    holder, final = table.get("holder", "keep"), bool(table.get("final", False))
    _among(where, [holder], HOLDERS)
    limit = None
    if "limit" in table:
        silence = _among(where, table.get("silence", ()), SILENCES)
        starts = table.get("starts", "entry")
        _among(where, [starts], ("entry", "proof"))
        limit = Limit(table["limit"], starts, silence, table.get("deem", ""))
        if ("deem" in silence) != bool(limit.deem):
            raise DeclarationError(f"{where}: `deem` names the move that silence makes")
    elif {"starts", "silence", "deem"} & set(table):
        raise DeclarationError(f"{where}: silence without a limit")
    return State(code, Text(table["zh"], table["en"]), holder, final, limit)


def _move(where: str, table: Mapping[str, Any], states: Mapping[str, State]) -> Move:
    _known(where, table, ("verb", "zh", "en", "from", "who", "permission"), ("to", "apart", "needs", "clock", "decides", "asks", "choices"))
    sources = _among(where, table["from"], states)
    stays = "to" not in table
    if stays and len(sources) != 1:
        raise DeclarationError(f"{where}: without `to` there is one `from`")
    target = sources[0] if stays else table["to"]
    _among(where, [target], states)
    asks = tuple((name, Text(zh, en)) for name, zh, en in table.get("asks", ()))
    choices = {name: {code: Text(zh, en) for code, zh, en in rows} for name, rows in table.get("choices", {}).items()}
    _among(f"{where}.choices", choices, (name for name, _ in asks))
    clock = table.get("clock", "")
    _among(where, [clock], CLOCKS)
    return Move(
        table["verb"], Text(table["zh"], table["en"]), sources, target, _among(where, table["who"], RELATIONS), table["permission"],
        _among(where, table.get("apart", ()), APART), _among(where, table.get("needs", ()), NEEDS), clock,
        bool(table.get("decides", False)), asks, choices,
    )


def read(tables: Mapping[str, Any]) -> dict[str, Procedure]:
    """The procedures of one `procedures.toml`. Errors: DeclarationError."""
    return {code: _procedure(code, table) for code, table in tables.items()}


def _procedure(code: str, table: Mapping[str, Any]) -> Procedure:
    _known(code, table, ("zh", "en", "row", "basis", "start", "state", "move"), ("opens", "extension", "shown", "grounds", "letters"))
    states = {s: _state(f"{code}.{s}", s, t) for s, t in table["state"].items()}
    moves = tuple(_move(f"{code}.{t.get('verb', '?')}", t, states) for t in table["move"])
    _among(code, [table["start"]], states)
    made = Procedure(code, Text(table["zh"], table["en"]), table["row"], table["basis"], table["start"], states, moves,
                     table.get("opens", ""), table.get("extension", ""), _among(code, table.get("shown", SHOWN), SHOWN),
                     {g: Text(*words) for g, words in table.get("grounds", {}).items()},
                     _among(code, table.get("letters", ()), LETTERS))
    _must_be_sound(made)
    return made


def _must_be_sound(made: Procedure) -> None:
    pairs = [(m.verb, s) for m in made.moves for s in m.sources]
    if len(set(pairs)) != len(pairs):
        raise DeclarationError(f"{made.code}: a verb leaves a state twice")
    if any(made.states[s].final for m in made.moves for s in m.sources):
        raise DeclarationError(f"{made.code}: a final state has an exit")
    if made.states[made.start].holder == "keep":
        raise DeclarationError(f"{made.code}: the first state has no holder")
    if lost := set(made.states) - _closure(made, {made.start}, forward=True):
        raise DeclarationError(f"{made.code}: {sorted(lost)} cannot be reached")
    final = {s for s, state in made.states.items() if state.final}
    if stuck := set(made.states) - _closure(made, final, forward=False):
        raise DeclarationError(f"{made.code}: no end can be reached from {sorted(stuck)}")
    for state in made.states.values():
        if state.limit and state.limit.deem and state.limit.deem not in {m.verb for m in made.from_state(state.code)}:
            raise DeclarationError(f"{made.code}.{state.code}: silence makes a move that is not there")
        if state.limit and "escalate" in state.limit.silence and state.final:
            raise DeclarationError(f"{made.code}.{state.code}: nothing escalates from an end")


def _closure(made: Procedure, seed: set[str], *, forward: bool) -> set[str]:
    reached = set(seed)
    while True:
        if forward:
            more = {m.target for m in made.moves if reached & set(m.sources)}
        else:
            more = {s for m in made.moves if m.target in reached for s in m.sources}
        if more <= reached:
            return reached
        reached |= more
