"""Reads of the registry; all of them answer as of a day (`as_of`) and, where given, as known at a time (`known_at`)."""

from ximu.ideas.registry.queries.book import book, index, key_uid, version
from ximu.ideas.registry.queries.evidence import evidence
from ximu.ideas.registry.queries.naming import (
    find,
    find_many,
    named,
    resolve,
    resolve_many,
    resolve_official,
    resolve_officials,
    resolve_persons,
    search,
)
from ximu.ideas.registry.queries.people import (
    called,
    charged,
    holders,
    in_office,
    may,
    may_appoint,
    must_appoint,
    must_may,
    official,
    official_of,
    officials,
    plain,
    posts,
    responsible,
    shown,
    terms,
    traced,
    vacancies,
)
from ximu.ideas.registry.queries.phrases import compare, expand, is_phrase, reading, readings, signed
from ximu.ideas.registry.queries.profile import profile_index
from ximu.ideas.registry.queries.units import (
    UnitView,
    district_of_code,
    drawing,
    forebears,
    in_order,
    lineage,
    must_live,
    name,
    names_of,
    names_on,
    owner_of,
    owners,
    successors,
    unit,
    units,
)
from ximu.ideas.registry.rules.book import Edge
from ximu.ideas.registry.rules.resolution import Candidate, Resolution
from ximu.ideas.registry.rules.tracing import GAPS, Act, Traced

__all__ = [
    "GAPS", "Act", "Candidate", "Edge", "Resolution", "Traced", "UnitView", "book", "called", "charged", "compare", "district_of_code",
    "drawing", "evidence", "expand", "find", "find_many", "forebears", "holders", "in_office", "in_order", "index", "is_phrase", "key_uid",
    "lineage", "may", "may_appoint", "must_appoint", "must_live", "must_may", "name", "named", "names_of", "names_on", "official",
    "official_of", "officials", "owner_of", "owners", "plain", "posts", "profile_index", "reading", "readings", "resolve", "resolve_many",
    "resolve_official", "resolve_officials", "resolve_persons", "responsible", "search", "shown", "signed", "successors",
    "terms", "traced", "unit", "units", "vacancies", "version",
]
