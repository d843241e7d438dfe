"""What does disclosure keep of an erased record? That it was public, and when; no word of what it said."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from ximu.foundation.scrubbing import forget_replies
from ximu.ideas.disclosure.models import Publication, SearchCertificate, Use
from ximu.ideas.disclosure.services.indexing import forget_for_good, found_no_more
from ximu.ideas.disclosure.services.publishing import stop
from ximu.ideas.records.services import Traces


def forget_certificates(uids: Collection[str]) -> int:
    """Content, salt and subject of these certificates go; the commitment stays in the log. How many still had one."""
    kept = SearchCertificate.objects.filter(uid__in=list(uids)).exclude(payload=None)
    gone = kept.update(payload=None, salt=None, numbers=[], subject="")
    forget_replies(uids)
    return gone


def forget(traces: Traces, *, at: datetime) -> None:
    """Content, search words, salt, and the words that people wrote about it, in every state.

    A certificate goes that lists the record. One about a natural person goes whatever it lists, also one that found nothing: it names
    the person. Its commitment stays in the log, so a copy that somebody took home still verifies. Of a read remain who read, for whom
    and why, not what and about whom (decision 0053).
    """
    stop(traces.numbers, "记录已删除", at, cause="erased")
    found_no_more(Publication.objects.filter(number__in=traces.numbers))
    forget_for_good()
    Publication.objects.filter(number__in=traces.numbers).update(body="", words="", salt=None, note="", basis="", reason="记录已删除")
    Use.objects.filter(number__in=traces.numbers).update(number="", subject="")
    gone = set(traces.numbers)
    kept = SearchCertificate.objects.exclude(payload=None).only("pk", "uid", "numbers", "subject")
    reached = {row.pk: row.uid for row in kept.iterator() if gone & set(row.numbers) or row.subject in traces.persons}
    SearchCertificate.objects.filter(pk__in=reached).update(payload=None, salt=None, numbers=[], subject="")
    forget_replies(reached.values())
