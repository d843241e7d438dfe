"""How does the answer to a delegate look on paper? An official letter (GB/T 9704-2012) with its class, the answer and what is promised."""

from __future__ import annotations

from datetime import date

from ximu.foundation import clock
from ximu.foundation.documents import Letter, Paragraph
from ximu.ideas.registry import queries as registry
from ximu.kernel.refusal import Refusal, absent
from ximu.notice.mechanisms.m3_supervision import rules
from ximu.notice.mechanisms.m3_supervision.models import Answer, Proposal
from ximu.notice.mechanisms.m3_supervision.queries.proposals import opinions


def answer_letter(of: Proposal, *, klass: str, words: str, due: date | None, deliverable: str = "", on: date) -> Letter:
    """The letter as it is drafted for signature, or as it was given. Errors: `PROP-CLASS`, `REASON`."""
    if klass not in rules.CLASSES:
        raise Refusal("PROP-CLASS", field="class", value=klass[:4], rule="A B C D", zh="答复类别应为A、B、C或D。",
                      en="The class of an answer is A, B, C or D.")
    if not words.strip():
        raise Refusal("REASON", field="words", value="", rule="required", zh="须写明答复内容。", en="The answer needs words.")
    lead, kind = registry.name(of.lead, as_of=on), rules.KINDS[of.kind].zh
    title = of.title if of.title.startswith("关于") else f"关于{of.title}"
    body = [
        Paragraph(f"{_made(of)}提出的“{of.title}”（{of.session}第{of.number}号{kind}）收悉。{_joint(of, on)}现答复如下："),
        *[Paragraph(line.strip()) for line in words.splitlines() if line.strip()],
    ]
    if klass in rules.PROMISED and due:
        what = f"，届时可核验的成果为：{deliverable.strip()}" if deliverable.strip() else ""
        body.append(Paragraph(f"上述事项我单位承诺于{_day(due)}前办理完成{what}。该承诺已登记，办理情况可随时查询，逾期未兑现的，按规定整改并记录。"))
    body += [
        Paragraph("感谢您对政务诚信建设的关心和支持。如对本答复不满意，请在反馈时说明理由，我单位将在一个月内再次研究答复。"),
        Paragraph(f"办理结果类别：{klass}（{rules.CLASSES[klass].zh}）", 2),
    ]
    return Letter(issuer=lead, number=f"{of.session}第{of.number}号　{klass}类", title=f"对{title}的答复", to=f"尊敬的{_whom(of)}",
                  paragraphs=tuple(body), signer=lead, day=on, copies="、".join(_copies(of, on)))


def _whom(of: Proposal) -> str:
    """No name: who made a proposal is known to the delegate's own page only."""
    return "领衔代表" if of.kind == "suggestion" else "第一提案人"


def _made(of: Proposal) -> str:
    """How many signed is said, not who."""
    signers = of.signers.count()
    return f"您领衔、{signers + 1}位{'代表' if of.kind == 'suggestion' else '委员'}联名" if signers else "您"


def _joint(of: Proposal, on: date) -> str:
    names = [registry.name(unit, as_of=on) for unit in of.assisting]
    return f"经与{'、'.join(names)}共同研究，" if names else "经研究，"


def _copies(of: Proposal, on: date) -> list[str]:
    body = "市人大常委会代表工作机构" if of.kind == "suggestion" else "市政协提案工作机构"
    given = [unit for unit, said in opinions(of).items() if said is not None]
    return [body, *(registry.name(unit, as_of=on) for unit in given)]


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def answer_at(of: Proposal, place: int) -> Answer:
    """The first (1) or second answer. Errors: `PROP-NONE`."""
    found: list[Answer] = list(of.answers.all())
    if not 1 <= place <= len(found):
        raise absent("PROP-NONE", field="answer", value=place, zh="份答复", en="answer")
    return found[place - 1]


def given_letter(of: Proposal, place: int) -> Letter:
    """The letter of the first (1) or second answer. Errors: `PROP-NONE`."""
    one = answer_at(of, place)
    return answer_letter(of, klass=one.klass, words=one.words, due=one.due, on=clock.city_day(one.at))
