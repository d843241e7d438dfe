"""Whom do records ask before they admit a row? The lists (is the item in force?) and the registry (who is this?)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date

import polars as pl

from ximu.ideas.catalogue.queries import gate
from ximu.ideas.catalogue.rules import Item
from ximu.ideas.registry.queries import book
from ximu.ideas.registry.rules import posts
from ximu.kernel.refusal import Refusal

BODIES = frozenset({"government", "department", "street", "town", "township", "institution", "coordination"})
"""The kinds of the registry that are government bodies; courts cooperate and others are nobody's government."""


def kinds_of(pairs: Sequence[tuple[str, date]]) -> Mapping[tuple[str, date], str]:
    """The kind of a government body that lives that day, `official` for a civil servant in office; others are left out."""
    known = book()
    posts_held: dict[str, set[str]] = {}
    for holding in known.holdings:
        posts_held.setdefault(holding.official, set()).add(holding.post)
    found = {}
    for uid, day in pairs:
        if uid in known.units:
            if known.units[uid].kind in BODIES and known.living(uid, day):
                found[uid, day] = known.units[uid].kind
        elif any(h.official == uid for post in posts_held.get(uid, ()) for h in posts.holders(known, post, day)):
            found[uid, day] = "official"
    return found


def gate_delivery(item: str, edition: str, rows: pl.DataFrame) -> Item:
    """Every event must lie under the named edition (it does when the first and the last do), every row in the item's family.

    Errors: `LIST-NONE`, `LIST-APPLY`, `REC-FAMILY`.
    """
    for day in {rows["event_date"].min(), rows["event_date"].max()}:
        found = gate(item, use="collect", on=day)
        if found.edition != edition or found.list != "data":
            raise Refusal(
                "LIST-NONE", field="event_date", value=day.isoformat(), rule=edition,
                zh=f"{day.isoformat()}当日有效的数据清单不是{edition}版，或者其中没有“{item}”。",
                en=f"On {day.isoformat()} edition {edition} of the data list is not in force, or “{item}” is not in it.",
            )
    if found.family and (strange := rows.filter(pl.col("family") != found.family)).height:
        raise Refusal("REC-FAMILY", field="family", value=strange["family"][0], rule=found.family,
                      zh=f"第{strange['line'][0]}行的类别与清单项“{item}”不符。",
                      en=f"The family of line {strange['line'][0]} is not that of item “{item}”.")
    return found


def epochs(days: pl.Series) -> pl.Series:
    """Days of one epoch see the same registry: what is asked of one of them is answered for all."""
    return pl.Series("epoch", book().turning_days, dtype=pl.Date).search_sorted(days, side="right").rename("epoch")


def subject_kinds(rows: pl.DataFrame, allowed: Collection[str]) -> pl.DataFrame:
    """The rows with their `kind`; `allowed` are the item's subject kinds. Errors: `SUBJ-KIND`."""
    timed = rows.with_columns(epochs(rows["event_date"]))
    pairs = timed.group_by("subject", "epoch").agg(pl.col("event_date").first())
    asked = list(pairs.select("subject", "event_date").iter_rows())
    known = kinds_of(asked)
    found = pairs.select("subject", "epoch", kind=pl.Series([_kind(known.get(pair), allowed) for pair in asked], dtype=pl.String))
    timed = timed.join(found, on=["subject", "epoch"], how="left", maintain_order="left").drop("epoch")
    strangers = timed.filter(pl.col("kind").is_null())
    if strangers.height:
        raise Refusal(
            "SUBJ-KIND", field="subject", value=strangers["subject"][0], rule=" ".join(sorted(allowed)) or "国发〔2016〕76号",
            zh=f"第{strangers['line'][0]}行的主体不是该项所列的政府机构或当日在任的公务员，不得记录。",
            en=f"The subject of line {strangers['line'][0]} is no body of this item’s kinds nor a civil servant in office.",
        )
    return timed


def _kind(kind: str | None, allowed: Collection[str]) -> str | None:
    if kind is None or (allowed and kind not in allowed):
        return None
    return "official" if kind == "official" else "body"
