"""The desk reads words: names of items, behaviours, sources and fields, the policy's conditions, and why a publication was closed."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from ximu.ideas.disclosure.queries.policy import FOLDER as POLICIES
from ximu.ideas.disclosure.tests import factories as f
from ximu.ideas.disclosure.tests.test_faces import ACTING, BASE, desk
from ximu.ideas.registry import queries as registry

pytestmark = [pytest.mark.django_db, pytest.mark.row("M1.3")]
__all__ = ["desk"]


@pytest.fixture(autouse=True)
def names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "name", lambda uid, **_: "示例市报送局" if uid == f.SOURCE else uid)


def test_a_record_is_read_in_words(desk: Client) -> None:
    number = f.effective()
    ACTING["now"] = f.COORDINATOR
    page = desk.get(f"{BASE}/records/{number}").content.decode()
    rows = {row.split("</th><td>")[0].split(">")[-1]: row.split("</th><td>")[1].split("</td>")[0]
            for row in page.split("<caption>版本")[1].split("</table>")[0].split("<tr>") if "</th><td>" in row}
    assert (rows["来源单位"], rows["状态"], rows["类别"]) == ("示例市报送局", "生效", "行政处罚")
    assert "CF 行政处罚" in page
    assert "T" not in page.split("<caption>办理经过")[1].split("</table>")[0].split("直接送达")[1].split("</td>")[0], "no machine's time"


def test_a_closed_publication_tells_why_and_which_fields(desk: Client) -> None:
    f.opened()
    ACTING["now"] = f.PUBLISHER
    listed = desk.get(f"{BASE}/publications?state=open").content.decode()
    number = listed.split(f"{BASE}/records/")[1].split('"')[0]
    uid = listed.split(f'action="{BASE}/publications/')[1].split('"')[0]
    assert "公开字段：" in listed and "CF_WSH" not in listed
    desk.post(f"{BASE}/publications/{uid}", {"act": "close", "reason": "复核发现依据不足"})
    assert "复核发现依据不足" in desk.get(f"{BASE}/records/{number}").content.decode()


def test_the_policy_is_read_in_words_before_and_after_a_comparison(desk: Client) -> None:
    f.opened()
    ACTING["now"] = f.PUBLISHER
    page = desk.get(f"{BASE}/policy").content.decode()
    assert "对象：社会公众" in page and "仅个人信息字段" in page
    for code in ("audience:", "personal:", "discipline"):
        assert code not in page
    text = next(iter(sorted(POLICIES.glob("*.toml")))).read_text("utf-8")
    rule = '[[rule]]\nid = "P0"\naudience = ["public"]\nlevel = ["public"]\noutcome = "absent"\nlaw = "x"\nzh = "收紧"\nen = "stricter"\n'
    stricter = text.replace("[[rule]]", rule + "[[rule]]", 1)
    sent = SimpleUploadedFile("p.toml", stricter.encode())
    told = desk.post(f"{BASE}/policy", {"policy": sent}).content.decode()
    changes = told.split("采用后将关闭的公开")[-1].split("试算另一策略")[0]
    assert "社会公众" in changes and "文号" in changes and ">public" not in changes
