"""The made-up city in this process, on days that a test sets: desks in a browser, the API by keys, the nightly work."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser, BrowserContext, Page
from playwright.sync_api import expect as expected

from ximu.config.tests import snapshots
from ximu.foundation import clock, outbox
from ximu.foundation.clock import CITY
from ximu.ideas.accounts import queries as accounts
from ximu.ideas.accounts import services as staffing
from ximu.ideas.casework import jobs
from ximu.kernel.actor import SYSTEM, Actor

PASSWORD = "Lantern-of-Feng-2018"
WORLD_BEGINS = datetime(2017, 1, 3, 10, tzinfo=CITY)


def with_own_passwords() -> None:
    for user in accounts.accounts():
        word = staffing.issue_password(user.uid, by=SYSTEM, at=WORLD_BEGINS)
        staffing.change_password(user.uid, old=word, new=PASSWORD, by=Actor(user.uid), at=WORLD_BEGINS)


class World:
    """The made-up city on a day that the test sets; each person signs in with a page of their own."""

    def __init__(self, settings: Any, browser: Browser, url: str) -> None:
        self.settings, self.browser, self.url, self.pages = settings, browser, url, list[Any]()
        self.browsers: dict[str, BrowserContext] = {}
        settings.XIMU_PROFILE, settings.XIMU_OUTBOX_INLINE, settings.XIMU_PASSWORDS = "example", True, "asvs"
        self.day(f"{WORLD_BEGINS:%F}", WORLD_BEGINS.hour)
        snapshots.load("example", at=WORLD_BEGINS, then=with_own_passwords)

    def day(self, day: str, hour: int = 10) -> datetime:
        """It is that day; what runs by itself has run."""
        self.settings.XIMU_CLOCK, self.settings.XIMU_STARTED = f"{day}T{hour:02}:00:00", datetime.now(UTC)
        return clock.now()

    def nightly(self, day: str) -> datetime:
        at = self.day(day)
        jobs.sweep(at=at)
        outbox.sweep(at=at)
        return at

    def actor(self, login: str) -> Actor:
        return accounts.actor_for(accounts.account_by_login(login), at=clock.now())

    def desk(self, login: str) -> Page:
        """One more page in the person's own browser, which keeps its session, its cache and its processes; signed in where it is not."""
        if login not in self.browsers:
            self.browsers[login] = self.browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN", accept_downloads=True)
            self.pages.append(self.browsers[login])
        page = self.browsers[login].new_page()
        page.goto(f"{self.url}/console/")
        if page.url != f"{self.url}/console/":
            page.fill("#login", login)
            page.fill("#password", PASSWORD)
            page.click("main button")
            page.wait_for_url(f"{self.url}/console/")
        return page

    def move(self, page: Page, verb: str, reason: str = "", **fields: str) -> None:
        """From the page of a case: the button, the form, done."""
        page.get_by_role("link", name=verb, exact=True).click()
        if reason:
            page.fill("#reason", reason)
        for name, value in fields.items():
            page.fill(f"#{name}", value)
        page.get_by_role("button", name=verb, exact=True).click()
        expected(page.locator("main")).to_contain_text("已办理，已记入日志")


class Caller:
    """The API with one person's key."""

    def __init__(self, world: World, login: str, role: str, unit: str) -> None:
        user = accounts.account_by_login(login)
        _, key = staffing.issue_key(user.uid, role, unit=unit, label="测试", days=366, by=SYSTEM, at=clock.now())
        self.http = httpx.Client(base_url=f"{world.url}/api/v1", headers={"Authorization": f"Bearer {key}"}, timeout=60)

    def get(self, path: str, status: int = 200) -> Any:
        answer = self.http.get(path)
        assert answer.status_code == status, answer.text
        return answer.json()

    def post(self, path: str, status: int = 201, **body: Any) -> Any:
        answer = self.http.post(path, json=body)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None

    def move(self, case: str, verb: str, status: int = 200, **given: Any) -> Any:
        return self.post(f"/casework/cases/{case}/moves", status, verb=verb, **given)

    def hand_in(self, *papers: bytes) -> list[dict[str, Any]]:
        answer = self.http.post("/m4/papers", files=[("papers", (f"{n}.pdf", one)) for n, one in enumerate(papers)])
        assert answer.status_code == 201, answer.text
        return list(answer.json())


def verified(file: Path) -> str:
    ran = subprocess.run([sys.executable, "-m", "ximu_verify", str(file)], capture_output=True, text=True,
                         env={**os.environ, "PYTHONPATH": "src"})
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout
