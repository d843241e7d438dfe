"""Verbs of the lists: draft, review, merge, publish, and register the law on which items rest."""

from ximu.ideas.catalogue.services.bases import register_basis
from ximu.ideas.catalogue.services.drafting import draft, open_edition, revise, submit, withdraw
from ximu.ideas.catalogue.services.publishing import merge, publish, settle_owner
from ximu.ideas.catalogue.services.review import accept, answer, object_to, send_back

__all__ = ["accept", "answer", "draft", "merge", "object_to", "open_edition", "publish", "register_basis", "revise", "send_back",
           "settle_owner", "submit", "withdraw"]
