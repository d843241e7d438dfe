"""A form with what is known of a record; who may not read the record gets none with its number."""

from __future__ import annotations

from datetime import datetime

from ximu.foundation import clock
from ximu.foundation.papers import Form
from ximu.ideas.casework import queries as cases
from ximu.ideas.disclosure import services as disclosure
from ximu.ideas.records import queries as records
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal, absent
from ximu.notice.mechanisms.m4_relief.queries.exempting import checklist
from ximu.notice.mechanisms.m4_relief.queries.forms import NAMES, form
from ximu.notice.mechanisms.m4_relief.queries.standing import is_subject


def no_form(kind: str) -> Refusal:
    return absent("FORM-NONE", field="form", value=kind[:20], zh="种表格", en="form")


def printed_form(kind: str, number: str, *, by: Actor, at: datetime) -> Form:
    """Blank without a number. Errors: `FORM-NONE`, `REC-NUMBER`, `REC-NONE`, `PURPOSE`."""
    if kind not in NAMES:
        raise no_form(kind)
    day = clock.city_day(at)
    if not number:
        return form(kind, about={}, grounds={code: words.zh for code, words in checklist().grounds(day).items()})
    own = is_subject(number, by)
    disclosure.look(number, by=by, purpose="own" if own and not by.can("relief.decide") else "", at=at)
    found = records.duties(number)
    notice = next((c.number for c in cases.open_cases(("notice",), about=found.number)), "") if kind == "delivery" else ""
    about = {"number": found.number, "subject": registry.called(found.subject, as_of=found.event_date), "document": found.document_number,
             "source": registry.called(found.source, as_of=found.event_date) if found.source else "", "case": notice}
    grounds = {code: words.zh for code, words in checklist().grounds(found.event_date).items()}
    return form(kind, about=about, grounds=grounds)
