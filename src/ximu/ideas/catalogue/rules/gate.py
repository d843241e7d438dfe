"""May this be done under this item on this day? The one decision that every caller must ask for.

Off the list means impossible: 上海市社会信用条例 (2017) art 11 (what is not in the catalogue may not be collected), art 32
(a measure that was not published may not be used); 国办发〔2020〕49号 says the same for the whole country.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ximu.ideas.catalogue.rules.items import ANY, Item, ultra_vires
from ximu.ideas.catalogue.rules.vocabulary import USES
from ximu.kernel.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Ask:
    """What a caller wants: `unit` and `behaviour` matter for measures, `receiver` for sharing."""

    item: str
    use: str
    on: date
    unit: str = ""
    receiver: str = ""
    behaviour: str = ""


def decide(ask: Ask, *, edition: str | None, item: Item | None) -> Item:
    """`edition` is the one in force on the day and `item` what it holds under the code.

    Errors: `LIST-USE`, `LIST-NONE`, `LIST-APPLY`, `LIST-ULTRA`.
    """
    if ask.use not in USES:
        raise Refusal("LIST-USE", field="use", value=ask.use, rule=" ".join(USES),
                      zh=f"没有“{ask.use}”这种用途。", en=f"There is no use “{ask.use}”.")
    if edition is None:
        raise Refusal("LIST-NONE", field="on", value=ask.on.isoformat(), rule="生效日 day in force",
                      zh=f"{ask.on}当日没有生效的清单版本，不能归集或使用“{ask.item}”。",
                      en=f"No edition of the lists was in force on {ask.on}; “{ask.item}” may not be collected or used.")
    if item is None:
        if ask.use == "measure":
            raise ultra_vires(ask.item, ask.unit, f"应用清单 {edition}")
        raise Refusal("LIST-NONE", field="item", value=ask.item, rule=edition,
                      zh=f"“{ask.item}”不在{ask.on}生效的清单版本{edition}中。",
                      en=f"“{ask.item}” is not in edition {edition}, in force on {ask.on}.")
    if ask.use not in item.uses:
        raise _not_applied(ask, edition, f"不得用于“{USES[ask.use].zh}”", f"may not be used for “{USES[ask.use].en}”")
    if ask.receiver and ask.use == "share" and not {ask.receiver, ANY} & set(item.share_with):
        raise _not_applied(ask, edition, f"不得共享给“{ask.receiver}”", f"may not be shared with “{ask.receiver}”")
    if item.list == "application":
        _must_apply(ask, edition, item)
    return item


def _must_apply(ask: Ask, edition: str, item: Item) -> None:
    if ask.unit and not {ask.unit, ANY} & set(item.implementers):
        raise ultra_vires(ask.item, ask.unit, f"应用清单 {edition}")
    if ask.behaviour and not {ask.behaviour, ANY} & set(item.behaviours):
        raise _not_applied(ask, edition, f"与行为“{ask.behaviour}”不相关联", f"is not related to the behaviour “{ask.behaviour}”")


def _not_applied(ask: Ask, edition: str, zh: str, en: str) -> Refusal:
    return Refusal("LIST-APPLY", field=ask.use, value=ask.receiver or ask.behaviour or ask.item, rule=edition,
                   zh=f"按清单版本{edition}，“{ask.item}”{zh}。", en=f"Under edition {edition}, “{ask.item}” {en}.")
