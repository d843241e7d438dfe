"""What may whom see of a report, with which key; what waits; what the public learns in a quarter."""

from ximu.notice.mechanisms.m3_complaints.queries.content import (
    attachment,
    content,
    extension_of,
    files_of,
    mask_of,
    talk_of,
    text_of,
    told_by_reporter,
)
from ximu.notice.mechanisms.m3_complaints.queries.desk import DAY, alarms, doctor, guesses, provider, seal_body, seals, today
from ximu.notice.mechanisms.m3_complaints.queries.figures import ORIGINS, counted, leads, public_figures, published_in, quarter
from ximu.notice.mechanisms.m3_complaints.queries.keys import (
    data_key,
    is_bare,
    keeper,
    keeper_of,
    key_by_code,
    locked,
    no_seat,
    office_named,
    office_of,
    office_private,
    offices_for,
    ring_of,
    seats,
    uncovered,
    waiting,
)
from ximu.notice.mechanisms.m3_complaints.queries.reach import (
    HANDLE,
    OVERSEE,
    PRESS,
    acting,
    avoided,
    avoided_by,
    conflicted,
    handles,
    offices,
    parent,
    person_of,
    report,
    route,
    served,
    visible,
)
from ximu.notice.mechanisms.m3_complaints.queries.terms import days_left, due, hour_of, secret, value

__all__ = [
    "DAY", "HANDLE", "ORIGINS", "OVERSEE", "PRESS", "acting", "alarms", "attachment", "avoided", "avoided_by", "conflicted", "content",
    "counted", "data_key", "days_left", "doctor", "due", "extension_of", "files_of", "guesses", "handles", "hour_of", "is_bare",
    "keeper", "keeper_of", "key_by_code", "leads", "locked", "mask_of", "no_seat", "office_named", "office_of", "office_private",
    "offices", "offices_for", "parent", "person_of", "provider", "public_figures", "published_in", "quarter", "report", "ring_of",
    "route", "seal_body", "seals", "seats", "secret", "served", "talk_of", "text_of", "today", "told_by_reporter", "uncovered", "value",
    "visible", "waiting",
]
