"""Pure decisions of disclosure: the policy, masking, personal data in free text."""

from ximu.ideas.disclosure.rules.masking import MASK, masked
from ximu.ideas.disclosure.rules.personal import Hit, holds_personal, nobody_protected, of_minor, personal_data, secret_mark
from ximu.ideas.disclosure.rules.policy import (
    CLOSED,
    OPENNESS,
    Ask,
    Audience,
    Decision,
    Policy,
    Rule,
    decide,
    in_force,
    policy_of,
)

__all__ = [
    "CLOSED", "MASK", "OPENNESS", "Ask", "Audience", "Decision", "Hit", "Policy", "Rule", "decide", "holds_personal", "in_force",
    "masked", "nobody_protected", "of_minor", "personal_data", "policy_of", "secret_mark",
]
