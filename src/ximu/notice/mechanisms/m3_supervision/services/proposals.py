"""How is a proposal handled? Opinions of those who assist, an answer with its letter, and the delegate's word on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction

from ximu.foundation import clock, files
from ximu.ideas.casework import queries as cases
from ximu.ideas.casework import services as casework
from ximu.ideas.casework.rules import Given as Said
from ximu.ideas.commitments import rules as promising
from ximu.ideas.commitments import services as promises
from ximu.ideas.ledger import services as ledger
from ximu.ideas.ledger.rules import Entry
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import SYSTEM, Actor
from ximu.kernel.refusal import Refusal
from ximu.notice.mechanisms.m3_supervision import queries, rules
from ximu.notice.mechanisms.m3_supervision.models import Answer, Opinion, Proposal
from ximu.notice.mechanisms.m3_supervision.rules.proposals import PROMISED

LARGEST_BYTES, TITLE = 20 << 20, 60
BASIS = "上海市人民代表大会关于代表建议、批评和意见的规定 第十八条、第二十二条"


@dataclass(frozen=True, slots=True)
class Given:
    """An answer: class, words, the signed letter's bytes; for B and C the day and what will be there to see."""

    klass: str
    words: str
    letter: bytes
    due: date | None = None
    deliverable: str = ""


def give_opinion(proposal: str, *, unit: str, words: str, by: Actor, at: datetime) -> Opinion:
    """Errors: `PERM-DENIED`, `PROP-NONE`, `JOINT-NOT` for a unit that does not assist, `REASON`, `JOINT-DUP`."""
    by.must("proposals.answer", unit)
    row = queries.proposal(proposal)
    if unit not in row.assisting:
        raise Refusal("JOINT-NOT", status=403, field="unit", value=unit[:16], rule="会办单位", zh="本单位不是该件的会办单位。",
                      en="This unit does not assist with it.")
    if not words.strip():
        raise Refusal("REASON", field="words", value="", rule="required", zh="须写明会办意见。", en="Say what your opinion is.")
    late = clock.city_day(at) > queries.due_of("NPC-CO", row.assigned_on)
    try:
        with transaction.atomic():
            made = Opinion.objects.create(proposal=row, unit=unit, words=words.strip()[:10_000], late=late, at=at)
            ledger.append([Entry("proposal.opinion", {"proposal": row.uid, "unit": unit, "late": late, "by": by.uid})], at=at)
    except IntegrityError as error:
        raise Refusal("JOINT-DUP", status=409, field="unit", value=unit, rule="once", zh="本单位的会办意见已提出。",
                      en="This unit has given its opinion.") from error
    return made


def answer_proposal(proposal: str, given: Given, *, by: Actor, at: datetime) -> Answer:
    """The lead unit's answer, first or again; what is promised (B, C) becomes a promise.

    Errors: `PERM-DENIED`, `PROP-NONE`, `PROP-CLASS`, `REASON`, `EVID-DIGEST` without the letter, `JOINT-MISS`, `PROM-VAGUE`, `STATE-EDGE`.
    """
    row = queries.proposal(proposal)
    by.must("proposals.answer", row.lead)
    if given.klass not in rules.CLASSES:
        raise Refusal("PROP-CLASS", field="class", value=given.klass[:4], rule="A B C D", zh="答复类别应为A、B、C或D。",
                      en="The class of an answer is A, B, C or D.")
    if not given.words.strip():
        raise Refusal("REASON", field="words", value="", rule="required", zh="须写明答复内容。", en="The answer needs words.")
    if not given.letter:
        raise Refusal("EVID-DIGEST", field="letter", value="", rule="required", zh="须附签发的答复函。", en="The signed letter is needed.")
    if missing := [unit for unit, said in queries.opinions(row).items() if said is None]:
        names = "、".join(registry.name(unit, as_of=row.assigned_on) for unit in missing)
        raise Refusal("JOINT-MISS", status=409, field="assisting", value=len(missing), rule="全部会办意见", extra={"missing": missing},
                      zh=f"尚缺会办意见：{names}。", en=f"Opinions are missing: {names}.")
    letter, _ = files.keep([given.letter], most_bytes=LARGEST_BYTES)
    again = cases.case_for(row.case).state == "redo"
    with transaction.atomic():
        casework.move(row.case, "answer_again" if again else "answer", by=SYSTEM, at=at, given=Said(given.words.strip()[:4000]))
        promise = _promise(row, given, again=again, at=at) if given.klass in PROMISED else ""
        made = Answer.objects.create(proposal=row, klass=given.klass, words=given.words.strip(), letter=letter, due=given.due, at=at)
        changed: dict[str, object] = {"answer_class": given.klass, "answered_on": row.answered_on or clock.city_day(at)}
        Proposal.objects.filter(pk=row.pk).update(**changed, **({"promise": promise} if promise else {}))
        ledger.append([Entry("proposal.answered", {"proposal": row.uid, "class": given.klass, "letter": letter, "promise": promise,
                                                   "by": by.uid})], at=at)
    return made


def _promise(row: Proposal, given: Given, *, again: bool, at: datetime) -> str:
    """Whoever says “being solved” or “planned” names a day and what will be there to see: a promise like any other."""
    terms = promising.Terms(title=row.title[:TITLE], text=given.words.strip()[:2000], due=given.due, deliverable=given.deliverable.strip(),
                            basis=f"{row.session}第{row.number}号{rules.KINDS[row.kind].zh}的答复；{BASIS}")
    reference = f"{row.session}-{row.number}{'-再' if again else ''}"
    to = promises.To(name=f"{row.session}第{row.number}号{rules.KINDS[row.kind].zh}领衔人", kind="delegate")
    return promises.register(promises.Promise("delegate_answer", row.lead, terms, clock.city_day(at), to=to, reference=reference,
                                              domain="M3.3"), by=SYSTEM, at=at)


def rate(proposal: str, *, rating: str, words: str, by: Actor, at: datetime) -> str:
    """The word of the delegate who leads; not satisfied sends it back once, with a month to answer again. The state of the case.

    Errors: `PERM-DENIED`, `PROP-NONE` for somebody else's, `PROP-LEADS` for who only signed, `PROP-RATING`, `REASON` when not satisfied,
    `STATE-EDGE`.
    """
    by.must("proposals.own")
    row = queries.own(proposal, by)
    if row.delegate != by.human:
        raise Refusal("PROP-LEADS", status=403, field="by", value="", rule="领衔代表", zh="满意度由领衔代表委员评价，联名者可以查看。",
                      en="The delegate who leads says whether the answer satisfies; who signed along may read it.")
    if rating not in rules.RATINGS:
        raise Refusal("PROP-RATING", field="rating", value=rating[:20], rule=" ".join(rules.RATINGS), zh="请选择满意、基本满意或不满意。",
                      en="Choose satisfied, fairly satisfied or not satisfied.")
    if rating == "unsatisfied" and not words.strip():
        raise Refusal("REASON", field="words", value="", rule="required", zh="不满意的请写明理由。", en="Say why you are not satisfied.")
    case = cases.case_for(row.case)
    verb = "unsatisfied" if rating == "unsatisfied" and case.state == "answered" else "close"
    with transaction.atomic():
        state = casework.move(row.case, verb, by=SYSTEM, at=at, given=Said(words.strip()[:4000] or rules.RATINGS[rating].zh))
        Proposal.objects.filter(pk=row.pk).update(rating=rating)
        ledger.append([Entry("proposal.rated", {"proposal": row.uid, "rating": rating})], at=at)
    return state


def return_proposal(proposal: str, *, reason: str, by: Actor, at: datetime) -> None:
    """Not ours: back within seven working days, to be assigned anew under another lead.

    Errors: `PERM-DENIED`, `PROP-NONE`, `REASON`, `PROP-LATE`, `STATE-EDGE`.
    """
    row = queries.proposal(proposal)
    by.must("proposals.answer", row.lead)
    if not reason.strip():
        raise Refusal("REASON", field="reason", value="", rule="required", zh="退回须写明理由。", en="Say why it is returned.")
    last = queries.due_of("NPC-RETURN", row.assigned_on)
    if clock.city_day(at) > last:
        raise Refusal("PROP-LATE", status=409, field="day", value=clock.city_day(at).isoformat(), rule=f"≤ {last}",
                      zh=f"退回的期限为{last}，已经超过。", en=f"It could be returned until {last}.")
    with transaction.atomic():
        casework.move(row.case, "give_back", by=SYSTEM, at=at, given=Said(reason.strip()[:4000]))
        number = f"{row.number}"[:12] + f"/退{row.uid[:4]}"
        Proposal.objects.filter(pk=row.pk).update(number=number)
        ledger.append([Entry("proposal.returned", {"proposal": row.uid, "lead": row.lead, "by": by.uid})], at=at)
