"""The five rates, the alarms, what is silent, how often a rule rings in quiet times, and what the public sees."""

from ximu.notice.domains.d13_hotline.queries.clustered import Clustered, clustered
from ximu.notice.domains.d13_hotline.queries.coming import Coming, coming
from ximu.notice.domains.d13_hotline.queries.delivered import CHECKED, Checked, checked
from ximu.notice.domains.d13_hotline.queries.mapped import Mapped, mapped, tickets_of
from ximu.notice.domains.d13_hotline.queries.quiet import Tried, silences, tried
from ximu.notice.domains.d13_hotline.queries.rates import Kpi, kpi, public_kpi, unit_name
from ximu.notice.domains.d13_hotline.queries.warned import RULES, Warned, warned
from ximu.notice.domains.d13_hotline.rules.settings import rule_words

__all__ = [
    "CHECKED", "RULES", "Checked", "Clustered", "Coming", "Kpi", "Mapped", "Tried", "Warned", "checked", "clustered", "coming", "kpi",
    "mapped", "public_kpi", "rule_words", "silences", "tickets_of", "tried", "unit_name", "warned",
]
