"""The audits of the made-up city: every planted fault is found, and nothing else; a count of the files alone agrees."""

from __future__ import annotations

import csv
import tomllib
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from ximu.config import demo_audit
from ximu.foundation import clock
from ximu.foundation.profiles import uid_of
from ximu.foundation.rooms import SRC
from ximu.foundation.tests.loaded import loaded
from ximu.ideas.areas import queries as areas
from ximu.ideas.disclosure import queries as disclosure
from ximu.ideas.ledger import queries as ledger
from ximu.ideas.registry.tests.factories import load
from ximu.kernel.actor import SYSTEM
from ximu.notice.domains.d16_audit import queries

pytestmark = [pytest.mark.django_db, pytest.mark.row("D16")]
CITY = SRC / "config" / "cities" / "example"
LATER = datetime(2019, 1, 4, 2, tzinfo=UTC)
END = date(2018, 12, 31)
ANSWERS = tomllib.loads((CITY / "d16" / "answers.toml").read_text("utf-8"))


def tell() -> dict[str, int]:
    load()
    return demo_audit.audit(CITY, at=LATER)


@pytest.fixture(autouse=True)
def year(db: None, settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    settings.XIMU_PROFILE, settings.XIMU_HOME = "example", tmp_path
    monkeypatch.setattr(clock, "now", lambda: LATER)
    assert loaded("audits of the example", tell, home=True) == {"audits": 13, "findings": 11}


def rows_of(name: str) -> list[dict[str, str]]:
    text = (CITY / "d16" / f"{name}.csv").read_text("utf-8")
    return list(csv.DictReader(line for line in text.splitlines() if line and not line.startswith("#")))


def names() -> dict[str, str]:
    """uid → the name that the files use."""
    texts = {(one["audit"], one["text"]): one["ref"] for one in rows_of("findings")}
    told = {f.uid: texts[a.number, f.text] for a in queries.audits(SYSTEM, LATER.date()) for f in a.findings.all()}
    told |= {a.uid: a.number for a in queries.audits(SYSTEM, LATER.date())}
    for audit in rows_of("audits"):
        for key in audit["covers"].split("|"):
            told[uid_of("example", f"post:{key}" if key.endswith("-1") else key)] = key
    return told | {uid_of("example", "post:q05-1"): "q05-1"}


def sheet() -> Any:
    return areas.sheet(queries.AREA, 2018, today=date(2019, 1, 4), known_at=LATER)


def test_the_planted_faults_are_all_found_and_nothing_else() -> None:
    told = names()
    warned = sorted([a.rule, told.get(a.about, a.about), a.unit] for a in sheet().warned)
    assert warned == sorted([one["rule"], one["about"], uid_of("example", one["unit"])] for one in ANSWERS["alarm"])
    assert ledger.verify_log().ok


def test_the_figures_of_the_year() -> None:
    found, told = sheet(), names()
    for one in ANSWERS["figure"]:
        figure = found.figures[one["code"], uid_of("example", one["unit"]) if one["unit"] else ""]
        assert (one["code"], one["unit"], str(figure.value)) == (one["code"], one["unit"], one["value"])
        if "counted" in one:
            assert [told[uid] for uid in figure.counted] == one["counted"]
        excluded = {told.get(uid, uid): why for uid, why in figure.excluded.items()}
        assert one.get("excluded", {}).items() <= excluded.items()


def years(day: str, n: int) -> date:
    return date.fromisoformat(f"{int(day[:4]) + n}{day[4:]}")


def test_an_independent_count_of_the_files_finds_the_same_alarms() -> None:
    """From the files alone, with none of the product's rules: who was audited when, what was closed, what was announced."""
    audits, announced = rows_of("audits"), {one["audit"] for one in rows_of("announcements")}
    last: dict[str, str] = {}
    for audit in sorted(audits, key=lambda one: one["report_on"]):
        if audit["report_on"]:
            last |= dict.fromkeys(audit["covers"].split("|"), audit["report_on"])
    found = set()
    districts = [f"q{n:02}" for n in range(1, 17)]
    for key in [*districts, *(f"{q}-1" for q in districts), "czj", "kjj", "kjj-1", "fgw"]:
        if years(last.get(key, "2010-01-01"), 1 if key == "czj" else 5) < END:
            found.add(("D16-W2", key, key.removesuffix("-1")))
    for one in rows_of("targets"):
        over = one["kind"] != "unit" and not one["until"] and years(last.get(one["key"], one["since"]), 5) < END
        if over and one["since"] <= "2018-12-31":
            found.add(("D16-W2", one["key"], one["unit"]))
    for audit in audits:
        if audit["report_on"] and date.fromisoformat(audit["report_on"]) + timedelta(days=90) < END and audit["number"] not in announced:
            found.add(("D16-W4", audit["number"], "sjj"))
    deeds, findings = rows_of("deeds"), {one["ref"]: one for one in rows_of("findings")}
    closed = {one["ref"] for one in deeds if one["verb"] == "close"}
    days = {"order_now": 60, "order_staged": 365}
    upheld = {one["ref"]: date.fromisoformat(one["on"]) for one in deeds if one["verb"].startswith("order_")}
    for one in deeds:
        if one["verb"] in days and one["ref"] not in closed and date.fromisoformat(one["on"]) + timedelta(days=days[one["verb"]]) < END:
            found.add(("D16-W1", one["ref"], findings[one["ref"]]["target"]))
    merged = {"gsj": "scjg", "zjj": "scjg"}
    for ref, day in upheld.items():
        here = findings[ref]
        for other, before in upheld.items():
            there = findings[other]
            same = there["topic"] == here["topic"] and merged.get(there["target"], there["target"]) == here["target"]
            if day.year == END.year and before < day and there["audit"] != here["audit"] and same:
                found.add(("D16-W3", "D16-4", here["target"]))
    assert found == {(one["rule"], one["about"], one["unit"]) for one in ANSWERS["alarm"]}


def test_a_second_load_adds_nothing() -> None:
    assert demo_audit.audit(CITY, at=LATER) == {"audits": 0, "findings": 0}


def test_the_year_is_asked_as_it_was_on_a_day() -> None:
    """On 4 June 2018 nothing was late but what had never been audited; the heir was not founded yet."""
    found = areas.sheet(queries.AREA, 2018, today=date(2018, 5, 17), known_at=LATER)
    assert {a.rule for a in found.warned} == {"D16-W2"}
    assert found.figures["D16-4", ""].value == 0


def test_the_public_reads_what_was_announced_with_black_places_and_reasons() -> None:
    shown = disclosure.published("d16", year=2018)
    assert [one["code"] for one in shown["indicators"]] == ["D16-1", "D16-2", "D16-3", "D16-4", "D16-5"]
    later = {one["code"]: str(one["before"]) for one in disclosure.published("d16", year=2019)["indicators"]}
    assert later["D16-2"] == "80.00", "the year that is over stands beside the one that runs"
    told = {one["title"]: one for one in shown["announcements"]}
    special = told["专项资金使用审计（示例）"]["lines"]
    assert "示例九号" not in str(shown) and "■■■" in special[0]["text"] and [one.en for one in special[0]["marks"]] == ["Trade secret"]
    assert (special[2]["withheld"].en, special[2]["unit"], special[2]["topic"]) == ("Trade secret", "", None), "not even of whom"
    assert (told["示例市公安局专项审计（示例）"]["ground"].en, told["示例市公安局专项审计（示例）"]["lines"]) == ("State secret", [])
    assert "机密" not in str(shown) and "低于限额标准" not in str(shown), "neither the secret nor what was not upheld"
    assert sum(one["listed"] for one in shown["kinds"]) == len(sheet().figures["D16-1", ""].base)
