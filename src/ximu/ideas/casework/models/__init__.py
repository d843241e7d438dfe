"""Tables of this room: cases and their steps, limits and calendars, and the ledger of effects."""

from ximu.ideas.casework.models.cases import Case, CaseFile, Clock, FileOpening, Slip, Step, Telling
from ximu.ideas.casework.models.effects import Effect
from ximu.ideas.casework.models.redactions import Redaction
from ximu.ideas.casework.models.terms import FeedKey, Parameter, YearCalendar

__all__ = ["Case", "CaseFile", "Clock", "Effect", "FeedKey", "FileOpening", "Parameter", "Redaction", "Slip", "Step", "Telling",
           "YearCalendar"]
