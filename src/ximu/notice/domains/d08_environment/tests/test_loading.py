"""A file of values: what is wrong is named by line, the rest is kept, and the same file twice adds nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from ximu.foundation.profiles import uid_of
from ximu.ideas.events import queries as events
from ximu.ideas.events import services
from ximu.ideas.registry.tests.factories import load
from ximu.kernel.actor import SYSTEM, Actor
from ximu.kernel.refusal import Refusal
from ximu.notice.domains.d08_environment import queries

pytestmark = [pytest.mark.django_db, pytest.mark.row("D8")]
AT = datetime(2018, 3, 8, 2, tzinfo=UTC)
HEAD = "点位编码,监测项目,月份,月均浓度(微克/立方米),有效天数\n"


@pytest.fixture(autouse=True)
def home(db: None, settings: Any, tmp_path: Path) -> None:
    settings.XIMU_HOME = tmp_path
    load()
    for code, until in (("A", None), ("B", date(2018, 1, 31))):
        point(code)
        if until:
            services.close_point("air", code, until=until, basis="停用批复", by=SYSTEM, at=AT)


def point(code: str, **changes: Any) -> Any:
    whole = {"code": code, "name": f"{code}点", "unit": uid_of("example", "q01"), "since": date(2016, 1, 1), "basis": "批复"}
    return services.open_point("air", services.NewPoint(**{**whole, **changes}), by=SYSTEM, at=AT)


def deliver(text: str, tmp_path: Path, *, batch: str = "b", at: datetime = AT) -> dict[str, Any]:
    path = tmp_path / "values.csv"
    path.write_text(HEAD + text, "utf-8")
    return services.load("air", path, batch=batch, by=SYSTEM, at=at)


def test_what_is_wrong_is_named_and_the_rest_is_kept(tmp_path: Path) -> None:
    told = deliver("A,PM2.5,2018-02,33.4,28\nZ,PM2.5,2018-02,30,28\nB,PM2.5,2018-02,30,28\nA,PM2.5,2018-03,30,31\nA,NO2,2018-02,30,29\n"
                   "A,臭氧,2018-02,30,28\nA,PM10,2018-13,30,28\nA,SO2,2018-02,-1,28\nA,PM10,2018-02,约30,28\n", tmp_path)
    found = {(one["line"], one["field"]): one["code"] for one in told["faults"]}
    assert {found[3, "station"], found[4, "station"], found[5, "month"], found[6, "valid_days"]} == {"PNT-NONE", "PNT-CLOSED", "TIME-FUTURE",
                                                                                                    "NUM-RANGE"}
    assert {line for line, _ in found} == {3, 4, 5, 6, 7, 8, 9, 10}
    assert (told["rows"], told["bad"], told["new"], told["gaps"]) == (9, 8, 4, 3), "PM10, SO2 and NO2 of A are gaps"
    again = deliver("A,PM2.5,2018-02,33.4,28\n", tmp_path, batch="c")
    assert (again["new"], again["same"], again["corrected"]) == (0, 1, 0), "a gap that is known is not told again"
    mended = deliver("A,PM2.5,2018-02,35,28\nA,NO2,2018-02,30,28\n", tmp_path, batch="d")
    assert (mended["new"], mended["corrected"]) == (0, 2)
    shown = queries.station_months(2018, "PM2.5", known_at=AT)
    assert shown["A", date(2018, 2, 1)]["value"] == 35


def test_a_roster_is_kept_by_papers() -> None:
    assert point("A").code == "A", "the same again adds nothing"
    assert len(events.points("air")) == 2
    later = date(2019, 1, 1)
    for changes, code in (({"since": date(2017, 1, 1)}, "PNT-DUP"), ({"basis": " "}, "BASIS-NONE"), ({"code": " "}, "PNT-FORM"),
                          ({"code": "N", "unit": uid_of("example", "hj")}, "PNT-UNIT")):
        with pytest.raises(Refusal) as caught:
            point(**{"code": "A", **changes})
        assert caught.value.code == code
    for given, code in (({"until": later, "basis": "批复"}, "TIME-FUTURE"), ({"until": date(2015, 1, 1), "basis": "批复"}, "DATE-ORDER"),
                        ({"until": date(2018, 1, 31), "basis": ""}, "BASIS-NONE"), ({"until": date(2018, 1, 31), "basis": "批复"}, "STATE-EDGE")):
        with pytest.raises(Refusal) as caught:
            services.close_point("air", "B", by=SYSTEM, at=AT, **given)  # type: ignore[arg-type]
        assert caught.value.code == code
    with pytest.raises(Refusal) as caught:
        services.close_point("air", "N", until=later, basis="批复", by=SYSTEM, at=AT)
    assert caught.value.code == "PNT-NONE"
    with pytest.raises(Refusal) as caught:
        services.open_point("air", services.NewPoint("X", "X", "u", later, "批复"), by=Actor("stranger"), at=AT)
    assert caught.value.code == "PERM-DENIED"
