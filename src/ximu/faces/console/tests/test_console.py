"""The shell shows each person what he may open, and what waits for him."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import reverse

from ximu.faces.console import menu
from ximu.foundation import clock
from ximu.foundation.rooms import room_paths
from ximu.foundation.today import items_for
from ximu.ideas.accounts import queries
from ximu.kernel.actor import Actor, Grant
from ximu.kernel.today import TodayItem
from ximu.kernel.words import Text


@pytest.mark.parametrize("page", menu.pages(), ids=lambda p: p.url)
def test_every_line_of_the_menu_leads_somewhere_and_names_a_known_right(page: menu.Page) -> None:
    assert reverse(page.url).startswith("/console/")
    assert set(page.permission.split()) <= {p.code for p in queries.permissions()}
    assert page.group in menu.titles(), f"{page.group} is not in groups.toml"


def test_the_menu_hides_what_one_may_not_open_and_marks_where_one_is() -> None:
    nobody = [p.url for g in menu.groups_for(Actor("a"), "/") for p in g.pages]
    assert "accounts:audit" not in nobody
    assert "accounts:me" in nobody
    auditor = Actor("a", grants=(Grant("audit_admin", frozenset({"accounts.audit"})),))
    here = [p.url for g in menu.groups_for(auditor, "/console/accounts/audit") for p in g.pages if p.here]
    assert here == ["accounts:audit"]


@pytest.mark.django_db
def test_what_is_due_first_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    def today(actor: Actor, at: object) -> list[TodayItem]:
        return [TodayItem(Text("待审核", "review"), Text(name, name), "/", due) for name, due in
                [("c", None), ("b", date(2018, 5, 3)), ("a", date(2018, 5, 2))]]

    monkeypatch.setattr(queries, "today", today, raising=False)
    found = [item.title.zh for item in items_for(Actor("a"), at=clock.now()) if item.kind.zh == "待审核" and len(item.title.zh) == 1]
    assert found == ["a", "b", "c"]


SAVED = "verifier_saved.html"
"""The one page that is kept as a file and opened without any server: it carries its script in itself."""
PAGES = [p for room in room_paths() for p in sorted(room.rglob("templates/**/*.html")) if p.name != SAVED]


@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.name)
def test_pages_write_no_headline_of_their_own_and_nothing_inline(path: object) -> None:
    text = path.read_text("utf-8")  # type: ignore[attr-defined]
    if re.search(r'extends "(console|portal)/page.html"', text) and "block heading" not in text:
        assert "<h1" not in text, "page.html makes the headline from the title block"
    assert not re.search(r"<script(?![^>]*(src=|application/json))|<style|\sstyle=|\son[a-z]+=", text), "no inline script or style (CSP)"


@pytest.mark.django_db
def test_both_languages_are_whole() -> None:
    assert "工作人员登录" in Client().get("/console/login").content.decode()
    english = Client().get("/console/login?lang=en").content.decode()
    body = re.sub(r'<a[^>]*lang="zh-CN">中文</a>', "", english.split("<body", 1)[1])
    assert not re.search("[\u4e00-\u9fff]", body)


def test_the_page_reads_its_title_once_for_window_and_headline() -> None:
    request = RequestFactory().get("/console/accounts/me")
    html = render_to_string("console/home.html", {"actor": Actor("a"), "html_lang": "zh-CN"}, request=request)
    assert html.count("今日事项") >= 2
    assert "<title>今日事项 · 徙木" in html
