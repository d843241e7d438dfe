"""Versions of the catalogue, registers and ties, the lines behind the indicators, and what the public reads."""

from __future__ import annotations

from django.urls import reverse

from ximu.kernel.words import Text
from ximu.notice.domains.d12_approval.queries.area import AREA, SEE
from ximu.notice.domains.d12_approval.queries.catalogue import KINDS, provider, public_catalogue, public_file

__all__ = ["AREA", "KINDS", "PAGES", "PUBLIC", "SEE", "provider"]
PAGES = {name: lambda case, by: [(Text("关联与脱钩", "Ties"), reverse("d12:index"))] if by.can(SEE) else []
         for name in ("decoupling", "undeclared_tie")}
PUBLIC = {"approvals": public_catalogue, "approvals-file": public_file}
