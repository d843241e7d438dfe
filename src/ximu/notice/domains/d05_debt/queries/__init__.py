"""Debts of a year (`book`); the key area and what everybody reads (`area`)."""

from ximu.notice.domains.d05_debt.queries import area, book

AREA, PAGES, GRADER, PUBLIC = area.AREA, area.PAGES, book.preview, {"d05": area.public_debt}
