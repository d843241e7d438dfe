"""A library that most processes never need is loaded when it is first asked for: hundreds of commands and workers begin sooner."""

from __future__ import annotations

import importlib
from typing import Any


class Lazily:
    """Stands for the module of that name, which is imported with its first attribute; Python's import lock makes that safe in threads.

    Beside it, under `TYPE_CHECKING`, stands the plain import.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        found = getattr(importlib.import_module(self._name), attribute)
        self.__dict__[attribute] = found
        return found
