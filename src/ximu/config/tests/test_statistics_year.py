"""The statistics of the made-up city: every planted fault is found, and nothing else; a count of the files alone agrees."""

from __future__ import annotations

import csv
import json
import tomllib
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from click.testing import CliRunner
from django.db import connection

from ximu.config.stories import Story, d15
from ximu.foundation import clock
from ximu.foundation.profiles import uid_of
from ximu.foundation.rooms import SRC
from ximu.foundation.tests.loaded import loaded
from ximu.ideas.areas import queries as areas
from ximu.ideas.disclosure import queries as disclosure
from ximu.ideas.filings import queries as filed
from ximu.ideas.filings.commands import filings_group
from ximu.ideas.ledger import queries as ledger
from ximu.ideas.registry.tests.factories import load
from ximu.notice.domains.d15_statistics import queries

pytestmark = [pytest.mark.django_db, pytest.mark.row("D15")]
HOME = SRC / "config" / "cities" / "example" / "d15"
LATER = datetime(2019, 3, 20, 2, tzinfo=UTC)
ANSWERS = tomllib.loads((HOME / "answers.toml").read_text("utf-8"))


def told() -> None:
    load()
    todo = Story()
    d15.tell(todo, "example")
    todo.play()


@pytest.fixture(autouse=True)
def year(db: None, settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    settings.XIMU_PROFILE, settings.XIMU_HOME = "example", tmp_path
    loaded("statistics of the example", told)
    monkeypatch.setattr(clock, "now", lambda: LATER)


def rows_of(name: str) -> list[dict[str, str]]:
    lines = (HOME / f"{name}.csv").read_text("utf-8").splitlines()
    return list(csv.DictReader(line for line in lines if line and not line.startswith("#")))


def uid(key: str) -> str:
    return uid_of("example", key) if key else ""


def sheet(of: int = 2018) -> areas.Sheet:
    return areas.sheet(queries.AREA, of, today=date(2019, 3, 20), known_at=LATER)


def named() -> dict[str, str]:
    documents = {row["document"]: row["ref"] for row in rows_of("checks")}
    told = {one.uid: documents[one.document] for one in queries.checks()}
    told |= {uid(f"post:{row['post']}"): row["post"] for row in rows_of("pledges")} | {uid("post:q10-2"): "q10-2"}
    return told | {f"GDTZ-1:2018-Q2:{uid('q05')}": "GDTZ-1:2018-Q2"}


def test_the_planted_faults_are_all_found_and_nothing_else() -> None:
    names = named()
    warned = sorted([a.rule, a.unit, names.get(a.about, a.about)] for a in sheet().warned)
    assert warned == sorted([one["rule"], uid(one["unit"]), one["about"]] for one in ANSWERS["alarm"])
    assert ledger.verify_log().ok and filed.verified() == (163, [])


def test_the_figures_of_the_year_and_never_looked_at_is_no_figure() -> None:
    found = sheet()
    for one in ANSWERS["figure"]:
        assert (one, str(found.figures[one["code"], uid(one["unit"])].value)) == (one, one["value"])
    assert found.figures["D15-4", uid("q09")].value is None, "nobody checked there"
    assert sheet(2017).figures["D15-2", ""].value is None and sheet(2019).figures["D15-1", ""].value is None


def test_an_independent_count_of_the_files_agrees() -> None:
    """From the files alone, with none of the product's rules: due days by hand, rates by hand."""
    def rolled(day: date) -> date:
        off = {date(2018, 4, 5), date(2018, 4, 6), date(2018, 4, 7)}
        while day.weekday() > 4 or day in off:
            day += timedelta(days=1)
        return day

    ends = {"2017-Q4": date(2017, 12, 31), "2018-Q1": date(2018, 3, 31), "2018-Q2": date(2018, 6, 30), "2018-Q3": date(2018, 9, 30)}
    days = {"GDTZ-1": 10, "JYRS-1": 10, "GDTZ-S": 20}
    came = {(row["table"], row["period"], row["unit"]): row for row in rows_of("figures")}
    expected = [(table, period, unit) for period in ends for table in days
                for unit in (["fgw"] if table == "GDTZ-S" else [f"q{n:02}" for n in range(1, 17)])]
    timely = sum(key in came and date.fromisoformat(came[key]["on"]) <= rolled(ends[key[1]] + timedelta(days=days[key[0]])) for key in expected)
    found = sheet().figures
    assert found["D15-2", ""].value == cents(Decimal(100 * timely) / len(expected))
    values = {key: dict(one.split("=") for one in row["figures"].split(";")) for key, row in came.items()}
    rates = [abs(Decimal(values[c["table"], c["period"], c["unit"]][c["figure"]]) - Decimal(c["checked"])) / Decimal(c["checked"])
             for c in rows_of("checks") if Decimal(c["checked"])]
    assert found["D15-1", ""].value == cents(100 * sum(rates) / len(rates))
    all_figures = sum(len(values[key]) for key in expected if key in values)
    loose = sum(bool(came[key]["loose"]) for key in expected if key in came) + sum(c["traced"] == "no" for c in rows_of("checks"))
    assert found["D15-5", ""].value == cents(Decimal(100 * (all_figures - loose)) / all_figures)
    signed = {row["post"] for row in rows_of("pledges") if not row["until"]} - {"q07-1"}
    assert found["D15-3", ""].value == cents(Decimal(100 * len(signed)) / 34)
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    fixed = {(row["table"], row["period"], row["unit"]): dict(one.split("=") for one in row["figures"].split(";"))
             for row in rows_of("corrections")}
    for (table, period, _), figures in (values | fixed).items():
        for name, value in figures.items() if table == "GDTZ-1" else ():
            sums[period, name] += Decimal(value)
    apart = {f"GDTZ-S:sum:{period} {name}" for period in ends for name, value in values["GDTZ-S", period, "fgw"].items()
             if period != "2018-Q2" and sums[period, name] != Decimal(value)}
    assert apart == {one["about"] for one in ANSWERS["alarm"] if ":sum:" in one["about"]}


def cents(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)


def test_a_regularity_is_explained_and_accuses_nobody() -> None:
    """Questions are yellow, each says what was seen and what would be expected; those who pass or are too few are told as well."""
    [section] = [one for one in queries.AREA.sections(sheet().period, _Everybody()) if one.title.en == "Questions about figures"]
    told = [(row[1].en, row[3].en, row[4].en) for row in section.rows]
    assert {row[1] for row in told} == {"to be explained", "nothing to ask", "not judged"}
    assert any("52 of 52 values are multiples of 10" in row[2] for row in told) and any("fewer than 100" in row[2] for row in told)
    assert {a.level for a in sheet().warned if a.rule == "D15-W5"} == {"yellow"} and "不能仅凭" in section.note.zh


class _Everybody:
    def can(self, permission: str, unit: str | None = None) -> bool:
        return True


def test_the_public_reads_figures_with_their_lineage_and_differences_of_open_tables_only() -> None:
    tables = {one["table"].code: one["periods"] for one in disclosure.published("d15-figures")["tables"]}
    assert set(tables) == {"GDTZ-1", "GDTZ-S"} and tables["GDTZ-1"][3] == ("2018-Q1", 16, 16) and ("2018-Q2", 15, 16) in tables["GDTZ-1"]
    shown = disclosure.published("d15-figures", code="GDTZ-1", period="2018-Q1")
    rows = {row["unit"]: row for row in shown["rows"]}
    corrected = rows[uid("q03")]
    assert [one["verb"].en for one in corrected["hands"]] == ["reported", "reviewed", "approved", "corrected", "reviewed", "approved"]
    assert [(c.code, str(c.difference)) for _, c in corrected["changes"][0]["figures"]] == [("industry", "-10300.00"), ("total", "-10300.00")]
    missing = {row["unit"]: row for row in disclosure.published("d15-figures", code="GDTZ-1", period="2018-Q2")["rows"]}[uid("q05")]
    assert [value for _, value in missing["values"]] == [None] * 4 and missing["hands"] == []
    assert [one["code"] for one in disclosure.published("d15")["indicators"]] == ["D15-2", "D15-3", "D15-5"]


def test_an_alteration_in_the_database_is_a_red_warning_and_the_commands_find_it() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT h.id, h.content FROM filings_hand h JOIN filings_filing f ON f.id = h.filing_id "
                       "WHERE f.unit = %s AND f.period = '2018-Q1' AND h.verb = 'approve' ORDER BY h.id LIMIT 1", [uid("q02")])
        key, content = cursor.fetchone()
        before = content if isinstance(content, str) else json.dumps(content)
        first = before.index('"industry": "') + len('"industry": "')
        cursor.execute("UPDATE filings_hand SET content = %s WHERE id = %s", [f"{before[:first]}9{before[first:]}", key])
    assert {(a.rule, a.level, a.unit) for a in sheet().warned if a.rule == "D15-W6"} == {("D15-W6", "red", uid("q02"))}
    assert not ledger.verify_log().ok
    ran = CliRunner().invoke(filings_group, ["verify"])
    assert ran.exit_code == 2 and "industry现存9" in ran.output and "1份不符" in ran.output
    ran = CliRunner().invoke(filings_group, ["verify", "--table", "JYRS-1", "--json"])
    assert (ran.exit_code, ran.output) == (0, "[]\n")


def test_the_commands_tell_what_is_due_and_each_hand_over() -> None:
    ran = CliRunner().invoke(filings_group, ["due", "2018"])
    assert ran.output.count("\n") == 132 and "GDTZ-1\t2018-Q2\t示例市戊区人民政府\t2018-07-10\t\t—\t—" in ran.output
    found = filed.one_held("GDTZ-1", "2018-Q1", uid("q03"), today=date(2019, 3, 20))
    assert found.filing is not None
    ran = CliRunner().invoke(filings_group, ["lineage", found.filing.uid])
    assert ran.output.count("\n") == 6 and "industry:41200.00→30900.00 (-10300.00)" in ran.output
    assert CliRunner().invoke(filings_group, ["proof", found.hands[0].uid]).output.startswith("{")


def test_a_second_load_adds_nothing() -> None:
    todo = Story()
    d15.tell(todo, "example")
    todo.play()
    assert filed.verified()[0] == 163
