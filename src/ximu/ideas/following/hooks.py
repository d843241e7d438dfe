"""What this room announces."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FollowAsked:
    """Somebody wants to follow: a mail asks whether it was really he. Only the row's uid."""

    follow: str
