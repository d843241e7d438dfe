"""The API of the room: procedures, cases, moves, papers and their redactions, effects, calendars."""

from ninja import Router

from ximu.ideas.casework.api import cases, papers

router = Router()
router.add_router("", cases.router)
router.add_router("", papers.router)

__all__ = ["router"]
