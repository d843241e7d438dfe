"""What becomes of a ticket at intake, what are the rates, what is an alarm? Pure."""

from ximu.notice.domains.d13_hotline.rules.alarms import Alarm, Volume, false_closures, grid, listed, volume
from ximu.notice.domains.d13_hotline.rules.rates import COUNTS, RATES, city_rows, total
from ximu.notice.domains.d13_hotline.rules.settings import TOPICS, WARNINGS, topic_words
from ximu.notice.domains.d13_hotline.rules.tickets import Prepared, prepare

__all__ = [
    "COUNTS", "RATES", "TOPICS", "WARNINGS", "Alarm", "Prepared", "Volume", "city_rows", "false_closures", "grid", "listed",
    "prepare", "topic_words", "total", "volume",
]
