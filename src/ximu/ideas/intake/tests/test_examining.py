"""Figures of a committed delivery are looked at by themselves; what is doubtful stands with the delivery and refuses nothing."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.test import Client

from ximu.foundation import clock
from ximu.ideas.accounts.tests.factories import account, with_password
from ximu.ideas.intake import queries, services
from ximu.ideas.intake.services import examining
from ximu.ideas.intake.tests import test_services as told
from ximu.ideas.intake.tests.test_services import AT, CLERK, city, deliver, judgment  # noqa: F401  a fixture

pytestmark = [pytest.mark.django_db, pytest.mark.row("M1.2")]


def committed(rows: list[dict[str, str]], *, at: Any = AT) -> list[dict[str, Any]]:
    receipt = deliver(rows, at=at)
    services.check(receipt.uid, by=CLERK, at=at)
    services.commit(receipt.uid, by=CLERK, at=at)
    return list(queries.delivery(receipt.uid).outcome["quality"])


def test_invented_amounts_and_copied_rows_are_told_with_the_delivery_and_all_rows_enter(city: list[Any]) -> None:  # noqa: F811
    rows = [judgment(city[n % len(city)], n, 应履行金额=str((7 + n % 3) * 10 ** (2 + n % 4))) for n in range(1, 121)]
    found = {one["check"]: one for one in committed(rows)}
    assert found["benford"]["suspicious"] is True and found["benford"]["column"] == "LXBD" and found["benford"]["n"] == 120
    assert "首位" in found["benford"]["zh"] and "digit" in found["benford"]["en"]
    client = Client()
    client.force_login(with_password(account("boss", "coordinator", at=clock.now())), backend="django.contrib.auth.backends.ModelBackend")
    [row] = told.Delivery.objects.all()
    assert (row.state, row.outcome["new"]) == ("committed", 120)
    page = client.get(f"/console/intake/{row.uid}").content.decode()
    assert "数字核查" in page and "存疑" in page and "首位数字" in page


def test_a_correction_after_the_due_day_is_told(city: list[Any]) -> None:  # noqa: F811
    committed([judgment(city[0], 1, 应履行金额="100")])
    late = committed([judgment(city[0], 1, 应履行金额="900")], at=AT + timedelta(days=90))
    [one] = [one for one in late if one["check"] == "late-revision"]
    assert one["suspicious"] and "2018-03" in one["zh"] and one["n"] == 1


def test_sums_and_duplicates_are_looked_at_where_the_schema_says_so(tmp_path: Path) -> None:
    payloads = ['{"k":"1","a":"2","b":"3","t":"5"}', '{"k":"2","a":"2","b":"3","t":"6"}', '{"k":"3","a":"2","b":"3","t":"6"}']
    pl.DataFrame({"payload": payloads}).write_ipc(tmp_path / "ready-00001.arrow")
    numbers = [{"name": n, "type": "integer"} for n in ("a", "b", "t")]
    schema = {"fields": [{"name": "k", "type": "string"}, *numbers], "primaryKey": "k", "ximu:sums": [{"total": "t", "parts": ["a", "b"]}]}
    found = examining.examined(examining.looked_at(tmp_path, schema), schema, corrected=0, months={}, today=date(2018, 6, 1))
    assert [(one["check"], one["lines"]) for one in found if one["suspicious"]] == [("duplicate", [2, 3]), ("sum", [2]), ("sum", [3])]
    assert {one["check"] for one in found if one["suspicious"] is None} == {"last-digit", "heaping"}, "too few to be judged"
    assert examining.looked_at(tmp_path, {"fields": [{"name": "k", "type": "string"}]}) is None


def test_rows_are_alike_whatever_their_key_says(tmp_path: Path) -> None:
    rows = [('"k":"1"', "2"), ('"k":"a\\"b,\\"k\\":\\"9"', "2"), ('"k":null', "2"), ('"k":"3"', "4"), ('"k":"3"', "")]
    pl.DataFrame({"payload": [f'{{"a":"{a}",{key},"z":"\\"k\\":"}}' for key, a in rows]}).write_ipc(tmp_path / "ready-00001.arrow")
    fields = [{"name": "k", "type": "string"}, {"name": "a", "type": "integer"}, {"name": "z", "type": "string"}]
    found = examining.looked_at(tmp_path, {"fields": fields, "primaryKey": ["k"]})
    assert found is not None and found.columns["a"] == [2, 2, 2, 4, None]
    assert len(set(found.alike[:3])) == 1 and found.alike[3:] == [3, 4]
    only = examining.looked_at(tmp_path, {"fields": fields[1:2], "primaryKey": ["a"]})
    assert only is not None and only.alike == [0, 1, 2, 3, 4], "where the key is all that there is, it counts"
