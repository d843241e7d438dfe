"""The verbs of intake, the only writers of its tables."""

from ximu.ideas.intake.services.admission import commit
from ximu.ideas.intake.services.closing import close_month
from ximu.ideas.intake.services.datasets import deliver_held, deliver_rows, deliver_whole
from ximu.ideas.intake.services.deliveries import Receipt, check, purge, receive, refuse
from ximu.ideas.intake.services.doubts import ask, drop, pick
from ximu.ideas.intake.services.examining import register_examiner
from ximu.ideas.intake.services.forgetting import forget
from ximu.ideas.intake.services.items import blocks, must_be_clean, read_item
from ximu.ideas.intake.services.pull import pull
from ximu.ideas.intake.services.returning import CONDUCTS, send_rows_back
from ximu.ideas.intake.services.returns import claim_zero, confirm_zero, expect, remind
from ximu.ideas.intake.services.sifting import sift_file, sift_rows

__all__ = [
    "CONDUCTS", "Receipt", "ask", "blocks", "check", "claim_zero", "close_month", "commit", "confirm_zero", "deliver_held", "deliver_rows",
    "deliver_whole", "drop", "expect", "forget", "must_be_clean", "pick", "pull", "purge", "read_item", "receive", "refuse",
    "register_examiner", "remind", "send_rows_back", "sift_file", "sift_rows",
]
