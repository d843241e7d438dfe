"""Processes as they stand, flags with their facts, payments, who answers, and what the public sees."""

from ximu.notice.domains.d01_procurement.queries.book import Book, Process, book, one_process
from ximu.notice.domains.d01_procurement.queries.challenged import challenges_on
from ximu.notice.domains.d01_procurement.queries.disputed import disputes
from ximu.notice.domains.d01_procurement.queries.evidence import (
    ASSIGNED,
    CHALLENGED,
    DECIDED,
    DISPUTED,
    KINDS,
    SETTLED,
    assigned_body,
    challenged_body,
    decided_body,
    disputed_body,
    provider,
    settled_body,
)
from ximu.notice.domains.d01_procurement.queries.public import public_procurement
from ximu.notice.domains.d01_procurement.queries.responsible import gaps, responsible, responsible_of
from ximu.notice.domains.d01_procurement.queries.shown import (
    EVALUATED,
    alarm_basis,
    alarm_words,
    dossier,
    evaluator_rows,
    examined,
    overview,
    payers_of,
    shown_process,
)
from ximu.notice.domains.d01_procurement.queries.tried import doubt_subject, doubts, tried
from ximu.notice.domains.d01_procurement.rules.examining import CHECKS, rule_of, words_of
from ximu.notice.domains.d01_procurement.rules.steps import FLAGS, GOVERNMENT

__all__ = [
    "ASSIGNED", "CHALLENGED", "CHECKS", "DECIDED", "DISPUTED", "EVALUATED", "FLAGS", "GOVERNMENT", "KINDS", "SETTLED", "Book",
    "Process", "alarm_basis", "alarm_words", "assigned_body", "book", "challenged_body", "challenges_on", "decided_body",
    "disputed_body", "disputes", "dossier", "doubt_subject", "doubts", "evaluator_rows", "examined", "gaps", "one_process", "overview",
    "payers_of", "provider", "public_procurement", "responsible", "responsible_of", "rule_of", "settled_body", "shown_process", "tried",
    "words_of",
]
