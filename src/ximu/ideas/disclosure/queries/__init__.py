"""Views and what the public reads."""

from ximu.ideas.disclosure.queries.explain import explain, explain_as
from ximu.ideas.disclosure.queries.policy import policies, policy_on
from ximu.ideas.disclosure.queries.publications import (
    evidence,
    proposals,
    public_bundle,
    public_record,
    public_search,
    public_unit_page,
    publication,
)
from ximu.ideas.disclosure.queries.published import published, register_public
from ximu.ideas.disclosure.queries.uses import uses_of
from ximu.ideas.disclosure.queries.views import PUBLIC, Hat, PolicyView, view_as, view_for

__all__ = [
    "PUBLIC", "Hat", "PolicyView", "evidence", "explain", "explain_as", "policies", "policy_on", "proposals", "public_bundle",
    "public_record", "public_search", "public_unit_page", "publication", "published", "register_public", "uses_of", "view_as",
    "view_for",
]
