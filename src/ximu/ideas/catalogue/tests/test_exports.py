"""Files state edition, day in force and digest; no cell is a formula; the digest can be recomputed."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner
from django.test import Client
from docx import Document

from ximu.ideas.catalogue import queries
from ximu.ideas.catalogue.commands import lists_group
from ximu.ideas.catalogue.rules import digest_of
from ximu.ideas.catalogue.tests import factories as f
from ximu.kernel.cells import safe_cell
from ximu.kernel.refusal import Refusal

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("M1.1")]
DANGER = '=HYPERLINK("http://x","y")'


@pytest.fixture
def digest() -> str:
    f.published("2017-1", date(2017, 7, 1), ["CF", "XW-G-3", "YY-B-1"])
    body = f.body_of("XW-G-3")
    body["counts"]["zh"] = DANGER
    return f.published("2018-1", date(2018, 5, 1), ["CF", "XK", "XW-G-3", "YY-B-1"], bodies={"XW-G-3": body})


def cells_of(content: bytes) -> list[Any]:
    book = openpyxl.load_workbook(io.BytesIO(content))
    return [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]


def test_the_workbook_states_its_digest_and_has_no_formula(digest: str) -> None:
    cells = cells_of(queries.edition_file("2018-1", "xlsx").content)
    values = [c.value for c in cells]
    assert {"2018-1", "2018-05-01", digest, DANGER, "CF_XDR_MC"} <= set(values)
    assert not [c.coordinate for c in cells if c.data_type == "f"]


def test_the_csv_is_safe_and_states_its_digest(digest: str) -> None:
    rows = list(csv.reader(io.StringIO(queries.edition_file("2018-1", "csv", list_="behaviour").content.decode("utf-8-sig"))))
    assert rows[0][:4] == ["版本", "生效日", "摘要", "代码"]
    assert rows[1][:4] == ["2018-1", "2018-05-01", digest, "XW-G-3"]
    assert f"'{DANGER}" in rows[1]


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\t=1", " =1", "　＝1", "＝1", "|x", "\ufeff=1"])
def test_a_dangerous_cell_is_defused(text: str) -> None:
    assert safe_cell(text) == f"'{text}"
    assert safe_cell("罚款=警告") == "罚款=警告"


def test_the_json_lets_anybody_recompute_the_digest(digest: str) -> None:
    value = json.loads(queries.edition_file("2018-1", "json").content)
    assert digest_of(value["edition"]) == value["digest"] == digest
    assert value["edition"]["previous"] == "2017-1"
    cf = next(i for i in value["edition"]["items"] if i["code"] == "CF")
    assert cf["body"]["schema"]["primaryKey"] == ["CF_CFJGDM", "CF_WSH"]


def test_the_document_states_its_digest(digest: str) -> None:
    document = Document(io.BytesIO(queries.edition_file("2018-1", "docx").content))
    words = "\n".join(p.text for p in document.paragraphs)
    assert "2018-1版" in words
    assert digest in words
    assert [len(t.rows) for t in document.tables][:3] == [3, 2, 2]


def test_the_proof_is_accepted_by_the_offline_verifier(digest: str, tmp_path: Path) -> None:
    path = tmp_path / "proof.json"
    path.write_bytes(queries.edition_file("2018-1", "proof").content)
    assert digest in path.read_text("utf-8")
    ran = subprocess.run([sys.executable, "-m", "ximu_verify", str(path)], capture_output=True, text=True,
                         env={"PYTHONPATH": str(Path(__file__).parents[4])})
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_what_changed_is_exported_too(digest: str) -> None:
    rows = list(csv.reader(io.StringIO(queries.diff_file("2017-1", "2018-1", "csv").content.decode("utf-8-sig"))))
    assert [r[3:6] for r in rows[1:]] == [["修改", "行为清单", "XW-G-3"], ["新增", "数据清单", "XK"]]
    assert DANGER in [c.value for c in cells_of(queries.diff_file("2017-1", "2018-1", "xlsx").content)]
    assert json.loads(queries.diff_file("2017-1", "2018-1", "json").content)["compared_with"] == "2017-1"


@pytest.mark.parametrize(("form", "list_", "code"), [("pdf", "data", "LIST-FORMAT"), ("csv", "wish", "LIST-KIND")])
def test_an_unknown_form_is_refused(digest: str, form: str, list_: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        queries.edition_file("2018-1", form, list_=list_)
    assert refused.value.code == code


def test_the_command_line_shows_and_writes(digest: str, tmp_path: Path) -> None:
    run = CliRunner().invoke
    assert [e["number"] for e in json.loads(run(lists_group, ["editions", "--json"]).output)] == ["2017-1", "2018-1"]
    assert json.loads(run(lists_group, ["show", "2018-1", "CF", "--json"]).output)["body"]["family"] == "penalty"
    assert "行政许可" in run(lists_group, ["show", "2018-1"]).output
    assert {r["变化"] for r in json.loads(run(lists_group, ["diff", "2017-1", "2018-1", "--json"]).output)} == {"新增", "修改"}
    target = tmp_path / "out.json"
    assert run(lists_group, ["export", "2018-1", "--format", "json", "--out", str(target), "--json"]).exit_code == 0
    assert json.loads(target.read_text("utf-8"))["digest"] == digest
    assert run(lists_group, ["show", "2018-1", "NOPE"]).exception.code == "LIST-NONE"


def test_the_api_serves_editions_and_asks_for_rights(digest: str, client: Client) -> None:
    assert [e["number"] for e in client.get("/api/v1/catalogue/editions").json()] == ["2017-1", "2018-1"]
    assert client.get("/api/v1/catalogue/editions/2018-1").json()["digest"] == digest
    assert client.get("/api/v1/catalogue/items/XK?on=2018-05-01").json()["edition"] == "2018-1"
    assert client.get("/api/v1/catalogue/items/XK?on=2018-04-30").json()["code"] == "LIST-NONE"
    assert client.get("/api/v1/catalogue/gate/CF?use=sell&on=2018-05-01").json()["code"] == "LIST-USE"
    assert client.get("/api/v1/catalogue/editions/2018-1/changes/2017-1").json()[0]["code"] == "XW-G-3"
    answer = client.get("/api/v1/catalogue/editions/2018-1/files/csv?list=application")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="lists-2018-1-application.csv"'
    denied = client.post("/api/v1/catalogue/editions", {"number": "2019-1", "in_force": "2019-05-01"}, content_type="application/json")
    assert (denied.status_code, denied.json()["code"]) == (401, "PERM-DENIED")
