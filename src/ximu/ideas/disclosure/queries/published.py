"""What may higher rooms put on the portal? They register a provider in `config/wiring.py`; the portal asks here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ximu.ideas.disclosure.queries.views import PUBLIC, PolicyView
from ximu.kernel.refusal import absent

Provider = Callable[..., Any]
"""provider(view, **params) → plain data that the viewer may see."""
_providers: dict[str, Provider] = {}


def register_public(name: str, provider: Provider) -> None:
    """Called by `config/wiring.py` only. Errors: ValueError for a second provider of one name."""
    if _providers.get(name, provider) is not provider:
        raise ValueError(f"{name} has a public provider already")
    _providers[name] = provider


def published(name: str, view: PolicyView = PUBLIC, **params: Any) -> Any:
    """What the named provider shows to this view. Errors: `PUB-NONE` when nothing of that name is published."""
    provider = _providers.get(name)
    if provider is None:
        raise absent("PUB-NONE", field="name", value=name, zh="个公开栏目", en="public section")
    return provider(view, **params)
