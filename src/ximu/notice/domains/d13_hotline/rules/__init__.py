"""What becomes of a ticket at intake, what are the rates, what is an alarm? Pure."""

from ximu.notice.domains.d13_hotline.rules.alarms import Alarm, Detected, Volume, detected, false_closures, grid, listed, volume
from ximu.notice.domains.d13_hotline.rules.delivered import Asked, alike, doubted, examined, marks, moved
from ximu.notice.domains.d13_hotline.rules.exposure import weighed
from ximu.notice.domains.d13_hotline.rules.quiet import Quiet, Rung, fell_silent, not_delivered, rung_monthly, rung_volume
from ximu.notice.domains.d13_hotline.rules.rates import COUNTS, RATES, city_rows, total, year_before
from ximu.notice.domains.d13_hotline.rules.settings import TOPICS, WARNINGS, topic_words
from ximu.notice.domains.d13_hotline.rules.tickets import Prepared, prepare

__all__ = [
    "COUNTS", "RATES", "TOPICS", "WARNINGS", "Alarm", "Asked", "Detected", "Prepared", "Quiet", "Rung", "Volume", "alike", "city_rows",
    "detected", "doubted", "examined", "false_closures", "fell_silent", "grid", "listed", "marks", "moved", "not_delivered", "prepare",
    "rung_monthly", "rung_volume", "topic_words", "total", "volume", "weighed", "year_before",
]
