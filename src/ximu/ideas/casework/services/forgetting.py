"""What do cases keep of an erased record? That they were, when and by which units; no words, no names, no papers."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import F

from ximu.foundation import files as store
from ximu.ideas.casework.models import Case, CaseFile, Redaction, Step, Telling
from ximu.ideas.casework.queries.evidence import committed
from ximu.ideas.casework.services.files import SHELF
from ximu.ideas.records.services import Traces

GONE = "（已删除）"


def forget(traces: Traces, *, at: datetime) -> None:
    """Reasons, values, papers and the subject go from every case about these records; commitments stay in the log.

    A case that is still open keeps its subject, who has a right to its end.
    """
    found = list(Case.objects.filter(about__in=traces.numbers))
    for step in Step.objects.filter(case__in=found, commitment="").select_related("case"):
        unit = "" if step.unit == step.case.subject else step.unit
        Step.objects.filter(pk=step.pk).update(commitment=committed(step, step.case.uid), detail={}, salt=None, unit=unit)
    _drop_papers([case.pk for case in found])
    Case.objects.filter(pk__in=[case.pk for case in found]).update(values={}, key="")
    closed = Case.objects.filter(pk__in=[case.pk for case in found], closed_at__isnull=False)
    Telling.objects.filter(case__in=closed, unit=F("case__subject")).update(unit="")
    for side in ("opener", "holder"):
        closed.filter(**{side: F("subject")}).update(**{side: ""})
    closed.update(subject="")


def _drop_papers(cases: Collection[int]) -> None:
    """The names, where places were blacked out, and the bytes of originals and redacted forms unless another case holds the same."""
    made = Redaction.objects.filter(file__case__in=cases)
    held = CaseFile.objects.filter(case__in=cases)
    digests = {one for pair in held.values_list("digest", "paged") for one in pair} | {*made.values_list("digest", flat=True)}
    held.update(name=GONE, paged="")
    made.update(regions=[])
    drop_papers(digests, besides=cases)


def drop_papers(digests: Collection[str], *, besides: Collection[int] = ()) -> None:
    """After the commit the bytes of these papers are gone from the shelf of cases, unless a case (but for `besides`) holds them."""
    papers = CaseFile.objects.exclude(case__in=besides)
    elsewhere = {*papers.filter(digest__in=digests).values_list("digest", flat=True),
                 *papers.filter(paged__in=set(digests) - {""}).values_list("paged", flat=True)}
    elsewhere |= set(Redaction.objects.filter(digest__in=digests, state__in=["proposed", "approved", "replaced"])
                     .exclude(file__case__in=besides).values_list("digest", flat=True))
    for digest in set(digests) - elsewhere - {""}:
        store.drop(digest, SHELF)
