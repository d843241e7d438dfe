"""Months of an area, targets with their results, the year's figures, what the public reads."""

from ximu.notice.domains.d08_environment.queries.air import DATASET, area_year, known_items, measures, months, needed_on, station_months
from ximu.notice.domains.d08_environment.queries.figures import FIRST_YEAR, HERE, LAST_YEAR, indicator, pack, sheet, usual_year, warned
from ximu.notice.domains.d08_environment.queries.public import PUBLIC, credit, public_figures
from ximu.notice.domains.d08_environment.queries.targets import Line, targets

__all__ = [
    "DATASET", "FIRST_YEAR", "HERE", "LAST_YEAR", "PUBLIC", "Line", "area_year", "credit", "indicator", "known_items", "measures", "months",
    "needed_on", "pack", "public_figures", "sheet", "station_months", "targets", "usual_year", "warned",
]
