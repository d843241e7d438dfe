"""How does a procedure look? Its declaration drawn as a Mermaid state diagram, so that the picture cannot differ from the rule."""

from __future__ import annotations

from collections.abc import Iterable

from ximu.ideas.casework.rules.declaration import Procedure
from ximu.ideas.casework.rules.machine import WHO

SILENCE = {"escalate": "转上级", "pause": "暂停效果", "tell": "告知负责人", "deem": "视为"}


def mermaid(made: Procedure) -> str:
    lines = ["stateDiagram-v2", f"    [*] --> {made.start}"]
    for code, state in made.states.items():
        limit = f"（{state.limit.code}{'，自送达起' if state.limit.starts == 'proof' else ''}）" if state.limit else ""
        lines.append(f"    {code}: {state.name.zh}{limit}")
    for move in made.moves:
        who = "、".join(WHO[w].zh for w in move.who)
        lines += [f"    {source} --> {move.target}: {move.name.zh}〔{who}〕" for source in move.sources]
    lines += [f"    {code} --> [*]" for code, state in made.states.items() if state.final]
    return "\n".join(lines)


def document(procedures: Iterable[Procedure]) -> str:
    """docs/procedures.md."""
    parts = ["# Procedures", "", "Drawn from the rooms' `procedures.toml` by `ximu cases diagrams`; do not edit.", ""]
    for made in procedures:
        head = f"## {made.name.zh} {made.name.en} (`{made.code}`, {made.row})"
        parts += [head, "", made.basis, "", "```mermaid", mermaid(made), "```", ""]
        silent = [(s, s.limit) for s in made.states.values() if s.limit and s.limit.silence]
        if silent:
            parts += ["| 状态 state | 期限 limit | 逾期 on silence |", "| --- | --- | --- |"]
            parts += [f"| {s.name.zh} {s.name.en} | {x.code} | {'、'.join(SILENCE[w] for w in x.silence)} |" for s, x in silent]
            parts.append("")
        apart = [m for m in made.moves if m.apart or m.needs]
        if apart:
            parts += ["| 办理 move | 须有 needs | 回避 apart from |", "| --- | --- | --- |"]
            parts += [f"| {m.name.zh} {m.name.en} | {' '.join(m.needs) or '—'} | {' '.join(m.apart) or '—'} |" for m in apart]
            parts.append("")
    return "\n".join(parts).rstrip() + "\n"
