"""What is a dataset, what a definition, and which rows count at a time? Pure."""

from ximu.ideas.events.rules.cells import SMALLEST, withheld_cells, withheld_table
from ximu.ideas.events.rules.clocks import columns_sql, relation
from ximu.ideas.events.rules.coverage import days_of, missing, runs
from ximu.ideas.events.rules.dataset import KEEPING, Column, Dataset, read_dataset
from ximu.ideas.events.rules.definition import Definition, bound, read_definition
from ximu.ideas.events.rules.masking import masked
from ximu.ideas.events.rules.measures import CITY, Figure, added, newest, shares
from ximu.ideas.events.rules.points import Expected
from ximu.ideas.events.rules.robust import Capped, bursts, capped, part_of
from ximu.ideas.events.rules.sorting import Sorted, conform, sort_out

__all__ = [
    "CITY",
    "KEEPING",
    "SMALLEST",
    "Capped",
    "Column",
    "Dataset",
    "Definition",
    "Expected",
    "Figure",
    "Sorted",
    "added",
    "bound",
    "bursts",
    "capped",
    "columns_sql",
    "conform",
    "days_of",
    "masked",
    "missing",
    "newest",
    "part_of",
    "read_dataset",
    "read_definition",
    "relation",
    "runs",
    "shares",
    "sort_out",
    "withheld_cells",
    "withheld_table",
]
