"""The register of projects, who decided, the lines behind the figures, what everybody reads."""

from ximu.notice.domains.d02_ppp.queries.figures import AREA, SEE, lines, things
from ximu.notice.domains.d02_ppp.queries.register import (
    ACTS,
    BUDGETS,
    DATASETS,
    DISCLOSURES,
    DUTIES,
    FINAL,
    HERE,
    KIND,
    KINDS,
    PAYMENTS,
    PROJECTS,
    ROW,
    SPENDING,
    Book,
    book,
    breaches,
    final_body,
    kinds_of_breach,
    kinds_of_duty,
    pages_of,
    project,
    provider,
    sees,
    sets,
    uid_of_duty,
)
from ximu.notice.domains.d02_ppp.queries.shown import listed, seen, shown
from ximu.notice.domains.d02_ppp.queries.tracing import gaps, trace

PAGES = {"ppp_breach": pages_of}
"""Connected by `config/packed.py`, which looks into every pack."""

__all__ = [
    "ACTS", "AREA", "BUDGETS", "DATASETS", "DISCLOSURES", "DUTIES", "FINAL", "HERE", "KIND", "KINDS", "PAGES", "PAYMENTS", "PROJECTS",
    "ROW", "SEE", "SPENDING", "Book", "book", "breaches", "final_body", "gaps", "kinds_of_breach", "kinds_of_duty", "lines", "listed",
    "pages_of", "project", "provider", "seen", "sees", "sets", "shown", "things", "trace", "uid_of_duty",
]
