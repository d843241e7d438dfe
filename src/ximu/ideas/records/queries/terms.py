"""Which parameters hold, and which day is it in the city?"""

from __future__ import annotations

import tomllib
from datetime import date, datetime
from functools import cache
from pathlib import Path

from ximu.foundation import clock
from ximu.ideas.records.rules import Parameters


@cache
def parameters() -> Parameters:
    return Parameters(tomllib.loads((Path(__file__).parents[1] / "parameters.toml").read_text("utf-8")))


def city_day(at: datetime) -> date:
    return clock.city_day(at)


def retention_years(on: date) -> int:
    return int(parameters().on("retention_years", on)["value"])
