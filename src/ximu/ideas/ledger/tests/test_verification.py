"""Whatever is altered, dropped, added, cut off or rolled back is found and named."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.db import connection, transaction

from ximu.ideas.ledger import queries, services
from ximu.ideas.ledger.commands import log_group
from ximu.ideas.ledger.models import Hashes, Head, Run
from ximu.ideas.ledger.queries import evidence
from ximu.ideas.ledger.queries.checkpoints import remembered
from ximu.ideas.ledger.rules import Edge, Entry, Listed, entry_bytes, leaf_hash
from ximu.ideas.ledger.tests.test_services import NOON, grow
from ximu.kernel.refusal import Refusal

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def home(settings, tmp_path: Path) -> Path:
    settings.XIMU_HOME = tmp_path
    return tmp_path


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[int, bytes]]:
    """A room's own table: index → the entry as the room would make it again."""
    rows: dict[int, bytes] = {}
    monkeypatch.setattr(evidence, "_all", {})

    def provider(first: int, last: int) -> Iterator[tuple[int, bytes, str]]:
        for index, made in sorted(rows.items()):
            if first <= index <= last:  # a provider that reads `last` as included does no harm
                yield index, made, f"记录{index}"

    services.register_evidence("test", provider)
    yield rows


def rewrite(index: int, change: Callable[[bytes], bytes]) -> None:
    """Alter the bytes of one stored entry, as somebody with the database's password would."""
    run = Run.objects.filter(first__lte=index).order_by("-first")[0]
    entries = queries.tree.unpacked(bytes(run.entries))
    entries[index - run.first] = change(entries[index - run.first])
    Run.objects.filter(pk=run.pk).update(entries=Listed(entries).packed(0, len(entries)))


def flip(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1:]


def first_of(what: str, index: int) -> queries.Finding:
    verdict = queries.verify_log()
    assert not verdict.ok
    assert verdict.first is not None
    assert (verdict.first.what, verdict.first.index) == (what, index)
    return verdict.first


def test_an_honest_log_is_sound(table: dict[int, bytes]) -> None:
    assert queries.verify_log().ok
    for index, made in enumerate(grow(300, 1, 1, 255, 20_000)):
        table[index] = made
    verdict = queries.verify_log()
    assert (verdict.findings, verdict.size, verdict.evidence) == ([], 20_557, {"test": 20_557})
    assert verdict.root == queries.head().root


def test_entries_moved_by_a_clock_still_fit_their_evidence(table: dict[int, bytes]) -> None:
    grow(3)
    earlier = NOON.replace(hour=11)
    table[3] = entry_bytes("test.entry", {"n": 3}, earlier)
    grow(1, at=earlier)
    assert queries.entry(3) != table[3]
    table |= {n: queries.entry(n) for n in range(3)}
    assert queries.verify_log().ok


@pytest.mark.parametrize("index", [0, 255, 256, 300, 520])
def test_an_altered_entry_is_named(index: int, table: dict[int, bytes]) -> None:
    table |= dict(enumerate(grow(300, 1, 220)))
    rewrite(index, lambda raw: flip(raw, raw.index(b'"n"') + 1))
    found = first_of("altered", index)
    assert (found.kind, found.label) == ("test.entry", f"记录{index}")


def test_an_entry_altered_into_text_is_named_too() -> None:
    """SQLite's own replace() turns a binary value into text; elsewhere the same change keeps it binary."""
    grow(20)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("UPDATE ledger_run SET entries = replace(entries, '\"n\":13,', '\"n\":14,')")
            cursor.execute("SELECT typeof(entries) FROM ledger_run")
            assert cursor.fetchone() == ("text",)
        else:
            rewrite(13, lambda raw: raw.replace(b'"n":13,', b'"n":14,'))
    first_of("altered", 13)


def test_an_entry_altered_with_its_hash_is_caught_by_the_tree_and_named_by_the_room(table: dict[int, bytes]) -> None:
    table |= dict(enumerate(grow(600)))
    rewrite(400, lambda raw: raw.replace(b'"n":400', b'"n":401'))
    row = Hashes.objects.get(level=0, first=256)
    data, place = bytes(row.data), (400 - 256) * 32
    Hashes.objects.filter(pk=row.pk).update(data=data[:place] + leaf_hash(queries.entry(400)) + data[place + 32:])
    first_of("record-altered", 400)
    whats = {(finding.what, finding.index) for finding in queries.verify_log().findings}
    assert {("hash", 256), ("head", 600)} <= whats


@pytest.mark.parametrize("level", [0, 1, 2])
def test_an_altered_hash_is_found_at_every_level(level: int) -> None:
    grow(66_000)
    row = Hashes.objects.filter(level=level).order_by("first")[0]
    Hashes.objects.filter(pk=row.pk).update(data=flip(bytes(row.data), 31))
    first_of("altered" if level == 0 else "hash", 0)


@pytest.mark.parametrize("change", ["edge", "size+", "size-"])
def test_an_altered_head_is_found(change: str) -> None:
    grow(10)
    head = Head.objects.get(pk=1)
    if change == "edge":
        Head.objects.update(edge=flip(bytes(head.edge), 5))
        first_of("head", 10)
    if change == "size+":
        Head.objects.update(size=11)
        first_of("missing", 10)
    if change == "size-":
        Head.objects.update(size=9)
        assert not queries.verify_log().ok


def test_a_dropped_run_and_an_added_one_are_found(table: dict[int, bytes]) -> None:
    table |= dict(enumerate(grow(256, 3, 4)))
    Run.objects.create(first=263, count=1, entries=Listed([b'{"kind":"test.entry","time":"x"}']).packed(0, 1))
    first_of("foreign", 263)
    Run.objects.filter(first=256).delete()
    assert first_of("missing", 256).label == "记录256"


def test_a_run_that_says_another_count_is_found() -> None:
    grow(5)
    Run.objects.update(count=4)
    assert {finding.what for finding in queries.verify_log().findings} >= {"run", "missing"}


def test_back_dating_is_found() -> None:
    grow(2)
    with transaction.atomic():
        body = entry_bytes("test.entry", {}, NOON.replace(year=2017))
        Head.objects.update(last_at=NOON.replace(year=2016))
        services.append_many([body], at=NOON.replace(year=2017))
    first_of("time", 2)


def test_the_rooms_own_tables_are_proved(table: dict[int, bytes]) -> None:
    table |= dict(enumerate(grow(9)))
    made = table.pop(4)
    assert first_of("record-missing", 4).kind == "test.entry"
    table[4] = made.replace(b'"n":4', b'"n":5')
    assert first_of("record-altered", 4).label == "记录4"
    table[4] = made
    table[12] = entry_bytes("test.entry", {"n": 12}, NOON)
    assert first_of("record-foreign", 12).label == "记录12"


def test_a_room_that_vouches_for_a_kind_must_have_every_entry_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence, "_all", {})
    services.register_evidence("empty", lambda first, last: iter(()), kinds=("test.",))
    grow(3)
    first_of("record-missing", 0)


def rebuild(upto: int) -> None:
    """What a patient forger does: rewrite everything in the database, consistently."""
    entries = [entry for _, entry in queries.tree.entries_between(0, upto)]
    uid = Head.objects.get(pk=1).uid
    for model in (Run, Hashes, Head):
        model.objects.all().delete()
    Head.objects.create(pk=1, uid=uid)
    with transaction.atomic():
        services.append_many(entries, at=NOON)


def test_truncation_is_convicted_by_the_checkpoint_outside() -> None:
    grow(40)
    queries.checkpoint()
    rebuild(30)
    first_of("truncated", 30)
    with pytest.raises(Refusal) as caught:
        queries.checkpoint()
    assert caught.value.code == "LOG-ROLLBACK"


def test_a_rewritten_history_is_convicted_and_not_signed() -> None:
    grow(40)
    queries.checkpoint()
    grow(5)
    rewrite(7, lambda raw: raw.replace(b'"n":7', b'"n":8'))
    rebuild(45)
    first_of("forked", 39)
    with pytest.raises(Refusal) as caught:
        queries.checkpoint()
    assert caught.value.code == "LOG-FORK"
    rebuild(40)
    with pytest.raises(Refusal) as caught:
        queries.checkpoint()
    assert caught.value.code == "LOG-FORK"


def test_a_forged_memory_is_no_memory(home: Path) -> None:
    grow(4)
    queries.checkpoint()
    uid = Head.objects.get(pk=1).uid
    assert remembered(uid) == (4, queries.head().root)
    kept = home / "checkpoints" / uid / "latest"
    kept.write_text(kept.read_text("utf-8").replace("\n4\n", "\n3\n"), "utf-8")
    first_of("memory", 4)
    grow(1)
    with pytest.raises(Refusal) as caught:
        queries.checkpoint()
    assert caught.value.code == "LOG-MEMORY"


@pytest.mark.parametrize("damage", [
    lambda raw: b"", lambda raw: b"\xff" + raw, lambda raw: raw[:-9] + b"\n", lambda raw: raw[:-3] + b"!\n", lambda raw: b"\0" * len(raw),
    lambda raw: raw.replace(b"\n\n", b"\n"),
])
def test_a_damaged_memory_is_a_finding_and_no_fault(home: Path, damage: Callable[[bytes], bytes]) -> None:
    grow(4)
    queries.checkpoint()
    kept = home / "checkpoints" / Head.objects.get(pk=1).uid / "latest"
    kept.write_bytes(damage(kept.read_bytes()))
    first_of("memory", 4)


def test_a_database_put_in_place_of_another_is_noticed(home: Path) -> None:
    grow(4)
    queries.checkpoint()
    Head.objects.update(uid="anotherinstance0")
    queries.checkpoint()
    assert queries.verify_log().ok
    assert queries.verify_log(whole_home=True).first.what == "replaced"


def test_the_root_of_a_growing_log_agrees_with_its_memory() -> None:
    for batch in (3, 250, 600, 1):
        grow(batch)
        queries.checkpoint()
        assert queries.verify_log().ok
    head = Head.objects.get(pk=1)
    assert Edge.of(head.size, bytes(head.edge)).root() == remembered(head.uid)[1]


def test_the_command_line_names_the_first_finding(table: dict[int, bytes]) -> None:
    table |= dict(enumerate(grow(20)))
    assert run(["verify"])[0] == 0
    rewrite(13, lambda raw: flip(raw, 3))
    code, out = run(["verify", "--json"])
    told = json.loads(out)
    assert (code, told["ok"], told["first"]["index"], told["first"]["label"]) == (2, False, 13, "记录13")
    assert "首处 first: #13" in run(["verify"])[1]


def run(args: list[str]) -> tuple[int, str]:
    result = CliRunner().invoke(log_group, args)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout


def test_an_entry_for_the_list_is_kept_with_its_kind() -> None:
    with transaction.atomic():
        services.append([Entry("example.kept", {"edition": "2018-1"})], at=NOON)
    assert queries.verify_log().ok
