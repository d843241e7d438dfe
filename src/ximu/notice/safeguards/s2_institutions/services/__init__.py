"""The writers of row S2."""

from ximu.notice.safeguards.s2_institutions.services.delaying import ask_delay, end_delay, grant_delay, warn_missing
from ximu.notice.safeguards.s2_institutions.services.documents import NewVersion, cover, enter, publish, repeal

__all__ = ["NewVersion", "ask_delay", "cover", "end_delay", "enter", "grant_delay", "publish", "repeal", "warn_missing"]
