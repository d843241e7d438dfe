"""The letter to a delegate and the text for the yearly report: official layout, each figure with its source, stale figures named."""

from __future__ import annotations

import io
import json
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import docx
import pytest
from click.testing import CliRunner
from django.test import Client

from ximu.foundation import clock, documents
from ximu.ideas.accounts.tests.factories import account, with_password
from ximu.ideas.registry.tests import factories as city
from ximu.kernel.refusal import Refusal
from ximu.notice.mechanisms.m3_supervision import commands, queries, rules, services
from ximu.notice.mechanisms.m3_supervision.models import Proposal
from ximu.notice.mechanisms.m3_supervision.services import Given
from ximu.notice.mechanisms.m3_supervision.tests.factories import AT, CZJ, HBJ, person, row

pytestmark = [pytest.mark.django_db]
WORDS = "年内公开各项补贴的发放时限。\n一是梳理事项清单。\n二是按季公布。"
PROMISED = Given("B", WORDS, b"letter", date(2018, 9, 28), "公开的补贴时限一览表")
END = datetime(2018, 12, 31, 2, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _city(db: None, settings: Any) -> None:
    settings.XIMU_PROFILE = "example"
    city.load()


def refused(code: str, call: Any, *args: Any, **named: Any) -> None:
    with pytest.raises(Refusal) as caught:
        call(*args, **named)
    assert caught.value.code == code


def answered() -> Proposal:
    assert services.import_proposals(rows=[row()], by=person("o"), at=AT).problems == []
    made = Proposal.objects.get()
    services.give_opinion(made.uid, unit=HBJ, words="同意。", by=person("h", HBJ), at=AT)
    services.answer_proposal(made.uid, PROMISED, by=person("c", CZJ), at=AT + timedelta(days=30))
    return queries.proposal(made.uid)


@pytest.mark.row("M3.3")
def test_the_letter_says_what_was_asked_answered_and_promised_and_names_no_person() -> None:
    made = answered()
    letter = queries.given_letter(made, 1)
    text = "\n".join(p.text for p in docx.Document(io.BytesIO(documents.docx(letter))).paragraphs)
    for words in ("示例市财政局", "对关于公开财政补贴发放时限的建议的答复", "尊敬的领衔代表", "十五届一次第0618号代表建议", "经与示例市环境保护局共同研究",
                  "二是按季公布。", "承诺于2018年9月28日前办理完成", "B（正在解决，列入年度方案）",
                  "2018年4月4日", "抄送：市人大常委会代表工作机构、示例市环境保护局。"):
        assert words in text, words
    assert made.delegate not in text and "N060" not in text
    assert documents.pdf(letter).startswith(b"%PDF")
    refused("PROP-NONE", queries.given_letter, made, 2)
    refused("PROP-CLASS", queries.answer_letter, made, klass="E", words="x", due=None, on=date(2018, 4, 1))
    refused("REASON", queries.answer_letter, made, klass="A", words=" ", due=None, on=date(2018, 4, 1))


@pytest.mark.row("M3.3")
def test_letters_by_page_for_staff_and_the_own_delegate() -> None:
    made, now = answered(), clock.now()
    staff, delegate, stranger = Client(), Client(), Client()
    for client, login, role, number in ((staff, "boss", "coordinator", "1"), (delegate, "dele", "delegate", "N060"),
                                        (stranger, "other", "delegate", "N061")):
        client.force_login(with_password(account(login, role, number=number, at=now)), backend="django.contrib.auth.backends.ModelBackend")
    page = f"/console/m3_supervision/proposals/{made.uid}"
    for client in (staff, delegate):
        assert client.get(f"{page}/answer-1.docx")["Content-Disposition"] == f'attachment; filename="answer-{made.uid}-1.docx"'
    assert staff.get(f"{page}/answer-1.pdf").content.startswith(b"%PDF")
    assert stranger.get(f"{page}/answer-1.docx").refusal.code == "PROP-NONE"
    for client in (staff, delegate):
        assert client.get(f"{page}/answer-1/signed").status_code == 200
    assert stranger.get(f"{page}/answer-1/signed").refusal.code == "PROP-NONE"
    assert staff.get(f"{page}/answer-2/signed").refusal.code == "PROP-NONE"
    assert staff.get(f"{page}/answer-1.xls").status_code == 404
    assert "answer-1.docx" in staff.get(page).content.decode()
    given = staff.post(f"{page}/draft.docx", {"class": "C", "words": "列入明年计划。", "due": "2019-06-28", "deliverable": "计划文本"})
    text = "\n".join(p.text for p in docx.Document(io.BytesIO(given.content)).paragraphs)
    assert "2019年6月28日前办理完成，届时可核验的成果为：计划文本" in text
    assert staff.post(f"{page}/draft.docx", {"class": "A", "words": ""}).refusal.code == "REASON"
    assert delegate.post(f"{page}/draft.docx", {"class": "A", "words": "x"}).refusal.code == "PERM-DENIED"
    assert Proposal.objects.get().answers.count() == 1, "a draft keeps nothing"


@pytest.mark.row("M3.2")
def test_the_yearly_text_has_a_number_behind_each_figure_and_opens_each_source() -> None:
    answered()
    text = queries.year_text(2018, as_of=date(2019, 1, 10), known_at=END, on=date(2019, 1, 10))
    said = "".join(one.text for one in text["letter"].paragraphs if one.level == 0)
    assert "交办人大代表建议和政协提案1件" in re.sub(r"［\d+］", "", said)
    assert "正在解决或列入计划（B、C类）1件、0件" in re.sub(r"［\d+］", "", said)
    bare = re.sub(r"2018年|［\d+］|[\d.]+%?(?=［)", "", said)
    assert not re.search(r"\d", bare), f"a figure without the number of its source: {bare}"
    figures = {one.key: one for one in text["figures"]}
    assert all(figures[key].source and figures[key].where.startswith("/") for key in text["cited"])
    assert (figures["timely:rate"].value, figures["satisfied:rate"].value, figures["mended:rate"].value) == ("100.0%", "—", "—")
    notes = "".join(one.text for one in text["letter"].paragraphs if one.text.startswith("［"))
    assert not re.search(r"[a-z]{3,} |\d{4}-\d\d-\d\d", re.sub(r"（/[^）]*）", "", notes)), "words of a program in an official document"
    assert (text["letter"].number, text["letter"].upward) == ("诚信年报〔2018〕1号", True)
    early = {one.key: one.value for one in queries.year_figures(2018, as_of=date(2018, 3, 20), known_at=AT)}
    assert (early["proposals"], early["answered"]) == ("1", "0"), "as of a day"
    refused("YEAR", queries.year_figures, 2020, as_of=date(2019, 1, 1), known_at=END)
    assert documents.pdf(text["letter"]).startswith(b"%PDF")


@pytest.mark.row("M3.2")
def test_the_command_says_which_figures_have_gone_stale(tmp_path: Path, settings: Any) -> None:
    settings.XIMU_CLOCK = "2019-01-10T10:00:00"
    made = answered()
    ran = CliRunner().invoke(commands.supervision_group, ["yearly", "2018", "--json"])
    assert ran.exit_code == 0, ran.output
    file = tmp_path / "text.json"
    file.write_text(ran.stdout, "utf-8")
    assert CliRunner().invoke(commands.supervision_group, ["yearly", "2018", "--check", str(file)]).exit_code == 0
    services.rate(made.uid, rating="satisfied", words="", by=person("d", human=made.delegate), at=clock.now())
    stale = CliRunner().invoke(commands.supervision_group, ["yearly", "2018", "--check", str(file), "--json"])
    assert stale.exit_code == 2 and [one["key"] for one in json.loads(stale.stdout)] == ["satisfied:rate"]
    assert "satisfied:rate: — → 100.0%" in CliRunner().invoke(commands.supervision_group, ["yearly", "2018", "--check", str(file)]).stdout
    bad = tmp_path / "bad.json"
    for words, code in (("nothing", "YEAR-TEXT"), ('{"figures": [1]}', "YEAR-TEXT")):
        bad.write_text(words, "utf-8")
        ran = CliRunner().invoke(commands.supervision_group, ["yearly", "2018", "--check", str(bad)])
        assert isinstance(ran.exception, Refusal) and ran.exception.code == code
    missing = CliRunner().invoke(commands.supervision_group, ["yearly", "2018", "--check", "nothing.json"]).exception
    assert isinstance(missing, Refusal) and missing.code == "FILE-NONE"
    assert rules.stale([], []) == []


@pytest.mark.row("M3.2")
def test_the_yearly_page_in_both_languages_and_as_files() -> None:
    now = clock.now()
    staff = Client()
    staff.force_login(with_password(account("boss", "coordinator", at=now)), backend="django.contrib.auth.backends.ModelBackend")
    page = "/console/m3_supervision/yearly"
    shown = staff.get(f"{page}?year=2018").content.decode()
    assert "供政府工作报告使用" in shown and "数据来源" in shown
    assert "Where the figures come from" in staff.get(f"{page}?year=2018&lang=en").content.decode()
    assert staff.get(f"{page}.json?year=2018").json()["year"] == 2018
    assert staff.get(f"{page}.docx?year=2018").status_code == 200 and staff.get(f"{page}.xls?year=2018").status_code == 404
    assert staff.get(f"{page}?year=x").refusal.code == "NUM-FORM"
    assert Client().get("/api/v1/m3_supervision/yearly?year=2018").status_code in (401, 403)
