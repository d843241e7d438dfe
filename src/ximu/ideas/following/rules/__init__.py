"""Rules of following: the link in a mail, the words of a mail."""

from ximu.ideas.following.rules.letters import Event, Letter, asking, news
from ximu.ideas.following.rules.links import known, token

__all__ = ["Event", "Letter", "asking", "known", "news", "token"]
