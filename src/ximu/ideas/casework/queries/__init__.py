"""Reads of cases, limits, calendars and effects."""

from ximu.ideas.casework.queries.batch import Group, groups
from ximu.ideas.casework.queries.cases import (
    CaseView,
    absent_case,
    case,
    case_by_number,
    case_for,
    case_of_key,
    cases_about,
    cases_of,
    inbox,
    known_of,
    last_closed,
    open_by_holder,
    open_cases,
    parties,
    stood,
    tally,
    visible,
)
from ximu.ideas.casework.queries.counting import Touched, calendar, calendar_years, day_counter, last_day_of, office, terms, touched
from ximu.ideas.casework.queries.declared import ground_words, procedure, procedures, register_grounds
from ximu.ideas.casework.queries.desk import doctor, today
from ximu.ideas.casework.queries.effects import (
    EffectRow,
    effects_of,
    effects_of_many,
    effects_on,
    open_effects,
    paused_now,
    paused_numbers,
    within_reach,
)
from ximu.ideas.casework.queries.evidence import provider
from ximu.ideas.casework.queries.feed import icalendar
from ximu.ideas.casework.queries.letters import LETTER_NAMES, letter_of, slip_number
from ximu.ideas.casework.queries.month import Day, month
from ximu.ideas.casework.queries.papers import PaperView, marks_of, redacting
from ximu.ideas.casework.queries.redactions import redaction_for

__all__ = [
    "LETTER_NAMES",
    "CaseView",
    "Day",
    "EffectRow",
    "Group",
    "PaperView",
    "Touched",
    "absent_case",
    "calendar",
    "calendar_years",
    "case",
    "case_by_number",
    "case_for",
    "case_of_key",
    "cases_about",
    "cases_of",
    "day_counter",
    "doctor",
    "effects_of",
    "effects_of_many",
    "effects_on",
    "ground_words",
    "groups",
    "icalendar",
    "inbox",
    "known_of",
    "last_closed",
    "last_day_of",
    "letter_of",
    "marks_of",
    "month",
    "office",
    "open_by_holder",
    "open_cases",
    "open_effects",
    "parties",
    "paused_now", "paused_numbers",
    "procedure",
    "procedures",
    "provider",
    "redacting",
    "redaction_for",
    "register_grounds",
    "slip_number",
    "stood",
    "tally",
    "terms",
    "today",
    "touched",
    "visible",
    "within_reach",
]
