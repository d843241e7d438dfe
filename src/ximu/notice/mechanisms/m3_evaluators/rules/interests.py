"""Whose money and whose friends? A declaration of an evaluator, and where it stands against an engagement.

国发〔2016〕76号 asks for third-party evaluation; who is assessed neither pays for it nor has a stake in who does it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text

KINDS = {"credit": Text("信用服务机构", "credit service"), "university": Text("高校", "university"),
         "institute": Text("科研院所", "institute")}
LINKS = {"contract": Text("合同关系", "contract"), "ownership": Text("股权或隶属", "ownership"),
         "person": Text("人员任职或亲属", "persons"), "member": Text("会员或理事", "membership"), "other": Text("其他", "other")}
LONGEST = 200


@dataclass(frozen=True, slots=True)
class Declaration:
    """What an institute says of itself: methods in words, who pays it (names or unit uids), with which units it is tied and how."""

    methods: tuple[str, ...]
    funders: tuple[str, ...]
    interests: tuple[tuple[str, str], ...]

    def plain(self) -> dict[str, Any]:
        return {"methods": list(self.methods), "funders": list(self.funders), "interests": [list(one) for one in self.interests]}


def read(given: Mapping[str, Any]) -> Declaration:
    """Errors: `EVAL-FORM` for a declaration without a method, with a funder without a name, or a tie of an unknown kind."""
    methods = tuple(str(one).strip()[:LONGEST] for one in given.get("methods", ()) if str(one).strip())
    funders = tuple(str(one).strip()[:LONGEST] for one in given.get("funders", ()) if str(one).strip())
    interests = tuple((str(unit).strip()[:LONGEST], str(kind)) for unit, kind in given.get("interests", ()))
    wrong = next((kind for unit, kind in interests if kind not in LINKS or not unit), None)
    if not methods or wrong is not None:
        raise Refusal("EVAL-FORM", field="interests" if methods else "methods", value=wrong or "", rule=" ".join(LINKS),
                      zh="声明须写明评价方法；利害关系须写明单位和关系种类。",
                      en="A declaration names the methods, and for each interest the unit and its kind.")
    return Declaration(methods, funders, interests)


def must_be_free(said: Declaration, *, assessed: Mapping[str, str], payer: str, known: Sequence[tuple[str, str]]) -> None:
    """`assessed`: uid → name of the units assessed and of those above and beneath; `known`: (payer, where it is known from).

    Errors: `EVAL-COI` when an assessed unit pays, funds or is tied to the evaluator, or a known payer was not declared.
    """
    names: Collection[str] = {*assessed, *assessed.values()}
    if payer in names:
        raise _conflict("payer", payer, assessed, "由被评价单位付费", "is paid by a unit that it assesses")
    for funder in said.funders:
        if funder in names:
            raise _conflict("funders", funder, assessed, "接受被评价单位资助", "is funded by a unit that it assesses")
    for unit, kind in said.interests:
        if unit in names:
            raise _conflict("interests", unit, assessed, f"与被评价单位有{LINKS[kind].zh}",
                            f"has an interest ({LINKS[kind].en}) in a unit that it assesses")
    for funder, source in known:
        if funder not in said.funders and assessed.get(funder, "") not in said.funders:
            raise Refusal("EVAL-COI", status=409, field="funders", value=funder, rule="declared", extra={"known_from": source},
                          zh=f"平台已知的付款方“{assessed.get(funder, funder)}”未在声明中列出（{source}）。",
                          en=f"“{assessed.get(funder, funder)}” is known to have paid the evaluator ({source}) and was not declared.")


def _conflict(field: str, value: str, assessed: Mapping[str, str], zh: str, en: str) -> Refusal:
    name = assessed.get(value, value)
    return Refusal("EVAL-COI", status=409, field=field, value=value, rule="no interest in whom it assesses",
                   zh=f"评价机构{zh}“{name}”，不得承担本次评价。", en=f"The evaluator {en} (“{name}”): it may not do this evaluation.")
