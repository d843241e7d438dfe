"""Processes as they stand, flags with their facts, payments, who answers, and what the public sees."""

from ximu.notice.domains.d01_procurement.queries.book import Book, Process, book, one_process
from ximu.notice.domains.d01_procurement.queries.disputed import disputes
from ximu.notice.domains.d01_procurement.queries.public import public_procurement
from ximu.notice.domains.d01_procurement.queries.responsible import gaps, responsible, responsible_of
from ximu.notice.domains.d01_procurement.queries.shown import (
    EVALUATED,
    alarm_basis,
    alarm_words,
    dossier,
    evaluator_rows,
    overview,
    payers_of,
    shown_process,
)
from ximu.notice.domains.d01_procurement.rules.steps import FLAGS, GOVERNMENT

__all__ = [
    "EVALUATED", "FLAGS", "GOVERNMENT", "Book", "Process", "alarm_basis", "alarm_words", "book", "disputes", "dossier", "evaluator_rows",
    "gaps", "one_process", "overview", "payers_of", "public_procurement", "responsible", "responsible_of", "shown_process",
]
