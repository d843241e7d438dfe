"""Verbs of disclosure."""

from ximu.ideas.disclosure.queries.beside import register_beside
from ximu.ideas.disclosure.queries.published import register_public
from ximu.ideas.disclosure.services.certifying import certify, certify_public
from ximu.ideas.disclosure.services.forgetting import forget, forget_certificates
from ximu.ideas.disclosure.services.looking import look, look_archive, look_work, register_ground
from ximu.ideas.disclosure.services.publishing import (
    approve,
    close,
    close_due,
    corrected,
    moved,
    propose,
    refuse,
    stop_publication,
)
from ximu.ideas.disclosure.services.sharing import share, would_share
from ximu.ideas.disclosure.services.tightening import follow_policy

__all__ = [
    "approve", "certify", "certify_public", "close", "close_due", "corrected", "follow_policy", "forget",
    "forget_certificates", "look", "look_archive", "look_work", "moved", "propose", "refuse", "register_beside", "register_ground",
    "register_public", "share", "stop_publication", "would_share",
]
