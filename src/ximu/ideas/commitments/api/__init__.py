"""The API of the room: the register, and what is done with a promise."""

from ninja import Router

from ximu.ideas.commitments.api import acts, register

router = Router()
router.add_router("", register.router)
router.add_router("", acts.router)

__all__ = ["router"]
