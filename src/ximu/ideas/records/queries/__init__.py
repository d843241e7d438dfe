"""Reads of records. What leaves the room goes through a view; both clocks can be set."""

from ximu.ideas.records.queries.archive import (
    MOST,
    PAGE,
    Archive,
    Page,
    Row,
    Shape,
    archive,
    known_of,
    numbers_of,
    records_of,
    shapes,
    work_list,
)
from ximu.ideas.records.queries.doors import gate_delivery, subject_kinds
from ximu.ideas.records.queries.duties import Duties, Sort, about, delivered_by, duties, first_known, sorts_of, states_of
from ximu.ideas.records.queries.erasures import ended_of, erasure_asked, erasure_done, erasure_open
from ximu.ideas.records.queries.evidence import provider
from ximu.ideas.records.queries.examined import not_examined, unexamined
from ximu.ideas.records.queries.history import History, Stage, facts_of, record_history, served_at
from ximu.ideas.records.queries.lowering import effect_grade, register_lowering
from ximu.ideas.records.queries.reach import must_reach
from ximu.ideas.records.queries.sealed import closed_rows, closed_up, payload_of, salt_of, sealed_names, sealed_places
from ximu.ideas.records.queries.terms import city_day, parameters

__all__ = [
    "MOST",
    "PAGE",
    "Archive",
    "Duties",
    "History",
    "Page",
    "Row",
    "Shape",
    "Sort",
    "Stage",
    "about",
    "archive",
    "city_day",
    "closed_rows",
    "closed_up",
    "delivered_by",
    "duties",
    "effect_grade",
    "ended_of",
    "erasure_asked",
    "erasure_done",
    "erasure_open",
    "facts_of",
    "first_known",
    "gate_delivery",
    "known_of",
    "must_reach",
    "not_examined",
    "numbers_of",
    "parameters",
    "payload_of",
    "provider",
    "record_history",
    "records_of",
    "register_lowering",
    "salt_of",
    "sealed_names",
    "sealed_places",
    "served_at",
    "shapes",
    "sorts_of",
    "states_of",
    "subject_kinds",
    "unexamined",
    "work_list",
]
