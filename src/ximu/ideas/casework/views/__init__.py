"""Pages of cases, limits, calendars and effects."""

from ximu.ideas.casework.views.bulk import batch, batch_move, batch_take, hand_over
from ximu.ideas.casework.views.cases import case, confirm_stop, effects, feed, inbox, letter, move, paper, supervise, take, uploads
from ximu.ideas.casework.views.limits import load_year, month, set_term, terms
from ximu.ideas.casework.views.redacting import redaction, sheet

__all__ = [
    "batch", "batch_move", "batch_take", "case", "confirm_stop", "effects", "feed", "hand_over", "inbox", "letter", "load_year", "month",
    "move", "paper", "redaction", "set_term", "sheet", "supervise", "take", "terms", "uploads",
]
