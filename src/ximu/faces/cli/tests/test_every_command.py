"""Every command of every room: --json is there, --help speaks, and a call that cannot be read is a refusal in both languages."""

from __future__ import annotations

import json
from collections.abc import Iterator

import click
import pytest

from ximu.faces.cli import house
from ximu.faces.cli.tests.test_hostile_tools import said

pytestmark = pytest.mark.row("M1.2")


def leaves(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    if not isinstance(command, click.Group):
        yield path, command
        return
    context = click.Context(command)
    for name in command.list_commands(context):
        if (found := command.get_command(context, name)) is not None:
            yield from leaves(found, (*path, name))


def test_every_command_has_json_and_refuses_in_both_languages(monkeypatch: pytest.MonkeyPatch) -> None:
    found = dict(leaves(house))
    assert len(found) > 100
    assert [path for path, command in found.items() if not any("--json" in option.opts for option in command.params)] == []
    for path in found:
        assert said(monkeypatch, [*path, "--help"])[0] == 0
        if path == ("manage",):
            continue  # passes what it does not know on to Django
        code, told = said(monkeypatch, [*path, "--json", "--no-such-option"])
        refusal = json.loads(told)
        assert (code, refusal["code"]) == (2, "CLI-USAGE")
        assert refusal["message_zh"]
        assert refusal["message_en"]
