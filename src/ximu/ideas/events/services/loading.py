"""A file for a dataset: read and checked by the loader that its pack gave in `config/wiring.py`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from ximu.ideas.events import queries
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal

Loader = Callable[..., dict[str, Any]]
"""loader(path, *, batch, by, at) → counts and faults as plain data."""
_loaders: dict[str, Loader] = {}


def register_loader(dataset: str, loader: Loader) -> None:
    """Called by `config/wiring.py` only."""
    _loaders[dataset] = loader


def loaders() -> list[str]:
    """The datasets that take files."""
    return sorted(_loaders)


def load(dataset: str, path: Path, *, batch: str, by: Actor, at: datetime) -> dict[str, Any]:
    """Errors: `EVT-SET`, `EVT-LOADER`, and those of the loader (`FILE-*`, `EVT-BATCH`)."""
    by.must("events.append")
    queries.dataset(dataset)
    loader = _loaders.get(dataset)
    if loader is None:
        raise Refusal("EVT-LOADER", field="dataset", value=dataset, rule="loader",
                      zh="此数据集不接受文件。", en="This dataset takes no files.")
    return loader(path, batch=batch, by=by, at=at)
