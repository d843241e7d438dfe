"""`ximu-verify BUNDLE`: says in Chinese and English what a proof bundle shows. Exit 0 valid, 1 invalid, 2 unreadable."""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, NoReturn

from ximu_verify.bundle import MOST_BYTES, BundleError, Report, base64_of, verify_bundle
from ximu_verify.note import NoteError, VerifierKey

VALID, INVALID, UNREADABLE = 0, 1, 2
MOST_CAPTION = 80
ENVIRONMENT = "XIMU_LOG_KEY"
PINNED = "ximu-log.key"
"""A pinned key file of this name beside the bundle (in the working folder for standard input) is used too."""

ORIGINS = {
    "--key": ("公钥由您用 --key 指定", "the key was given by you with --key"),
    ENVIRONMENT: (f"公钥取自环境变量 {ENVIRONMENT}", f"the key was taken from the environment variable {ENVIRONMENT}"),
    PINNED: (f"公钥取自证明包旁的 {PINNED}，请确认该文件是您自己放的",
             f"the key was taken from {PINNED} beside the bundle; make sure that you put it there yourself"),
    "bundle": ("警告：公钥取自证明包本身。只证明了包内各部分互相吻合，不能证明是该市日志签发的。"
               "请从可信渠道取得日志公钥，用 --key 再验一次。",
               "WARNING: the key was taken from the bundle itself. Its parts fit each other; that the city's log signed it "
               "is NOT shown. Get the log's key from a source you trust and verify again with --key."),
}


class _Unreadable(Exception):
    pass


def main(args: list[str] | None = None) -> None:
    given = sys.argv[1:] if args is None else args
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # JSON is UTF-8 everywhere; a terminal without Chinese is no reason to fail
            stream.reconfigure(encoding="utf-8" if "--json" in given else None, errors="backslashreplace")
    code = run(given)
    sys.exit(_ended(code))


def _ended(code: int) -> int:
    """What was written is out, or nobody wants it: the verdict stands. Where it cannot be written, that is told."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        if not isinstance(error, BrokenPipeError):
            _Sayer(None).problem(f"无法输出：{error.strerror}", f"cannot write: {error.strerror}", as_json=False)
            return UNREADABLE
    return code


def run(args: list[str]) -> int:
    given = _arguments(args).parse_args(args)
    say = _Sayer(given.lang)
    try:
        source, keys = _keys(given.key, given.bundle)
        data = _bytes(given.bundle)
    except (_Unreadable, NoteError, OSError, ValueError) as error:
        say.problem(f"无法读取：{error}", f"cannot read: {error}", as_json=given.json)
        return UNREADABLE
    try:
        report = verify_bundle(data, keys)
    except BundleError as error:
        _show_failure(error, say, as_json=given.json)
        return INVALID
    if given.json:
        say.line(json.dumps(_plain(report, source), ensure_ascii=False))
    else:
        _show(report, source, say)
    return VALID


class _Parser(argparse.ArgumentParser):
    """Says in both languages what it did not understand, as JSON where that was asked for."""

    as_json = False

    def error(self, message: str) -> NoReturn:
        _Sayer(None).problem(f"参数不能识别（{message}），用法见 --help", f"{message}; see --help", as_json=self.as_json)
        sys.exit(UNREADABLE)


def _arguments(args: list[str]) -> argparse.ArgumentParser:
    parser = _Parser(
        prog="ximu-verify", description="离线验证证明包 Verify a proof bundle offline. "
                                        "退出码 exit: 0 有效 valid, 1 无效 invalid, 2 无法读取 unreadable.",
    )
    parser.as_json = "--json" in args
    parser.add_argument("bundle", metavar="BUNDLE", help="证明包文件，- 为标准输入 the bundle; - reads standard input")
    parser.add_argument("--key", action="append", default=[], metavar="VKEY|FILE",
                        help="可信的日志（或见证人）公钥，可多次 a trusted key of the log (or a witness); may be repeated")
    parser.add_argument("--json", action="store_true", help="JSON output")
    parser.add_argument("--lang", choices=("zh", "en"), help="只用一种语言 one language only")
    return parser


class _Sayer:
    """Speaks Chinese and English, or the one that was asked for."""

    def __init__(self, language: str | None) -> None:
        self.language = language

    def of(self, zh: str, en: str, joint: str = "\n") -> str:
        return {"zh": zh, "en": en}.get(self.language or "") or f"{zh}{joint}{en}"

    def line(self, text: str) -> None:
        """What cannot be written is tried once more at the end (`_ended`)."""
        if sys.stdout is not None:
            with suppress(OSError):
                sys.stdout.write(text + "\n")

    def problem(self, zh: str, en: str, *, as_json: bool) -> None:
        if as_json:
            self.line(json.dumps({"valid": False, "check": "read", "message_zh": zh, "message_en": en}, ensure_ascii=False))
        elif sys.stderr is not None:
            sys.stderr.write(self.of(zh, en) + "\n")


def _keys(given: list[str], bundle: str) -> tuple[str, list[VerifierKey]]:
    """Where the trusted keys come from, and the keys; ("bundle", []) if there are none."""
    if given:
        return "--key", [key for text in given for key in _parse(text)]
    if text := os.environ.get(ENVIRONMENT):
        return ENVIRONMENT, _parse(text)
    pinned = (Path() if bundle == "-" else Path(bundle).parent) / PINNED
    if pinned.is_file():
        return PINNED, _parse(str(pinned))
    return "bundle", []


def _parse(text: str) -> list[VerifierKey]:
    """A verifier key, several as `/log/key` gives them after a rotation, or a file with one key on each line."""
    given = text if text.count("+") >= 2 and not _exists(text) else _bytes(text).decode("utf-8-sig", "replace")
    lines = [line.strip() for line in given.splitlines()]
    keys = [VerifierKey.parse_line(line) for line in lines if line and not line.startswith("#")]
    if not keys:
        raise _Unreadable(f"{text}: no key")
    return keys


def _exists(path: str) -> bool:
    try:
        return Path(path).exists()
    except (OSError, ValueError):
        return False


def _bytes(path: str) -> bytes:
    """Not more than a bundle may have, and one: a longer file is refused without being read to its end."""
    try:
        if path != "-":
            with Path(path).open("rb") as file:
                return file.read(MOST_BYTES + 1)
        return sys.stdin.buffer.read(MOST_BYTES + 1) if sys.stdin is not None else b""
    except OSError as error:
        raise _Unreadable(f"{path}: {error.strerror}") from error


def _plain(report: Report, source: str) -> dict[str, Any]:
    head = asdict(report.checkpoint) | {"root": base64_of(report.checkpoint.root)}
    return {
        "valid": True, "trusted": report.trusted, "key": report.key, "key_source": source, "index": report.index,
        "entry": report.entry, "disclosed": report.disclosed, "payload": report.payload, "checkpoint": head,
        "witnesses": report.witnesses, "message_zh": ORIGINS[source][0], "message_en": ORIGINS[source][1],
    }


def _show_failure(error: BundleError, say: _Sayer, *, as_json: bool) -> None:
    if as_json:
        say.line(json.dumps(
            {"valid": False, "check": error.check, "message_zh": error.zh, "message_en": error.en}, ensure_ascii=False))
        return
    say.line(say.of(f"✘ 无效：{error.zh}。", f"✘ INVALID: {error.en}."))


def _show(report: Report, source: str, say: _Sayer) -> None:
    head, origin = report.checkpoint, _one_line(report.checkpoint.origin)
    say.line(say.of("✔ 有效。" if report.trusted else "△ 内部一致，来源未证实。",
                    "✔ VALID." if report.trusted else "△ CONSISTENT IN ITSELF, ORIGIN NOT SHOWN.", " "))
    say.line(say.of(*ORIGINS[source]))
    say.line(say.of(
        f"日志“{origin}”第 {report.index} 条（从 0 起），检查点共 {head.size} 条。",
        f"Entry {report.index} (from 0) of the log “{origin}”, at its checkpoint of {head.size} entries.",
    ))
    say.line(f"  {say.of('公钥', 'key', ' ')}: {_one_line(report.key)}")
    for witness in report.witnesses:
        mark = ("可信见证", "trusted witness") if witness["trusted"] else ("未核实的见证", "witness not checked")
        say.line(f"  {say.of(*mark, ' ')}: {_one_line(witness['name'])} @{witness['timestamp']}")
    say.line(say.of("已证明的条目内容：", "What the proved entry says:", " "))
    _members(report.entry, report.labels, "", say)
    if report.disclosed:
        say.line(say.of("披露内容（与条目中的承诺值相符）：", "Disclosed content (it matches the commitment in the entry):", " "))
        _members(report.payload, report.labels, "payload.", say)
    say.line(say.of("括号内的说明文字由发布方提供，不在证明范围内。",
                    "Words in brackets are captions by the publisher and are not part of the proof."))


def _members(value: Any, labels: dict[str, dict[str, str]], prefix: str, say: _Sayer) -> None:
    for name, part in value.items() if isinstance(value, dict) else [("", value)]:
        words = labels.get(prefix + name)
        caption = f" ({_caption(say.of(words['zh'], words['en'], ' / '))})" if words else ""
        say.line(f"  {_one_line(name)}{caption}: {_one_line(json.dumps(part, ensure_ascii=False))}")


def _caption(text: str) -> str:
    """Short, and without the signs by which it could pass for a proved value."""
    return _one_line("".join(char for char in text if char not in "()（）:：\"“”"))[:MOST_CAPTION]


def _one_line(text: str) -> str:
    """No control or formatting character of a bundle reaches the terminal as such."""
    return "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in text)


if __name__ == "__main__":
    main()
