"""The plan's pages show the lights, the matrix and the Gantt chart, and take readings and evidence."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from ximu.ideas.accounts import queries as accounts
from ximu.ideas.accounts.tests.factories import account, with_password
from ximu.notice.plan import queries
from ximu.notice.plan.models import Evidence, PlanRow, Reading
from ximu.notice.plan.tests import notice
from ximu.notice.plan.tests.test_services import city, plan  # noqa: F401  (fixtures)

pytestmark = [pytest.mark.row("P"), pytest.mark.django_db]


@pytest.fixture
def staff(db: None) -> Client:
    user = with_password(account("staff", "coordinator", "entry"))
    client = Client()
    client.force_login(accounts.account(user.uid), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize(("path", "words"), [
    ("/console/plan/?as_of=2018-05-02", "逾期"), ("/console/plan/?as_of=2018-05-02&lang=en", "overdue"), ("/console/plan/matrix", "黄浦区"),
    ("/console/plan/gantt?as_of=2018-05-02", "<svg"), ("/console/plan/import", "重复导入"),
])
def test_the_pages_show_the_plan(staff: Client, plan: Any, path: str, words: str) -> None:  # noqa: F811
    answer = staff.get(path)
    assert answer.status_code == 200
    assert words in answer.content.decode()


def test_without_a_plan_the_pages_say_so(staff: Client) -> None:
    for path in ("/console/plan/", "/console/plan/matrix", "/console/plan/gantt"):
        assert "尚未导入" in staff.get(path).content.decode()


def test_a_filter_keeps_one_units_tasks(staff: Client, plan: Any) -> None:  # noqa: F811
    unit = next(u for u in queries.matrix(plan, as_of=date(2018, 5, 2))["units"] if "财政" in u["name"])
    text = staff.get(f"/console/plan/?as_of=2018-05-02&unit={unit['uid']}").content.decode()
    assert "政府采购" in text
    assert "设立工作组" not in text


def test_a_notice_is_previewed_then_imported(staff: Client, city: None) -> None:  # noqa: F811
    upload = {"file": SimpleUploadedFile("n.txt", notice.text())}
    assert "预览" in staff.post("/console/plan/import", upload | {"preview": "1"}).content.decode()
    assert not PlanRow.objects.exists()
    staff.post("/console/plan/import", {"file": SimpleUploadedFile("n.txt", notice.text()), "import": "1"})
    assert PlanRow.objects.count() == 7


def test_a_reading_and_evidence_are_given_on_the_page(staff: Client, plan: Any) -> None:  # noqa: F811
    row = PlanRow.objects.get(row="M1.1")
    staff.post(f"/console/plan/row/{row.uid}/reading", {"due": "2018-03-31", "reason": "按字面"})
    made = Reading.objects.get()
    refused = staff.post(f"/console/plan/reading/{made.uid}/sign")
    assert refused.status_code == 403
    assert "DUAL" in refused.content.decode()
    staff.post(f"/console/plan/row/{row.uid}/evidence", {
        "unit": queries.duties(row, as_of=date(2018, 3, 30))[0].unit, "dated": "2018-03-30", "title": "清单", "file": SimpleUploadedFile("a.pdf", b"proof")})
    assert Evidence.objects.get().state == "submitted"
    page = staff.get(f"/console/plan/row/{row.uid}").content.decode()
    assert "按字面" in page
    assert "清单" in page


def test_evidence_is_opened_by_the_own_unit_and_by_those_who_judge_it(staff: Client, plan: Any) -> None:  # noqa: F811
    row = PlanRow.objects.get(row="M1.1")
    unit = queries.duties(row, as_of=date(2018, 3, 30))[0].unit
    staff.post(f"/console/plan/row/{row.uid}/evidence", {
        "unit": unit, "dated": "2018-03-30", "title": "清单", "file": SimpleUploadedFile("张三.pdf", b"%PDF-1.7 proof")})
    [told] = staff.get(f"/api/v1/plan/rows/{row.uid}/evidence").json()["items"]
    files = [f"{face}/plan/evidence/{told['evidence']}/file" for face in ("/console", "/api/v1")]
    assert files[0] in staff.get(f"/console/plan/row/{row.uid}").content.decode()
    for address in files:
        answer = staff.get(address)
        assert b"".join(answer.streaming_content) == b"%PDF-1.7 proof"  # type: ignore[attr-defined]
        assert answer["Content-Disposition"] == f'attachment; filename="{told["digest"][:12]}.pdf"', "no name of the giver's"
    for place, (of, status) in enumerate(((unit, 200), ("unitofsomeoneels", 403))):
        clerk = Client()
        clerk.force_login(with_password(account(f"clerk{place}", "entry", unit=of, number=f"N07{place}")), backend="django.contrib.auth.backends.ModelBackend")
        assert [clerk.get(address).status_code for address in files] == [status, status]
        assert (files[0] in clerk.get(f"/console/plan/row/{row.uid}").content.decode()) == (status == 200)
    assert staff.get("/api/v1/plan/evidence/nosuchevidence00/file").json()["code"] == "PLAN-NONE"


def test_the_api_answers_the_same(staff: Client, plan: Any) -> None:  # noqa: F811
    rows = staff.get("/api/v1/plan/status?as_of=2018-05-02").json()["rows"]
    assert {r["row"] for r in rows if r["light"] == "overdue"} == {"M1.1", "S1"}
    assert len(staff.get("/api/v1/plan/matrix?as_of=2018-05-02").json()["rows"]) == 7
    assert Client().get("/api/v1/plan/status").status_code == 401
