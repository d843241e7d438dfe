"""`ximu d01 flags` outside the platform: D01-1 and D01-4 on the command line, and what it does with odd input."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from ximu.kernel.refusal import Refusal
from ximu.notice.domains.d01_procurement.commands.flags import d01_flags
from ximu.notice.domains.d01_procurement.rules import indicated

pytestmark = pytest.mark.row("D1")
GOLDEN = Path(__file__).parents[1] / "golden"
HEAD = "ocid,kind,raised,decided,outcome\n"


def ran(tmp_path: Path, releases: str | list[Any], settings: str, *more: str, challenges: str | None = None) -> Any:
    (tmp_path / "r.jsonl").write_text(releases if isinstance(releases, str) else "\n".join(json.dumps(r) for r in releases), "utf-8")
    (tmp_path / "s.ini").write_text(settings, "utf-8")
    told = [] if challenges is None else ["--challenges", str(tmp_path / "c.csv")]
    if challenges is not None:
        (tmp_path / "c.csv").write_text(challenges, "utf-8")
    return CliRunner().invoke(d01_flags, [str(tmp_path / "r.jsonl"), "--settings", str(tmp_path / "s.ini"), "--json", "--no-meta", *told, *more])


def told(*given: Any, **how: Any) -> Any:
    answer = ran(*given, **how)
    assert answer.exit_code == 0, answer.exception
    return json.loads(answer.stdout)


@pytest.mark.parametrize("case", json.loads((GOLDEN / "D01-1.json").read_text("utf-8"))["cases"], ids=lambda case: str(case["name"]))
def test_notices_in_time_agree_with_the_golden_cases(tmp_path: Path, case: dict[str, Any]) -> None:
    rows = [{**one, "buyer": {"id": "B"}} for one in case["input"]]
    found = told(tmp_path, rows, "[D01-1]\n", "--as-of", case["on"])
    assert f"{found['Buyer']['B']['D01-1']:.2f}" == case["expected"]["value"]
    assert found["OCID"] == {"in time": {"D01-1": 100.0}, "late": {"D01-1": 0.0}, "missing": {"D01-1": 0.0}}, "what is not due has no value"


@pytest.mark.parametrize("case", json.loads((GOLDEN / "D01-4.json").read_text("utf-8"))["cases"], ids=lambda case: str(case["name"]))
def test_challenges_agree_with_the_golden_cases(tmp_path: Path, case: dict[str, Any]) -> None:
    rows = "".join(f"p,{one['kind']},2018-03-01,{'2018-03-05' if one['outcome'] else ''},{one['outcome']}\n" for one in case["input"])
    found = told(tmp_path, [{"ocid": "p", "buyer": {"id": "B"}}], "[D01-4]\n", "--as-of", case["on"], challenges=HEAD + rows)
    assert f"{found['Buyer']['B']['D01-4']:.2f}" == case["expected"]["value"]


def test_a_release_is_the_publication_of_its_own_award(tmp_path: Path) -> None:
    award = {"id": "a", "status": "active", "date": "2018-03-01T00:00:00Z"}
    rows = [{"ocid": "p", "date": f"2018-03-0{day}T00:00:00Z", "tag": ["award"], "id": str(day), "awards": [award]} for day in (2, 9)]
    for some, percent in ((rows, 100.0), (rows[1:], 0.0), (rows[::-1], 100.0)):
        assert told(tmp_path, some, "[D01-1]\n", "--as-of", "2018-12-31")["OCID"]["p"]["D01-1"] == percent
    assert told(tmp_path, rows[:1], "[D01-1]\n", "--as-of", "2018-03-01") == {}, "not yet due, and not yet out"


def test_what_is_decided_later_is_open_on_the_day(tmp_path: Path) -> None:
    table = HEAD + "p,challenge,2018-03-01,2018-03-05,upheld\np,complaint,2018-03-06,2018-04-05,rejected\nq,challenge,2018-05-01,,\n"
    assert told(tmp_path, [{"ocid": "p"}], "[D01-4]\n", "--as-of", "2018-04-01", challenges=table) == {"OCID": {"p": {"D01-4": 100.0}}}
    assert told(tmp_path, [{"ocid": "p"}], "[D01-4]\n", challenges=table)["OCID"]["p"] == {"D01-4": 50.0}
    assert told(tmp_path, [{"ocid": "p"}], "[D01-4]\n", "--as-of", "2018-03-01", challenges=table) == {}
    late = told(tmp_path, [{"ocid": "p"}], "[D01-4]\n", "--as-of", "2018-12-31", "--explain", challenges=table)
    assert [one["state"] for one in late["Challenges"]] == ["in_time", "in_time", "overdue"]
    assert "no release" in late["Uncomputed"][0]["en"], "q is in no release"


def test_without_a_day_or_a_table_it_says_that_nothing_was_computed(tmp_path: Path) -> None:
    answer = ran(tmp_path, [{"ocid": "p"}], "[D01-1]\n[D01-4]\n")
    assert answer.exit_code == 0 and json.loads(answer.stdout) == {}
    assert "--as-of" in answer.stderr and "--challenges" in answer.stderr


@pytest.mark.parametrize(("table", "field"), [
    ("a,b\n", "head"), (HEAD + ",challenge,2018-03-01,,\n", "ocid"), (HEAD + "p,letter,2018-03-01,,\n", "kind"),
    (HEAD + "p,challenge,1 March,,\n", "raised"), (HEAD + "p,challenge,2018-03-05,2018-03-01,upheld\n", "decided"),
    (HEAD + "p,challenge,2018-03-01,2018-03-02,\n", "outcome"), (HEAD + "p,challenge,2018-03-01,,upheld\n", "outcome"),
    (HEAD + "p,challenge,2018-03-01,2018-03-02,maybe\n", "outcome"),
])
def test_a_table_that_cannot_be_used_is_refused_by_line_and_column(table: str, field: str) -> None:
    with pytest.raises(Refusal) as refused:
        list(indicated.read_challenges(table.splitlines(), on=date(2018, 12, 31)))
    assert (refused.value.code, refused.value.field) == ("D01-CHALLENGES", field)


def test_a_line_that_is_no_json_is_skipped_and_named(tmp_path: Path) -> None:
    good = json.dumps({"ocid": "p", "tender": {"procurementMethod": "open", "numberOfTenderers": 1}})
    for bad in ("{", '{"ocid": "q", "x": NaN}', '{"ocid": "q", "x": Infinity}', "\ufffe{"):
        answer = ran(tmp_path, f"{bad}\n\n   \n{good}\n", "[R018]\n")
        assert json.loads(answer.stdout) == {"OCID": {"p": {"R018": 1.0}}}
        assert "line 1 is not JSON" in answer.stderr and "line 2" not in answer.stderr
    assert isinstance(ran(tmp_path, "{\n{\n", "[R018]\n").exception, Refusal)


RELEASE = {"ocid": "p", "id": "1", "date": "2018-03-01T00:00:00Z", "tag": ["tender"],
           "tender": {"procurementMethod": "open", "numberOfTenderers": 1}}
LATER = {**RELEASE, "id": "2", "date": "2018-04-01T00:00:00Z", "tag": ["tenderAmendment"], "tender": {"numberOfTenderers": 2}}


@pytest.mark.parametrize("whole", [
    [RELEASE], [{"releases": [RELEASE]}], [{"records": [{"ocid": "p", "compiledRelease": RELEASE}]}],
    [{"records": [{"ocid": "p", "releases": [RELEASE]}]}], [{"ocid": "p", "compiledRelease": RELEASE, "releases": [LATER]}],
], ids=["release", "release package", "record package", "record of releases", "record: its compiled release counts"])
def test_releases_and_records_say_the_same(tmp_path: Path, whole: list[Any]) -> None:
    assert told(tmp_path, whole, "[R018]\n") == {"OCID": {"p": {"R018": 1.0}}}


def test_an_amendment_changes_the_process_whatever_the_order(tmp_path: Path) -> None:
    for rows in ([RELEASE, LATER], [LATER, RELEASE]):
        assert told(tmp_path, rows, "[R018]\n") == {}


def test_another_currency_is_not_compared(tmp_path: Path) -> None:
    def bid(who: str, amount: float, currency: str, status: str = "valid") -> Any:
        return {"status": status, "tenderers": [{"id": who}], "value": {"amount": amount, "currency": currency}}
    award = [{"id": "a", "status": "active", "suppliers": [{"id": "W"}]}]
    mixed = [{"ocid": "p", "bids": {"details": [bid("W", 100, "CNY"), bid("L", 101, "USD"), bid("D", 1, "USD", "disqualified")]}, "awards": award}]
    assert told(tmp_path, mixed, "[R024]\nthreshold = 0.05\n[R036]\n") == {}
    same = [{"ocid": "p", "bids": {"details": [bid("W", 100, "CNY"), bid("L", 101, "CNY")]}, "awards": award}]
    assert told(tmp_path, same, "[R024]\nthreshold = 0.01\n")["OCID"] == {"p": {"R024": 0.01}}, "at the threshold is flagged"
    assert told(tmp_path, same, "currency = USD\n[R024]\nthreshold = 0.05\n") == {}, "the configured currency is the one compared"
