"""Datasets, manifests, definitions, runs."""

from ximu.ideas.events.queries.evidence import bodies, doctor, entry_of, provider, verify
from ximu.ideas.events.queries.explore import STEPS, Asked, Explored, explore, sees_small
from ximu.ideas.events.queries.points import expected, point, points
from ximu.ideas.events.queries.running import (
    Ran,
    ask,
    exact,
    owners,
    present,
    rows_of,
    rows_with,
    run,
    run_on_spark,
    spark_text,
    versions,
    views_of,
)
from ximu.ideas.events.queries.store import (
    Keeping,
    Manifest,
    batches,
    coverage,
    dataset,
    datasets,
    definition,
    definitions,
    folder,
    keeping,
    manifest,
    missing_days,
    root,
    span,
)

__all__ = [
    "STEPS", "Asked", "Explored", "Keeping", "Manifest", "Ran", "ask", "batches", "bodies", "coverage", "dataset", "datasets", "definition",
    "definitions", "doctor", "entry_of", "exact", "expected", "explore", "folder", "keeping", "manifest", "missing_days", "owners", "point",
    "points", "present", "provider", "root", "rows_of", "rows_with", "run", "run_on_spark", "sees_small", "span", "spark_text", "verify",
    "versions", "views_of",
]
