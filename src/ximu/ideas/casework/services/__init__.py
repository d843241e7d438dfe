"""Verbs of cases, limits, calendars and effects."""

from ximu.ideas.casework.services.conduct import Conduct, daily, pages_of, register, register_daily, register_pages
from ximu.ideas.casework.services.effects import (
    THE_PLATFORM,
    add_effect,
    confirm_stop,
    end_effect,
    end_effect_of,
    on_corrected,
    on_moved,
    on_stopping,
    on_stopping_many,
    register_stopper,
    reverse,
    sweep_effects,
)
from ximu.ideas.casework.services.feeds import issue_feed_key
from ximu.ideas.casework.services.files import Upload, add_files, handed_in, keep, read_file, received, ticket_for
from ximu.ideas.casework.services.forgetting import drop_papers, forget
from ximu.ideas.casework.services.holding import hand_over, hand_over_ended, let_go, seen, take
from ximu.ideas.casework.services.many import MOST as MOST_AT_ONCE
from ximu.ideas.casework.services.many import Outcome, move_many, take_many
from ximu.ideas.casework.services.moving import Opening, move, open_case, open_or_join
from ximu.ideas.casework.services.redacting import decide_redaction, declare_free, lay_pages, page_of_paper, pages_in, redact
from ximu.ideas.casework.services.slips import issue_slip
from ximu.ideas.casework.services.sweeping import sweep_deadlines
from ximu.ideas.casework.services.terms import load_calendar, preview_term, recount, set_term

__all__ = [
    "MOST_AT_ONCE",
    "THE_PLATFORM",
    "Conduct",
    "Opening",
    "Outcome",
    "Upload",
    "add_effect",
    "add_files",
    "confirm_stop",
    "daily",
    "decide_redaction",
    "declare_free",
    "drop_papers",
    "end_effect",
    "end_effect_of",
    "forget",
    "hand_over",
    "hand_over_ended",
    "handed_in",
    "issue_feed_key",
    "issue_slip",
    "keep",
    "lay_pages",
    "let_go",
    "load_calendar",
    "move",
    "move_many",
    "on_corrected",
    "on_moved",
    "on_stopping",
    "on_stopping_many",
    "open_case",
    "open_or_join",
    "page_of_paper",
    "pages_in",
    "pages_of",
    "preview_term",
    "read_file",
    "received",
    "recount",
    "redact",
    "register",
    "register_daily",
    "register_pages",
    "register_stopper",
    "reverse",
    "seen",
    "set_term",
    "sweep_deadlines",
    "sweep_effects",
    "take",
    "take_many",
    "ticket_for",
]
