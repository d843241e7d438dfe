"""A clerk's file becomes tickets: units found in the register, terms reckoned, faults named without a value."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from ximu.foundation.profiles import uid_of
from ximu.ideas.events import queries, services
from ximu.ideas.registry.tests.factories import load
from ximu.kernel.actor import SYSTEM

pytestmark = [pytest.mark.django_db, pytest.mark.row("D13")]
AT = datetime(2018, 5, 2, 1, tzinfo=UTC)
HEAD = "工单编号,来电时间,诉求类型,领域分类,承办单位,派单时间,执法程序,诉求人姓名,联系电话,诉求内容"
ROWS = (
    "A1,2018-04-28,投诉,050101,市财政局,2018-04-28,否,张三,13800000001,说好的补贴承诺未兑现，一直拖欠",
    "A2,2018-04-28,咨询,外星事务,示例市交通委员会,2018-04-28,否,李四,13800000002,问路",
    "A3,2018-04-28,求助,06,某某并不存在的局,2018-04-28,否,,,",
    "A4,2018-13-45,求助,06,市财政局,2018-04-28,否,,,",
    "A5,2018-04-28,责骂,06,市财政局,2018-04-20,否,,,",
)


@pytest.fixture
def told(settings: Any, tmp_path: Path) -> dict[str, Any]:
    settings.XIMU_HOME = tmp_path
    load()
    file = tmp_path / "gd.csv"
    file.write_text("\n".join((HEAD, *ROWS)), "utf-8")
    first = services.load("hotline", file, batch="b", by=SYSTEM, at=AT)
    again = services.load("hotline", file, batch="b", by=SYSTEM, at=AT)
    assert first == again
    return first


def test_good_rows_enter_and_bad_ones_are_named_without_their_content(told: dict[str, Any]) -> None:
    assert (told["rows"], told["new"], told["bad"], told["unknown_topics"]) == (5, 2, 3, 1)
    named = {(f["line"], f["field"], f["code"]) for f in told["faults"]}
    assert {(4, "unit_name", "SUBJ-NONE"), (5, "called_on", "DATE-NONE"), (6, "kind", "FIELD-CODE")} <= named
    assert "138000" not in str(told)


@pytest.mark.usefixtures("told")
def test_terms_topics_and_promise_words_are_reckoned() -> None:
    rows = queries.ask("SELECT ticket, unit, topic, contact_by, due_on, words, enforcement FROM hotline ORDER BY ticket", {},
                       dataset="hotline", known_at=AT).rows()
    # 28 April 2018 was a make-up workday, 29 April to 1 May were off, so the first working day after it is 2 May
    assert rows == [
        ("A1", uid_of("example", "czj"), "05", date(2018, 5, 2), date(2018, 5, 22), "承诺未兑现;拖欠", False),
        ("A2", uid_of("example", "jtw"), "12", None, date(2018, 5, 2), None, False),
    ]
