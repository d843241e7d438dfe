"""How does a paper get a form that others may read? One blacks places out, each with its reason; another approves what he has seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from ximu.foundation import clock, sheets
from ximu.foundation import files as store
from ximu.ideas.casework import queries
from ximu.ideas.casework.models import CaseFile, FileOpening, Redaction
from ximu.ideas.casework.queries.papers import SHELF
from ximu.ideas.casework.rules import redaction as rules
from ximu.ideas.casework.services import steps
from ximu.ideas.casework.services.files import keep, sound_path
from ximu.ideas.casework.services.forgetting import drop_papers
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal

SITTING = timedelta(hours=1)


def lay_pages(uid: str, file: str, content: bytes, *, by: Actor, at: datetime) -> int:
    """An office file gets the PDF that was saved from it: what is redacted in its place, and what a second person compares with it.

    How many pages. Errors: those of `queries.redaction_for`, `REDACT-OPEN`, `PAPER-PAGED` where the paper can be redacted itself,
    `PAPER-OFFICE`, `PAPER-KIND`, `PAPER-SIZE`, `FILE-SIZE`.
    """
    found, waiting = queries.redaction_for(uid, file, actor=by, at=at)
    if waiting:
        raise _open(file)
    if not sheets.office(sound_path(found.digest).read_bytes()):
        raise Refusal("PAPER-PAGED", status=409, field="paper", value=file[:16], rule="docx xlsx …",
                      zh="该材料可以直接遮盖，不需要另交版式件。",
                      en="This paper can be redacted as it is; it needs no PDF beside it.")
    pages = sheets.count(content)
    digest, _ = keep([content])
    with transaction.atomic():
        if not CaseFile.objects.filter(pk=found.pk, paged=found.paged).update(paged=digest):
            raise steps.lost_race(found.case, "paged")
        state = found.case.state
        steps.write([steps.Done(found.case, "paged", state, state, {"paper": found.uid, "paged": digest})], by=by, at=at)
        drop_papers({found.paged} - {"", digest})
    return pages


def _drawn(found: CaseFile) -> bytes:
    """What its pages are drawn from: the paper, or the PDF that was saved from it."""
    return sound_path(found.paged or found.digest).read_bytes()


def _open(file: str) -> Refusal:
    return Refusal("REDACT-OPEN", status=409, field="file", value=file[:16], rule="一次一件", zh="该材料已有待批准的遮盖，须先作出决定。",
                   en="A redaction of this paper already awaits its decision.")


def redact(uid: str, file: str, regions: Sequence[Mapping[str, Any]], *, by: Actor, at: datetime) -> Redaction:
    """Black the regions (page, left, top, right, bottom in percent, reason) out; it waits for a second person.

    Errors: those of `queries.redaction_for`, `REDACT-OPEN` where one waits, `REDACT-REGION`, `REDACT-REASON`, `EVID-DIGEST`, and
    `PAPER-KIND`, `PAPER-SIZE` for what cannot be shown as pages.
    """
    found, waiting = queries.redaction_for(uid, file, actor=by, at=at)
    if waiting:
        raise _open(file)
    table = queries.redacting(clock.city_day(at))
    content = _drawn(found)
    wanted = rules.regions_of(regions, table, pages=sheets.count(content))
    made = sheets.blacked(content, [(r.page, r.left, r.top, r.right, r.bottom, table.reasons[r.reason].name.zh) for r in wanted])
    digest, size = store.keep([made], shelf=SHELF)
    with transaction.atomic():
        one = Redaction.objects.create(file=found, regions=[asdict(r) for r in wanted], version=table.version, digest=digest, size=size,
                                       proposed_at=at, proposed_by=by.human)
        _step("redact", one, by=by, at=at)
    return one


def declare_free(uid: str, file: str, *, by: Actor, at: datetime) -> Redaction:
    """Nothing in this paper must be hidden, also nothing that is not seen on its pages; it waits for a second person like a redaction.

    Errors: those of `queries.redaction_for`, `REDACT-OPEN` where one waits, `EVID-DIGEST`.
    """
    found, waiting = queries.redaction_for(uid, file, actor=by, at=at)
    if waiting:
        raise _open(file)
    sound_path(found.digest)
    with transaction.atomic():
        one = Redaction.objects.create(file=found, regions=[], version=queries.redacting(clock.city_day(at)).version, digest=found.digest,
                                       size=found.size, proposed_at=at, proposed_by=by.human)
        _step("redact", one, by=by, at=at)
    return one


def decide_redaction(uid: str, file: str, *, approved: bool, digest: str, by: Actor, at: datetime) -> Redaction:
    """A second person says yes or no to exactly the form that he has seen; yes puts an earlier form out of use.

    Errors: those of `queries.redaction_for`, `REDACT-NONE`, `DUAL` for who proposed it, `REDACT-DIGEST`, `STATE-RACE`.
    """
    found, one = queries.redaction_for(uid, file, actor=by, at=at)
    if one is None:
        raise Refusal("REDACT-NONE", status=404, field="file", value=file[:16], rule="待批准", zh="该材料没有待批准的遮盖。",
                      en="No redaction of this paper awaits a decision.")
    if by.human == one.proposed_by:
        raise Refusal("DUAL", status=403, field="by", value="", rule="四眼原则", zh="提出人不能批准自己的遮盖，须由另一人决定。",
                      en="Whoever proposed a redaction cannot decide on it; another person must.")
    if digest != one.digest:
        raise Refusal("REDACT-DIGEST", status=409, field="digest", value=digest[:64], rule=one.digest,
                      zh="您看到的遮盖件已不是待批准的这一件，请重新查看。",
                      en="The form that you saw is not the one that awaits approval; look again.")
    state = "approved" if approved else "refused"
    with transaction.atomic():
        if approved:
            Redaction.objects.filter(file=found, state="approved").update(state="replaced")
        if not Redaction.objects.filter(pk=one.pk, state="proposed").update(state=state, decided_at=at, decided_by=by.human):
            raise steps.lost_race(found.case, "redact")
        one.refresh_from_db()
        _step(state, one, by=by, at=at)
        if not approved:
            drop_papers([one.digest])
    return one


def _step(what: str, one: Redaction, *, by: Actor, at: datetime) -> None:
    case = one.file.case
    verb = {"redact": "redact", "approved": "redacted", "refused": "unredacted"}[what]
    reasons = sorted({r["reason"] for r in one.regions})
    steps.write([steps.Done(case, verb, case.state, case.state, {"paper": one.file.uid, "redacted": one.digest, "grounds": reasons})],
                by=by, at=at)


def pages_in(uid: str, file: str, *, by: Actor, at: datetime) -> int:
    """How many pages the paper has. Errors: those of `queries.redaction_for`, `PAPER-KIND`, `PAPER-SIZE`, `EVID-DIGEST`."""
    found, _ = queries.redaction_for(uid, file, actor=by, at=at)
    return sheets.count(_drawn(found))


def page_of_paper(uid: str, file: str, number: int, *, redacted: bool, by: Actor, at: datetime) -> bytes:
    """A page as PNG for who redacts: of the original, or of the form that waits. Turning pages for an hour
    is one opening.

    Errors: those of `queries.redaction_for`, `REDACT-NONE`, `PAPER-PAGE`, `PAPER-KIND`, `PAPER-SIZE`, `EVID-DIGEST`.
    """
    found, one = queries.redaction_for(uid, file, actor=by, at=at)
    if redacted and one is None:
        raise Refusal("REDACT-NONE", status=404, field="file", value=file[:16], rule="待批准", zh="该材料没有待批准的遮盖。",
                      en="No redaction of this paper awaits a decision.")
    made = sheets.page(sound_path(one.digest).read_bytes() if redacted and one and one.digest != found.digest else _drawn(found), number)
    if not FileOpening.objects.filter(file=found, by=by.human, redacted=redacted, at__gt=at - SITTING).exists():
        FileOpening.objects.create(file=found, unit=by.unit or "", by=by.human, at=at, redacted=redacted)
    return made
