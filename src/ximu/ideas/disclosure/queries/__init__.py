"""Views and what the public reads."""

from ximu.ideas.disclosure.queries.beside import beside, register_beside
from ximu.ideas.disclosure.queries.certificates import certificate_bundle, certificate_for, public_certificate, search_certificate
from ximu.ideas.disclosure.queries.comparing import Comparison, compare_policies, proposed_policy
from ximu.ideas.disclosure.queries.explain import explain, explain_as
from ximu.ideas.disclosure.queries.opened import public_counts, public_history, public_latest, public_rows, public_stamp, public_states
from ximu.ideas.disclosure.queries.policy import policies, policy_mark, policy_on
from ximu.ideas.disclosure.queries.publications import (
    evidence,
    proposals,
    public_bundle,
    public_record,
    public_unit_page,
    publication,
)
from ximu.ideas.disclosure.queries.published import published, register_public
from ximu.ideas.disclosure.queries.register import BODY_KINDS, public_districts, public_names, public_unit, public_units
from ximu.ideas.disclosure.queries.searching import CITY, public_facets, public_search
from ximu.ideas.disclosure.queries.uses import UseView, uses_of, uses_of_sent
from ximu.ideas.disclosure.queries.views import PUBLIC, Hat, PolicyView, view_as, view_for
from ximu.ideas.records.rules import STATES as STATE_WORDS

__all__ = [
    "BODY_KINDS", "CITY", "PUBLIC", "STATE_WORDS", "Comparison", "Hat", "PolicyView", "UseView", "beside", "certificate_bundle",
    "certificate_for", "compare_policies", "evidence", "explain", "explain_as", "policies", "policy_mark", "policy_on", "proposals",
    "proposed_policy", "public_bundle",
    "public_certificate", "public_counts", "public_districts", "public_facets", "public_history", "public_latest", "public_names",
    "public_record", "public_rows", "public_search", "public_stamp", "public_states", "public_unit", "public_unit_page", "public_units",
    "publication", "published", "register_beside", "register_public", "search_certificate", "uses_of", "uses_of_sent", "view_as",
    "view_for",
]
