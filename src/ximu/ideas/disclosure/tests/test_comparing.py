"""Another policy is tried over the register before it is adopted: what opens and what closes, field by field, rule by rule."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from ximu.ideas.disclosure import commands, queries
from ximu.ideas.disclosure.queries import policy as held
from ximu.ideas.disclosure.tests import factories as made
from ximu.ideas.records import queries as records
from ximu.kernel.refusal import Refusal

pytestmark = [pytest.mark.django_db, pytest.mark.row("M1.3")]
TEXT = (held.FOLDER / "2017-10-01.toml").read_text("utf-8")
OPENER = """
[[rule]]
id = "X1"
audience = ["public"]
family = ["penalty"]
level = ["shared"]
personal = false
outcome = "shown"
law = "示例"
zh = "试验"
en = "A trial"
"""


def changed(extra: str = "", *, version: str = "2019-1") -> bytes:
    """The policy in force with a rule put before all others."""
    head, mark, rest = TEXT.partition("[[rule]]")
    return (head.replace('version = "2017-10-01"', f'version = "{version}"') + extra + mark + rest).encode()


@pytest.fixture(autouse=True)
def city(monkeypatch: pytest.MonkeyPatch) -> None:
    made.connect(monkeypatch)


def compare(extra: str = "") -> Any:
    return queries.compare_policies(queries.proposed_policy(changed(extra)), on=made.DAY)


def test_the_same_policy_changes_nothing() -> None:
    made.effective()
    found = compare()
    assert (found.records, found.changes) == (1, ())


def test_a_rule_that_opens_is_told_for_each_field_and_agrees_with_the_policy_itself() -> None:
    number = made.effective()
    made.effective("示罚〔2018〕2号")
    found = compare(OPENER)
    assert found.changes
    assert {(c.audience, c.family, c.state, c.records) for c in found.changes} == {("public", "penalty", "effective", 2)}
    assert all(c.opens and c.rule_after == "X1" and c.after == "shown" for c in found.changes)
    view = queries.view_as("supervisor", purpose="supervision", on=made.DAY)
    fields = view.fields(records.facts_of(number, view=view, known_at=made.LATER))
    expected = {name for name, info in fields.items() if info.level == "shared" and not info.personal}
    assert {c.field for c in found.changes} & set(fields) == expected, "and fields of the item that this record leaves out"
    back = queries.compare_policies(queries.policy_on(made.DAY), on=made.DAY, old=queries.proposed_policy(changed(OPENER)))
    assert {c.field for c in back.changes} == {c.field for c in found.changes}
    assert not back.opened


@pytest.mark.parametrize("text", [b"\xff", b"version = ", changed(OPENER.replace('"shown"', '"open"')), changed(OPENER.replace("public", "nobody")),
                                  changed(OPENER + 'colour = "red"\n'), b"#" * 300_000, b"version = 1"])
def test_a_policy_with_a_fault_is_refused(text: bytes) -> None:
    with pytest.raises(Refusal) as refused:
        queries.proposed_policy(text)
    assert refused.value.code == "POLICY-FORM"


def test_the_command_tells_it_and_changes_nothing(tmp_path: Path) -> None:
    made.effective()
    file = tmp_path / "new.toml"
    file.write_bytes(changed(OPENER))
    told = CliRunner().invoke(commands.disclosure_group, ["whatif", str(file), "--on", "2018-06-21", "--json"])
    assert told.exit_code == 0, told.output
    answer = json.loads(told.output)
    assert (answer["old"], answer["new"], answer["records"], answer["closed"]) == ("2017-10-01", "2019-1", 1, 0)
    assert answer["opened"] == len(answer["changes"]) > 0
    plain = CliRunner().invoke(commands.disclosure_group, ["whatif", str(file), "--against", str(file)])
    assert plain.output.startswith("2019-1 → 2019-1")
    assert queries.policy_on(made.DAY).version == "2017-10-01"
