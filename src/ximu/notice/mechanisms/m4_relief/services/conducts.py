"""What follows in other rooms from each move of the procedures of row M4.1; connected in `config/wiring.py`."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from ximu.foundation import clock
from ximu.ideas.casework import queries as cases
from ximu.ideas.casework import services as casework
from ximu.ideas.casework.rules import Given, Move
from ximu.ideas.records import queries as records
from ximu.ideas.records import services as moves
from ximu.kernel.actor import SYSTEM, Actor
from ximu.kernel.refusal import Refusal
from ximu.notice.mechanisms.m4_relief import queries
from ximu.notice.mechanisms.m4_relief.models import Bar, Panel, Precedent
from ximu.notice.mechanisms.m4_relief.rules import first_unmet, majority, must_argue
from ximu.notice.mechanisms.m4_relief.services import correcting, erasing
from ximu.notice.mechanisms.m4_relief.services.acting import acting
from ximu.notice.mechanisms.m4_relief.services.exempting import count_vote, may_vote, seat
from ximu.notice.mechanisms.m4_relief.services.objecting import mark, unmark


class Quiet:
    """Nothing happens elsewhere unless a procedure says so."""

    def before(self, case: Any, move: Move, given: Given, *, by: Actor, at: datetime) -> None:
        return None

    def after(self, case: Any, move: Move, given: Given, *, by: Actor, at: datetime) -> None:
        return None


def close_notice(number: str, reason: str, *, at: datetime) -> None:
    """What was notified will not take effect as it stands: its notice is withdrawn."""
    for notice in cases.open_cases(("notice",), about=number):
        casework.move(notice.uid, "withdraw", given=Given(reason), by=SYSTEM, at=at)


class Notice(Quiet):
    """Served: the record is notified. Taking effect waits for every objection and claim."""

    def before(self, case: Any, move: Move, given: Given, *, by: Actor, at: datetime) -> None:
        if move.verb == "take_effect" and (open_cases := queries.undecided(case.about)):
            raise Refusal("OBJ-OPEN", status=409, field="case", value=" ".join(open_cases), rule="异议、免责未决",
                          zh=f"异议或免责申请尚未作出决定（{'、'.join(open_cases)}），记录不能生效。",
                          en="An objection or a claim of exemption is undecided; the record cannot take effect.")

    def after(self, case: Any, move: Move, given: Given, *, by: Actor, at: datetime) -> None:
        if move.verb in ("serve", "sign"):
            day = given.values.get("served_on")
            served = clock.end_of(date.fromisoformat(str(day))) if day else at
            moves.notify(case.about, served_at=min(served, at), manner=given.proof, by=acting(by), at=at)
        elif move.verb == "take_effect":
            moves.make_effective(case.about, by=by, at=at, calendar=cases.calendar())


class Objection(Quiet):
    """Upheld: revoked, or corrected by a new version. Not upheld: the mark goes, and comes back with a review."""

    def before(self, case: Any, move: Move, given: Given, *, by: Actor, at: datetime) -> None:
        if move.verb == "corrected" and not self._corrected(case):
            raise Refusal("CORR-NONE", status=409, field="version", value=case.about, rule="新版本",
                          zh="尚未收到更正后的新版本，不能办结。",
                          en="No corrected version has come in yet.")

    @staticmethod
    def _corrected(case: Any) -> bool:
        decided = case.steps.filter(verb="correct").order_by("-log_index").first()
        return decided is not None and records.duties(case.about).known_at > decided.at

    def after(self, case: Any, move: Move, given: Given, *, by: Actor, at: datetime) -> None:
        if move.verb == "revoke":
            moves.revoke(case.about, reason=given.reason, by=acting(by), at=at)
            close_notice(case.about, "异议成立，记录撤销", at=at)
        elif move.verb == "corrected":
            close_notice(case.about, "异议成立，记录更正后重新告知", at=at)
        elif move.verb in ("refuse", "withdraw"):
            unmark(case.about, case.uid, given.reason or "主体撤回异议", by=by, at=at)
        elif move.verb == "confirm":
            unmark(case.about, case.uid, given.reason, by=by, at=at)
        elif move.verb == "ask_review":
            mark(records.duties(case.about), case.uid, by=by, at=at)


class Complaint(Quiet):
    def after(self, case: Any, move: Move, given: Given, *, by: Actor, at: datetime) -> None:
        if move.verb == "found":
            moves.revoke(case.about, reason=given.reason, by=acting(by), at=at)
            close_notice(case.about, "投诉属实，记录撤销", at=at)
        elif move.verb == "reject":
            unmark(case.about, case.uid, given.reason, by=by, at=at)


VERDICTS = ("exempt", "mitigate", "deny")


class Exemption(Quiet):
    """The verdict is the panel's, argued against like cases; what is exempted never comes in again."""

    def before(self, case: Any, move: Move, given: Given, *, by: Actor, at: datetime) -> None:
        panel = Panel.objects.get(case=case.uid)
        if move.verb == "vote":
            may_vote(panel, str(given.values.get("outcome", "")), by=by)
        if move.verb == "challenge":
            self._may_challenge(panel, str(given.values.get("member", "")))
        if move.verb in VERDICTS:
            found = majority(panel.votes, len(panel.members))
            if found != move.verb:
                raise Refusal("EXM-VOTES", status=409, field="outcome", value=move.verb, rule=found, zh="宣布的结论与评议组多数意见不符。",
                              en="The verdict announced is not what the panel found.")
            must_argue(move.verb, queries.precedents(panel.features), str(given.values.get("departure", "")))

    @staticmethod
    def _may_challenge(panel: Panel, member: str) -> None:
        member = queries.seat_code(panel, member)
        if panel.away or panel.votes or member not in {m[0] for m in panel.members}:
            raise Refusal("PANEL-CHALLENGE", status=409, field="member", value=member[:40], rule="表决前，一人",
                          zh="只能在表决前申请一名评议人回避。",
                          en="One reviewer may be challenged, before anybody has voted.")

    def after(self, case: Any, move: Move, given: Given, *, by: Actor, at: datetime) -> None:
        if move.verb == "draw":
            seat(case.uid, at=at)
        elif move.verb == "vote":
            count_vote(case.uid, str(given.values["outcome"]), by=by)
        elif move.verb == "challenge":
            seat(case.uid, at=at, excluded=[queries.seat_code(Panel.objects.get(case=case.uid), str(given.values["member"]))])
        elif move.verb in VERDICTS:
            panel = Panel.objects.get(case=case.uid)
            departure = str(given.values.get("departure", ""))
            Precedent.objects.create(case=case.uid, features=panel.features, outcome=move.verb, departure=departure, at=at)
        if move.verb == "exempt":
            self._exempt(case, given, by=by, at=at)
        elif move.verb == "mitigate":
            correcting.mitigate(case.about, "panel", case.uid, at=at)

    @staticmethod
    def _exempt(case: Any, given: Given, *, by: Actor, at: datetime) -> None:
        record = records.duties(case.about)
        Bar.objects.create(case=case.uid, key=record.key, digest=record.digest, fact=queries.fact_of(record), at=at)
        moves.revoke(case.about, reason=f"容错免责：{given.reason}", by=acting(by), at=at)
        for notice in cases.open_cases(("notice",), about=case.about):
            casework.move(notice.uid, "exempt", by=SYSTEM, at=at)


class Repair(Quiet):
    """Asked again at the moment of the decision: what was met then may not be now."""

    def before(self, case: Any, move: Move, given: Given, *, by: Actor, at: datetime) -> None:
        if move.verb == "grant" and (refused := first_unmet(queries.conditions(case.about, at=at))):
            raise refused

    def after(self, case: Any, move: Move, given: Given, *, by: Actor, at: datetime) -> None:
        if move.verb == "grant":
            moves.repair(case.about, proof=f"{case.number} {given.reason}", by=acting(by), at=at)


class Reversal(Quiet):
    def after(self, case: Any, move: Move, given: Given, *, by: Actor, at: datetime) -> None:
        if move.verb == "revoke":
            document = case.values["told"]["据以撤销的文书"]
            moves.revoke(case.about, reason=f"依据撤销：{document}", by=acting(by), at=at)
            close_notice(case.about, "依据撤销", at=at)


class SelfCorrection(Quiet):
    def after(self, case: Any, move: Move, given: Given, *, by: Actor, at: datetime) -> None:
        if move.verb == "verify":
            correcting.verify(case.uid, at=at)


class Erasure(Quiet):
    """The second decision destroys the content, and with it the words of this very case."""

    def after(self, case: Any, move: Move, given: Given, *, by: Actor, at: datetime) -> None:
        if move.verb == "propose":
            erasing.propose(case.about, given.reason, by=by, at=at)
        elif move.verb == "approve":
            erasing.approve(case.about, by=by, at=at)
        elif move.verb == "refuse" and records.erasure_open(case.about):
            erasing.refuse(case.about, by=by, at=at)


CONDUCTS: dict[str, Quiet] = {
    "notice": Notice(), "objection": Objection(), "complaint": Complaint(), "exemption": Exemption(), "repair": Repair(),
    "erasure": Erasure(), "self_report": SelfCorrection(), "reversal": Reversal(),
}
