"""Every console page that any role reaches by links: no WCAG A/AA fault that axe finds, no wider than a telephone, by keyboard, in English.

Each role signs in and follows its links. A page type (its route) is opened once for a role and examined once for all of them, and again
for a role to which it shows other forms or parts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import Resolver404, resolve
from playwright.sync_api import Page

from tests.journeys.conftest import City, Staff

pytestmark = [pytest.mark.journey, pytest.mark.load]
ROLES = ("coordinator", "q01-entry", "czj-entry", "court", "discipline", "publisher", "reviewer", "supervisor", "delegate", "servant",
         "subject-czj", "sysadmin", "secadmin", "auditor")
AXE = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}, "resultTypes": ["violations"]}
NARROW, WIDE = 320, 1440
MOST_STOPS = 150
"""Stops of the keyboard that are followed on one page."""
SAME_ORIGIN = """() => [...document.querySelectorAll('a[href^="/console"], a[href^="?"], main a[href]')].map(
    a => new URL(a.getAttribute('href'), location.href)).filter(u => u.pathname.startsWith('/console')).map(u => u.href.split('#')[0])"""
PARTS = """() => [...document.querySelectorAll('main form[method=post], main h2, main th[scope=col], main .tabs a')].map(
    e => e.tagName === 'FORM' ? 'form ' + new URL(e.action).pathname : e.tagName)"""
STOPS = """() => {
    const all = document.querySelectorAll('main a[href], main button, main input:not([type=hidden]), main select, main textarea, main summary');
    window.stops = [...all].filter(e => !e.disabled && e.checkVisibility({visibilityProperty: true}) && !e.closest('details:not([open]) > :not(summary)'));
    return window.stops.length; }"""
REACHED = """() => { const at = document.activeElement; if (at && window.stops) window.stops = window.stops.filter(e => e !== at
    && !(e.type === 'radio' && at.type === 'radio' && e.name === at.name)); return at === document.body; }"""
LEFT = "() => window.stops.map(e => e.outerHTML.slice(0, 120))"
CHINESE_WORDS = """() => [...document.querySelectorAll('main button, main th[scope=col], main label, main legend, main summary, main h2, main dt')].filter(
    e => !e.closest('[lang^=zh]:not(html)')).map(
    e => [...e.childNodes].filter(n => n.nodeType === 3).map(n => n.textContent).join(' ').trim()).filter(
    t => /[\\u4e00-\\u9fff]/.test(t) && !/[A-Za-z0-9]/.test(t))"""
"""Words of the page itself that have no English; numbered items and names of units are data and stay as they are."""
BENEATH = """() => { const foot = document.querySelector('footer.foot'), main = document.querySelector('main');
    return !foot || !main ? 0 : Math.round(Math.max(0, ...[...main.children].map(e => e.getBoundingClientRect().bottom)) - foot.getBoundingClientRect().top); }"""
ASKS = "main form"
"""A page that refuses to show a record until its purpose is given is a form, and is looked at like any other."""


@dataclass
class Walked:
    """What has been examined by now, and what was wrong."""

    seen: set[tuple[str, ...]] = field(default_factory=set)
    types: dict[str, set[str]] = field(default_factory=dict)
    faults: list[Any] = field(default_factory=list)


@pytest.fixture(scope="module")
def walked() -> Iterator[Walked]:
    yield Walked()


def route_of(address: str) -> str:
    try:
        return resolve(urlsplit(address).path).route
    except Resolver404:
        return ""


def walk(page: Page, url: str, role: str, walked: Walked) -> set[str]:
    """Follow the links breadth first, one address of each page type; the types that this role reached."""
    waiting, known = [f"{url}/console/"], {"": True}
    while waiting:
        address = waiting.pop(0)
        route = route_of(address)
        if route in known or "/logout" in address:
            continue
        known[route] = True
        if "text/html" not in page.request.get(address).headers.get("content-type", ""):
            continue
        answer = page.goto(address)
        if answer is None or (answer.status >= 400 and not (answer.status == 403 and page.locator(ASKS).count())):
            walked.faults.append((role, address, "answers", answer and answer.status))
            continue
        waiting += page.evaluate(SAME_ORIGIN)
        parts = tuple(sorted({re.sub(r"[0-9a-z]{16}|\d+", "*", part) for part in page.evaluate(PARTS)}))
        walked.types.setdefault(route, set()).add(role)
        if (route, *parts) not in walked.seen:
            walked.seen.add((route, *parts))
            examine(page, role, address, walked.faults)
    return set(known) - {""}


def examine(page: Page, role: str, address: str, faults: list[Any]) -> None:
    where = (role, urlsplit(address).path)
    faults.extend((*where, v["id"], v["nodes"][0]["html"][:160]) for v in Axe().run(page, options=AXE).response["violations"])
    if page.locator("h1").count() != 1:
        faults.append((*where, "h1", page.locator("h1").count()))
    faults.extend((*where, "not reached by keyboard", one) for one in unreached(page))
    if (lower := page.evaluate(BENEATH)) > 0:
        faults.append((*where, "runs beneath the foot of the page by", lower))
    page.set_viewport_size({"width": NARROW, "height": 700})
    over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    faults.extend([(*where, "wider than 320 px by", over)] if over > 0 else [])
    page.set_viewport_size({"width": WIDE, "height": 900})
    page.goto(address + ("&" if "?" in address else "?") + "lang=en")
    faults.extend((*where, "not in English", words[:60]) for words in dict.fromkeys(page.evaluate(CHINESE_WORDS)))
    page.goto(address + ("&" if "?" in address else "?") + "lang=zh")


def unreached(page: Page) -> list[str]:
    """What Tab does not come to."""
    stops = page.evaluate(STOPS)
    if stops > MOST_STOPS:
        return []
    page.locator("main").focus()
    for _ in range(stops + 12):
        page.keyboard.press("Tab")
        page.evaluate(REACHED)
    left: list[str] = page.evaluate(LEFT)
    return left


@pytest.mark.parametrize("login", ROLES)
def test_the_pages_of_a_role(city: City, staff: Staff, walked: Walked, login: str) -> None:
    before = len(walked.faults)
    reached = walk(staff.page(login), city.url, login, walked)
    assert len(reached) > 5
    assert not walked.faults[before:], walked.faults[before:]
