"""Rows pulled from a unit's own database are delivered like a file."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

import polars as pl
import psycopg
import pytest
from django.db import connection

from ximu.ideas.intake import queries, services
from ximu.ideas.intake.tests.test_services import AT, CLERK, city, court, judgment
from ximu.kernel.refusal import Refusal

pytestmark = [pytest.mark.django_db, pytest.mark.database]
__all__ = ["city"]


@pytest.fixture
def their_table(tmp_path: Path) -> Iterator[Callable[[dict[str, str]], str]]:
    """Makes a unit's table `their_t` on the kind of engine under test, outside our transaction; its URL."""
    url = str(settings_of_test_database()) if connection.vendor == "postgresql" else f"sqlite:///{tmp_path / 'their.sqlite3'}"

    def make(row: dict[str, str]) -> str:
        columns, marks = ", ".join(f'"{c}" text' for c in row), ", ".join(f"'{v}'" for v in row.values())
        run(url, f"CREATE TABLE their_t ({columns})", f"INSERT INTO their_t VALUES ({marks})")
        return url

    yield make
    run(url, "DROP TABLE IF EXISTS their_t")


def settings_of_test_database() -> str:
    said = {name: quote(str(value), safe="") for name, value in connection.settings_dict.items() if name in {"USER", "PASSWORD", "HOST", "NAME"}}
    port = f":{connection.settings_dict['PORT']}" if connection.settings_dict["PORT"] else ""
    return f"postgresql://{said['USER']}:{said['PASSWORD']}@{said['HOST']}{port}/{said['NAME']}"


def run(url: str, *statements: str) -> None:
    with closing(sqlite3.connect(url.removeprefix("sqlite:///")) if url.startswith("sqlite") else psycopg.connect(url)) as link:
        for statement in statements:
            link.execute(statement)
        link.commit()


def test_a_table_is_pulled_like_a_file_is_delivered(city: list[Any], their_table: Callable[[dict[str, str]], str]) -> None:
    row = judgment(city[0]) | {"作出判决的法院统一社会信用代码": court()}
    url = their_table(row)
    said = {"item": "SF-PJ", "source": "court00000000001", "by": CLERK, "at": AT}
    receipt = services.pull(url, table="their_t", columns=list(row), **said)
    assert services.check(receipt.uid, by=CLERK, at=AT)["good"] == 1
    for address, table, code in ((url, "t; drop table t", "PULL-NAME"), ("mysql://x", "t", "PULL-URL"), (url, "none", "PULL-FAILED")):
        with pytest.raises(Refusal) as refused:
            services.pull(address, table=table, columns=["主体名称"], **said)
        assert refused.value.code == code


@pytest.mark.parametrize(("sql", "written"), [
    ("x'41'", "PULL-VALUE"), ("'一' || char(13) || '二'", "一\n二"), ("'一' || char(13, 10) || '二'", "一\n二"), ("1.0e-7", "0.0000001"),
    ("1234.5", "1234.5"), ("1.5e300", "1.5e+300"), ("9007199254740993", "9007199254740993"), ("NULL", None), ("'\"'", '"'), ("'a,b'", "a,b"),
])
def test_a_pulled_value_is_what_the_table_holds(city: list[Any], tmp_path: Path, sql: str, written: str | None) -> None:
    """A single sign of return ends no row; bytes are no text; small numbers are written in full."""
    row, url = judgment(city[0]) | {"作出判决的法院统一社会信用代码": court()}, f"sqlite:///{tmp_path / 'their.sqlite3'}"
    run(url, "CREATE TABLE t ({})".format(", ".join(f'"{name}"' for name in row)))
    run(url, "INSERT INTO t VALUES ({})".format(", ".join(sql if name == "备注" else f"'{value}'" for name, value in row.items())))
    said = {"item": "SF-PJ", "source": "court00000000001", "by": CLERK, "at": AT}
    if written == "PULL-VALUE":
        with pytest.raises(Refusal) as refused:
            services.pull(url, table="t", columns=list(row), **said)
        assert (refused.value.code, refused.value.field) == ("PULL-VALUE", "备注")
        return
    receipt = services.pull(url, table="t", columns=list(row), **said)
    assert services.check(receipt.uid, by=CLERK, at=AT)["good"] == 1
    ready = pl.read_ipc(next(queries.folder_of(receipt.uid).glob("ready-*.arrow")))
    assert written in {None, *json.loads(ready["payload"][0]).values()}
