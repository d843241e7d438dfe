"""A citizen without an account: search, body, record, proof bundle, and the proof checked on the citizen's own machine."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from ximu.config.tests import open_city

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey, pytest.mark.row("M1.3")]

TELEPHONE = 375


@pytest.fixture
def public(settings: Any) -> str:
    open_city.city(settings)
    return open_city.opened("示罚〔2018〕1号")


def verified(bundle: Path, key: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "ximu_verify", str(bundle), "--key", str(key)], capture_output=True, text=True,
                          env={**os.environ, "PYTHONPATH": "src"}, check=False)


def taken_home(page: Page, where: str, number: str, folder: Path) -> tuple[Path, Path]:
    """The path with a mouse and the keyboard; the bundle and the key as files of the citizen."""
    page.goto(f"{where}/")
    page.fill("#hero-q", "发改委")
    page.keyboard.press("Enter")
    page.click("main table a")
    page.click(f"text={number}")
    assert "核验这条记录" in page.inner_text("main")
    with page.expect_download() as waiting:
        page.click("text=下载证明包 >> nth=0")
    bundle, key = folder / f"ximu-{number}.json", folder / "ximu-log.key"
    waiting.value.save_as(bundle)
    key.write_text(page.inner_text("#verify pre >> nth=0").strip() + "\n", "utf-8")
    return bundle, key


@pytest.mark.parametrize("scripts", [True, False], ids=["with-scripts", "without-scripts"])
def test_from_search_to_a_proof_that_refuses_one_changed_byte(
    chromium: Browser, live_server: LiveServer, public: str, tmp_path: Path, scripts: bool,
) -> None:
    context = chromium.new_context(java_script_enabled=scripts, viewport={"width": TELEPHONE, "height": 800}, accept_downloads=True)
    bundle, key = taken_home(context.new_page(), live_server.url, public, tmp_path)
    context.close()
    good = verified(bundle, key)
    assert good.returncode == 0, good.stdout + good.stderr
    assert "责令限期改正" in good.stdout
    data = bytearray(bundle.read_bytes())
    data[data.index("责".encode())] ^= 1
    bundle.write_bytes(bytes(data))
    bad = verified(bundle, key)
    assert bad.returncode == 1, bad.stdout + bad.stderr


def verdict(page: Page, file: Path, key: str = "") -> str:
    page.fill("#trusted", key)
    page.set_input_files("#bundle", [])
    page.set_input_files("#bundle", str(file))
    page.wait_for_selector("#verdict p")
    return page.inner_text("#verdict")


def test_the_saved_verifier_works_without_network(chromium: Browser, live_server: LiveServer, public: str, tmp_path: Path) -> None:
    """From a file on the disk: valid with the right key, unproved without, invalid with another key or any changed member."""
    context = chromium.new_context(accept_downloads=True)
    page = context.new_page()
    bundle, key = taken_home(page, live_server.url, public, tmp_path)
    page.goto(f"{live_server.url}/log/verify/")
    with page.expect_download() as waiting:
        page.click("text=下载离线核验页 >> nth=0")
    saved = tmp_path / "ximu-verify.html"
    waiting.value.save_as(saved)
    context.set_offline(True)
    page.goto(saved.as_uri())
    pinned = key.read_text("utf-8").strip()
    assert "有效" in verdict(page, bundle, pinned) and "责令限期改正" in page.inner_text("#verdict")
    assert "没有填写可信公钥" in verdict(page, bundle)
    other = "ximu.example/log+" + "0" * 8 + "+AQ=="
    assert "无效" in verdict(page, bundle, other)
    made = json.loads(bundle.read_bytes())
    for name, changed in tampered(made).items():
        false = tmp_path / f"{name}.json"
        false.write_bytes(changed)
        said = verdict(page, false, pinned)
        assert said.startswith("无效"), (name, said)
        assert verified(false, key).returncode == 1, name
    context.close()


def tampered(made: dict[str, Any]) -> dict[str, bytes]:
    """Forgeries: some plain, some with a digest that fits again."""
    def fresh(**changes: Any) -> bytes:
        return resealed({**json.loads(json.dumps(made)), **changes})
    entry, shown = dict(made["entry"]), json.loads(json.dumps(made["disclosed"]))
    entry["record"] = "0" * 13
    shown["payload"]["fields"]["CF_NR"] = "免予处理"
    return {
        "space": json.dumps(made, ensure_ascii=False).encode(), "entry": fresh(entry=entry), "payload": fresh(disclosed=shown),
        "index": fresh(index=made["index"] + 1), "proof": fresh(proof=made["proof"][1:]), "keys": fresh(keys=[]),
        "checkpoint": fresh(checkpoint=made["checkpoint"].replace("\n", "\n0", 1)), "member": fresh(extra=1),
        "doubled": fresh(keys=made["keys"] * 2, checkpoint=made["checkpoint"] + made["checkpoint"].rpartition("\n\n")[2]),
        "labels": fresh(labels={"x": {"zh": 1, "en": ""}}), "words": fresh(labels=[]),
        "surrogate": halved(fresh(labels={"x": {"zh": "HALF", "en": ""}})),
    }


def halved(raw: bytes) -> bytes:
    """A lone surrogate, which JSON can write and UTF-8 cannot, with a digest that fits."""
    made = json.loads(raw)
    rest = json.dumps({k: v for k, v in made.items() if k != "digest"}, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    digest = base64.b64encode(hashlib.sha256(rest.replace("HALF", "\\ud800").encode()).digest()).decode()
    return raw.replace(made["digest"].encode(), digest.encode()).replace(b"HALF", b"\\ud800")


def resealed(made: dict[str, Any]) -> bytes:
    rest = {k: v for k, v in made.items() if k != "digest"}
    made["digest"] = sealed(rest)
    return json.dumps(made, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def sealed(rest: dict[str, Any]) -> str:
    text = json.dumps(rest, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    return base64.b64encode(hashlib.sha256(text).digest()).decode()


def test_results_come_while_typing(chromium: Browser, live_server: LiveServer, public: str) -> None:
    page = chromium.new_page()
    page.goto(f"{live_server.url}/units/")
    page.locator("main input[name=q]").press_sequentially("fagaiwei")
    page.wait_for_selector("#found >> text=与“fagaiwei”有关的单位")
    assert page.locator(f"#found a[href='/units/{open_city.unit()}/']").count() == 1
    page.goto(f"{live_server.url}/")
    page.locator("#hero-q").press_sequentially("发改委")
    page.wait_for_selector(f"#suggest a[href='/units/{open_city.unit()}/']")
    page.close()
