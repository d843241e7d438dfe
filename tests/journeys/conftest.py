"""A city that runs: a real server on a free port, its one-time passwords, a real browser."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 120
LOADING_SECONDS = 900
collect_ignore = [] if shutil.which("sftp") and Path("/usr/lib/openssh/sftp-server").exists() else ["test_sftp.py"]
"""OpenSSH's server and client (Debian: openssh-sftp-server, openssh-client; `scripts/setup.sh test` installs them)."""
expect.set_options(timeout=30_000)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All of this folder are journeys. Those who work on the running city are marked, so that they come one after the other in a process
    of their own, beside those who make their own world (`scripts/test.sh`)."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("journey")
        if "city" in getattr(item, "fixturenames", ()):
            item.add_marker("city")


@dataclass(frozen=True)
class City:
    """Where the example city runs; `home` is its XIMU_HOME, `passwords` the one-time passwords by login."""

    url: str
    home: Path
    passwords: dict[str, str]
    env: dict[str, str]

    def ximu(self, *args: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, "-m", "ximu", *args], input=stdin, env=self.env, cwd=ROOT, capture_output=True, text=True)

    def verify(self, *args: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, "-m", "ximu_verify", *args], env=self.env, cwd=ROOT, capture_output=True, text=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(url: str, server: subprocess.Popen[bytes], *, seconds: float = PATIENCE_SECONDS) -> None:
    until = time.monotonic() + seconds
    pause = threading.Event()
    while time.monotonic() < until:
        assert server.poll() is None, "the server ended"
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            pause.wait(0.2)
    raise AssertionError(f"{url} did not answer in {seconds} s")


@pytest.fixture(scope="session")
def city() -> Iterator[City]:
    """The made-up city as `make run` makes it: one program loads it through its services and then serves it."""
    with tempfile.TemporaryDirectory(prefix="ximu-city-") as home:
        env = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "DJANGO_SETTINGS_MODULE"}} | {
            "XIMU_HOME": home, "XIMU_CITY": "example", "XIMU_DEMO": "1", "XIMU_CLOCK": "2019-03-20T09:00:00", "PYTHONPATH": str(ROOT / "src")}
        port = free_port()
        out = Path(home) / "up.out"
        with (Path(home) / "server.log").open("wb") as log, out.open("wb") as told:
            server = subprocess.Popen([sys.executable, "-m", "ximu", "up", "--port", str(port), "--json"], env=env, cwd=ROOT, stdout=told,
                                      stderr=log)
        try:
            wait_for(f"http://127.0.0.1:{port}/healthz", server, seconds=LOADING_SECONDS)
            passwords = {one["login"]: one["password"] for one in json.loads(out.read_text().splitlines()[0])["passwords"]}
            yield City(f"http://127.0.0.1:{port}", Path(home), passwords, env)
        finally:
            server.terminate()
            server.wait(timeout=30)


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    opened = context.new_page()
    yield opened
    context.close()

NEW_PASSWORD = "Lantern-2019-Feng"
SIGNED_IN_SECONDS = 300.0
"""Who was idle for longer signs in again: the console lets nobody stay signed in for more than 15 idle minutes."""


@dataclass
class Staff:
    """The people of the city at their desks: each signs in once with the one-time password and keeps an own one."""

    city: City
    browser: Browser
    states: dict[str, Any]
    opened: list[Any]

    def page(self, login: str, *, width: int = 1440, language: str = "zh-CN") -> Page:
        """A page on which this person is signed in."""
        known = self.states.get(login)
        fresh = known is not None and time.monotonic() - known[0] < SIGNED_IN_SECONDS
        context = self.browser.new_context(viewport={"width": width, "height": 900}, locale=language,
                                           storage_state=known[1] if known and fresh else None)
        self.opened.append(context)
        page = context.new_page()
        if known is None:
            self._first_sign_in(page, login)
        elif not fresh:
            self._sign_in_again(page, login)
        self.states[login] = (time.monotonic(), context.storage_state())
        return page

    def _sign_in_again(self, page: Page, login: str) -> None:
        page.goto(f"{self.city.url}/console/login")
        page.fill("#login", login)
        page.fill("#password", NEW_PASSWORD)
        page.click("main button")
        page.wait_for_url(f"{self.city.url}/console/")

    def _first_sign_in(self, page: Page, login: str) -> None:
        page.goto(f"{self.city.url}/console/login")
        page.fill("#login", login)
        page.fill("#password", self.city.passwords[login])
        page.click("main button")
        page.fill("#old", self.city.passwords[login])
        page.fill("#new", NEW_PASSWORD)
        page.fill("#again", NEW_PASSWORD)
        page.click("main button")
        page.wait_for_url(f"{self.city.url}/console/")


def refused(page: Page, code: str) -> str:
    """The sentence of a refusal page: its code stands beside it, and nothing was changed."""
    page.wait_for_selector("section.refusal")
    assert page.locator("section.refusal code").first.inner_text() == code
    sentence = page.locator("section.refusal strong").inner_text().strip()
    assert 4 < len(sentence) < 200, sentence
    return sentence


@pytest.fixture(scope="session")
def sessions() -> dict[str, Any]:
    return {}


@pytest.fixture
def staff(city: City, chromium: Browser, sessions: dict[str, Any]) -> Iterator[Staff]:
    desks = Staff(city, chromium, sessions, [])
    yield desks
    for context in desks.opened:
        context.close()


@pytest.fixture
def world(settings: Any, chromium: Browser, live_server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The city in this process; the browser runs an event loop in this thread, which Django would not like."""
    from tests.journeys.world import World

    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    made = World(settings, chromium, live_server.url)
    yield made
    for context in made.pages:
        context.close()
