"""The five rates, the alarms, and what the public sees."""

from ximu.notice.domains.d13_hotline.queries.rates import Kpi, kpi, public_kpi
from ximu.notice.domains.d13_hotline.queries.warned import Warned, warned

__all__ = ["Kpi", "Warned", "kpi", "public_kpi", "warned"]
