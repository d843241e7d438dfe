"""Which form of a paper does somebody get, and what may be redacted?"""

from __future__ import annotations

from datetime import datetime

from ximu.foundation import clock
from ximu.ideas.casework.models import Case, CaseFile, Redaction
from ximu.ideas.casework.queries.cases import absent_case, reader_of, visible
from ximu.ideas.casework.queries.papers import office, redactions_of
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal, absent


def paper_of(uid: str, file: str, *, actor: Actor) -> CaseFile:
    """A paper of a case that this person may know of. Errors: `CASE-NONE`, `FILE-NONE`."""
    case = Case.objects.filter(visible(actor), uid=uid).first()
    if case is None:
        raise absent_case(uid)
    found = CaseFile.objects.filter(case=case, uid=file).select_related("case").first()
    if found is None:
        raise absent("FILE-NONE", field="file", value=file[:16], zh="份材料", en="paper")
    return found


def form_for(found: CaseFile, *, actor: Actor, at: datetime) -> Redaction | None:
    """The redacted form that this person gets of a paper; None where it gets what was handed in.

    Errors: `REDACT-WAITING` while a first redaction awaits its second person; `REDACT-NEEDED` for an office file that nobody redacted
    or declared free yet: what is struck out, hidden or noted in it would go out unseen.
    """
    made = redactions_of([found.pk]).get(found.pk, [])
    if entitled(found, actor=actor, at=at):
        return None
    if not made:
        if office(found.digest):
            raise Refusal("REDACT-NEEDED", status=409, field="file", value=found.uid, rule="遮盖或声明",
                          zh="该材料是办公文件，可能含有看不见的内容；承办单位遮盖，或者声明无需遮盖后，可以查阅。",
                          en="This is an office file and may hold what nobody sees; it can be read once the unit in charge has redacted it "
                             "or declared that nothing in it must be hidden.")
        return None
    valid = next((r for r in made if r.state == "approved"), None)
    if valid is None:
        raise Refusal("REDACT-WAITING", status=409, field="file", value=found.uid, rule="遮盖", zh="该材料的遮盖正在审批，批准后可以查阅。",
                      en="A redaction of this paper awaits approval; it can be read afterwards.")
    return None if valid.digest == found.digest else valid


def entitled(found: CaseFile, *, actor: Actor, at: datetime) -> bool:
    """May this person have the paper as it was handed in?"""
    return reader_of(found.case, actor, on=clock.city_day(at)).entitled(found)


def redaction_for(uid: str, file: str, *, actor: Actor, at: datetime) -> tuple[CaseFile, Redaction | None]:
    """The paper and the redaction that awaits a decision, for those who may redact it.

    Errors: `CASE-NONE`, `FILE-NONE`, `PERM-DENIED` for who has no right to redact for the unit in charge, or does not get the original.
    """
    found = paper_of(uid, file, actor=actor)
    reader = reader_of(found.case, actor, on=clock.city_day(at))
    actor.must("casework.redact", reader.held.holder or reader.held.office or None)
    if not reader.entitled(found):
        raise Refusal("PERM-DENIED", status=403, field="by", value="casework.redact", rule="original",
                      zh="您不能取得原件，不能遮盖该材料。",
                      en="You do not get the original and cannot redact it.")
    return found, Redaction.objects.filter(file=found, state="proposed").first()
