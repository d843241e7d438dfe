"""A check: frozen inputs, somebody else's finding, two signatures; a report whose figures name their source; the next year."""

from __future__ import annotations

import io
import json
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import docx
import pytest
from click.testing import CliRunner
from django.test import Client

from ximu.foundation import clock, documents
from ximu.ideas.accounts.tests.factories import account, with_password
from ximu.ideas.casework import queries as cases
from ximu.ideas.ledger import queries as ledger
from ximu.ideas.registry import queries as registry
from ximu.ideas.registry.tests.factories import load as load_registry
from ximu.kernel.actor import Actor, Grant
from ximu.kernel.canonical import digest
from ximu.kernel.refusal import Refusal
from ximu.notice.plan import commands, queries
from ximu.notice.plan.models import Check, Finding, PlanRow, SelfReport
from ximu.notice.plan.rules import checks as rules
from ximu.notice.plan.services import checking, evidence, following, importing
from ximu.notice.plan.tests import notice

pytestmark = [pytest.mark.row("P"), pytest.mark.django_db]
AT = datetime(2018, 4, 2, 1, tzinfo=UTC)
JULY, JANUARY = datetime(2018, 7, 2, 1, tzinfo=UTC), datetime(2019, 1, 3, 1, tzinfo=UTC)
RIGHTS = frozenset({"plan.import", "plan.report", "plan.review", "plan.view", "plan.check", "plan.examine", "plan.check_sign"})


def person(name: str, unit: str = "") -> Actor:
    return Actor(name, unit or None, (Grant("coordinator", RIGHTS),), person=name)


@pytest.fixture
def plan(db: None) -> Any:
    load_registry("shanghai", at=AT)
    importing.import_plan("notice.txt", notice.text(), by=person("a"), at=AT, on=AT.date())
    return queries.plan()


def unit(name: str) -> str:
    found = registry.find(name, as_of=AT.date())
    assert found
    return found


def refused(code: str, call: Any, *args: Any, **named: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        call(*args, **named)
    assert caught.value.code == code
    return caught.value


def prove(row: str, who: str, *, at: datetime = AT, completes: bool = True) -> None:
    given = evidence.Given("材料", at.date(), completes, f"{row}{who}{at}".encode())
    made = evidence.submit_evidence(PlanRow.objects.get(row=row).uid, given, unit=who, by=person("c"), at=at)
    evidence.review_evidence(made.uid, accept=True, reason="", by=person("d"), at=at)


def mid(**named: Any) -> Check:
    return checking.open_check("", year=2018, half="mid", by=person("a"), at=named.get("at", JULY))


def test_a_check_opens_on_its_day_and_freezes_what_is_known(plan: Any) -> None:
    czj = unit("市财政局")
    refused("TIME-FUTURE", checking.open_check, "", year=2018, half="mid", by=person("a"), at=AT)
    refused("CHECK-HALF", checking.open_check, "", year=2018, half="third", by=person("a"), at=JULY)
    for year in (1800, 2017, 2019):
        refused("YEAR", checking.open_check, "", year=year, half="mid", by=person("a"), at=JULY)
    check = mid()
    assert check.uid == mid().uid
    report = {"unit": czj, "claim": "done", "words": "已完成", "by": person("clerk", czj), "at": JULY}
    refused("CHECK-CLAIM", checking.report_self, check.uid, "D1", **(report | {"claim": "great"}))
    refused("REASON", checking.report_self, check.uid, "D1", **(report | {"words": " "}))
    refused("CHECK-DUTY", checking.report_self, check.uid, "S1", **report)
    checking.report_self(check.uid, "D1", **report)
    checking.report_self(check.uid, "D1", **(report | {"words": "已完成（更正）"}))
    assert SelfReport.objects.get().words == "已完成（更正）"
    sealed = checking.freeze(check.uid, by=person("a"), at=JULY)
    kept = queries.check(check.uid)
    assert sealed == digest(kept.inputs) == kept.digest
    refused("CHECK-FROZEN", checking.freeze, check.uid, by=person("a"), at=JULY)
    refused("CHECK-FROZEN", checking.report_self, check.uid, "D1", **report)
    prove("D1", czj, at=JULY, completes=False)
    assert queries.check(check.uid).inputs == kept.inputs, "what comes late does not change the sheet"
    assert ledger.verify_log().ok
    refused("CHECK-NONE", queries.check, "nosuchcheck00000")


def test_another_finds_and_says_why_when_he_differs(plan: Any) -> None:
    czj = unit("市财政局")
    check = mid()
    checking.report_self(check.uid, "D1", unit=czj, claim="done", words="已完成", by=person("clerk"), at=JULY)
    given = {"unit": czj, "verdict": "met", "mark": 80, "words": "", "by": person("x"), "at": JULY}
    refused("CHECK-STATE", checking.find, check.uid, "D1", **given)
    checking.freeze(check.uid, by=person("a"), at=JULY)
    refused("CONFLICT", checking.find, check.uid, "D1", **(given | {"by": person("clerk")}))
    refused("CONFLICT", checking.find, check.uid, "D1", **(given | {"by": person("y", czj)}))
    refused("REASON", checking.find, check.uid, "D1", **given)
    refused("CHECK-VERDICT", checking.find, check.uid, "D1", **(given | {"verdict": "fine"}))
    refused("CHECK-MARK", checking.find, check.uid, "D1", **(given | {"mark": 101, "words": "x"}))
    refused("CHECK-DUTY", checking.find, check.uid, "S1", **given)
    made = checking.find(check.uid, "D1", **(given | {"words": "现场核实已落实"}))
    assert (made.system, made.verdict, made.mark) == ("not_met", "met", 80)
    refused("CHECK-OPEN", checking.sign, check.uid, by=person("p"), at=JULY)
    assert checking.confirm_rest(check.uid, by=person("x"), at=JULY) == Finding.objects.count() - 1
    assert checking.sign(check.uid, by=person("p"), at=JULY) == "frozen"
    refused("DUAL", checking.sign, check.uid, by=person("p"), at=JULY)
    assert checking.sign(check.uid, by=person("q"), at=JULY) == "closed"
    refused("CHECK-STATE", checking.find, check.uid, "D1", **(given | {"words": "x"}))


def signed(half: str, at: datetime) -> Check:
    check = checking.open_check("", year=2018, half=half, by=person("a"), at=at)
    checking.freeze(check.uid, by=person("a"), at=at)
    checking.confirm_rest(check.uid, by=person("x"), at=at)
    for name in ("p", "q"):
        checking.sign(check.uid, by=person(name), at=at)
    return queries.check(check.uid)


def test_the_year_end_sheet_quotes_the_mid_year_finding_and_what_became_of_it(plan: Any) -> None:
    czj, fgw = unit("市财政局"), unit("市发展改革委")
    prove("S1", fgw)
    signed("mid", JULY)
    prove("D1", czj, at=datetime(2018, 9, 3, 1, tzinfo=UTC), completes=False)
    end = signed("end", JANUARY)
    lines = {(x.row, x.unit): x for x in queries.lines(end)}
    assert (lines["D1", czj].before.verdict, lines["D1", czj].became) == ("not_met", "mended")  # type: ignore[union-attr]
    assert (lines["S1", fgw].before.verdict, lines["S1", fgw].became) == ("met", "held")  # type: ignore[union-attr]
    assert lines["M1.1", fgw].became == "open"
    assert {x.became for x in queries.lines(queries.checks()[-1]) if queries.checks()[-1].half == "mid"} <= {""}
    text = "\n".join(p.text for p in queries.letter(end, on=date(2019, 1, 4)).paragraphs)
    assert "年中检查问题的整改" in text


def test_every_figure_of_the_report_names_its_source_and_tells_when_it_is_stale(plan: Any) -> None:
    check = signed("mid", JULY)
    made = queries.letter(check, on=date(2018, 7, 3))
    text = "\n".join(p.text for p in made.paragraphs)
    numbers = {int(n) for n in re.findall(r"［(\d+)］", text)}
    sources = {int(n) for n in re.findall(r"^［(\d+)］", text, flags=re.M)}
    assert numbers == sources == set(range(1, len(sources) + 1)) and len(sources) >= 10
    assert check.digest in text
    told = [p.text for p in made.paragraphs if p.text.startswith(("共", "涉及", "核查", "与年中"))]
    assert len(told) == 3
    assert not re.search(r"\d+(?:项|个)", "".join(told)), "a figure without the number of its source"
    assert all("日志前" in f.source and "数据截至2018-07-02" in f.source for f in queries.report_figures(check))
    runs = [run for p in docx.Document(io.BytesIO(documents.docx(made))).paragraphs for run in p.runs]
    assert {run.text for run in runs if run.font.superscript} == {f"［{n}］" for n in numbers}, "numbers of sources stand raised behind figures"
    assert documents.pdf(made).startswith(b"%PDF")
    assert "年中检查报告" in "".join(p.text for p in docx.Document(io.BytesIO(documents.docx(made))).paragraphs)
    assert queries.stale_figures(check, known_at=JULY) == []
    prove("M1.1", unit("市发展改革委"), at=datetime(2018, 6, 29, 1, tzinfo=UTC))
    stale = {figure.key: (figure.value, now) for figure, now in queries.stale_figures(check, known_at=JANUARY)}
    assert stale["light:overdue"] == ("2", "1")
    assert queries.letter(queries.check(check.uid), on=date(2018, 7, 3)).paragraphs == made.paragraphs, "the report itself stays"


def test_the_report_is_an_official_document_with_what_was_found_by_unit_and_task(plan: Any) -> None:
    """GB/T 9704-2012: a number of the year, room for who signs upwards, days in words, the day of the signature, who issued it; annexes."""
    check = checking.open_check("", year=2018, half="mid", by=person("a"), at=JULY)
    checking.freeze(check.uid, by=person("a"), at=JULY)
    checking.find(check.uid, "M1.1", unit=unit("市发展改革委"), verdict="partly", mark=60, words="已有两份清单", by=person("x"), at=JULY)
    draft = queries.letter(queries.check(check.uid), on=date(2018, 7, 9))
    assert ("草稿" in draft.paragraphs[0].text, draft.day, draft.imprint) == (True, date(2018, 7, 9), False)  # type: ignore[union-attr]
    checking.confirm_rest(check.uid, by=person("x"), at=JULY)
    for name in ("p", "q"):
        checking.sign(check.uid, by=person(name), at=JULY)
    made = queries.letter(queries.check(check.uid), on=date(2018, 7, 9))
    assert (made.number, made.upward, made.imprint, made.day) == ("诚检〔2018〕1号", True, True, date(2018, 7, 2))
    said = "".join(p.text for p in made.paragraphs)  # type: ignore[union-attr]
    assert "草稿" not in said and "2018年6月30日" in said and not re.search(r"\d{4}-\d\d-\d\d", said)
    duties = len(queries.lines(queries.check(check.uid)))
    for annex in made.annexes:
        assert sum(int(row[1]) for row in annex.rows) == duties and all(sum(map(int, row[2:6])) == int(row[1]) for row in annex.rows)
    units, tasks = made.annexes
    assert {row[-1] for row in units.rows} == {"60.0", "—"} and next(row for row in tasks.rows if row[0].startswith("M1.1"))[3] == "1"
    paper = docx.Document(io.BytesIO(documents.docx(made)))
    words = [p.text for p in paper.paragraphs]
    assert "　诚检〔2018〕1号\t签发人：　　　　" in words and "附件1" in words and words[-1].endswith("2018年7月2日印发　")
    assert [len(table.rows) for table in paper.tables] == [len(units.rows) + 1, len(tasks.rows) + 1]
    assert documents.pdf(made).startswith(b"%PDF")


def test_overdue_tasks_are_told_once_to_the_unit_and_its_superior(plan: Any) -> None:
    may = datetime(2018, 5, 3, 1, tzinfo=UTC)
    made = following.warn_overdue(by=person("a"), at=may)
    warned = queries.warned(plan)
    assert made == len(warned) > 0 and {w.row.row for w in warned} == {"M1.1", "S1"}
    assert following.warn_overdue(by=person("a"), at=may + timedelta(days=1)) == 0
    asked = [one for one in warned if one.case]
    case = cases.case_for(asked[0].case)
    assert (case.holder, case.subject) == (asked[0].unit, asked[0].superior)
    assert all(one.superior for one in warned) and len(asked) < len(warned), "who supports is told, who leads is asked"
    for role, opens in (("coordinator", True), ("discipline_officer", False)):
        client = Client()
        client.force_login(with_password(account(role[:5], role, unit="" if opens else unit("市监察局"), at=clock.now())),
                           backend="django.contrib.auth.backends.ModelBackend")
        page = client.get("/console/plan/checks").content.decode()
        assert ("/console/casework/" + asked[0].case in page) is opens, "no link to a case of which the reader may not know"


def test_the_next_year_carries_what_is_open_and_leaves_what_is_done(plan: Any) -> None:
    refused("YEAR", following.propose_next, "", year=2018, by=person("a"), at=JANUARY)
    draft = following.propose_next("", year=2019, by=person("a"), at=JANUARY)
    refused("PLAN-NEXT", following.propose_next, "", year=2019, by=person("a"), at=JANUARY)
    carried = {line["row"]: line for line in draft.lines}
    assert carried["S2"]["carry"] and carried["S2"]["due"] == "2019-12-31"
    refused("DUAL", following.adopt_next, draft.uid, by=person("a"), at=JANUARY)
    made = following.adopt_next(draft.uid, by=person("b"), at=JANUARY)
    assert {r.row for r in queries.rows(made)} == {row for row, line in carried.items() if line["carry"]}
    refused("STATE-EDGE", following.adopt_next, draft.uid, by=person("b"), at=JANUARY)
    refused("PLAN-NONE", queries.follower, "nosuchdraft00000")


@pytest.mark.parametrize(("light", "standing", "carry", "due"), [
    ("done", False, False, None), ("overdue", False, True, date(2020, 2, 28)), ("on_time", True, True, None),
    ("evidence_expired", True, True, date(2020, 2, 28)),
])
def test_what_is_carried(light: str, standing: bool, carry: bool, due: date | None) -> None:
    line = {"row": "M1", "light": light, "standing": standing, "due": "2019-02-28", "light_words": rules.HALVES["mid"]}
    [found] = rules.next_year([line], year=2020)
    assert (found.carry, found.due) == (carry, due)


@pytest.mark.parametrize(("before", "now", "became"), [
    (None, "met", "new"), ("met", "met", "held"), ("met", "expired", "worse"), ("not_met", "met", "mended"), ("partly", "partly", "open"),
])
def test_what_became_of_a_finding(before: str | None, now: str, became: str) -> None:
    assert rules.became(before, now) == became


def test_what_the_register_cannot_read_is_told(plan: Any) -> None:
    target = PlanRow.objects.get(row="M1.2")
    assert queries.unread(target, as_of=AT.date()) == []
    target.units = [*target.units, {"words": "市不存在委", "role": "other", "phrase": False, "open_ended": False}]
    [told] = queries.unread(target, as_of=AT.date())
    assert (told["code"], told["value"]) == ("ORG-UNKNOWN", "市不存在委")


def test_the_daily_pass_opens_checks_on_their_day(plan: Any) -> None:
    assert checking.open_due(by=person("a"), at=datetime(2018, 6, 29, 1, tzinfo=UTC)) == 0
    assert checking.open_due(by=person("a"), at=JULY) == 1
    assert checking.open_due(by=person("a"), at=JULY) == 0
    assert checking.open_due(by=person("a"), at=JANUARY) == 1


def test_pages_show_burn_up_checks_and_the_sheet(plan: Any) -> None:
    check, now = signed("mid", JULY), clock.now()
    client = Client()
    client.force_login(with_password(account("boss", "coordinator", at=now)), backend="django.contrib.auth.backends.ModelBackend")
    points = queries.burn_up(plan, as_of=date(2018, 7, 31), known_at=JULY)
    assert [p["day"] for p in points][:2] == [date(2018, 2, 28), date(2018, 3, 31)] and points[-1]["rows"] == 7
    for page in ("burn-up?as_of=2018-07-31", "checks", f"checks/{check.uid}", f"checks/{check.uid}?unit=x"):
        assert client.get(f"/console/plan/{page}").status_code == 200, page
    answer = client.get(f"/console/plan/checks/{check.uid}/report.docx")
    assert answer["Content-Type"].endswith("wordprocessingml.document")
    assert client.get(f"/console/plan/checks/{check.uid}/report.exe").status_code == 404
    assert client.post("/console/plan/checks/new/open", {"year": "x", "half": "mid"}).refusal.code == "NUM-FORM"
    made = client.post("/console/plan/next", {"year": "2019"})
    assert client.get(made["Location"]).status_code == 200
    assert Client().get("/api/v1/plan/checks").status_code in (401, 403)


def test_a_day_in_a_far_year_does_not_hold_up_the_server(plan: Any) -> None:
    points = queries.burn_up(plan, as_of=date.max, known_at=JULY)
    assert (len(points), points[-1]["day"]) == (30, JULY.date() + timedelta(days=731))


def staff() -> Client:
    client = Client()
    client.force_login(with_password(account("looker", "coordinator", at=clock.now())), backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_each_cell_shows_what_its_unit_has_shown_and_opens_to_it(plan: Any) -> None:
    target = PlanRow.objects.get(row="M1.2")
    one, other = [duty.unit for duty in queries.duties(target, as_of=AT.date())][:2]
    prove("M1.2", one)
    units = {u["uid"]: u for u in queries.matrix(plan, as_of=AT.date(), known_at=JULY)["units"]}
    assert units[one]["evidence"]["M1.2"] == 1 and units[other]["evidence"]["M1.2"] == 0
    assert units[one]["lights"]["M1.2"] != units[other]["lights"]["M1.2"]
    told = {(d["row"], d["unit"]): d["light"] for d in queries.duty_status(plan, as_of=AT.date(), known_at=JULY)}
    assert told == {(row, uid): light for uid, unit in units.items() for row, light in unit["lights"].items()}
    client = staff()
    link = f"/console/plan/row/{target.uid}?as_of=2018-04-02&amp;unit={one}#evidence"
    assert link in client.get("/console/plan/matrix?as_of=2018-04-02").content.decode()
    assert f"/console/plan/row/{target.uid}?as_of=2018-04-02#evidence" in client.get("/console/plan/gantt?as_of=2018-04-02").content.decode()
    title = target.evidence.get().digest[:12]
    assert title in client.get(f"/console/plan/row/{target.uid}?unit={one}").content.decode()
    assert title not in client.get(f"/console/plan/row/{target.uid}?unit={other}").content.decode()


def test_a_task_page_says_which_words_stand_for_no_unit(plan: Any) -> None:
    target = PlanRow.objects.get(row="M1.2")
    target.inherited = ["area", "check"]
    target.units = [*target.units, {"words": "市不存在委", "role": "other", "phrase": False, "open_ended": False}]
    target.save()
    client = staff()
    text = client.get(f"/console/plan/row/{target.uid}").content.decode()
    assert "ORG-UNKNOWN" in text and "市不存在委" in text
    assert "工作内容、检查考核" in text, "columns of the notice are called as it calls them"
    assert "ORG-UNKNOWN" not in client.get(f"/console/plan/row/{PlanRow.objects.get(row='M1.1').uid}").content.decode()


def test_the_matrix_asks_the_same_few_questions_however_many_duties(plan: Any, django_assert_max_num_queries: Any) -> None:
    queries.matrix(plan, as_of=AT.date(), known_at=JULY)
    with django_assert_max_num_queries(20):
        queries.matrix(plan, as_of=AT.date(), known_at=JULY)


def test_the_tool_opens_freezes_shows_and_reports(plan: Any, tmp_path: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(clock, "now", lambda: JULY)
    run = lambda *args: CliRunner().invoke(commands.plan_group, args)  # noqa: E731
    uid = json.loads(run("check", "open", "--year", "2018", "--half", "mid", "--json").stdout)["uid"]
    assert run("report", uid, "--check").exception.code == "CHECK-STATE"
    assert json.loads(run("check", "freeze", uid, "--json").stdout) == {"uid": uid, "digest": Check.objects.get().digest}
    assert run("check", "freeze", uid).exception.code == "CHECK-FROZEN"
    shown = json.loads(run("check", "show", uid, "--json").stdout)
    assert shown["state"] == "frozen" and {"system", "mid_year", "became"} <= set(shown["lines"][0])
    assert run("report", uid, "--check").exit_code == 0
    assert run("report", uid, "--out", "report.txt").exception.code == "CHECK-STATE"
    assert run("report", uid, "--out", str(tmp_path / "a.pdf")).exit_code == 0
    prove("M1.1", unit("市发展改革委"), at=datetime(2018, 6, 29, 1, tzinfo=UTC))
    ran = run("report", uid, "--check")
    assert ran.exit_code == 2 and "light:overdue" in ran.stderr
    ran = run("report", uid, "--check", "--json")
    assert ran.exit_code == 2 and "light:overdue" in {figure["key"] for figure in json.loads(ran.stdout)["stale"]}
