"""The writers of rows M3.2 and M3.3."""

from ximu.notice.mechanisms.m3_supervision.services.importing import Imported, import_proposals
from ximu.notice.mechanisms.m3_supervision.services.proposals import Given, answer_proposal, give_opinion, rate, return_proposal
from ximu.notice.mechanisms.m3_supervision.services.rounds import assign_team, commit_seed, draw, plan_round
from ximu.notice.mechanisms.m3_supervision.services.visits import Found, add_finding, extract, linked, mark, reply

__all__ = ["Found", "Given", "Imported", "add_finding", "answer_proposal", "assign_team", "commit_seed", "draw", "extract", "give_opinion",
           "import_proposals", "linked", "mark", "plan_round", "rate", "reply", "return_proposal"]
