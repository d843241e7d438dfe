"""Pictures of the main pages for docs/tour/: starts the made-up city of its own, walks through it, photographs, ends it.

    python scripts/tour.py              # all pictures, the contact sheet path.png and the list README.md
"""

from __future__ import annotations

import json
import os
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
TOUR = ROOT / "docs" / "tour"
CHROMIUM = os.environ.get("XIMU_CHROMIUM", "/usr/bin/chromium")
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--lang=zh-CN"]
WIDTHS = {"wide": (1440, 760), "narrow": (375, 720)}
PNG_HEAD = b"\x89PNG\r\n\x1a\n"
LARGEST_BYTES = 250_000
PATIENCE_SECONDS = 300
PASSWORD = "Lantern-2019-Tour"  # noqa: S105  of a city that lives a minute


@dataclass(frozen=True)
class Stop:
    """One page of the tour: where it is (or how one gets there), who looks, and what is to be seen."""

    name: str
    path: str
    zh: str
    en: str
    login: str = ""
    follow: tuple[str, ...] = ()
    file: str = ""
    scroll: str = ""


UNIT, RECORD = "#found td a[href^='/units/']", "main a[href^='/records/']:not([href*='?'])"
PUBLIC_STOPS = (
    Stop("portal-home", "/", "公众门户首页", "The public home page"),
    Stop("portal-units", "/units/?q=鹿鸣街道", "查找单位", "Search of a body"),
    Stop("portal-unit", "/units/?q=鹿鸣街道", "单位诚信档案（公开部分）", "A body's public archive", follow=(UNIT,)),
    Stop("portal-record", "/units/?q=鹿鸣街道", "公开记录与核验", "A public record and how to verify it", follow=(UNIT, RECORD)),
    Stop("portal-lists", "/lists/", "三张清单", "The three lists"),
    Stop("portal-plan", "/plan/", "任务分工与进展", "The plan and its lights"),
    Stop("portal-log", "/log/", "日志与见证", "The log and its witnesses"),
)
STAFF_STOPS = (
    Stop("console-home", "/console/", "今日事项", "Mine today", "coordinator"),
    Stop("console-upload", "/console/intake/", "上传后的预览与问题清单", "Preview of a delivery with its faults", "hbj-entry",
         file="penalties-2019-02.csv", scroll="main h2 >> text=问题清单"),
    Stop("console-coverage", "/console/intake/coverage?month=2018-07", "归集情况：未报送与零报告", "Coverage: silence and attested zero", "coordinator"),
    Stop("console-record", "/console/disclosure/work?state=effective", "一条记录及其办理经过", "One record and its steps", "reviewer",
         follow=("main tbody a",)),
    Stop("console-plan", "/console/plan/", "任务状态", "The plan's lights", "coordinator"),
    Stop("console-matrix", "/console/plan/matrix", "单位×任务", "Unit × task", "coordinator"),
    Stop("console-doubts", "/console/intake/doubts", "待辨认主体", "Doubtful matches", "court"),
    Stop("console-lists", "/console/catalogue/", "清单编制台", "The lists desk", "coordinator"),
)
PATH = ("portal-units", "portal-unit", "portal-record", "portal-proof")
STEPS = (("一 查找", "1 search"), ("二 单位", "2 body"), ("三 记录", "3 record"), ("四 核验", "4 proof"))


@contextmanager
def city() -> Iterator[tuple[str, dict[str, str]]]:
    """The made-up city on a free port, and its one-time passwords."""
    with tempfile.TemporaryDirectory(prefix="ximu-tour-") as home, socket.socket() as probe:
        env = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "DJANGO_SETTINGS_MODULE"}} | {
            "XIMU_HOME": home, "XIMU_CITY": "example", "XIMU_DEMO": "1", "XIMU_CLOCK": "2019-03-20T09:00:00", "PYTHONPATH": str(ROOT / "src")}
        made = subprocess.run([sys.executable, "-m", "ximu", "up", "--no-serve", "--json"], env=env, cwd=ROOT, capture_output=True, text=True,
                              check=True)
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        server = subprocess.Popen([sys.executable, "-m", "ximu", "serve", "--port", str(port)], env=env, cwd=ROOT, stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL)
        try:
            url = f"http://127.0.0.1:{port}"
            _wait(f"{url}/healthz")
            yield url, {one["login"]: one["password"] for one in json.loads(made.stdout.splitlines()[-1])["passwords"]}
        finally:
            server.terminate()
            server.wait(timeout=30)


def _wait(url: str) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310  our own server
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            threading.Event().wait(0.2)
    raise SystemExit(f"{url} did not answer")


def sign_in(page: Page, url: str, login: str, password: str) -> None:
    page.goto(f"{url}/console/login")
    page.fill("#login", login)
    page.fill("#password", password)
    page.click("main button")
    for field, word in (("#old", password), ("#new", PASSWORD), ("#again", PASSWORD)):
        page.fill(field, word)
    page.click("main button")
    page.wait_for_url(f"{url}/console/")


def smaller(png: bytes) -> bytes:
    """The same picture, its data deflated as well as zlib can: the browser cares for speed."""
    chunks, place = [], len(PNG_HEAD)
    while place < len(png):
        size, kind = struct.unpack(">I4s", png[place:place + 8])
        chunks.append((kind, png[place + 8:place + 8 + size]))
        place += size + 12
    data = zlib.compress(zlib.decompress(b"".join(body for kind, body in chunks if kind == b"IDAT")), 9)
    kept = [one for one in chunks if one[0] == b"IHDR"] + [(b"IDAT", data), (b"IEND", b"")]
    return PNG_HEAD + b"".join(struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in kept)


def photograph(page: Page, file: Path) -> None:
    """The screen as it stands; a picture that would be too large is refused rather than kept."""
    page.evaluate("document.fonts.ready")
    file.write_bytes(smaller(page.screenshot(animations="disabled")))
    if file.stat().st_size > LARGEST_BYTES:
        raise SystemExit(f"{file.name} has {file.stat().st_size} bytes")


def visit(context: BrowserContext, url: str, stop: Stop) -> None:
    """Go there once, then photograph the same address at both widths."""
    page = context.new_page()
    page.goto(f"{url}{stop.path}")
    for link in stop.follow:
        page.goto(f"{url}{page.locator(link).first.get_attribute('href')}")
    if stop.file:
        page.set_input_files("main input[type=file]", ROOT / "examples" / "deliveries" / stop.file)
        page.click("main form[enctype] button")
        page.wait_for_selector(stop.scroll)
    for name, (width, height) in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        page.reload()
        if stop.scroll:
            page.locator(stop.scroll).first.evaluate("e => e.closest('section').scrollIntoView({block: 'end'})")
        photograph(page, TOUR / f"{stop.name}-{name}.png")
        if stop.name == "portal-record" and name == "wide":
            page.locator("#verify").scroll_into_view_if_needed()
            page.locator("#verify").evaluate("e => e.scrollIntoView()")
            photograph(page, TOUR / "portal-proof-wide.png")
            page.evaluate("scrollTo(0, 0)")
    page.close()


def contact_sheet(browser: Browser) -> None:
    """A citizen's path as one picture."""
    cells = "".join(f"<figure><figcaption>{zh} · {en}</figcaption><img src='{(TOUR / f'{name}-wide.png').as_uri()}'></figure>"
                    for name, (zh, en) in zip(PATH, STEPS, strict=True))
    sheet = TOUR / "sheet.html"
    sheet.write_text("<!doctype html><meta charset=utf-8><style>body{margin:0;padding:12px;display:grid;grid-template-columns:1fr 1fr;gap:12px;"
                     "background:#e9edf3;font:600 15px sans-serif;color:#12376b}figure{margin:0}img{width:100%;border:1px solid #c5cfdd}"
                     f"figcaption{{padding:0 0 4px}}</style>{cells}", "utf-8")
    page = browser.new_page(viewport={"width": 1160, "height": 686})
    page.goto(sheet.as_uri())
    page.wait_for_load_state("networkidle")
    photograph(page, TOUR / "path.png")
    page.close()
    sheet.unlink()


def write_list() -> None:
    lines = ["# A walk through the made-up city 示例市一览", "", "Made by `scripts/tour.py`; each page at 1440 and at 375 pixels.", "",
             "![查找、单位、记录、核验 search, body, record, proof](path.png)", "", "| 页面 page | 谁 who | 1440 | 375 |", "| --- | --- | --- | --- |"]
    lines += [f"| {s.zh}<br>{s.en} | {s.login or '公众 the public'} | [png]({s.name}-wide.png) | [png]({s.name}-narrow.png) |"
              for s in (*PUBLIC_STOPS, *STAFF_STOPS)]
    (TOUR / "README.md").write_text("\n".join(lines) + "\n", "utf-8")


def main() -> None:
    TOUR.mkdir(parents=True, exist_ok=True)
    with city() as (url, passwords), sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        public = browser.new_context(locale="zh-CN", viewport={"width": 1440, "height": 900})
        for stop in PUBLIC_STOPS:
            visit(public, url, stop)
        desks: dict[str, BrowserContext] = {}
        for stop in STAFF_STOPS:
            if stop.login not in desks:
                desks[stop.login] = browser.new_context(locale="zh-CN", viewport={"width": 1440, "height": 900})
                sign_in(desks[stop.login].new_page(), url, stop.login, passwords[stop.login])
            visit(desks[stop.login], url, stop)
        contact_sheet(browser)
        browser.close()
    write_list()


if __name__ == "__main__":
    main()
