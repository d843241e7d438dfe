"""Verbs of government service: files, ratings as they are pushed, codes for applicants, what is done about bursts and poor ratings."""

from ximu.notice.domains.d11_service.services.following import CONDUCTS, contact_of, follow_missing
from ximu.notice.domains.d11_service.services.loading import LOADERS, deliver_ratings, push
from ximu.notice.domains.d11_service.services.rating import RATER, bring, issue_code, look, rate_by_code, speak

DAILY = {"poor_ratings_followed": follow_missing}

__all__ = ["CONDUCTS", "DAILY", "LOADERS", "RATER", "bring", "contact_of", "deliver_ratings", "follow_missing", "issue_code", "look",
           "push", "rate_by_code", "speak"]
