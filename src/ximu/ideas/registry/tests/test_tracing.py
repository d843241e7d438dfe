"""Who answered on the day: through reforms and changes of office, with every gap told and nobody guessed."""

from __future__ import annotations

from datetime import date

import pytest

from ximu.foundation.profiles import uid_of
from ximu.ideas.registry import queries
from ximu.ideas.registry.tests.factories import load

pytestmark = [pytest.mark.django_db, pytest.mark.row("D5", "D2")]
TODAY = date(2019, 3, 20)


def act(step: str, on: date, key: str, post: str) -> queries.Act:
    return queries.Act(step, on, uid_of("example", key), post, "示〔2018〕1号")


def test_each_step_is_read_on_its_own_day_and_each_gap_is_told() -> None:
    load()
    told = queries.traced([
        act("decide", date(2018, 6, 30), "q07", "区长"), act("decide", date(2018, 7, 1), "q07", "区长"), act("approve", date(2018, 1, 5), "jrb", "局长"),
        act("sign", date(2018, 1, 5), "q05tjj", "局长"), act("use", date(2018, 1, 5), "q07", "总会计师"), act("close", date(2018, 1, 5), "q07", "")],
        steps=["decide", "approve", "sign", "use", "close", "audit"], today=TODAY)
    assert [(one.step, one.gap) for one in told] == [
        ("decide", ""), ("decide", ""), ("approve", ""), ("sign", "vacant"), ("use", "post-unknown"), ("close", "no-post"), ("audit", "no-act")]
    assert told[0].holders != told[1].holders, "the head of the district changed that day"
    assert told[2].today == uid_of("example", "fgw"), "the office was abolished; its heir carries its duties"
    assert {one.code for one in told if one.gap} == {"RETRACE-GAP"} and not any(one.code for one in told if not one.gap)
    assert set(queries.GAPS) == {"vacant", "post-unknown", "no-post", "no-act"}
    later = queries.traced([act("approve", date(2018, 12, 1), "jrb", "局长")], steps=["approve"], today=TODAY)
    assert later[0].gap == "post-unknown", "nobody holds a post of an office that has ended"
