"""A file of demands: names found, terms reckoned, closings without the firm's word told apart, the firm sealed."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from ximu.foundation.profiles import uid_of
from ximu.ideas.events import queries, services
from ximu.ideas.registry.tests.factories import load
from ximu.kernel.actor import SYSTEM

pytestmark = [pytest.mark.django_db, pytest.mark.row("D14")]
AT = datetime(2018, 6, 4, 1, tzinfo=UTC)
HEAD = "诉求编号,提出日期,问题类别,事项,承办单位,所在区,受理日期,答复日期,办理结果,说明情况日期,结案日期,结案方式,企业认定是否解决,企业名称,联系方式,诉求内容"
ROWS = (
    "E1,2018-04-26,一般,融资,市财政局,甲区,2018-04-27,2018-05-04,解决,,2018-05-08,企业确认,是,示例一号有限公司,13800000001,贷款贴息",
    "E2,2018-04-26,疑难,用地用房,市财政局,甲区,2018-04-27,2018-05-04,解决,,2018-05-08,企业确认,,示例二号有限公司,13800000002,厂房",
    "E3,2018-04-26,一般,税费,市财政局,,2018-04-27,2018-05-04,解决,,2018-05-08,,,,,",
    "E4,2018-04-26,一般,税费,市财政局,,2018-04-27,2018-05-04,无法办理,2018-05-04,2018-05-08,,,,,",
    "E5,2018-04-26,一般,税费,某某并不存在的局,,,,,,,,,,,",
    "E6,2018-04-26,一般,税费,市财政局,无名区,,,,,,,,,,",
    "E7,2018-04-26,琐碎,税费,市财政局,,,,,,,,,,,",
    "E8,2018-04-26,一般,税费,市财政局,,2018-04-20,,,,,,,,,",
)


@pytest.fixture
def told(settings: Any, tmp_path: Path) -> dict[str, Any]:
    settings.XIMU_HOME = tmp_path
    load()
    file = tmp_path / "sq.csv"
    file.write_text("\n".join((HEAD, *ROWS)), "utf-8")
    first = services.load("demands", file, batch="b", by=SYSTEM, at=AT)
    assert first == services.load("demands", file, batch="b", by=SYSTEM, at=AT)
    return first


def test_bad_rows_stay_out_and_are_named_without_their_content(told: dict[str, Any]) -> None:
    assert (told["rows"], told["new"], told["bad"], told["one_sided"]) == (8, 4, 4, 2)
    named = {(f["line"], f["field"], f["code"]) for f in told["faults"]}
    assert {(6, "unit_name", "SUBJ-NONE"), (7, "district_name", "SUBJ-NONE"), (8, "kind", "FIELD-CODE")} <= named
    assert (9, "DATE-ORDER") in {(line, code) for line, _, code in named}
    assert "示例" not in str(told) and "138000" not in str(told)


@pytest.mark.usefixtures("told")
def test_closed_without_the_firms_word_is_one_sided_whatever_the_file_says() -> None:
    rows = queries.ask("SELECT demand, unit, district, due_by, closed_as FROM demands ORDER BY demand", {}, dataset="demands",
                       known_at=AT).rows()
    # 28 April 2018 was a make-up workday, 29 April to 1 May were off: five working days after the 27th end on 7 May
    czj, q01, five = uid_of("example", "czj"), uid_of("example", "q01"), date(2018, 5, 7)
    assert rows == [("E1", czj, q01, five, "企业确认"), ("E2", czj, q01, date(2018, 5, 21), "单方办结"), ("E3", czj, None, five, "单方办结"),
                    ("E4", czj, None, five, "说明情况")]


@pytest.mark.usefixtures("told")
def test_the_firm_lies_in_no_part_that_analysis_reads(tmp_path: Path) -> None:
    parts = list((tmp_path / "events" / "demands").glob("part-*.parquet"))
    assert parts and all("示例一号".encode() not in part.read_bytes() and b"13800000001" not in part.read_bytes() for part in parts)
    columns = queries.ask("SELECT * FROM demands", {}, dataset="demands", known_at=AT).columns
    assert not {"firm", "contact", "content"} & set(columns)
