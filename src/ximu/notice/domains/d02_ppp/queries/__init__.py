"""The register of projects, who decided, the lines behind the figures, what everybody reads."""

from ximu.notice.domains.d02_ppp.queries.figures import AREA, SEE
from ximu.notice.domains.d02_ppp.queries.register import KINDS, PROJECTS, Book, book, kinds_of_breach, pages_of, plain, provider, sets
from ximu.notice.domains.d02_ppp.queries.register import trace as trace
from ximu.notice.domains.d02_ppp.queries.register import uid_of_duty as uid_of_duty
from ximu.notice.domains.d02_ppp.queries.shown import listed, seen, shown

PAGES = {"ppp_breach": pages_of}
"""Connected by `config/packed.py`, which looks into every pack."""

__all__ = ["AREA", "KINDS", "PAGES", "PROJECTS", "SEE", "Book", "book", "kinds_of_breach", "listed", "plain", "provider", "seen", "sets",
           "shown", "trace", "uid_of_duty"]
