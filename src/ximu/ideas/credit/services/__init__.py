"""Verbs of credit reports, the only writers of their tables."""

from ximu.ideas.credit.services.lodging import LODGE, Matter, lodge, refused, revoke, use, verify
from ximu.ideas.credit.services.registering import NewIssuer, close_issuer, confirm_issuer, propose_issuer

__all__ = ["LODGE", "Matter", "NewIssuer", "close_issuer", "confirm_issuer", "lodge", "propose_issuer", "refused", "revoke", "use",
           "verify"]
