"""Every page type of the portal, found by walking its routes: no WCAG A/AA fault that axe finds, no wider than a telephone, light, printable."""

from __future__ import annotations

import gzip
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer
from ximu_doors import filled, routes

from ximu.config.tests import open_city
from ximu.faces.portal.urls import urlpatterns

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey, pytest.mark.row("M1.3")]
AXE = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}, "resultTypes": ["violations"]}
NARROW, WIDE, MOST_BYTES = 320, 1440, 100_000
FRAGMENTS = {"/units/instant", "/units/suggest"}
"""Parts that a page takes in; they have no frame of their own."""
NEEDS_DATA = {"/promises/{uid}/", "/evaluations/{uid}/", "/assessment/{period}/{uid}/", "/streets/{uid}/"}
"""Pages of things that this small city has none of; the journeys open them in the loaded one."""


@pytest.fixture
def number(settings: Any) -> str:
    open_city.city(settings)
    return open_city.opened("示罚〔2018〕1号")


def pages(number: str) -> dict[str, str]:
    """Route → an address of it that answers with a page of HTML."""
    client, found = Client(), {}
    names = {p.name for p in urlpatterns if getattr(p, "name", None)}
    assert len(names) > 30
    for path, parameters in sorted(portal_routes()):
        given = {"number": "2018-1", "old": "2017-1", "code": "CF"} if path.startswith("/lists/") else {"number": number}
        values = {"uid": open_city.unit(), "name": "records", "form": "csv", "period": "2018", **given}
        address = path.format(**{name: values.get(name, "0") for name in parameters}) if parameters else filled(path, (), "")
        answer = client.get(address, follow=True)
        if answer.status_code == 200 and answer["Content-Type"].startswith("text/html") and "attachment" not in answer.get("Content-Disposition", "") \
                and path not in FRAGMENTS:
            found[path] = address
    return found


def portal_routes() -> list[tuple[str, list[str]]]:
    own = {str(p.pattern) for p in urlpatterns}
    return [(path, names) for path, names in routes() if any(path == "/" + _plain(pattern) for pattern in own)]


def _plain(pattern: str) -> str:
    text = pattern
    for kind in ("str", "int", "path"):
        text = text.replace(f"<{kind}:", "{")
    return text.replace(">", "}")


def test_every_page_type(chromium: Browser, live_server: LiveServer, number: str) -> None:
    found, faults = pages(number), []
    missing = {path for path, _ in portal_routes() if path.endswith("/") and path not in found} - NEEDS_DATA
    assert not missing, "a page type that nobody looked at"
    assert len(found) > 18
    page = chromium.new_page(viewport={"width": WIDE, "height": 900})
    page.on("request", lambda r: None if r.url.startswith((live_server.url, "data:")) else faults.append(("foreign", r.url)))
    page.on("console", lambda m: faults.append(("console", m.text)) if m.type == "error" and "404" not in m.text else None)
    unit = f"/units/{open_city.unit()}/"
    more = ["/?large=1", f"/records/{number}/?lang=en", "/units/?q=局", "/units/nothing/", f"{unit}?lang=en", f"{unit}?large=1"]
    for address in [*found.values(), *more]:
        page.set_viewport_size({"width": WIDE, "height": 900})
        page.goto(live_server.url + address)
        faults.extend((address, v["id"], v["nodes"][0]["html"][:120]) for v in Axe().run(page, options=AXE).response["violations"])
        page.set_viewport_size({"width": NARROW, "height": 700})
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        faults.extend([(address, "wider than 320 px by", over)] if over > 0 else [])
        if page.locator("link[rel=canonical]").count() != 1 and "<header" in page.content():
            faults.append((address, "no canonical address", page.locator("link[rel=canonical]").count()))
    page.close()
    assert not faults, faults


def test_no_page_type_is_heavy(number: str) -> None:
    client = Client()
    sizes = {path: len(gzip.compress(client.get(address, follow=True).content)) for path, address in pages(number).items()}
    assert not {path: size for path, size in sizes.items() if size > MOST_BYTES}


def test_what_is_printed_is_the_matter_and_where_it_stands(chromium: Browser, live_server: LiveServer, number: str) -> None:
    """On paper: no navigation, no buttons; the record, its number and the address; the footer with host and contact."""
    page = chromium.new_page(viewport={"width": 794, "height": 1123})
    page.emulate_media(media="print")
    for address in (f"/records/{number}/", f"/units/{open_city.unit()}/"):
        page.goto(live_server.url + address)
        assert not page.locator("nav").first.is_visible(), address
        assert not [b for b in page.locator("button").all() if b.is_visible()], address
        text = page.locator("body").inner_text()
        assert "主办单位" in text and "联系方式" in text and f"网址：{live_server.url}{address}" in text, address
        assert "关于本站" not in text, "links lead nowhere on paper"
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over <= 0, address
    assert len(page.pdf(format="A4")) > 5_000
    page.close()
