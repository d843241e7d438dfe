"""Verbs of the registry: the only writers. Set-wise; one transaction, one new edition of the registry each."""

from ximu.ideas.registry.services.people import appoint, appoint_person, close_post, end_appointment, enrol, open_posts, recruit
from ximu.ideas.registry.services.phrases import decide_phrase
from ximu.ideas.registry.services.reforms import Line, reform
from ximu.ideas.registry.services.units import NewName, NewUnit, add_names, move, register, retract_name

__all__ = [
    "Line", "NewName", "NewUnit", "add_names", "appoint", "appoint_person", "close_post", "decide_phrase", "end_appointment", "enrol",
    "move", "open_posts", "recruit", "reform", "register", "retract_name",
]
