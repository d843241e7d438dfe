"""A delivery of OCDS releases: opened, each checked alone and with its process, its buyer found in the register, appended."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from ximu.foundation import clock, vault
from ximu.ideas.events import queries as events
from ximu.ideas.events.services import append
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal
from ximu.notice.domains.d01_procurement.rules import compiling, entering, standard

DATASET = "procurement"
MOST_BYTES = 512 * 1024 * 1024
MOST_FAULTS = 1000
CONTACTS = "procurement-contacts"
EMPTY = {"ocid": pl.String, "release": pl.String, "released_on": pl.Date, "released_at": pl.String, "stage": pl.String, "method": pl.String,
         "currency": pl.String, "buyer_name": pl.String, "unit": pl.String, "body": pl.String}


def load_releases(path: Path, *, batch: str, by: Actor, at: datetime) -> dict[str, Any]:
    """JSON Lines, a release package, a record package or one release. Repeating a delivery changes nothing.

    Errors: `FILE-SIZE`, `D01-INPUT`, `EVT-BATCH`. A release with a fault stays out and is named by its place, field and code:
    `D01-FORM`, `D01-ID`, `D01-TAG`, `DATE-NONE`, `TIME-FUTURE`, `SUBJ-NONE`, `AMT-CUR`, `SEQ`, `D01-SCHEMA`, `D01-MERGE`.
    """
    releases = list(compiling.opened(_documents(path)))
    if not releases:
        raise Refusal("D01-INPUT", field="FILE", value=path.name, rule="OCDS as JSON or JSON Lines", zh="文件中没有任何OCDS发布。",
                      en="The file holds no OCDS release.")
    key, today = vault.secret(CONTACTS), clock.city_day(at)
    faults: list[entering.Fault] = []
    entries: list[tuple[int, entering.Entry]] = []
    for line, release in enumerate(releases, 1):
        found = entering.entry_of(entering.without_contacts(release, lambda text: _mark(key, text)), line, today=today,
                                  city_day=clock.city_day)
        if not isinstance(found, entering.Fault) and (path_to := standard.departs(found.body)):
            found = entering.Fault(line, path_to, "D01-SCHEMA")
        if isinstance(found, entering.Fault):
            faults.append(found)
        else:
            entries.append((line, found))
    units = _units(entries)
    rows, others = [], _stored({entry.ocid for _, entry in entries})
    for line, entry in sorted(entries, key=lambda pair: (pair[1].released_at, pair[0])):
        beside = others.setdefault(entry.ocid, {})
        unit = units.get(entry.buyer_name)
        fault = entering.Fault(line, "buyer.name", "SUBJ-NONE") if unit is None else entering.fits(
            entry, [body for release, body in beside.items() if release != entry.release], line)
        if fault is not None:
            faults.append(fault)
            continue
        beside[entry.release] = entry.body
        rows.append({**{name: getattr(entry, name) for name in EMPTY if name not in ("unit", "body")}, "unit": unit,
                     "body": entering.text_of(entry.body)})
    made = append(DATASET, pl.DataFrame(rows, schema=EMPTY), batch=batch, by=by, at=at)
    told = sorted(faults, key=lambda fault: fault.line)[:MOST_FAULTS]
    return {"dataset": DATASET, "batch": batch, "rows": len(releases), "new": made.new, "corrected": made.corrected, "same": made.same,
            "late": made.late, "bad": len(faults), "manifest": events.manifest(DATASET).digest,
            "faults": [{"line": f.line, "field": f.field, "code": f.code, "words_zh": entering.FAULTS[f.code].zh,
                        "words_en": entering.FAULTS[f.code].en} for f in told]}


def _documents(path: Path) -> Iterator[Any]:
    if path.stat().st_size > MOST_BYTES:
        raise Refusal("FILE-SIZE", field="FILE", value=path.stat().st_size, rule=f"≤ {MOST_BYTES}", zh="文件过大。",
                      en="The file is too large.")
    content = path.read_bytes()
    try:
        whole = json.loads(content, parse_constant=_no_number)
    except (ValueError, RecursionError):
        whole = None
    if whole is not None:
        yield from whole if isinstance(whole, list) else [whole]
        return
    for line in filter(bytes.strip, content.splitlines()):
        try:
            yield json.loads(line, parse_constant=_no_number)
        except (ValueError, RecursionError):
            yield {"releases": [None]}   # a line that is no JSON is a release that is no release: named, not skipped


def _no_number(text: str) -> Any:
    """NaN and Infinity are no JSON (RFC 8259 §6)."""
    raise ValueError(text)


def _mark(key: bytes, text: str) -> str:
    """Alike stays alike, and cannot be read or guessed without the key of this installation."""
    return hmac.new(key, text.strip().lower().encode(), hashlib.sha256).hexdigest()[:20]


def _units(entries: list[tuple[int, entering.Entry]]) -> dict[str, str]:
    """Buyers' names → uids, as of the newest release; else the unit that once bore the name."""
    names = sorted({entry.buyer_name for _, entry in entries} - {""})
    if not names:
        return {}
    on: date = max(entry.released_on for _, entry in entries)
    found, refused = registry.find_many(names, as_of=on)
    for name, refusal in refused.items():
        if refusal.code == "ORG-ENDED":
            found[name] = registry.named(name, as_of=on)
    return found


def _stored(ocids: set[str]) -> dict[str, dict[str, dict[str, Any]]]:
    """Process → release → its body, as the store has them now."""
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for ocid, release, body in events.ask(
            "SELECT ocid, release, body FROM procurement WHERE list_contains($ocids, ocid) ORDER BY released_at, release",
            {"ocids": sorted(ocids)}, dataset=DATASET, known_at=None).iter_rows():
        found.setdefault(ocid, {})[release] = json.loads(body)
    return found
