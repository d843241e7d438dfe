"""Only what is published, related and proportionate (regulation arts 30 and 32), and never longer than the record itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text

LEVELS = {"blue": Text("蓝", "Blue"), "yellow": Text("黄", "Yellow"), "orange": Text("橙", "Orange"), "red": Text("红", "Red")}
ORIGINS = {"record": Text("信用记录", "Record"), "warning": Text("预警", "Warning"), "complaint": Text("投诉", "Complaint"),
           "audit": Text("审计", "Audit"), "inspection": Text("督查", "Inspection"),
           "promise": Text("承诺逾期", "Overdue promise"), "hand": Text("人工", "By hand")}
_CAPS = {"轻微": "MEAS-CAP-1", "一般": "MEAS-CAP-2", "严重": "MEAS-CAP-3"}


def cap_code(grade: str) -> str:
    """The parameter that caps measures for this grade; an unknown grade counts as the mildest."""
    return _CAPS.get(grade, "MEAS-CAP-1")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A measure as it is proposed, beside what the record and the other measures say."""

    starts: date
    ends: date
    record_until: date | None
    punishes: bool
    running: int
    cap: int
    decision: str
    reason: str


def may_measure(wanted: Wanted) -> None:
    """Errors: `REASON`, `MEAS-START`, `MEAS-END`, `MEAS-CAP`."""
    if not wanted.reason.strip():
        raise Refusal("REASON", field="reason", value="", rule="关联性", zh="须说明措施与行为的关联性和适当性。",
                      en="Say how the measure relates to the behaviour.")
    if wanted.ends < wanted.starts:
        raise Refusal("MEAS-START", field="ends", value=wanted.ends.isoformat(), rule=f"≥ {wanted.starts}", zh="措施的截止日早于开始日。",
                      en="The measure ends before it starts.")
    if wanted.record_until is not None and wanted.ends > wanted.record_until:
        raise Refusal("MEAS-END", field="ends", value=wanted.ends.isoformat(), rule=f"≤ {wanted.record_until}",
                      zh=f"措施截止日晚于记录的查询期限（{wanted.record_until}）。",
                      en=f"The measure would outlive the record, which ends on {wanted.record_until}.")
    if wanted.punishes and wanted.running >= wanted.cap and not wanted.decision.strip():
        raise Refusal("MEAS-CAP", status=409, field="decision", value=wanted.running, rule=f"≤ {wanted.cap}",
                      zh=f"同一记录已有{wanted.running}项惩戒措施，达到上限{wanted.cap}；超出须写明专门决定。",
                      en=f"The record carries {wanted.running} measures, the cap is {wanted.cap}; more needs a decision of its own.")
