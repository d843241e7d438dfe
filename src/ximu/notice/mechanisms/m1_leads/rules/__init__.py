"""Rules of leads: where they come from, what they must say, whether somebody asked about exemption."""

from ximu.notice.mechanisms.m1_leads.rules.telling import COLUMNS, GRADES, HEADS, ORIGINS, Told, must_ask, must_tell

__all__ = ["COLUMNS", "GRADES", "HEADS", "ORIGINS", "Told", "must_ask", "must_tell"]
