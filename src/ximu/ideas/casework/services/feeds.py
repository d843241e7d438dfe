"""How does a calendar program read my deadlines? By a key of its own, shown once, good for nothing else."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from ximu.ideas.casework.models import FeedKey
from ximu.kernel.actor import Actor

KEY_BYTES = 24


def issue_feed_key(*, by: Actor, at: datetime) -> str:
    """A new key; an older one of the same account stops working."""
    key = secrets.token_urlsafe(KEY_BYTES)
    FeedKey.objects.update_or_create(human=by.uid, defaults={
        "unit": by.unit or "", "digest": hashlib.sha256(key.encode()).hexdigest(), "at": at})
    return key
