"""Verbs of leads: enter one, bring many; the rest are moves of the case."""

from ximu.notice.mechanisms.m1_leads.services.conduct import CONDUCTS
from ximu.notice.mechanisms.m1_leads.services.raising import Brought, import_leads, raise_lead

__all__ = ["CONDUCTS", "Brought", "import_leads", "raise_lead"]
