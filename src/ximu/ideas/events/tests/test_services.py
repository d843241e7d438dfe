"""Batches enter once, corrections keep the past, silence is not zero, personal columns lie apart."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag

from ximu.foundation import clock, columns, spark, strongbox
from ximu.foundation.rooms import room_paths, toml_of
from ximu.ideas.events import queries, services
from ximu.ideas.events.models import Batch
from ximu.ideas.events.queries.store import ROOM
from ximu.ideas.events.tests.factories import AT, LATER, frame, ticket
from ximu.ideas.ledger.queries import tree
from ximu.kernel.actor import SYSTEM, Actor, Grant
from ximu.kernel.refusal import Refusal

pytestmark = [pytest.mark.django_db, pytest.mark.row("D13")]
APRIL = {"first": "2018-04-01", "last": "2018-04-30", "judged_on": "2018-05-02"}


@pytest.fixture(autouse=True)
def home(settings: Any, tmp_path: Path) -> Iterator[Path]:
    settings.XIMU_HOME = tmp_path
    yield tmp_path


def put(*rows: dict[str, object], batch: str = "b1", at: object = AT, **how: object) -> Batch:
    return services.append("hotline", frame(*rows), batch=batch, by=SYSTEM, at=at, **how)


def count(*, known_at: object = LATER, **how: object) -> int:
    return queries.ask("SELECT count(*) AS n FROM hotline", {}, dataset="hotline", known_at=known_at, **how)["n"][0]


def test_a_batch_is_one_part_and_a_repeat_changes_nothing(home: Path) -> None:
    first = put(ticket("1"), ticket("2"))
    again = put(ticket("1"), ticket("2"), at=LATER)
    assert (first.pk, first.new, first.rows) == (again.pk, 2, 2)
    assert [p.name for p in (home / "events" / "hotline").glob("*.parquet")] == [first.part]
    with pytest.raises(Refusal) as refused:
        put(ticket("3"))
    assert refused.value.code == "EVT-BATCH"


def test_a_correction_hides_the_old_row_only_from_its_own_time_on() -> None:
    put(ticket("1", topic="05"), ticket("2"))
    made = put(ticket("1", topic="06"), ticket("2"), ticket("3"), batch="b2", at=LATER)
    assert (made.new, made.corrected, made.same) == (1, 1, 1)
    sql = "SELECT ticket, topic FROM hotline ORDER BY ticket"
    then = queries.ask(sql, {}, dataset="hotline", known_at=AT).rows()
    now = queries.ask(sql, {}, dataset="hotline", known_at=LATER).rows()
    assert then == [("1", "05"), ("2", "05")]
    assert now == [("1", "06"), ("2", "05"), ("3", "05")]
    assert queries.manifest("hotline", known_at=LATER).rows == 3


def test_the_two_clocks_are_two() -> None:
    put(ticket("1"))
    late = put(ticket("2", called_on=date(2018, 4, 1)), ticket("3", called_on=date(2018, 5, 20)), batch="b2", at=LATER)
    assert late.late == 1
    assert (count(known_at=AT), count(), count(as_of=date(2018, 4, 30))) == (1, 3, 2)


def test_a_day_without_a_delivery_is_no_data_and_an_attested_day_is_zero() -> None:
    put(ticket("1", called_on=date(2018, 4, 1)), covers=(date(2018, 4, 1), date(2018, 4, 2)))
    put(ticket("2", called_on=date(2018, 4, 4)), batch="b2")
    shown = queries.explore("hotline", queries.Asked(date(2018, 4, 1), date(2018, 4, 4), step="day"), known_at=LATER)
    assert [r["n"] for r in shown.rows] == [1, 0, None, 1]
    assert queries.missing_days("hotline", date(2018, 4, 1), date(2018, 4, 4)) == [date(2018, 4, 3)]
    ran = queries.run("d13_kpi", APRIL, known_at=LATER)
    assert ran.frame["missing_days"].to_list() == [27]


def test_the_manifest_is_in_the_log_and_an_altered_part_is_found(home: Path) -> None:
    made = put(ticket("1"), ticket("2"))
    put(ticket("1", topic="06"), batch="b2", at=LATER)
    entries = {i: body for i, body, _ in queries.provider(0, 100)}
    assert entries == {i: tree.entry(i) for i in entries}
    assert len(entries) == 2
    part = home / "events" / "hotline" / made.part
    part.write_bytes(part.read_bytes() + b"\0")
    assert queries.verify("hotline") == [made.part]
    assert {i: b for i, b, _ in queries.provider(0, 100)}[made.log_index] != entries[made.log_index]
    part.unlink()
    assert queries.doctor(LATER)[0].state == "broken"


def test_personal_columns_lie_apart_sealed_and_masked(home: Path) -> None:
    put(ticket("1", caller="张三丰", phone="13800001234"), ticket("2"))
    for path in (home / "events").rglob("*"):
        if path.is_file():
            assert b"13800001234" not in path.read_bytes()
    assert "caller" not in queries.ask("SELECT * FROM hotline", {}, dataset="hotline", known_at=LATER).columns
    clerk = Actor("c", grants=(Grant("reviewer", frozenset({"events.personal"}), "u1"),))
    assert services.look("hotline", ["1"], purpose="核实回访", by=clerk, at=LATER) == [
        {"ticket": "1", "caller": "张**", "phone": "138****1234", "address": None, "title_text": None, "content": None}]
    assert services.look("hotline", ["1"], purpose="核实回访", by=SYSTEM, at=LATER)[0]["caller"] == "张三丰"
    other = Actor("o", grants=(Grant("reviewer", frozenset({"events.personal"}), "u2"),))
    assert services.look("hotline", ["1"], purpose="核实回访", by=other, at=LATER) == []
    with pytest.raises(Refusal) as refused:
        services.look("hotline", ["1"], purpose="", by=SYSTEM, at=LATER)
    assert refused.value.code == "EVT-PURPOSE"
    assert services.drop_due("hotline", on=date(2019, 6, 1), by=SYSTEM, at=LATER) == (1, 0)
    assert services.drop_due("hotline", on=date(2019, 6, 1), by=SYSTEM, at=LATER) == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_what_is_over_its_time_is_destroyed_with_its_key(home: Path) -> None:
    made = put(ticket("1", caller="张三丰"))
    sealed = home / "events" / "hotline" / made.sealed
    kept = sealed.read_bytes()
    services.drop_due("hotline", on=date(2019, 6, 1), by=SYSTEM, at=LATER)
    assert not sealed.exists()
    with pytest.raises(FileNotFoundError):
        strongbox.unseal(f"events/hotline/{made.sealed}", kept)
    assert services.drop_due("hotline", on=made.last_day + timedelta(days=3660), by=SYSTEM, at=LATER) == (0, 1)
    assert (count(), queries.verify("hotline")) == (0, [])


@pytest.mark.django_db(transaction=True)
def test_a_parameter_says_how_long_and_from_which_day_on(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(ticket("1", caller="张三丰"))
    on = date(2019, 1, 2)
    shorter = {"since": on, "value": 180, "source": "市热线管理办法第九条"}
    known = dict(toml_of("parameters.toml"))[ROOM]
    monkeypatch.setattr("ximu.foundation.parameters._tables", lambda _: {**known, "personal_days": [*known["personal_days"], shorter]})
    assert (queries.keeping("hotline", on - timedelta(days=1)).personal_days, queries.keeping("hotline", on).personal_days) == (365, 180)
    assert services.drop_due("hotline", on=on - timedelta(days=1), by=SYSTEM, at=LATER) == (0, 0)
    assert services.drop_due("hotline", on=on, by=SYSTEM, at=LATER) == (1, 0)


def test_how_long_is_to_be_confirmed_and_a_room_may_keep_its_own_dataset_shorter() -> None:
    assert queries.keeping("hotline", date(2019, 1, 1)) == queries.Keeping(365, 10, False)
    assert queries.keeping("hotline_marks", date(2019, 1, 1)) == queries.Keeping(365, 1, False)
    with pytest.raises(Refusal) as refused:
        queries.keeping("nothing", date(2019, 1, 1))
    assert refused.value.code == "EVT-SET"


@pytest.mark.parametrize("cipher", ["A256GCM", "SM4GCM"])
def test_both_ciphers_open_what_they_sealed_and_nothing_altered(cipher: str) -> None:
    sealed = strongbox.seal("events/x", b"secret", cipher=cipher)
    assert strongbox.unseal("events/x", sealed) == b"secret"
    with pytest.raises(InvalidTag):
        strongbox.unseal("events/x", sealed[:-1] + bytes([sealed[-1] ^ 1]))


def test_rights_bound_to_a_unit_hide_the_rest() -> None:
    put(ticket("1"), ticket("2", unit="u2"))
    assert (count(units={"u2"}), count(units=set())) == (1, 0)
    with pytest.raises(Refusal) as refused:
        services.append("hotline", frame(ticket("9")), batch="x", by=Actor("nobody"), at=AT)
    assert refused.value.code == "PERM-DENIED"


def test_unknown_names_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services.loading, "_loaders", {})
    for code, act in (("EVT-SET", lambda: queries.dataset("x")), ("EVT-DEF", lambda: queries.definition("x")),
                      ("EVT-LOADER", lambda: services.load("hotline", Path("x"), batch="b", by=SYSTEM, at=AT))):
        with pytest.raises(Refusal) as refused:
            act()
        assert refused.value.code == code


def test_an_empty_dataset_answers_with_no_rows() -> None:
    assert queries.run("d13_kpi", APRIL, known_at=clock.now()).frame.height == 0


@pytest.mark.parametrize("name", [p.stem for room in room_paths() for p in sorted(room.glob("indicators/*.sql"))])
def test_each_definition_runs_here_and_can_be_said_in_spark(name: str) -> None:
    put(ticket("1"))
    found = queries.definition(name)
    sample = {"date": "2018-04-30", "integer": 3, "text": "x", "number": 1.0}
    queries.run(name, {p.name: sample[p.kind] for p in found.parameters}, known_at=LATER)
    told = queries.spark_text(name)
    assert "$" not in told
    assert all(f":{p.name}" in told for p in found.parameters)


def test_without_spark_the_answer_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    with pytest.raises(Refusal) as refused:
        spark.session.__wrapped__("local[1]")
    assert refused.value.code == "SPARK-NONE"


def test_a_number_with_a_point_is_a_double_in_spark() -> None:
    told = columns.spark_sql("SELECT 100.0 * a / b AS r, '1.5' AS s, 2 AS n FROM t")
    assert "CAST(100.0 AS DOUBLE)" in told and "'1.5'" in told and "2 AS n" in told


def test_nothing_outside_the_dataset_can_be_read(home: Path) -> None:
    (home / "keys.csv").write_text("a\n1\n", "utf-8")
    with pytest.raises(Exception, match="Cannot access"):
        columns.query(f"SELECT * FROM read_csv('{home}/keys.csv')", folder=home / "events" / "hotline")


def test_one_database_answers_for_every_dataset_and_an_empty_one_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    put(ticket("1"))
    columns._database.cache_clear()
    assert [row["ticket"] for row in queries.rows_of("hotline", known_at=LATER)] == ["1"]
    queries.ask("SELECT count(*) AS n FROM ppp_acts", {}, dataset="ppp_acts", known_at=LATER)
    assert columns._database.cache_info().currsize == 1
    monkeypatch.setattr(columns, "query", None)
    assert queries.rows_of("ppp_acts", known_at=LATER) == queries.rows_with("ppp_acts", "project", ["P-1"]) == []
    assert queries.rows_of("hotline", known_at=AT - timedelta(days=1)) == [] and queries.owners("hotline", known_at=AT - timedelta(days=1)) == {}
    with pytest.raises(Refusal) as refused:
        queries.rows_of("ppp_acts", known_at=LATER, nobody="x")
    assert refused.value.code == "EVT-PARAM"
