"""Reaches, chiefs, patrols and water as known at a time (`store`); the year by `AREA` (`year`); pages and records (`shown`)."""

from ximu.notice.domains.d06_rivers.queries import shown, store, year
from ximu.notice.domains.d06_rivers.queries.year import AREA, KINDS, PAGES, PUBLIC, provider

__all__ = ["AREA", "KINDS", "PAGES", "PUBLIC", "provider", "shown", "store", "year"]
