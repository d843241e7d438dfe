"""The five rates, the alarms, what is silent, how often a rule rings in quiet times, and what the public sees."""

from ximu.notice.domains.d13_hotline.queries.clustered import Clustered, clustered
from ximu.notice.domains.d13_hotline.queries.quiet import Tried, silences, tried
from ximu.notice.domains.d13_hotline.queries.rates import Kpi, kpi, public_kpi
from ximu.notice.domains.d13_hotline.queries.warned import Warned, warned

__all__ = ["Clustered", "Kpi", "Tried", "Warned", "clustered", "kpi", "public_kpi", "silences", "tried", "warned"]
