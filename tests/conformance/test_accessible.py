"""Pages in a real browser: no WCAG A/AA violation that axe can find, nothing wider than a telephone, nothing from elsewhere.

GB/T 37668-2019 follows WCAG; 320 px is WCAG 1.4.10.
"""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from ximu.ideas.accounts.tests.factories import PASSWORD, account, with_password

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]

PUBLIC = ("/", "/?large=1", "/?lang=en", "/nothing-here", "/api/v1/docs", "/console/login")
STAFF = ("/console/", "/console/accounts/", "/console/accounts/roles", "/console/accounts/audit", "/console/accounts/me",
         "/console/accounts/keys", "/console/accounts/password", "/console/accounts/factor")
NARROW, WIDE = 320, 1440
AXE = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}, "resultTypes": ["violations"]}


def look(page: Page, address: str, faults: list[Any]) -> None:
    page.goto(address)
    violations = Axe().run(page, options=AXE).response["violations"]
    faults.extend((address, v["id"], v["nodes"][0]["html"][:120]) for v in violations)
    page.set_viewport_size({"width": NARROW, "height": 700})
    over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if over > 0:
        faults.append((address, "wider than 320 px by", over))
    page.set_viewport_size({"width": WIDE, "height": 900})


def test_pages_are_accessible_narrow_and_at_home(chromium: Browser, live_server: LiveServer) -> None:
    with_password(account("auditor", "audit_admin"))
    page, faults = chromium.new_page(viewport={"width": WIDE, "height": 900}), []
    page.on("request", lambda r: None if r.url.startswith((live_server.url, "data:")) else faults.append(("foreign", r.url)))
    page.on("console", lambda m: faults.append(("console", m.text)) if m.type == "error" and "404" not in m.text else None)
    for path in PUBLIC:
        look(page, live_server.url + path, faults)
    page.goto(live_server.url + "/console/login?lang=zh")
    page.fill("#login", "auditor")
    page.fill("#password", PASSWORD)
    page.click("main button")
    assert page.locator("h1").inner_text() == "今日事项"
    for path in STAFF:
        look(page, live_server.url + path, faults)
    page.close()
    assert not faults, faults


def test_the_first_public_page_is_light(chromium: Browser, live_server: LiveServer) -> None:
    sizes: list[int] = []
    page = chromium.new_page()
    page.on("response", lambda r: sizes.append(len(r.body())))
    page.goto(live_server.url + "/", wait_until="networkidle")
    page.close()
    assert 0 < sum(sizes) < 100_000, "even uncompressed"
