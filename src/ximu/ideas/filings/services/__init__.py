"""Verbs of filed figures: declare a table; report, correct, review, approve, send back; bring a file."""

from ximu.ideas.filings.services.declaring import declare
from ximu.ideas.filings.services.files import MOST_BYTES, report_file, take_file
from ximu.ideas.filings.services.handing import Given, Notice, pass_on, report

__all__ = ["MOST_BYTES", "Given", "Notice", "declare", "pass_on", "report", "report_file", "take_file"]
