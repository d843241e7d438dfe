"""What may stand in a list, which edition judges a day, and what may be done under an item?"""

from __future__ import annotations

from ximu.ideas.catalogue.rules.editions import Change, compare, digest_of, in_force, must_follow, number_parts
from ximu.ideas.catalogue.rules.forbidden import must_not_be_forbidden
from ximu.ideas.catalogue.rules.gate import Ask, decide
from ximu.ideas.catalogue.rules.items import ANY, Basis, Item, Ref, must_be_item, must_rest_on_law
from ximu.ideas.catalogue.rules.schema import CODE, Field, Problem, Rule, Schema, must_be_schema, problems_of
from ximu.ideas.catalogue.rules.vocabulary import (
    BASIS_LEVELS,
    BODIES,
    FAMILIES,
    GRADES,
    KIND_WORDS,
    LEVELS,
    LISTS,
    PERIOD_STARTS,
    RECEIVERS,
    ROLES,
    SUBJECT_KINDS,
    UPDATES,
    USES,
)

__all__ = [
    "ANY",
    "BASIS_LEVELS",
    "BODIES",
    "CODE",
    "FAMILIES",
    "GRADES",
    "KIND_WORDS",
    "LEVELS",
    "LISTS",
    "PERIOD_STARTS",
    "RECEIVERS",
    "ROLES",
    "SUBJECT_KINDS",
    "UPDATES",
    "USES",
    "Ask",
    "Basis",
    "Change",
    "Field",
    "Item",
    "Problem",
    "Ref",
    "Rule",
    "Schema",
    "compare",
    "decide",
    "digest_of",
    "in_force",
    "must_be_item",
    "must_be_schema",
    "must_follow",
    "must_not_be_forbidden",
    "must_rest_on_law",
    "number_parts",
    "problems_of",
]
