"""Pure decisions about promises: what is vague, what is proved, what the state is on a day and why."""

from ximu.ideas.commitments.rules.figures import Figure, Judged, Spec, compute, read_spec
from ximu.ideas.commitments.rules.judging import (
    BROKEN,
    CLOSED,
    FAILED,
    OPEN,
    STATES,
    UNMEASURED,
    Course,
    Judgement,
    course_of,
    grace_of,
    grades_itself,
    judge,
    must_be_possible,
    state_on,
)
from ximu.ideas.commitments.rules.kinds import (
    FIELDS,
    PARTS,
    Kind,
    Power,
    Procedure,
    Reason,
    kind_of,
    must_be_reason,
    read_kinds,
    read_procedure,
)
from ximu.ideas.commitments.rules.steps import (
    ACTS,
    EVALUATED,
    SEALED,
    Deed,
    Facts,
    evaluation_entry,
    fold,
    sealed_value,
    turns_digest,
)
from ximu.ideas.commitments.rules.terms import (
    Proof,
    Target,
    Terms,
    day_of,
    from_json,
    loosened,
    number_of,
    progress_of,
    progress_on,
    series_of,
    to_json,
)
from ximu.ideas.commitments.rules.wording import Flag, flags_of, missing_parts, must_be_clear, must_be_owned, must_fit

__all__ = [
    "ACTS", "BROKEN", "CLOSED", "EVALUATED", "FAILED", "FIELDS", "OPEN", "PARTS", "SEALED", "STATES", "UNMEASURED", "Course", "Deed",
    "Facts", "Figure", "Flag", "Judged", "Judgement", "Kind", "Power", "Procedure", "Proof", "Reason", "Spec", "Target", "Terms", "compute",
    "course_of", "day_of", "evaluation_entry", "flags_of", "fold", "from_json", "grace_of", "grades_itself", "judge", "kind_of", "loosened",
    "missing_parts", "must_be_clear", "must_be_owned", "must_be_possible", "must_be_reason", "must_fit", "number_of", "progress_of",
    "progress_on",
    "read_kinds", "read_procedure", "read_spec", "sealed_value", "series_of", "state_on", "to_json", "turns_digest",
]
