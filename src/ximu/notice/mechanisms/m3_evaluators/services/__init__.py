"""The writers of row M3.5."""

from ximu.notice.mechanisms.m3_evaluators.services.evaluating import (
    annotate,
    comment,
    evaluate,
    publish,
    publish_due,
    rerun,
    send,
    try_on_twin,
)
from ximu.notice.mechanisms.m3_evaluators.services.freezing import freeze
from ximu.notice.mechanisms.m3_evaluators.services.registering import Terms, add_survey, declare, engage, register

__all__ = ["Terms", "add_survey", "annotate", "comment", "declare", "engage", "evaluate", "freeze", "publish", "publish_due", "register",
           "rerun", "send", "try_on_twin"]
