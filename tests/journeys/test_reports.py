"""Who reports leaves no trace on any disk; fifty at once lose nothing; a citizen follows the report on a phone (row M3.4)."""

from __future__ import annotations

import base64
import contextlib
import http.client
import json
import os
import re
import secrets
import shutil
import sqlite3
import struct
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode, urlparse

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import City, Staff, refused

pytestmark = [pytest.mark.journey, pytest.mark.row("M3.4")]
TOKEN, CODE = re.compile(r'name="token" value="([^"]+)"'), re.compile(r"(?:\d{4} ){3}\d{4}")
CLIENTS, EACH = 50, 2
MARKED = int(os.environ.get("XIMU_REPORTS", "8"))
"""How many marked reports are sent before the disks are searched; 1,000 on demand."""
CANARY = "金丝雀举报内容九四七一"
ADDRESS = "127.94.71.13"
PLAIN = "示例晚报2018年12月20日"
"""Stands in clear in a lead of the demonstration: where it is not found, the search of the disks is blind."""
AGENT, LANGUAGE, REFERER, FILE = "CanaryBrowser/94.71", "zz-CANARY9471", "http://canary9471.example/secret", "canary9471-photo.jpg"


def jpeg() -> bytes:
    """A made-up picture with a place, a device and a comment."""
    exif = b"Exif\0\0" + struct.pack("<2sHIHHHIHHI", b"II", 42, 8, 1, 0x0112, 3, 1, 6, 0, 0) + b"GPS canary9471 31.2304N"
    parts = [(0xE1, exif), (0xFE, b"author canary9471"), (0xDB, b"\0" * 65), (0xDA, b"\x01\x01\x00\x00\x3f\x00")]
    head = b"".join(bytes((0xFF, m)) + struct.pack(">H", len(b) + 2) + b for m, b in parts)
    return b"\xff\xd8" + head + b"\x12\x34\xff\xd9"


def ask(city: City, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, str]:
    at = urlparse(city.url)
    link = http.client.HTTPConnection(at.hostname or "", at.port, timeout=120, source_address=(ADDRESS, 0))
    link.request(method, path, body, headers)
    answer = link.getresponse()
    text = answer.read().decode()
    assert not answer.headers.get_all("set-cookie")
    link.close()
    return answer.status, text


def send(city: City, text: str, *, file: bytes = b"", token: str = "", **headers: str) -> str:
    """A report by a form with a file; the code."""
    if not token:
        token = TOKEN.search(ask(city, "GET", "/report/")[1])[1]  # type: ignore[index]
    mark = secrets.token_hex(8)
    fields = {"topic": "payment", "text": text, "about": "示例市财政局", "contact": "", "token": token}
    body = b"".join(f'--{mark}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n'.encode() for k, v in fields.items())
    if file:
        body += (f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{FILE}"\r\nContent-Type: image/jpeg\r\n\r\n'.encode()
                 + file + b"\r\n")
    status, answer = ask(city, "POST", "/report/", body + f"--{mark}--\r\n".encode(),
                         **{"Content-Type": f"multipart/form-data; boundary={mark}"}, **headers)
    assert status == 200, answer[-2000:]
    return CODE.search(answer)[0]  # type: ignore[index]


def traces(folder: Path, *more: str) -> list[str]:
    """Files that hold a mark of the reporter, in any encoding that could have been used."""
    marks: list[bytes] = [AGENT.encode(), LANGUAGE.encode(), b"canary9471", b"GPS "]
    for text in (CANARY, *more):
        marks += [text.encode(code) for code in ("utf-8", "gb18030", "utf-16-le")]
        marks += [json.dumps(text).strip('"').encode(), base64.b64encode(text.encode()).rstrip(b"=")[:-2]]
    found = []
    for path in (path for path in folder.rglob("*") if path.is_file()):
        held = path.read_bytes()
        if any(mark in held for mark in marks):
            found.append(str(path.relative_to(folder)))
    return sorted(found)


def test_nothing_on_any_disk_tells_who_reported(city: City, tmp_path: Path) -> None:
    before = set(Path("/tmp").glob("tmp*.upload*"))
    told = {"User-Agent": AGENT, "Accept-Language": LANGUAGE, "Referer": REFERER, "X-Forwarded-For": "203.0.113.94"}
    with ThreadPoolExecutor(4) as pool:
        sent = list(pool.map(lambda n: send(city, f"{CANARY}，第{n}件", file=jpeg(), **told), range(MARKED)))
    code, codes = sent[0], [*sent, *(one.replace(" ", "") for one in sent)]
    digits = code.replace(" ", "")
    assert len(set(sent)) == MARKED
    token = TOKEN.search(ask(city, "GET", "/report/")[1])[1]  # type: ignore[index]
    plain = {"Content-Type": "application/x-www-form-urlencoded", "User-Agent": AGENT}
    form = urlencode({"code": digits, "act": "say", "text": CANARY, "token": token}).encode()
    assert CANARY in ask(city, "POST", "/report/status/", form, **plain)[1], "it was kept, and reads back with the code"
    wrong = urlencode({"code": digits[::-1], "act": "say", "text": CANARY, "token": token}).encode()
    assert ask(city, "POST", "/report/status/", wrong, **plain)[0] == 404
    saved = tmp_path / "backup"
    done = city.ximu("backup", str(saved))
    assert done.returncode == 0, done.stderr
    assert (city.home / "ximu.sqlite3").stat().st_size > 1 << 20
    assert traces(city.home, *codes, "203.0.113.94", ADDRESS) == []
    assert traces(saved, *codes, "203.0.113.94", ADDRESS) == []
    assert "ximu.sqlite3" in traces(city.home, PLAIN)
    assert traces(saved, PLAIN), "a backup that cannot be searched proves nothing"
    assert any(saved.rglob("*")) and not list(saved.rglob("reports")), "the keys are not in a backup"
    assert set(Path("/tmp").glob("tmp*.upload*")) <= before
    shutil.rmtree(saved)


def kept(city: City) -> int:
    link = sqlite3.connect(city.home / "ximu.sqlite3")
    with contextlib.closing(link):
        return int(link.execute("SELECT count(*) FROM m3_complaints_report").fetchone()[0])


def test_fifty_at_once_lose_no_report_and_double_none(city: City) -> None:
    def one(number: int) -> list[str]:
        token = TOKEN.search(ask(city, "GET", "/report/")[1])[1]  # type: ignore[index]
        return [send(city, f"并发第{number}件", token=token) for _ in range(EACH)]

    before = kept(city)
    with ThreadPoolExecutor(CLIENTS) as pool:
        answers = list(pool.map(one, range(CLIENTS)))
    assert all(len(set(codes)) == 1 for codes in answers), "the same form sent twice is the same report"
    codes = [codes[0] for codes in answers]
    assert len(set(codes)) == CLIENTS == kept(city) - before
    for code in (codes[0], codes[-1]):
        body = f"code={code.replace(' ', '')}".encode()
        assert "待受理" in ask(city, "POST", "/report/status/", body, **{"Content-Type": "application/x-www-form-urlencoded"})[1]


def test_a_citizen_reports_on_a_phone_and_the_bureau_finds_nothing(city: City, chromium: Browser, staff: Staff, tmp_path: Path) -> None:
    photo = tmp_path / "现场.jpg"
    photo.write_bytes(jpeg())
    phone = chromium.new_context(viewport={"width": 320, "height": 640}, java_script_enabled=False, locale="zh-CN").new_page()
    phone.goto(f"{city.url}/")
    phone.goto(f"{city.url}/report/")
    assert _fits(phone)
    phone.select_option("#topic", "payment")
    phone.fill("#about", "示例市财政局")
    phone.fill("#text", "工程款约定三月付清，至今未付。")
    phone.set_input_files("#file", photo)
    phone.click("main button")
    code = CODE.search(phone.locator("main").inner_text())[0]  # type: ignore[index]
    assert _fits(phone) and phone.url == f"{city.url}/report/"
    _status(phone, city, "0000 0000 0000 0000")
    wrong = phone.locator("main").inner_text()
    _status(phone, city, "1234")
    assert phone.locator("main").inner_text() == wrong
    _status(phone, city, code)
    expect(phone.locator("main")).to_contain_text("待受理")
    bureau = staff.page("discipline")
    bureau.goto(f"{city.url}/console/m3_complaints/")
    links = [city.url + (one.get_attribute("href") or "") for one in bureau.get_by_role("link", name="拖欠账款").all()]
    page = next(link for link in links if bureau.goto(link) and "工程款约定三月付清" in bureau.locator("main").inner_text())
    expect(bureau.locator("main")).to_contain_text("示例市财政局")
    _alone(bureau, city, page, code, phone)
    other = staff.page("czj-entry")
    other.goto(page)
    refused(other, "PURPOSE")


def _alone(bureau: Page, city: City, page: str, code: str, phone: Page) -> None:
    """The handler accepts, asks, the citizen answers with the code, the handler closes, the citizen says it is not solved."""
    bureau.get_by_role("button", name="受理并承办").click()
    bureau.fill("#qtext", "合同编号是多少？")
    bureau.get_by_role("button", name="询问", exact=True).click()
    _status(phone, city, code)
    expect(phone.locator("main")).to_contain_text("合同编号是多少？")
    phone.fill("#text", "甲字十二号")
    phone.get_by_role("button", name="提交").click()
    expect(phone.locator("main")).to_contain_text("甲字十二号")
    bureau.goto(page)
    bureau.select_option("#outcome", "explained")
    bureau.fill("#atext", "已与建设单位核对，正在走付款程序。")
    bureau.get_by_role("button", name="答复并办结").click()
    _status(phone, city, code)
    phone.fill("#why", "款项仍未收到。")
    phone.get_by_role("button", name="请求复查").click()
    expect(phone.locator("main")).to_contain_text("办理中")
    bureau.goto(page)
    expect(bureau.get_by_role("button", name="由我承办")).to_have_count(0)
    assert _fits(phone)


def _status(page: Page, city: City, code: str) -> None:
    page.goto(f"{city.url}/report/status/")
    page.fill("#code", code)
    page.click("main button")


def _fits(page: Page) -> bool:
    """Nothing is wider than the page: measured without a script of the page."""
    return page.locator("body").bounding_box()["width"] <= 320  # type: ignore[index]
