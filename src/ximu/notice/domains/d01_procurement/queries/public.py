"""What everybody may see: how the city and its units pay and sign, and how often the government's own breach was flagged."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from ximu.foundation import clock
from ximu.ideas.events import queries as events
from ximu.ideas.events.rules import withheld_cells
from ximu.notice.domains.d01_procurement.queries.book import ASKED, DATASET, book
from ximu.notice.domains.d01_procurement.queries.shown import figures_of, unit_name
from ximu.notice.domains.d01_procurement.rules.steps import FLAGS, GOVERNMENT


def public_procurement(view: Any, *, on: date | None = None) -> dict[str, Any]:
    """City and units; a unit's rates over few contracts or payments are withheld. Firms are not named.

    `view` is not asked further: what is made here is for everyone.
    """
    span = events.span(DATASET)
    if span is None:
        return {"on": None, "city": None, "units": [], "codes": [], "manifest": "", "first": None}
    day = on or clock.today()
    whole = book(day, known_at=clock.now())
    by_unit: dict[str, list[Any]] = {}
    for one in whole.processes:
        by_unit.setdefault(one.unit, []).append(one)
    lines = [{"unit": unit, "unit_name": unit_name(unit, day), "figures": figures_of(listed, day),
              "government": sum(bool(GOVERNMENT & set(one.codes)) for one in listed),
              "payments": sum(p.state != "open" for one in listed for p in one.payments)} for unit, listed in sorted(by_unit.items())]
    few = withheld_cells([line["figures"].processes for line in lines])
    unpaid = withheld_cells([line["payments"] for line in lines])
    counted = Counter(code for one in whole.processes for code in one.codes if code in GOVERNMENT)
    return {
        "on": day, "first": span[0], "city": figures_of(whole.processes, day), "manifest": whole.manifest.digest, "unsaid": whole.unsaid,
        "units": [_line(line, few=few[at], unpaid=unpaid[at]) for at, line in enumerate(lines)],
        "codes": [{"code": code, "words": FLAGS[code][1], "n": counted[code] if code in ASKED.flags else None} for code in FLAGS
                  if code in GOVERNMENT],
    }


def _line(line: dict[str, Any], *, few: bool, unpaid: bool) -> dict[str, Any]:
    figures = line["figures"]
    return {"unit": line["unit"], "unit_name": line["unit_name"], "processes": None if few else figures.processes,
            "signed_rate": None if few else figures.signed_rate, "government": None if few else line["government"],
            "paid_rate": None if unpaid else figures.paid_rate}
