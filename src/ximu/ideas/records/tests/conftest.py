"""The doors of this room, connected to made-up lists and a made-up registry."""

from __future__ import annotations

import pytest

from ximu.ideas.records.queries import doors
from ximu.ideas.records.services import admission
from ximu.ideas.records.tests import factories


@pytest.fixture(autouse=True)
def connected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doors, "gate", factories.gate)
    monkeypatch.setattr(admission, "gate", factories.gate)
    monkeypatch.setattr(doors, "kinds_of", factories.kinds)
