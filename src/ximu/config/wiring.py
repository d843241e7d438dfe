"""Who listens to whom? The only place that connects an announcement with a handler in another room."""

from __future__ import annotations


def connect_all() -> None:
    """Called once when Django is ready."""
