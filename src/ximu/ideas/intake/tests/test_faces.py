"""Pages, API and commands of intake answer alike."""

from __future__ import annotations

import json
import tomllib
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory

from ximu.foundation import doomed, files
from ximu.ideas.catalogue.tests.factories import published
from ximu.ideas.intake import api, commands, jobs, queries, services, views
from ximu.ideas.intake.models import Delivery
from ximu.ideas.intake.tests.factories import RAW, csv_text, row
from ximu.ideas.intake.tests.test_services import AT, CLERK, city, court, deliver, judgment
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor, Grant
from ximu.kernel.refusal import Refusal

pytestmark = pytest.mark.django_db
__all__ = ["city"]


def asked(method: str = "get", path: str = "/console/intake/", **given: Any) -> Any:
    request = getattr(RequestFactory(), method)(path, given)
    request.actor = CLERK
    request.session = {}
    request._messages = type("M", (), {"add": lambda *a, **k: None, "__iter__": lambda s: iter(())})()
    return request


def upload(rows: list[dict[str, str]]) -> str:
    for one in rows:
        one["作出判决的法院统一社会信用代码"] = court()
    file = SimpleUploadedFile("x.json", json.dumps(rows, ensure_ascii=False).encode())
    answer = views.upload(asked("post", "/console/intake/upload", item="SF-PJ", source="court00000000001", file=file))
    return answer.url.rsplit("/", 1)[-1]


def test_a_clerk_uploads_previews_loads_and_takes_the_receipt(city: list[Any]) -> None:
    uid = upload([judgment(city[0], 1), judgment(city[1], 2, 判决日期="2018-02-30")])
    page = views.detail(asked(), uid).content.decode()
    assert "DATE-NONE" in page
    assert "不合格" in page
    with pytest.raises(Refusal) as refused:
        views.act(asked("post", act="commit"), uid)
    assert refused.value.code == "ROWS-BAD"
    views.act(asked("post", act="commit", reason="其余退回"), uid)
    assert json.loads(views.receipt(asked(), uid).content)["new"] == 1
    assert upload([judgment(city[0], 1), judgment(city[1], 2, 判决日期="2018-02-30")]) == uid
    assert uid in views.index(asked()).content.decode()


def test_a_file_that_a_dying_server_left_unchecked_is_checked_when_it_comes_again(city: list[Any]) -> None:
    rows = [judgment(city[0], 1)]
    assert queries.delivery(deliver(rows).uid).state == "received"
    told = api._received(asked("post"), deliver(rows))
    assert (told["again"], told["delivery"].state) == (True, "checked")
    assert api.check(asked("post"), told["delivery"].uid)["delivery"].summary["good"] == 1


@pytest.mark.parametrize("form", ["xlsx", "csv", "json"])
def test_the_report_can_be_taken_in_each_form(city: list[Any], form: str) -> None:
    uid = upload([judgment(city[0], 1, 判决日期="2018-02-30")])
    answer = views.report(asked(), uid, form)
    assert b"".join(answer.streaming_content)
    assert answer["Content-Disposition"].endswith(f'{uid}.{form}"')


def test_a_receipt_says_that_its_list_of_faults_was_destroyed(city: list[Any]) -> None:
    """An empty page after the term looked as if nothing had been wrong, and asked to send back rows that nobody has any more."""
    uid = upload([judgment(city[0], 1), judgment(city[1], 2, 判决日期="2018-02-30")])
    queries.delivery(uid)
    services.commit(uid, by=CLERK, at=AT, partial_reason="另一行退回")
    page = views.detail(asked(), uid).content.decode()
    assert "问题清单" in page and "退回更正" in page and "保存期限" not in page
    services.purge(by=CLERK, at=AT + timedelta(days=181))
    doomed.sweep()
    page = views.detail(asked(), uid).content.decode()
    assert "按保存期限销毁" in page and "退回更正" not in page


def test_what_is_not_there_is_refused(city: list[Any]) -> None:
    uid = upload([judgment(city[0], 1)])
    with pytest.raises(Refusal) as none:
        views.report(asked(), uid, "exe")
    assert none.value.code == "REPORT-NONE"
    with pytest.raises(Refusal) as missing:
        views.upload(asked("post", "/console/intake/upload"))
    assert missing.value.code == "FILE-NEED"


def test_a_refused_file_says_why_on_its_page(city: list[Any]) -> None:
    file = SimpleUploadedFile("x", b"%PDF-1.7")
    answer = views.upload(asked("post", item="SF-PJ", source="court00000000001", file=file))
    assert "FILE-KIND" in views.detail(asked(), answer.url.rsplit("/", 1)[-1]).content.decode()
    assert "<td>—</td>" in views.index(asked()).content.decode(), "its rows were never counted"


def test_progress_is_a_fragment_that_asks_again(city: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "check_soon", lambda uid, *, by: None)
    uid = upload([judgment(city[0], 1)])
    assert 'hx-trigger="every 2s"' in views.progress(asked(), uid).content.decode()
    services.check(uid, by=CLERK, at=AT)
    assert views.progress(asked(), uid).status_code == 302


@pytest.mark.parametrize("month", ["2018-4x", "2018-13", "0001-01", "1899-12", "9999-12"])
def test_a_month_that_no_calendar_has_is_refused_by_every_door(city: list[Any], month: str) -> None:
    """The return of the last month of the last year would be due on no day."""
    for look in (lambda: views.board(asked(month=month)), lambda: api.coverage(asked(), month), lambda: api.month(asked(), city[0].uid, month)):
        with pytest.raises(Refusal) as refused:
            look()
        assert refused.value.code == "MONTH-FORM"


def test_the_board_and_the_queue_show_what_they_hold(city: list[Any]) -> None:
    unit = city[0].uid
    services.expect(unit, family="discipline", since=date(2018, 1, 1), by=CLERK, at=AT)
    page = views.board(asked(month="2018-04")).content.decode()
    assert "未报送" in page
    assert "light-missing" in page
    views.zero(asked("post", act="claim", unit=unit, family="discipline", month="2018-04"))
    assert "待单位确认" in views.board(asked(month="2018-04")).content.decode()
    assert "没有待辨认" in views.doubts(asked()).content.decode()
    assert api.coverage(asked(), "2018-04")[0]["rows"] is None
    assert queries.today(CLERK, AT) == []


def test_rows_pushed_over_the_api_get_the_same_checks_and_the_same_receipt(city: list[Any]) -> None:
    rows = [judgment(city[0], 1), judgment(city[1], 2, 判决日期="去年")]
    for one in rows:
        one["作出判决的法院统一社会信用代码"] = court()
    body = api.PushIn(item="SF-PJ", source="court00000000001", rows=rows)
    first = api.push(asked("post"), body)
    assert [f["code"] for f in first["faults"]] == ["DATE-FORM"]
    again = api.push(asked("post"), body)
    assert (again["again"], again["delivery"].uid) == (True, first["delivery"].uid)
    done = api.commit(asked("post"), first["delivery"].uid, api.ReasonIn(reason="另一行退回"))
    assert done.outcome["new"] == 1


def test_nothing_is_delivered_under_a_behaviour_or_a_measure(city: list[Any]) -> None:
    """Such an item has no fields: the file was kept and could never be read."""
    published("2018-2", date(2018, 2, 1), ["SF-PJ", "YY-B-1"])
    with pytest.raises(Refusal) as refused:
        api.push(asked("post"), api.PushIn(item="YY-B-1", source="court00000000001", rows=[{"a": "1"}]))
    assert (refused.value.code, refused.value.field, refused.value.status) == ("LIST-NONE", "item", 422)
    assert not Delivery.objects.filter(item="YY-B-1").exists(), "nothing was kept"


def pushed(rows: str) -> dict[str, Any]:
    body = f'{{"item": "SF-PJ", "source": "court00000000001", "rows": {rows}}}'
    request = RequestFactory().post("/", data=body, content_type="application/json")
    request.actor = CLERK
    return api.push(request, api.PushIn(**json.loads(request.body)))


@pytest.mark.parametrize("number", ["1234567890123456.78", "0.10000000000000000001", "1.10", "-0.0", "12345678901234567890", "1E+5"])
def test_a_pushed_number_keeps_the_digits_in_which_it_was_sent(city: list[Any], number: str) -> None:
    """A float has seventeen: the last ones of a longer amount would become others in silence."""
    sent = json.dumps([judgment(city[0], 1) | {"备注": "MARK", "案由": 'x"1.0"'}], ensure_ascii=False).replace('"MARK"', number)
    told = pushed(sent)
    with files.unsealed(told["delivery"].file_digest) as handle:
        kept = Path(f"/proc/self/fd/{handle}").read_text("utf-8")
    assert f'"备注": {number}' in kept
    assert json.loads(kept) == json.loads(sent)
    assert pushed(sent)["again"]


def test_a_pushed_row_that_names_a_field_twice_is_refused(city: list[Any]) -> None:
    with pytest.raises(Refusal) as refused:
        pushed('[{"备注": "1", "备注": "2"}]')
    assert (refused.value.code, refused.value.field) == ("FILE-SHAPE", "备注")


def test_check_needs_only_a_schema_and_exits_2_with_bad_rows(tmp_path: Path) -> None:
    schema, file = tmp_path / "s.json", tmp_path / "f.csv"
    schema.write_text(json.dumps(RAW, ensure_ascii=False), "utf-8")
    for rows, code in (([row(1)], 0), ([row(1), row(2, CF_JDRQ="2018-02-30")], 2)):
        file.write_text(csv_text(rows), "utf-8")
        ran = CliRunner().invoke(commands.intake_group, ["check", str(file), "--schema", str(schema), "--on", "2018-06-01", "--json"])
        assert ran.exit_code == code, ran.output
        assert json.loads(ran.output)["rows"] == len(rows)
    for given, refusal in ((["--schema", str(file)], "SCHEMA-BAD"), (["--schema", str(schema), "--on", "x"], "DATE-FORM")):
        failed = CliRunner().invoke(commands.intake_group, ["check", str(file), *given])
        assert isinstance(failed.exception, Refusal)
        assert failed.exception.code == refusal


def test_load_on_the_command_line_is_safe_to_repeat(city: list[Any], tmp_path: Path) -> None:
    one = judgment(city[0], 1) | {"作出判决的法院统一社会信用代码": court()}
    file = tmp_path / "f.json"
    file.write_text(json.dumps([one], ensure_ascii=False), "utf-8")
    source = registry.units(as_of=date(2018, 3, 1), kind="department")[2].name
    answers = [
        json.loads(CliRunner().invoke(commands.intake_group, ["load", str(file), "--item", "SF-PJ", "--source", source, "--json"]).output)
        for _ in range(2)
    ]
    assert [(a["again"], a["new"]) for a in answers] == [(False, 1), (True, 1)]
    shown = CliRunner().invoke(commands.intake_group, ["coverage", "--month", "2018-03", "--json"])
    assert json.loads(shown.output)[0]["rows"] == 1
    refused = CliRunner().invoke(commands.intake_group, ["load", str(file), "--item", "SF-PJ", "--source", source, "--partial"])
    assert isinstance(refused.exception, Refusal)
    assert refused.exception.code == "ROWS-REASON"


def test_a_delivery_may_be_sent_back_and_come_again(city: list[Any]) -> None:
    receipt = deliver([judgment(city[0], 1)])
    services.refuse(receipt.uid, reason="单位要求撤回", by=CLERK, at=AT)
    assert not deliver([judgment(city[0], 1)]).again


def test_the_board_shows_a_clerk_the_own_unit_with_what_may_be_done_there(city: list[Any]) -> None:
    for unit in (city[0].uid, city[1].uid):
        services.expect(unit, family="judgment", since=date(2018, 1, 1), by=CLERK, at=AT)
    rights = frozenset({"intake.watch"})
    own = Actor("own", city[0].uid, (Grant("entry", rights | {"intake.zero"}, city[0].uid),), person="own")
    request = asked(month="2018-04")
    request.actor = own
    page = views.board(request).content.decode()
    board = page.partition("<tbody>")[2].partition("</tbody>")[0]
    assert city[0].name in board and city[1].name not in board and "申报零" in board and "催报" in board
    assert {cell["unit"] for cell in api.coverage(request, "2018-04")} == {city[0].uid}
    request.actor = Actor("see", None, (Grant("reviewer", rights),), person="see")
    page = views.board(request).content.decode()
    board = page.partition("<tbody>")[2].partition("</tbody>")[0]
    assert city[1].name in board and "申报零" not in board and "催报" in board


def test_the_court_and_the_supervisors_attest_their_own_zero() -> None:
    rights = tomllib.loads((Path(commands.__file__).parent / "permissions.toml").read_text("utf-8"))
    for right in ("intake.deliver", "intake.zero", "intake.watch"):
        assert {"entry", "court_officer", "discipline_officer"} <= set(rights[right]["roles"])
