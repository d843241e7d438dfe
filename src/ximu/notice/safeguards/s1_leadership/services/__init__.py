"""The writers of row S1."""

from ximu.notice.safeguards.s1_leadership.services.daily import prove_day, raise_vacancies
from ximu.notice.safeguards.s1_leadership.services.meetings import Minutes, Wanted, add_resolution, issue_meeting, record_meeting

__all__ = ["Minutes", "Wanted", "add_resolution", "issue_meeting", "prove_day", "raise_vacancies", "record_meeting"]
