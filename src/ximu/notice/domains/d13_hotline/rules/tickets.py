"""A checked delivery becomes rows of the dataset: typed, with unit, topic class, due days and promise words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from ximu.kernel.workdays import BUNDLED
from ximu.notice.domains.d13_hotline.rules.settings import OTHER, TOPICS, WARNINGS, terms_on

CONTACTED_KINDS = ("求助", "投诉", "举报")
WORDS = re.compile("|".join(map(re.escape, WARNINGS["words"]["words"])))


@dataclass(frozen=True, slots=True)
class Prepared:
    """`unknown_topics` rows went to 其他; `strangers` are unit names that the register does not know for sure."""

    frame: pl.DataFrame
    unknown_topics: int
    strangers: dict[str, list[int]]


def prepare(clean: pl.DataFrame, units: Mapping[str, str]) -> Prepared:
    """`clean` as intake leaves it, with `line`; `units` maps unit names to uids."""
    named = clean.with_columns(pl.col("unit_name").replace_strict(dict(units), default=None, return_dtype=pl.String).alias("unit"))
    lost = named.filter(pl.col("unit").is_null())
    strangers = dict(lost.group_by("unit_name").agg(pl.col("line")).iter_rows())
    kept = named.filter(pl.col("unit").is_not_null())
    topic, unknown = _topics(kept["topic"])
    typed = kept.with_columns(
        topic, *(pl.col(n).cast(pl.String) == "true" for n in ("enforcement", "excluded")), pl.col("returned").cast(pl.Int64),
        _words(kept), _contact_by(kept), _due_on(kept),
    )
    return Prepared(typed.drop("line"), unknown, strangers)


def _topics(given: pl.Series) -> tuple[pl.Series, int]:
    """The main class by code (2 or 6 digits) or name; what is no class counts as 其他."""
    by_name = {name: code for code, name in TOPICS.items()}
    found = {text: by_name.get(text) or (text[:2] if text[:2] in TOPICS and text.isdigit() else OTHER)
             for text in given.drop_nulls().unique().to_list()}
    sure = {text for text, code in found.items() if code != OTHER or text in (OTHER, TOPICS[OTHER]) or text[:2] == OTHER}
    topics = given.replace_strict(found, default=OTHER, return_dtype=pl.String) if found else pl.repeat(OTHER, len(given), eager=True)
    return topics.alias("topic"), int((~given.is_in(list(sure)).fill_null(value=False)).sum())


def _words(frame: pl.DataFrame) -> pl.Series:
    text = frame.select(pl.concat_str("title_text", "content", separator=" ", ignore_nulls=True)).to_series()
    found = text.str.extract_all(WORDS.pattern).list.unique(maintain_order=True).list.join(";")
    return found.set(found == "", None).alias("words")


def _contact_by(frame: pl.DataFrame) -> pl.Expr:
    days = {d: BUNDLED.due(d, terms_on(d)["contact"]).day for d in frame["dispatched_on"].drop_nulls().unique().to_list()}
    due = pl.col("dispatched_on").replace_strict(days, default=None, return_dtype=pl.Date) if days else pl.lit(None, dtype=pl.Date)
    return pl.when(pl.col("kind").is_in(CONTACTED_KINDS)).then(due).alias("contact_by")


def _due_on(frame: pl.DataFrame) -> pl.Series:
    """As delivered, else by the term of the kind."""
    cache: dict[tuple[date, str], date] = {}
    filled = []
    for given, start, kind in zip(frame["due_on"], frame["dispatched_on"], frame["kind"], strict=True):
        if given is not None or start is None:
            filled.append(given)
            continue
        if (start, kind) not in cache:
            cache[start, kind] = BUNDLED.due(start, terms_on(start)["terms"][kind]).day
        filled.append(cache[start, kind])
    return pl.Series("due_on", filled, dtype=pl.Date)
