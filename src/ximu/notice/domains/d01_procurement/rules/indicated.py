"""D01-1 and D01-4 without the platform: per process and buyer, in percent, from releases and a table of challenges."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text
from ximu.notice.domains.d01_procurement.rules import announcing, challenges, compiling
from ximu.notice.domains.d01_procurement.rules import release as ocds
from ximu.notice.domains.d01_procurement.rules.announcing import Notice
from ximu.notice.domains.d01_procurement.rules.challenges import Challenge
from ximu.notice.domains.d01_procurement.rules.payments import day_of
from ximu.notice.domains.d01_procurement.rules.settings import Settings

COLUMNS = ("ocid", "kind", "raised", "decided", "outcome")


@dataclass(slots=True)
class Indicated:
    """`values` (group, identifier) → code → percent; what lies behind them; what could not be computed and why."""

    values: dict[tuple[str, str], dict[str, float]] = field(default_factory=dict)
    notices: list[dict[str, Any]] = field(default_factory=list)
    challenges: list[dict[str, Any]] = field(default_factory=list)
    unsaid: list[Text] = field(default_factory=list)


def evaluate(
    documents: Iterable[Any], processes: Iterable[Any], settings: Settings, *, as_of: date | None, raised: Iterable[Challenge] | None,
) -> Indicated:
    """A rate over nothing is not told: no value, never zero."""
    found, listed = Indicated(), [one for one in processes if ocds.text(one, "ocid")]
    buyers = {str(one["ocid"]): ocds.text(one, "buyer", "id") for one in listed}
    if "D01-1" in settings.flags:
        if as_of is None:
            found.unsaid.append(Text("D01-1未计算：须用 --as-of 写明截至日，才知道哪些公告已到期。",
                                     "D01-1 was not computed: name the day with --as-of, so that it is known which notices are due."))
        else:
            _announced(found, listed, _releases(documents), buyers, as_of)
    if "D01-4" in settings.flags:
        if raised is None:
            found.unsaid.append(Text("D01-4未计算：须用 --challenges 给出质疑和投诉表。",
                                     "D01-4 was not computed: give the table of challenges with --challenges."))
        else:
            _challenged(found, list(raised), buyers)
    return found


def _releases(documents: Iterable[Any]) -> dict[str, list[tuple[date, Any]]]:
    told: dict[str, list[tuple[date, Any]]] = defaultdict(list)
    for one in compiling.opened(documents):
        ocid, day = ocds.text(one, "ocid"), day_of(ocds.text(one, "date"))
        if ocid and day and "compiled" not in ocds.items(one, "tag"):
            told[ocid].append((day, one))
    return told


def _announced(found: Indicated, listed: list[Any], releases: dict[str, list[tuple[date, Any]]], buyers: dict[str, str | None],
               on: date) -> None:
    rows: dict[str, list[Notice]] = {}
    for one in listed:
        ocid = str(one["ocid"])
        rows[ocid] = list(announcing.notices(one, [(day, r) for day, r in releases.get(ocid, []) if day <= on], on=on))
        found.notices += [{"ocid": ocid, **n.plain()} for n in rows[ocid]]
    _rates(found, "D01-1", rows, buyers, announcing.counted)


def _challenged(found: Indicated, raised: list[Challenge], buyers: dict[str, str | None]) -> None:
    rows: dict[str, list[Challenge]] = defaultdict(list)
    for one in raised:
        rows[one.ocid].append(one)
    found.challenges = [{k: v for k, v in one.plain().items() if k != "uid"} for one in raised]
    if strange := sorted(set(rows) - set(buyers)):
        found.unsaid.append(Text(f"D01-4：{len(strange)}个过程的质疑或投诉没有对应的发布，只计到过程，不计到采购人。",
                                 f"D01-4: challenges of {len(strange)} processes have no release; they count for no buyer."))
    _rates(found, "D01-4", rows, buyers, challenges.counted)


def _rates(found: Indicated, code: str, rows: Any, buyers: dict[str, str | None], counted: Any) -> None:
    """(whole, good) of each process, and of each buyer the sums."""
    sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for ocid, some in rows.items():
        whole, good = counted(some)
        for key in (("OCID", ocid), ("Buyer", buyers.get(ocid) or "")):
            sums[key][0] += whole
            sums[key][1] += good
    for (group, who), (whole, good) in sums.items():
        if who and whole:
            found.values.setdefault((group, who), {})[code] = 100 * good / whole


def read_challenges(lines: Iterable[str], *, on: date) -> Iterator[Challenge]:
    """`ocid,kind,raised,decided,outcome`; the last two empty while it is open. Errors: `D01-CHALLENGES` naming line and column."""
    reader = csv.DictReader(line.removeprefix("\ufeff") for line in lines)
    if not set(COLUMNS) <= set(reader.fieldnames or ()):
        raise _bad(1, "head", ",".join(reader.fieldnames or ())[:60])
    for row in reader:
        given = {name: (row[name] or "").strip() for name in COLUMNS}
        line = reader.line_num
        start = _day(line, "raised", given["raised"])
        ended = _day(line, "decided", given["decided"]) if given["decided"] else None
        if not given["ocid"]:
            raise _bad(line, "ocid", "")
        if given["kind"] not in challenges.KINDS:
            raise _bad(line, "kind", given["kind"])
        if bool(given["outcome"]) != (ended is not None) or (given["outcome"] and given["outcome"] not in challenges.OUTCOMES):
            raise _bad(line, "outcome", given["outcome"])
        if ended is not None and ended < start:
            raise _bad(line, "decided", given["decided"])
        known = ended is not None and ended <= on
        if start <= on:
            due = challenges.due_day(given["kind"], start)
            yield Challenge(str(line), given["ocid"], given["kind"], start, due, ended if known else None,
                            given["outcome"] if known else "", challenges.state_of(due, ended if known else None, on))


def _day(line: int, name: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise _bad(line, name, text) from error


def _bad(line: int, name: str, value: str) -> Refusal:
    return Refusal(
        "D01-CHALLENGES", field=name, value=value[:40], rule="ocid,kind,raised,decided,outcome", extra={"line": line},
        zh=f"质疑和投诉表第{line}行“{name}”不能使用（{value[:40]}）。",
        en=f"Line {line} of the table of challenges cannot be used at “{name}” ({value[:40]}).",
    )
