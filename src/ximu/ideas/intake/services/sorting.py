"""Which rows may become records? Each event by the list in force on its own day, each subject by the registry on that day."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from ximu.ideas.catalogue import queries as catalogue
from ximu.ideas.catalogue.rules import Item
from ximu.ideas.intake.reader.reading import FAULTS
from ximu.ideas.intake.rules import problems
from ximu.ideas.records.queries.doors import epochs, kinds_of
from ximu.ideas.records.rules.delivery import LENGTHS
from ximu.ideas.registry import queries as registry
from ximu.kernel import uscc

OFFICIAL = "5"
"""Code of 公务员 in the field that holds the kind of subject (主体类型)."""
ROLES = ("subject_name", "subject_code", "subject_kind", "event_date", "end_date", "decision_date", "final_date", "behaviour", "grade",
         "document_number", "authority_name", "finality")
SUBJECT = ["subject_name", "subject_code", "subject_kind", "epoch"]
READY, DOUBTS = "ready-{:05}.arrow", "doubts.arrow"
MOST_CANDIDATES, MOST_NOTES = 10, 20


def sort_out(folder: Path, item: Item, summary: dict[str, Any], *, today: date) -> dict[str, Any]:
    """Write the rows that are ready (`ready-*.arrow`) and the doubtful (`doubts.arrow`); faults are added to the report."""
    dropped = pl.Series(summary.pop("dropped_lines"), dtype=pl.Int64)
    held = pl.read_ipc(folder / FAULTS).filter(pl.col("severity") == problems.HELD)["line"].unique()
    spans = catalogue.spans(item.code, use="collect")
    faults, doubts, ready, parts = [pl.read_ipc(folder / FAULTS)], [], 0, 0
    answers: dict[tuple[Any, ...], tuple[str, str, list[dict[str, Any]]]] = {}
    by_subject: Counter[str] = Counter()
    for path in sorted(folder.glob("rows-*.arrow")):
        rows = pl.read_ipc(path)
        rows = _with_roles(rows.filter(~pl.col("line").is_in(dropped.implode())) if len(dropped) else rows, item, today)
        rows = rows.with_columns(final=~pl.col("line").is_in(held.implode()) if len(held) else pl.lit(value=True))
        rows, unfit = _fit(rows, item, today)
        rows, refused = _by_list(rows, spans, item)
        rows, unknown, unsure = _by_registry(rows, item, answers)
        faults += [*unfit, *refused, *unknown]
        if unsure.height:
            doubts.append(unsure)
        by_subject.update(dict(rows.group_by("subject").len().iter_rows()))
        if rows.height:
            parts += 1
            ready += rows.height
            rows.write_ipc(folder / READY.format(parts))
        path.unlink()
    summary = {**summary, "notes": [*summary.get("notes", ()), *_reform_notes(by_subject)]}
    told = pl.concat(faults)
    told.write_ipc(folder / FAULTS)
    waiting = pl.concat(doubts) if doubts else None
    if waiting is not None:
        waiting.write_ipc(folder / DOUBTS)
    count = 0 if waiting is None else waiting.height
    return {**summary, "good": ready + count, "waiting": count, "bad": summary["rows"] - ready - count - summary["same_in_file"],
            "ready_parts": parts, "counts": _counts(told)}


def _reform_notes(rows: Counter[str]) -> list[dict[str, str]]:
    """One line for each reform between subjects of this file: what happened before it is the old unit's, what came after the new one's."""
    edges = {edge for uid in rows for edge in registry.lineage(uid) if edge.predecessor in rows and edge.predecessor != edge.successor}
    found = []
    for edge in sorted(edges, key=lambda e: (e.on, e.predecessor, e.successor))[:MOST_NOTES]:
        old, new = registry.name(edge.predecessor, as_of=edge.on - timedelta(days=1)), registry.name(edge.successor, as_of=edge.on)
        before, after = rows[edge.predecessor], rows[edge.successor]
        found.append({"zh": f"“{old}”{edge.on}起由“{new}”承继：此前的事件记入前者（{before}行），此后的记入后者（{after}行）。",
                      "en": f"“{old}” was succeeded by “{new}” on {edge.on}: events before it are the former's ({before} rows), "
                            f"later ones the latter's ({after})."})
    return found


def _with_roles(rows: pl.DataFrame, item: Item, today: date) -> pl.DataFrame:
    """Every role has a column, empty where the item has none; an item without any day holds on the day of delivery."""
    days = {"event_date", "end_date", "decision_date", "final_date"}
    absent = [pl.lit(None, dtype=pl.Date if role in days else pl.String).alias(role) for role in ROLES if role not in rows.columns]
    rows = rows.with_columns(absent).with_columns(pl.coalesce("event_date", "decision_date").alias("event_date"))
    if not {"event_date", "decision_date"} & set(_roles(item)):
        rows = rows.with_columns(event_date=pl.lit(today))
    return rows.with_columns(pl.col("subject_name", "subject_code", "subject_kind").fill_null(""))


def _roles(item: Item) -> dict[str, str]:
    return dict(item.body["schema"].get("ximu:roles", {}))


def _fit(rows: pl.DataFrame, item: Item, today: date) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """What the records room would refuse a whole delivery for is told here per row: lengths, an absent or a future day."""
    roles, key = _roles(item), item.body["schema"].get("primaryKey") or [""]
    day = roles.get("event_date") or roles.get("decision_date", "")
    named = {"natural_key": key if isinstance(key, str) else key[0], "authority": roles.get("authority_name", "")}
    tests = [(column, pl.col(column).str.len_chars() > most, named.get(name) or roles.get(name, ""), "FIELD-LONG", str(most))
             for name, most in LENGTHS.items() if (column := "authority_name" if name == "authority" else name) in rows.columns]
    tests += [("event_date", pl.col("event_date").is_null(), day, "FIELD-NEED", ""),
              ("event_date", pl.col("event_date") > today, day, "TIME-FUTURE", "")]
    faults, unfit = [], pl.lit(value=False)
    found = rows.select(test.any().alias(str(n)) for n, (_, test, *_) in enumerate(tests)).row(0)
    for column, test, field, code, rule in (test for test, some in zip(tests, found) if some):
        bad = rows.filter(test).select("line", pl.col(column).cast(pl.String).alias("value"))
        faults.append(problems.frame_of(bad, field, code, rule=rule))
        unfit = unfit | test.fill_null(value=False)
    return (rows.filter(~unfit) if faults else rows), faults


def _counts(faults: pl.DataFrame) -> list[dict[str, Any]]:
    return faults.group_by("field", "code", "severity").len("n").sort("field", "code").to_dicts()


def _by_list(
    rows: pl.DataFrame, spans: list[catalogue.Span], item: Item,
) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """`LIST-NONE` for events on days on which no edition in force holds the item; the others know their edition."""
    edition = pl.lit(None, dtype=pl.String)
    family = pl.lit(None, dtype=pl.String)
    for span in spans:
        inside = (pl.col("event_date") >= span.first) & (pl.lit(span.last is None) | (pl.col("event_date") <= pl.lit(span.last)))
        edition = pl.when(inside.fill_null(value=False)).then(pl.lit(span.item.edition)).otherwise(edition)
        family = pl.when(inside.fill_null(value=False)).then(pl.lit(span.item.family)).otherwise(family)
    rows = rows.with_columns(edition=edition, family=family)
    if not rows["edition"].null_count():
        return rows, []
    outside = rows.filter(pl.col("edition").is_null()).select("line", pl.col("event_date").cast(pl.String).alias("value"))
    field = _roles(item).get("event_date", "")
    faults = [problems.frame_of(outside, field, "LIST-NONE", rule=item.code)] if outside.height else []
    return rows.filter(pl.col("edition").is_not_null()), faults


def _by_registry(
    rows: pl.DataFrame, item: Item, answers: dict[tuple[Any, ...], tuple[str, str, list[dict[str, Any]]]],
) -> tuple[pl.DataFrame, list[pl.DataFrame], pl.DataFrame]:
    """Rows with their subject; faults of the unknown; rows that wait. Each distinct question is asked once a file."""
    rows = rows.with_columns(epochs(rows["event_date"]))
    questions = rows.group_by(SUBJECT).agg(pl.col("event_date").first())
    keys, days = questions.select(SUBJECT).rows(), questions["event_date"].to_list()
    asked = {key: day for key, day in zip(keys, days) if key not in answers}
    answers.update(zip(asked, _answers([(*key[:3], day) for key, day in asked.items()])))
    found = questions.select(
        *SUBJECT, subject=pl.Series([answers[key][0] for key in keys], dtype=pl.String),
        verdict=pl.Series([answers[key][1] for key in keys], dtype=pl.String),
    )
    rows = rows.join(found, on=SUBJECT, how="left", maintain_order="left", nulls_equal=True)
    field = _roles(item).get("subject_name", "")
    faults, verdicts = [], set(found["verdict"])
    for code in ("SUBJ-NONE", "SUBJ-KIND"):
        if code in verdicts:
            bad = rows.filter(pl.col("verdict") == code).select("line", pl.col("subject_name").alias("value"))
            faults.append(problems.frame_of(bad, field, code))
    rows, strangers = _only_government(rows, item)
    if strangers.height:
        faults.append(problems.frame_of(strangers, field, "SUBJ-KIND"))
    unsure = rows.filter(pl.col("verdict") == "SUBJ-AMBIG") if "SUBJ-AMBIG" in verdicts else rows.clear()
    if unsure.height:
        shown = unsure.select("line", pl.col("subject_name").alias("value"))
        faults.append(problems.frame_of(shown, field, "SUBJ-AMBIG", severity=problems.WARNING))
    clear = rows if verdicts <= {""} else rows.filter(pl.col("verdict") == "")
    return clear.drop("verdict", "epoch"), faults, unsure.drop("verdict", "epoch")


def _only_government(rows: pl.DataFrame, item: Item) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Subjects that the records room would refuse on that day are told per row, not per delivery."""
    named = rows.filter((pl.col("verdict") == "") & (pl.col("subject") != ""))
    pairs = named.group_by("subject", "epoch").agg(pl.col("event_date").first())
    asked = pairs.select("subject", "event_date").rows()
    known, allowed = kinds_of(asked), item.subject_kinds
    strange = [pair not in known or bool(allowed and known[pair] not in allowed) for pair in asked]
    strangers = pairs.filter(pl.Series(strange, dtype=pl.Boolean))
    if strangers.is_empty():
        return rows, rows.clear().select("line", value="subject_name")
    shown = rows.join(strangers, on=["subject", "epoch"], how="semi").select("line", pl.col("subject_name").alias("value"))
    return rows.join(strangers, on=["subject", "epoch"], how="anti", maintain_order="left"), shown


def _answers(asked: list[tuple[Any, ...]]) -> list[tuple[str, str, list[dict[str, Any]]]]:
    """(subject, verdict, candidates) of each question; units and officials asked apart."""
    people = [key[2] == OFFICIAL for key in asked]
    units = iter(registry.resolve_many([(key[0], key[1], key[3]) for key, person in zip(asked, people) if not person]))
    officials = iter(registry.resolve_persons([(key[0], key[1], key[3]) for key, person in zip(asked, people) if person]))
    return [_verdict(next(officials if person else units), key) for key, person in zip(asked, people)]


def _verdict(found: registry.Resolution, key: tuple[Any, ...]) -> tuple[str, str, list[dict[str, Any]]]:
    if found.status == "exact" and not found.by_sound:
        return found.uid, "", []
    if found.status != "none":
        return "", "SUBJ-AMBIG", candidates_of(found)
    public = not key[1] or uscc.is_public_body(uscc.normalise(key[1]))
    return "", "SUBJ-NONE" if public else "SUBJ-KIND", []


def candidates_of(found: registry.Resolution) -> list[dict[str, Any]]:
    """What the queue shows of each: name, score, and which facts matched, in both languages."""
    return [
        {"uid": c.uid, "name": c.name, "score": round(c.score, 3), "reasons": [{"zh": r.zh, "en": r.en} for r in c.reasons]}
        for c in found.candidates[:MOST_CANDIDATES]
    ]
