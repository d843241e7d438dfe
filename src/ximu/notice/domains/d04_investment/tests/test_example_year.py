"""The example year of the made-up city: every planted fault is found, and nothing else."""

from __future__ import annotations

import csv
import hashlib
import tomllib
from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from ximu.foundation import clock
from ximu.foundation.profiles import uid_of
from ximu.foundation.rooms import SRC
from ximu.ideas.accounts.middleware import ActorMiddleware
from ximu.ideas.areas import queries as areas
from ximu.ideas.commitments import queries as kept
from ximu.ideas.commitments import services as promises
from ximu.ideas.registry.tests.factories import load
from ximu.kernel.actor import SYSTEM, Actor, Grant
from ximu.kernel.refusal import Refusal
from ximu.notice.domains.d04_investment import jobs, queries

pytestmark = [pytest.mark.django_db, pytest.mark.row("D4")]
CITY = SRC / "config" / "cities" / "example"
RIGHTS = frozenset({"commitments.prove", "commitments.accept"})
LATER = datetime(2019, 1, 4, 2, tzinfo=UTC)
ANSWERS = tomllib.loads((CITY / "d04" / "answers.toml").read_text("utf-8"))


@pytest.fixture(autouse=True)
def year(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    load()
    added = jobs.load_profile(CITY, by=SYSTEM, at=LATER)
    assert added == {"promises": 21}
    monkeypatch.setattr(clock, "now", lambda: LATER)


def sheet(year: int, *, today: date, known_at: datetime) -> areas.Sheet:
    return areas.sheet(queries.AREA, year, today=today, known_at=known_at)


def name_of(about: str) -> str:
    return about if about.startswith("D04") else kept.row(about).reference


def test_the_planted_faults_are_all_found_and_nothing_else() -> None:
    found = sheet(2018, today=date(2019, 1, 4), known_at=LATER)
    warned = sorted([a.rule, name_of(a.about), a.unit] for a in found.warned)
    assert warned == sorted([one["rule"], one["about"], uid_of("example", one["unit"])] for one in ANSWERS["alarm"])


def rows_of(name: str) -> list[dict[str, str]]:
    text = (CITY / "d04" / name).read_text("utf-8")
    return list(csv.DictReader(line for line in text.splitlines() if line and not line.startswith("#")))


def test_an_independent_count_of_the_files_finds_the_same_alarms() -> None:
    """From the two files alone, with none of the product's rules: what is due, what is paid in full, what was disputed and upheld."""
    said, end = {one["reference"]: one for one in rows_of("promises.csv")}, date(2018, 12, 31)
    paid: dict[str, list[tuple[date, int, str]]] = {ref: [] for ref in said}
    papers: dict[str, list[str]] = {}
    gone, open_dispute, false = set[str](), set[str](), set[str]()
    for deed in rows_of("deeds.csv"):
        ref, day = deed["reference"], date.fromisoformat(deed["known"])
        if deed["what"] == "prove":
            paid[ref].append((day, int(deed["value"]), deed["paper"]))
            papers.setdefault(deed["paper"], []).append(ref)
        elif deed["what"] == "uphold":
            paid[ref], open_dispute = [], open_dispute - {ref}
            false.add(ref)
        elif deed["what"] == "dispute":
            open_dispute.add(ref)
        else:
            gone.add(ref)
    due = {ref: one for ref, one in said.items() if date.fromisoformat(one["due"]) <= end and ref not in gone | open_dispute}
    whole = {ref: sum(value for _, value, _ in paid[ref]) >= int(one["value"]) for ref, one in due.items()}
    found = set()
    for unit in {one["unit"] for one in due.values()}:
        kept = [whole[ref] for ref, one in due.items() if one["unit"] == unit and one["kind"] == "policy_promise" and not beyond(one)]
        if kept and sum(kept) / len(kept) < 0.6:
            found.add(("D04-W1", "D04-1", unit))
    for ref, one in due.items():
        if one["kind"] == "government_contract" and not whole[ref] and (end - date.fromisoformat(one["due"])).days > 30:
            found.add(("D04-W2", ref, one["unit"]))
    for ref in false | {later for same in papers.values() for later in same[1:]}:
        found.add(("D04-W3", "D04-3", said[ref]["unit"]))
    assert found == {(one["rule"], one["about"], one["unit"]) for one in ANSWERS["alarm"]}


def beyond(one: dict[str, str]) -> bool:
    """Land dues are given back by nobody, and a district has no power over taxes."""
    return "土地出让金" in one["title"]


def test_the_figures_of_the_year() -> None:
    found = sheet(2018, today=date(2019, 1, 4), known_at=LATER)
    for one in ANSWERS["figure"]:
        figure = found.figures[(one["code"], uid_of("example", one["unit"]) if one["unit"] else "")]
        assert (one["code"], one["unit"], str(figure.value)) == (one["code"], one["unit"], one["value"])
        if "counted" in one:
            assert sorted(map(name_of, figure.counted)) == sorted(one["counted"])
        for reference, why in one.get("excluded", {}).items():
            assert why in [w for uid, w in figure.excluded.items() if name_of(uid) == reference]


def test_a_second_load_adds_nothing() -> None:
    assert jobs.load_profile(CITY, by=SYSTEM, at=LATER) == {"promises": 0}


def test_the_year_is_asked_as_it_was_known() -> None:
    before = sheet(2018, today=date(2018, 6, 13), known_at=datetime(2018, 6, 19, 10, tzinfo=UTC))
    assert before.figures[("D04-3", "")].value == 0
    with pytest.raises(Refusal) as caught:
        sheet(1900, today=date(2019, 1, 4), known_at=LATER)
    assert caught.value.code == "YEAR"


@pytest.fixture
def desk(client: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    def call(self: ActorMiddleware, request: Any) -> HttpResponse:
        request.actor, request.gate = ACTING["now"], ""
        request.user = SimpleNamespace(is_authenticated=True, is_active=True)
        return self.get_response(request)

    monkeypatch.setattr(ActorMiddleware, "__call__", call)
    ACTING["now"] = SYSTEM
    return client


ACTING: dict[str, Actor] = {}


def test_the_page_opens_to_the_promises_behind_each_figure(desk: Client) -> None:
    shown = desk.get("/console/d04/", {"year": "2018"}).content.decode()
    for words in ("政策承诺兑现率", "D04-W2", "丙区", "支付示例厂房代建尾款"):
        assert words in shown
    opened = desk.get("/console/d04/figures/D04-1", {"year": "2018", "unit": uid_of("example", "q01")}).content.decode()
    for words in ("兑现示例十三号项目落户奖励", "超越职权的承诺", "按法定程序变更替代或撤回", "到期应兑现的件数"):
        assert words in opened
    assert "示例十三号有限公司" not in opened
    missing = desk.get("/console/d04/figures/D04-9")
    assert (missing.status_code, missing.refusal.code) == (404, "IND-NONE")
    ACTING["now"] = Actor("stranger")
    assert desk.get("/console/d04/").status_code == 403


def test_a_clerk_reads_the_figures_of_the_own_unit_only(desk: Client) -> None:
    """On the pages, through the API and in the back-test."""
    own, other = (uid_of("example", key) for key in ("q01", "q03"))
    ACTING["now"] = Actor("clerk", own, (Grant("entry", frozenset({"d04.see"}), own),), "clerk")
    page = desk.get("/console/d04/", {"year": "2018"}).content.decode()
    assert "甲区" in page and "丙区" not in page and "D04-W2</span>" not in page
    for one in desk.get("/api/v1/areas/d04/figures", {"year": 2018}).json()["indicators"]:
        assert (one["city"], list(one["units"])) == (None, [own])
    assert {one["unit"] for one in desk.get("/api/v1/areas/d04/figures/D04-1", {"year": 2018}).json()["items"]} == {own}
    assert desk.get("/api/v1/areas/d04/figures/D04-1", {"year": 2018, "unit": other}).json()["items"] == []
    assert "/console/commitments/" not in desk.get("/console/d04/figures/D04-2", {"year": "2018", "unit": other}).content.decode()
    assert sum(one["alarms"] for one in desk.get("/api/v1/d04/back-test", {"year": 2018}).json() if one["rule"] == "D04-W2") == 0


def test_the_rules_are_tried_over_the_year_as_known_then_and_as_known_now(desk: Client) -> None:
    """Nothing was learned late in the example, so nothing is taken back; a payment that is learned of afterwards takes its alarms back."""
    def tried() -> dict[str, Any]:
        return {one["rule"]: one for one in desk.get("/api/v1/d04/back-test", {"year": 2018}).json()}

    first = tried()
    assert first["D04-W2"] == {"rule": "D04-W2", "alarms": 1, "unfounded": 0, "missed": 0, "false_share": "0.0"}, "on 31 December"
    assert all(one["unfounded"] == 0 for one in first.values())
    found = sheet(2018, today=date(2019, 1, 4), known_at=LATER)
    uid = next(one.uid for one in found.lines["D04-2"] if name_of(one.uid) == "丁招合〔2018〕1号")
    paper = {"day": date(2018, 11, 20), "digest": hashlib.sha256(b"receipt").hexdigest(), "value": Decimal(5_000_000)}
    evidence = promises.offer(uid, **paper, by=Actor("c", grants=(Grant("x", RIGHTS),), person="c"), at=LATER)
    promises.accept(uid, evidence=evidence, by=Actor("d", grants=(Grant("x", RIGHTS),), person="d"), at=LATER)
    assert tried()["D04-W2"] | {"alarms": 0} == {"rule": "D04-W2", "alarms": 0, "unfounded": 1, "missed": 0, "false_share": "100.0"}
    page = desk.get("/console/d04/back-test", {"year": "2018"}).content.decode()
    assert "误报率" in page and "100.0%" in page and "/console/d04/back-test" in desk.get("/console/d04/").content.decode()


def test_the_public_reads_figures_with_their_method_and_no_enterprise() -> None:
    shown = areas.provider_of(queries.AREA)(SimpleNamespace(name="public", allows=lambda *_: True), year=2018)
    assert [i["code"] for i in shown["indicators"]] == ["D04-1", "D04-2", "D04-3", "D04-4"]
    assert "有限公司" not in str(shown)
    assert all(i["method"].zh for i in shown["indicators"])
