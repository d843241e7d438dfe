"""What is shown: the city at a glance, a buyer's dossier, one process with its facts; rows for evaluators."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from ximu.foundation import clock
from ximu.ideas.registry import queries as registry
from ximu.kernel.words import Text
from ximu.notice.domains.d01_procurement.queries import responsible as duties
from ximu.notice.domains.d01_procurement.queries.book import Book, Process, book, one_process
from ximu.notice.domains.d01_procurement.queries.disputed import disputes
from ximu.notice.domains.d01_procurement.rules import announcing, challenges, examining, law, payments
from ximu.notice.domains.d01_procurement.rules import release as ocds
from ximu.notice.domains.d01_procurement.rules.payments import STATES, Figures
from ximu.notice.domains.d01_procurement.rules.settings import KNOWN
from ximu.notice.domains.d01_procurement.rules.steps import FACTS, FLAGS, GOVERNMENT, STEPS, step_day

EVALUATED = ("due", "met", "state", "days_late", "amount", "currency", "small", "interest")


def figures_of(processes: Iterable[Process], on: date) -> Figures:
    listed = list(processes)
    plain = payments.figures([one.compiled for one in listed], [p for one in listed for p in one.payments], on=on,
                             signing_days=law.signing_days, veto_days=law.veto_days(on))
    due, announced = announcing.counted(n for one in listed for n in one.notices)
    raised = [c for one in listed for c in one.challenges]
    decided, upheld = challenges.counted(raised)
    return replace(plain, announced_due=due, announced=announced, decided=decided, upheld=upheld,
                   overturned=len(challenges.overturned(raised)))


def unit_name(uid: str, on: date) -> str:
    return registry.name(uid, as_of=on) if registry.unit(uid, as_of=on) else uid


def overview(on: date, *, known_at: datetime | None = None, units: Collection[str] | None = None) -> dict[str, Any]:
    """The city (or the units one may see): figures, flags by code, each unit."""
    whole = book(on, known_at=known_at, units=units)
    by_unit: dict[str, list[Process]] = {}
    for one in whole.processes:
        by_unit.setdefault(one.unit, []).append(one)
    counted = Counter(code for one in whole.processes for code in one.codes)
    lines = [{"unit": unit, "name": unit_name(unit, on), "figures": figures_of(listed, on),
              "flagged": sum(bool(one.codes) for one in listed), "government": sum(bool(GOVERNMENT & set(one.codes)) for one in listed)}
             for unit, listed in by_unit.items()]
    missing = duties.gaps(by_unit, on)
    return {
        "on": on, "figures": figures_of(whole.processes, on), "units": sorted(lines, key=lambda line: (-line["government"], line["name"])),
        "codes": [{"code": code, "words": FLAGS[code][1], "n": counted[code], "government": code in GOVERNMENT} for code in KNOWN
                  if counted[code]],
        "flagged": sorted((one for one in whole.processes if one.codes), key=lambda one: (-len(one.codes), one.ocid))[:200],
        "unsaid": whole.unsaid, "manifest": whole.manifest, "gaps": len(missing),
    }


def examined(on: date, *, known_at: datetime | None = None, units: Collection[str] | None = None) -> list[examining.Asked]:
    """What should be asked about the figures that were delivered; what is doubtful first."""
    found = examining.examined([one.compiled for one in book(on, known_at=known_at, units=units).processes])
    return sorted(found, key=lambda one: (one.finding.suspicious is not True, one.finding.suspicious is None))


def dossier(unit: str, on: date, *, known_at: datetime | None = None, units: Collection[str] | None = None,
            persons: bool = False) -> dict[str, Any]:
    """A buyer: figures, processes with flags, payments late or overdue, who answers for each step."""
    allowed = {unit} if units is None else {unit} & set(units)
    whole = book(on, known_at=known_at, units=allowed)
    return {
        "unit": unit, "name": unit_name(unit, on), "on": on, "figures": figures_of(whole.processes, on), "processes": whole.processes,
        "late": [one for one in whole.payments if one.state in ("late", "overdue")], "states": STATES,
        "notices": [(one, notice_words(n)) for one in whole.processes for n in one.notices if n.state in ("late", "missing")],
        "challenges": [(one, challenge_words(c)) for one in whole.processes for c in one.challenges],
        "responsible": duties.responsible_of(unit, on, persons=persons), "manifest": whole.manifest,
    }


def shown_process(ocid: str, on: date, *, known_at: datetime | None = None, units: Collection[str] | None = None,
                  persons: bool = False) -> dict[str, Any]:
    """One process: its releases, its flags each with value, facts, threshold, step and who answered for it on that day."""
    whole, one = one_process(ocid, on, known_at=known_at, units=units)
    return {
        "process": one, "name": unit_name(one.unit, on), "on": on, "flags": [_flag(whole, one, code, persons) for code in KNOWN
                                                                              if code in one.codes],
        "states": STATES, "disputes": disputes(ocid), "manifest": whole.manifest,
        "notices": [notice_words(n) for n in one.notices], "challenges": [challenge_words(c) for c in one.challenges],
    }


def notice_words(one: announcing.Notice) -> dict[str, Any]:
    return {"kind": announcing.KINDS[one.kind], "item": one.item, "event": one.event, "due": one.due, "published": one.published,
            "state": one.state, "words": announcing.STATES[one.state]}


def challenge_words(one: challenges.Challenge) -> dict[str, Any]:
    return {"uid": one.uid, "kind": challenges.KINDS[one.kind], "raised": one.raised, "due": one.due, "decided": one.decided,
            "outcome": challenges.OUTCOMES.get(one.outcome), "state": one.state, "words": challenges.STATES[one.state],
            "basis": one.basis, "decision": one.decision}


def _flag(whole: Book, one: Process, code: str, persons: bool) -> dict[str, Any]:
    step, words = FLAGS[code]
    day = step_day(one.compiled, step) or one.last_day
    row = duties.responsible(one.unit, step, day)
    told = next((t for t in duties.responsible_of(one.unit, day, persons=persons) if t["step"] == step), None) if row else None
    finding = next((f for f in one.findings if f.code == code), None)
    facts, fences = finding.facts if finding else _facts(one, code), whole.fences.get(code, {})
    return {
        "code": code, "words": words, "value": one.codes[code], "government": code in GOVERNMENT, "step": step, "day": day,
        "step_words": STEPS[step], "told": [(FACTS.get(name, Text(name, name)), value) for name, value in {**facts, **fences}.items()],
        "facts": facts, "reason": finding.reason if finding else None,
        "fences": fences, "post": told["post"] if told else "", "holder": told["holder"] if told else "",
    }


def _facts(one: Process, code: str) -> dict[str, Any]:
    """The fields of the compiled release that a flag of the published guide looks at."""
    tender = one.compiled.get("tender")
    bids = [{"tenderers": ocds.ids(b, "tenderers"), "status": ocds.text(b, "status"), "amount": ocds.number(b, "value", "amount"),
             "date": ocds.text(b, "date")} for b in ocds.items(one.compiled, "bids", "details")]
    match code:
        case "R003":
            return {"start": ocds.text(tender, "tenderPeriod", "startDate"), "end": ocds.text(tender, "tenderPeriod", "endDate")}
        case "R018":
            return {"tenderers": ocds.number(tender, "numberOfTenderers"), "method": ocds.text(tender, "procurementMethod")}
        case "R030":
            return {"deadline": ocds.text(tender, "tenderPeriod", "endDate"), "bids": bids}
        case _:
            return {"bids": bids}


def alarm_words(one: Process, code: str) -> Text:
    """What an alarm says of a flag."""
    words, finding = FLAGS[code][1], next((f for f in one.findings if f.code == code), None)
    zh, en = f"采购过程“{one.title}”：{words.zh}。", f"Procurement “{one.title}”: {words.en}."
    return Text(zh + finding.reason.zh, f"{en} {finding.reason.en}") if finding else Text(zh, en)


def alarm_basis(one: Process, code: str) -> dict[str, Any]:
    finding = next((f for f in one.findings if f.code == code), None)
    return {"observed": round(one.codes[code], 4), "sample": [one.ocid], **({"bound": finding.facts["threshold"]} if finding else {})}


def payers_of(code: str) -> list[tuple[str, str]]:
    """Units that awarded a contract to the body with this unified social credit code, and where that is known from."""
    found: dict[str, str] = {}
    for one in book(clock.today(), known_at=clock.now()).processes:
        parties = {ocds.text(p, "id") for p in ocds.items(one.compiled, "parties") if ocds.text(p, "identifier", "id") == code}
        awarded = {i for a in ocds.items(one.compiled, "awards") if ocds.text(a, "status") == "active" for i in ocds.ids(a, "suppliers")}
        if parties & awarded:
            found.setdefault(one.unit, f"采购合同 {one.ocid}")
    return sorted(found.items())


def evaluator_rows(units: Collection[str], first: date, last: date, *, known_at: datetime) -> list[dict[str, Any]]:
    """Payments due in the span, for a frozen snapshot: `ref`, `unit`, `body`, and the fields of `EVALUATED`. Not to whom."""
    whole = book(last, known_at=known_at, units=units)
    rows = []
    for one in whole.payments:
        if first <= one.due <= last:
            plain = one.plain()
            rows.append({"ref": f"payment:{one.ocid}/{one.contract}/{one.milestone}", "unit": one.unit, "body": one.unit,
                         **{name: plain[name] for name in EVALUATED}})
    return sorted(rows, key=lambda row: row["ref"])


