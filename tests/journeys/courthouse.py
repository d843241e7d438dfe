"""What the high court's clerk does over HTTP: a key, a delivery of judgments, its commitment."""

from __future__ import annotations

import csv
import io
import json
import random
from pathlib import Path
from typing import Any

import httpx

from tests.journeys.conftest import City
from ximu.foundation.profiles import uid_of

COURT, LOGIN, ROLE = uid_of("example", "gy"), "court", "court_officer"
SUBJECTS = ("示例市财政局", "示例市公安局", "示例市民政局")
PATIENCE = 120


def key_of(city: City) -> str:
    made = city.ximu("accounts", "key", LOGIN, ROLE, "--unit", COURT, "--label", "test", "--json")
    assert made.returncode == 0, made.stderr + made.stdout
    return str(json.loads(made.stdout)["key"] if made.stdout.startswith("{") else json.loads(made.stdout)[0]["key"])


def client(url: str, key: str) -> httpx.Client:
    return httpx.Client(base_url=url, headers={"Authorization": f"Bearer {key}"}, timeout=PATIENCE)


def upload(http: httpx.Client, data: bytes, name: str = "delivery") -> httpx.Response:
    form = {"item": "SF-PJ", "source": COURT}
    return http.post("/api/v1/intake/deliveries/file", data=form, files={"file": (name, data)})


def judgments(count: int, *, seed: int) -> bytes:
    """So many good rows under case numbers of their own."""
    chance, rows = random.Random(seed), []
    for n in range(count):
        rows.append({
            "主体类型": "2", "主体名称": chance.choice(SUBJECTS), "主体代码": "", "领域": "D01", "行为代码": "XW-S-1", "失信等级": "一般",
            "事实摘要": "未履行合同付款义务。", "行为发生日": "2018-06-01", "行为终止日": "2018-06-20", "案号": f"（2018）示99民终{seed * 100_000 + n}号",
            "作出判决的法院": "示例市高级人民法院", "作出判决的法院统一社会信用代码": "113100000024200979", "判决日期": "2018-07-02",
            "生效日期": "2018-07-20", "上诉状态": "未上诉", "履行情况": "未履行", "备注": "",
        })
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def commit(http: httpx.Client, uid: str) -> dict[str, Any]:
    answer = http.post(f"/api/v1/intake/deliveries/{uid}/commit", json={"reason": ""})
    assert answer.status_code == httpx.codes.OK, answer.text
    return dict(answer.json())


def servers_of(home: Path) -> dict[int, int]:
    """The serving processes of a city and their resident memory in MiB."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if f"XIMU_HOME={home}".encode() not in (folder / "environ").read_bytes().split(b"\0"):
                continue
            if b"serve" in (folder / "cmdline").read_bytes() or b"granian" in (folder / "cmdline").read_bytes():
                found[int(folder.name)] = int((folder / "statm").read_text("ascii").split()[1]) * 4 >> 10
        except (OSError, IndexError):
            continue
    return found
