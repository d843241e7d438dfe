"""Tables of this room: reports and what belongs to them, keys and who holds them, leads, seals of days, figures."""

from ximu.notice.mechanisms.m3_complaints.models.keys import Keeper, OfficeKey, Seat, Wrap
from ximu.notice.mechanisms.m3_complaints.models.reports import Attachment, Contact, Message, Report, Sent
from ximu.notice.mechanisms.m3_complaints.models.sealed import Act, Alarm, DaySeal, Hour, Lead, Quarter

__all__ = ["Act", "Alarm", "Attachment", "Contact", "DaySeal", "Hour", "Keeper", "Lead", "Message", "OfficeKey", "Quarter", "Report",
           "Seat", "Sent", "Wrap"]
