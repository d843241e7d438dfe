"""Verbs of tendering, the only writers of its tables."""

from ximu.notice.domains.d03_tendering.services.loading import LOADERS
from ximu.notice.domains.d03_tendering.services.lodging import lodge, revoke, use, verify
from ximu.notice.domains.d03_tendering.services.registering import NewIssuer, close_issuer, confirm_issuer, propose_issuer
from ximu.notice.domains.d03_tendering.services.standards import decide_standard, propose_standard, score

__all__ = ["LOADERS", "NewIssuer", "close_issuer", "confirm_issuer", "decide_standard", "lodge", "propose_issuer", "propose_standard",
           "revoke", "score", "use", "verify"]
