"""Verbs of events: the only writers."""

from ximu.ideas.events.services.appending import append
from ximu.ideas.events.services.keeping import drop_all_due, drop_due
from ximu.ideas.events.services.loading import load, loaders, register_loader
from ximu.ideas.events.services.looking import look
from ximu.ideas.events.services.points import NewPoint, close_point, open_point

__all__ = ["NewPoint", "append", "close_point", "drop_all_due", "drop_due", "load", "loaders", "look", "open_point", "register_loader"]
