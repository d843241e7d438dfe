"""The example year of approvals, told by the ordinary services: every planted fault is found, and nothing else."""

from __future__ import annotations

import csv
import tomllib
from datetime import UTC, date, datetime
from typing import Any

import pytest

from ximu.config import stories
from ximu.config.stories import d12
from ximu.foundation import clock
from ximu.foundation.profiles import uid_of
from ximu.foundation.rooms import SRC
from ximu.ideas.areas import queries as areas
from ximu.ideas.casework import queries as cases
from ximu.ideas.disclosure import queries as disclosure
from ximu.ideas.ledger import queries as ledger
from ximu.ideas.registry.tests.factories import load
from ximu.kernel.workdays import BUNDLED
from ximu.notice.domains.d12_approval.queries import AREA, catalogue

pytestmark = [pytest.mark.django_db, pytest.mark.database, pytest.mark.row("D12")]
HOME = SRC / "config" / "cities" / "example" / "d12"
LATER = datetime(2019, 1, 4, 4, tzinfo=UTC)
ANSWERS = tomllib.loads((HOME / "answers.toml").read_text("utf-8"))


@pytest.fixture
def year(db: None, settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> areas.Sheet:
    settings.XIMU_PROFILE, settings.XIMU_HOME = "example", tmp_path
    load()
    monkeypatch.setattr(clock, "now", lambda: LATER)
    todo = stories.Story()
    d12.tell(todo, "example")
    todo.play()
    again = stories.Story()
    d12.tell(again, "example")
    again.play()
    return areas.sheet(AREA, 2018, today=date(2019, 1, 4), known_at=LATER)


def rows_of(name: str) -> list[dict[str, str]]:
    text = (HOME / f"{name}.csv").read_text("utf-8")
    return list(csv.DictReader(line for line in text.splitlines() if line and not line.startswith("#")))


def names() -> dict[str, str]:
    """uid of a case → the name that the files use."""
    words = {(row["item"], row["on"]): row["ref"] for row in rows_of("reports")}
    told = {one.uid: words[one.values["item"], one.values["on"]] for one in cases.cases_of("off_catalogue")}
    return told | {one.uid: one.values["provider"] for kind in ("decoupling", "undeclared_tie") for one in cases.cases_of(kind)}


def test_the_planted_faults_are_all_found_and_nothing_else(year: areas.Sheet) -> None:
    told = names()
    warned = sorted([one.rule, told.get(one.about, one.about), one.unit] for one in year.warned)
    assert warned == sorted([one["rule"], one["about"], uid_of("example", one["unit"])] for one in ANSWERS["alarm"])
    for one in ANSWERS["figure"]:
        assert str(year.figures[one["code"], uid_of("example", one["unit"]) if one["unit"] else ""].value) == one["value"]
    assert ledger.verify_log().ok
    _an_independent_count_agrees(year)
    _the_public_reads_figures_and_the_list_of_services()


def _an_independent_count_agrees(year: areas.Sheet) -> None:
    """From the files alone, with none of the product's rules: terms from the version of the day, working days one by one."""
    versions = [(row["in_force"], {item["事项编码"]: item for item in rows_of(f"catalogue-{row['number']}")}) for row in rows_of("versions")]

    def after(day: date, working: int) -> date:
        while working:
            day = date.fromordinal(day.toordinal() + 1)
            working -= BUNDLED.is_working(day)
        return day

    met = whole = 0
    for row in rows_of("approvals"):
        item = [items for since, items in versions if since <= row["申请日期"]][-1].get(row["事项编码"])
        if item is None or item["受理状态"] == "停止受理" or row["决定"] in ("撤回", "不予受理"):
            continue
        late_word = row["补正告知日期"] and date.fromisoformat(row["补正告知日期"]) > after(date.fromisoformat(row["申请日期"]), 5)
        start = row["申请日期"] if late_word else row["受理日期"]
        if not start:
            continue
        term = int(item["承诺期限"]) + (10 if row["批准延期日期"] else 0)
        if row["中止日期"]:
            stopped, again = (date.fromisoformat(row[name]) for name in ("中止日期", "恢复日期"))
            term += sum(BUNDLED.is_working(date.fromordinal(n)) for n in range(stopped.toordinal() + 1, again.toordinal() + 1))
        due = after(date.fromisoformat(start), term)
        if row["决定日期"] or due < date(2018, 12, 31):
            whole += 1
            met += bool(row["决定日期"]) and date.fromisoformat(row["决定日期"]) <= due
    figure = year.figures["D12-1", ""]
    assert (len(figure.counted), len(figure.base)) == (met, whole)
    pledged = [row for row in rows_of("approvals") if row["办理方式"] == "告知承诺" and row["办件编号"] not in ("D-WAITCHECK", "D-GONE")]
    assert len(year.figures["D12-4", ""].base) == len(pledged)
    assert len(year.figures["D12-4", ""].counted) == len([row for row in pledged if row["承诺核查日期"]]) - 1, "one was late"


def _the_public_reads_figures_and_the_list_of_services() -> None:
    shown = disclosure.published("d12", year=2018)
    assert [one["code"] for one in shown["indicators"]] == ["D12-1", "D12-2", "D12-3", "D12-4"]
    assert [row[0] for row in shown["sections"][0].rows] == ["ZJ-01", "ZJ-02", "ZJ-03"]
    assert "示例清源" not in str(shown), "no intermediary is named to the public"
    page = disclosure.published("approvals", on=date(2018, 6, 30), words="登记")
    assert (page["edition"].number, len(page["items"]), page["now"].number) == ("2018-1", 2, "2018-1")
    assert {(one.key, one.kind) for one in catalogue.difference(catalogue.edition("2018-2"))} == {
        ("GA-02", "added"), ("GS-01", "changed"), ("GS-02", "removed"), ("HB-01", "changed"), ("SW-01", "changed"), ("SW-02", "changed")}
