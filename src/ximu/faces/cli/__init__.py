"""The command `ximu`: every room's commands, found by looking and loaded only when called."""

from __future__ import annotations

import io
import json
import os
import sys
from functools import cache
from importlib import import_module, metadata
from typing import Any

import click

from ximu.faces.cli.trouble import trouble_of
from ximu.foundation.rooms import SRC, dotted, literal_of, room_paths
from ximu.kernel.refusal import Refusal

EXIT_REFUSED = 2


@cache
def _found() -> dict[str, tuple[str, str]]:
    """Command name → (module, attribute), from the literal `COMMANDS` at the head of each `commands.py` (or `commands/*.py`).

    `COMMANDS = {"log": "log_group"}`; a room that needs no Django says `DJANGO = False`.
    """
    homes = [*room_paths(), SRC / "foundation", SRC / "config"]
    found = {}
    for home in homes:
        for path in [home / "commands.py", *sorted((home / "commands").glob("[a-z]*.py"))]:
            if path.exists():
                module = dotted(path.with_suffix(""))
                found.update({name: (module, attribute) for name, attribute in (literal_of(path, "COMMANDS") or {}).items()})
    return found


class House(click.Group):
    """Knows the names at once, loads a room only when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_found())

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        place = _found().get(name)
        if place is None:
            return None
        module, attribute = place
        path = SRC.joinpath(*module.split(".")[1:]).with_suffix(".py")
        if literal_of(path, "DJANGO") is not False:
            os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ximu.config.settings")
            import_module("django").setup()
        return getattr(import_module(module), attribute)

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        """Errors: `CLI-USAGE`."""
        try:
            return super().make_context(*args, **kwargs)
        except click.UsageError as error:
            raise _refused(error) from error

    def invoke(self, ctx: click.Context) -> Any:
        """Errors: `CLI-USAGE`, and those of the command."""
        try:
            return super().invoke(ctx)
        except click.UsageError as error:
            raise _refused(error) from error


def _refused(error: click.UsageError) -> Exception:
    """A call that cannot be read is refused in both languages; a group called without a command shows its help."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        return error
    name = getattr(error, "option_name", None) or getattr(error, "param_hint", None) or (
        error.param.get_error_hint(error.ctx) if isinstance(error, click.BadParameter) and error.param and error.ctx else "")
    name = " ".join(name) if isinstance(name, list | tuple) else str(name).strip("'")
    match error:
        case click.NoSuchOption():
            zh = f"没有选项 {name}。"
        case click.MissingParameter():
            zh = f"缺少参数 {name}。"
        case click.BadOptionUsage():
            zh = f"选项 {name} 缺少值，或不接受值。"
        case click.BadParameter():
            zh = f"参数 {name} 的值不合要求。"
        case _:
            zh = "命令或其参数不能识别，用法见 --help。"
    return Refusal("CLI-USAGE", field=name, rule="--help", zh=zh, en=error.format_message())


def _show_version(ctx: click.Context, _: click.Parameter, asked: bool) -> None:
    """Also where it runs from a folder and was not installed."""
    if asked:
        try:
            found = metadata.version("ximu")
        except metadata.PackageNotFoundError:
            found = "0 (not installed)"
        click.echo(f"ximu {found}")
        ctx.exit()


@click.command(cls=House, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_show_version, help="版本 the version.")
def house() -> None:
    """徙木：政务诚信平台。Every command takes --json; a refusal exits with code 2."""


def main(args: list[str] | None = None) -> None:
    """Entry point. A `Refusal` prints its envelope (JSON with --json, a sentence otherwise) and exits 2; so does what the
    machine says no to. A trace is shown with XIMU_DEBUG=1 only."""
    given = sys.argv[1:] if args is None else args
    as_json = "--json" in given
    _streams(as_json=as_json)
    try:
        _run(given)
    except Refusal as refusal:
        _print_refusal(refusal.envelope(), as_json=as_json)
        sys.exit(EXIT_REFUSED)
    except Exception as error:
        if os.environ.get("XIMU_DEBUG") == "1":
            raise
        _print_refusal(trouble_of(error).envelope(), as_json=as_json)
        sys.exit(EXIT_REFUSED)


def _run(given: list[str]) -> None:
    """All that was said is out before the program ends well."""
    try:
        house.main(args=given, prog_name="ximu", standalone_mode=True)
    except SystemExit:
        if sys.stdout is not None:
            sys.stdout.flush()
        raise


class _Patient(io.FileIO):
    """A reader who has seen enough (`| head -1`) changes nothing: what follows goes nowhere, and the exit code stays the command's own."""

    def write(self, data: Any) -> int | None:
        try:
            return super().write(data)
        except BrokenPipeError:
            _silence(self.fileno())
            return memoryview(data).nbytes


def _silence(place: int) -> None:
    """Nothing more goes out there, so nothing fails again when the program ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), place)


def _streams(*, as_json: bool) -> None:
    """Bytes that are no text are shown as such, JSON is UTF-8 wherever it is asked for (RFC 8259), and a closed input is an empty one."""
    if sys.stdin is None:
        sys.stdin = io.TextIOWrapper(io.BytesIO())
    if isinstance(sys.stdout, io.TextIOWrapper) and sys.stdout is sys.__stdout__:
        patient = io.BufferedWriter(_Patient(sys.stdout.fileno(), "wb", closefd=False))
        sys.stdout = io.TextIOWrapper(patient, encoding=sys.stdout.encoding, line_buffering=sys.stdout.line_buffering)
    for stream, errors in ((sys.stdin, "replace"), (sys.stdout, "backslashreplace"), (sys.stderr, "backslashreplace")):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8" if as_json and stream is sys.stdout else None, errors=errors)


def _print_refusal(envelope: dict[str, Any], *, as_json: bool) -> None:
    """On standard error also where standard output takes nothing more (a full disk, a closed pipe)."""
    told = f"[{envelope['code']}] {envelope['message_zh']}\n{envelope['message_en']}"
    for text, err in ([(json.dumps(envelope, ensure_ascii=False), False)] if as_json else []) + [(told, True)]:
        try:
            click.echo(text, err=err)
        except OSError:
            _silence(2 if err else 1)
        else:
            break
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError:
        _silence(1)
