"""The doors of the rooms beneath, connected to made-up lists and a made-up office."""

from __future__ import annotations

import pytest

from ximu.ideas.casework import queries as cases
from ximu.ideas.records.queries import doors
from ximu.ideas.records.tests import factories
from ximu.notice.mechanisms.m4_relief.tests.factories import OFFICE_UNIT


@pytest.fixture(autouse=True)
def connected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doors, "gate", factories.gate)
    monkeypatch.setattr(doors, "kinds_of", factories.kinds)
    monkeypatch.setattr(cases, "office", lambda: OFFICE_UNIT)
