"""The published schema and `ximu intake check` give an integrator the verdict of the intake, cell by cell, without a network."""

from __future__ import annotations

import io
import json
import random
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from ximu.config.tests import open_city
from ximu.foundation import clock
from ximu.ideas.catalogue import queries as catalogue
from ximu.ideas.intake import queries as intake
from ximu.ideas.intake import services
from ximu.ideas.intake.commands import intake_group
from ximu.kernel.refusal import Refusal

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("M1.3")]
BAD = ("", " ", "甲", "2018-02-30", "2031-01-01", "２０１８－０５－０３", "20180503", "1,5", "-1", "1e9", "NaN", "=1+1", "不在其中", "11010519491231002X",
       "110105194912310021", "91350100M000100Y43", "91350100M000100Y44", "11310000002420097C", "x" * 600, "甲\u200b乙", "罚款；警告", "王小明", "\ufeff2018",
       "2018年5月3日", "43223", "0", "null", "\u202e倒", "警告", "罚款", "自然人", "法人及非法人组织", "身份证")
ROWS = 60


@pytest.fixture(autouse=True)
def city(settings: Any) -> None:
    open_city.city(settings)


def made_up(schema: dict[str, Any], rng: random.Random, format_: str) -> bytes:
    """Rows that begin as good ones and then get bad cells; now and then a heading is wrong or a row is short."""
    fields = schema["fields"]
    titles = [f["title"] if rng.random() < 0.97 else f["title"] + "？" for f in fields]
    rows = []
    for n in range(ROWS):
        row = [_good(f, n) for f in fields]
        for _ in range(rng.choice([0, 1, 1, 2, 5])):
            row[rng.randrange(len(row))] = rng.choice(BAD)
        rows.append(row)
    if format_ == "json":
        return json.dumps([dict(zip((f["name"] for f in fields), row, strict=True)) for row in rows], ensure_ascii=False).encode()
    lines = [titles, *rows]
    return "\r\n".join(",".join('"' + cell.replace('"', '""') + '"' for cell in line) for line in lines).encode(
        rng.choice(["utf-8", "gb18030"]) if format_ == "csv" else "utf-8", "replace")


def _good(field: dict[str, Any], n: int) -> str:
    choices = field.get("constraints", {}).get("enum")
    kind = field.get("ximu:kind", "text")
    if choices:
        return str(choices[n % len(choices)])
    if field["type"] == "date":
        return "2018-05-03"
    return {"uscc": "91350100M000100Y43", "organ-uscc": "11310000002420097C", "document-number": f"示罚〔2018〕{n}号", "money-wan": "1.5",
            "money-yuan": "15000"}.get(kind, "示例")


def published(item: str) -> dict[str, Any]:
    """The schema as everybody downloads it with the lists."""
    edition = catalogue.edition_in_force(clock.today())
    assert edition is not None
    told = json.loads(catalogue.edition_file(edition.number, "json").content)
    found: dict[str, Any] = next(one["body"]["schema"] for one in told["edition"]["items"] if one["code"] == item)
    return found


def online(data: bytes, item: str) -> tuple[Any, Any]:
    now, clerk = clock.now(), open_city.person("clerk", "entry", open_city.unit("jiancha"))
    receipt = services.receive(io.BytesIO(data), item=item, source=open_city.unit("jiancha"), by=clerk, at=now)
    try:
        summary = services.check(receipt.uid, by=clerk, at=now)
    except Refusal as refusal:
        return refusal.code, []
    return {name: summary[name] for name in ("rows", "good", "bad")}, _told(intake.faults(receipt.uid))


def offline(folder: Path, data: bytes, schema: dict[str, Any]) -> tuple[Any, Any]:
    (folder / "schema.json").write_text(json.dumps(schema, ensure_ascii=False), "utf-8")
    (folder / "data").write_bytes(data)
    ran = CliRunner().invoke(intake_group, ["check", str(folder / "data"), "--schema", str(folder / "schema.json"), "--on",
                                            clock.today().isoformat(), "--json"])
    if isinstance(ran.exception, Refusal):
        return ran.exception.code, []
    told = json.loads(ran.stdout)
    return {name: told[name] for name in ("rows", "good", "bad")}, _told(told["faults"])


def _told(faults: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return sorted((f["line"], f["field"], f["code"], f["severity"], f["message_zh"], f["message_en"]) for f in faults)


@pytest.mark.parametrize("format_", ["csv", "json"])
@pytest.mark.parametrize("item", ["CF", "XK"])
@pytest.mark.parametrize("seed", [1, 2])
def test_offline_and_online_say_the_same_of_malformed_rows(tmp_path: Path, format_: str, item: str, seed: int) -> None:
    schema = published(item)
    data = made_up(schema, random.Random(f"{seed} {item} {format_}"), format_)
    here, there = offline(tmp_path, data, schema), online(data, item)
    assert here == there
    assert here[1] or isinstance(here[0], str), "something is wrong with these rows"


@pytest.mark.parametrize("data", [b"", b"\x00\x01", b"PK\x03\x04", "名称\r\n".encode(), b"[1, 2", b'{"a": 1}', "甲,乙\r\n1".encode("utf-16")])
def test_a_file_that_is_none_gets_the_same_code(tmp_path: Path, data: bytes) -> None:
    schema = published("CF")
    here, there = offline(tmp_path, data, schema), online(data, "CF")
    assert here == there
    assert isinstance(here[0], str) or here[1]
