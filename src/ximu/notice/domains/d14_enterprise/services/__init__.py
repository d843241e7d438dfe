"""Verbs of enterprise service: receive a demand, the firm's own word, files of demands, what is counted."""

from ximu.notice.domains.d14_enterprise.services.conduct import CONDUCTS
from ximu.notice.domains.d14_enterprise.services.counting import feed, load_demands
from ximu.notice.domains.d14_enterprise.services.receiving import FIRM, WORDS, Asked, look, receive, speak, submit

__all__ = ["CONDUCTS", "FIRM", "WORDS", "Asked", "feed", "load_demands", "look", "receive", "speak", "submit"]
