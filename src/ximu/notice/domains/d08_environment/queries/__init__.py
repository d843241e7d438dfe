"""Months of an area, targets with their results, the year's figures, what the public reads."""

from ximu.notice.domains.d08_environment.queries.air import DATASET, area_year, known_items, measures, months, needed_on, station_months
from ximu.notice.domains.d08_environment.queries.area import AREA, SEE
from ximu.notice.domains.d08_environment.queries.figures import HERE, of_period, pack, sheet, usual_year
from ximu.notice.domains.d08_environment.queries.public import PUBLIC, credit, public_figures
from ximu.notice.domains.d08_environment.queries.targets import Line, targets

__all__ = [
    "AREA", "DATASET", "HERE", "PUBLIC", "SEE", "Line", "area_year", "credit", "known_items", "measures", "months", "needed_on",
    "of_period", "pack", "public_figures", "sheet", "station_months", "targets", "usual_year",
]
