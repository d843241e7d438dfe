"""The writers of row S3."""

from ximu.notice.safeguards.s3_streets.services.benefits import NewBenefit, end_benefit, offer_benefit, open_benefit, report_take_up
from ximu.notice.safeguards.s3_streets.services.demonstration import apply, decide, decide_paper, give_paper, submit
from ximu.notice.safeguards.s3_streets.services.monitoring import monitor, monitor_due

__all__ = ["NewBenefit", "apply", "decide", "decide_paper", "end_benefit", "give_paper", "monitor", "monitor_due", "offer_benefit",
           "open_benefit", "report_take_up", "submit"]
