"""Reads JSON: an array of objects, `{"rows": […]}` or one object a line; object by object, numbers kept exact."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

from ximu.ideas.intake.reader import encoding as enc
from ximu.ideas.intake.reader.chunks import Chunk, Delivery, cell_fault, chunk_of, mark_control_characters
from ximu.ideas.intake.reader.kinds import empty_file
from ximu.ideas.intake.reader.limits import MOST_CELL, MOST_COLUMNS, MOST_OBJECT_BYTES, broken, too_large
from ximu.ideas.intake.rules.header import Header, find_header, names_of, plain
from ximu.ideas.intake.rules.schema import FieldSpec, ItemSchema
from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text

BLOCK_BYTES = 4 << 20
ROWS_A_CHUNK = 20_000
_SPACE = re.compile(r"[ \t\n\r]*")
_ROWS_HEAD = re.compile(r'\s*\{\s*"rows"\s*:\s*\[')
_NEAR_END = 4096


class _Number(str):
    """A number as it is written, so that 0.1 stays 0.1."""

    __slots__ = ()


class _Twice(dict[str, Any]):
    """An object that names a key twice."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    return made if len(made) == len(pairs) else _Twice(made)


def _constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=_Number, parse_int=_Number, parse_constant=_constant, strict=False,
)


def open_json(path: Path, schema: ItemSchema) -> Delivery:
    """Errors: `FILE-SHAPE`, `FILE-BROKEN` with the line, `FILE-ENC`, `FILE-HEADER`, `FILE-SIZE`."""
    encoding = enc.detect(path)
    objects = _Walker(enc.blocks(path, encoding, size=BLOCK_BYTES)).objects()
    keys = _Keys(schema)
    first = _batch(objects, keys)
    if not first:
        raise empty_file()
    find_header([[*keys.fields, *keys.unknown]], schema)
    header = Header(0, schema.names, schema.names, tuple(keys.unknown), tuple(n for n in schema.names if n not in keys.fields))
    notes = [Text(f"JSON，编码：{enc.TITLES[encoding]}。", f"JSON, encoding: {encoding}."), *header.notes]
    return Delivery("json", encoding, header, _chunks(first, objects, keys, header), notes, late=keys.unknown)


class _Keys:
    """Keys to fields, each key looked up once; two keys of one object for the same field are a fault of its row."""

    def __init__(self, schema: ItemSchema) -> None:
        self.schema, self.known = schema, names_of(schema)
        self.fields: dict[str, None] = {}
        self.unknown: dict[str, None] = {}
        self.cache: dict[str, str | None] = {}

    def field_of(self, key: str) -> str | None:
        if key not in self.cache:
            if len(self.cache) > 2 * MOST_COLUMNS:
                raise too_large("的字段名过多", "has too many field names", rule=MOST_COLUMNS)
            name = self.cache[key] = self.known.get(plain(key))
            shown = name or key[:100].encode("utf-8", "replace").decode("utf-8")
            (self.unknown if name is None else self.fields)[shown] = None
        return self.cache[key]


def _batch(objects: Iterator[tuple[int, dict[str, Any]]], keys: _Keys) -> list[tuple[int, dict[str, Any]]]:
    taken = []
    for line, one in islice(objects, ROWS_A_CHUNK):
        named: dict[str, Any] = {}
        twice = isinstance(one, _Twice)
        for key, value in one.items():
            name = keys.field_of(key)
            if name is not None:
                twice = twice or (name in named and named[name] != value)
                named[name] = value
        taken.append((line, _Twice(named) if twice else named))
    return taken


def _shape(line: int, zh: str, en: str) -> Refusal:
    return Refusal(
        "FILE-SHAPE", field="file", value=str(line), rule='[{…}] · {"rows": [{…}]} · JSON Lines', extra={"line": line},
        zh=f"第{line}行起：{zh}；应为对象数组、{{\"rows\": […]}}或每行一个对象。",
        en=f"From line {line}: {en}; send an array of objects, {{\"rows\": […]}} or one object a line.",
    )


class _Walker:
    """A window over the text: objects are cut out of it one after the other.

    An object of an array is told by its place in the array (arrays often stand on one line), one of
    JSON Lines by its line; so every row has a number of its own.
    """

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self.blocks, self.text, self.at, self.line = blocks, "", 0, 1
        self.held, self.ended = b"", False

    def more(self) -> bool:
        """Append a block; False at the end of the file."""
        block = next(self.blocks, None)
        if block is None:
            self.ended = True
            if self.held:
                raise enc.bad_encoding(self.line, "不是完整的UTF-8", "is not whole UTF-8")
            return False
        data = self.held + block
        whole, self.held = _whole(data)
        try:
            added = whole.decode("utf-8")
        except UnicodeDecodeError as error:
            line = self.line + self.text.count("\n", self.at) + whole.count(b"\n", 0, error.start)
            raise enc.bad_encoding(line, "不是UTF-8编码", "is not UTF-8") from error
        self.text, self.at = self.text[self.at:] + added, 0
        return True

    def skip(self) -> str:
        """Past spaces; the next character, or nothing at the end."""
        while True:
            end = _SPACE.match(self.text, self.at).end()  # type: ignore[union-attr]
            self.move(end)
            if end < len(self.text) or not self.more():
                return self.text[end:end + 1]

    def move(self, end: int) -> None:
        self.line += self.text.count("\n", self.at, end)
        self.at = end

    def value(self) -> Any:
        """The next JSON value, reading on while it is not whole."""
        while True:
            try:
                found, end = _DECODER.raw_decode(self.text, self.at)
            except RecursionError as error:
                raise _shape(self.line, "嵌套过深", "it is nested too deeply") from error
            except ValueError as error:
                if self._surely_wrong(error):
                    raise self._syntax(error) from error
                if len(self.text) - self.at > MOST_OBJECT_BYTES:
                    raise too_large("有一个对象过大", "has an object that is too large", rule=MOST_OBJECT_BYTES) from error
                if not self.more():
                    raise self._syntax(error) from error
            else:
                self.move(end)
                return found

    def _surely_wrong(self, error: ValueError) -> bool:
        """Reading on could not mend it: the fault does not lie at the end of what was read."""
        if not isinstance(error, json.JSONDecodeError):
            return True
        return not error.msg.startswith("Unterminated string") and len(self.text) - error.pos > _NEAR_END

    def _syntax(self, error: ValueError) -> Refusal:
        at = error.pos if isinstance(error, json.JSONDecodeError) else self.at
        line = self.line + self.text.count("\n", self.at, at)
        return broken(f"第{line}行不是正确的JSON", f"line {line} is not correct JSON", line=line)

    def objects(self) -> Iterator[tuple[int, dict[str, Any]]]:
        self.more()
        if found := _ROWS_HEAD.match(self.text):
            self.move(found.end())
            yield from self._array()
            self._tail()
        elif self.skip() == "[":
            self.move(self.at + 1)
            yield from self._array()
            if self.skip():
                raise _shape(self.line, "数组之后还有内容", "something follows after the array")
        else:
            yield from self._lines()

    def _array(self) -> Iterator[tuple[int, dict[str, Any]]]:
        mark = self.skip()
        ordinal = 0
        while mark and mark != "]":
            ordinal += 1
            yield ordinal, self._one()
            mark = self.skip()
            if mark == ",":
                self.move(self.at + 1)
                mark = self.skip()
                if mark == "]":
                    raise self._not_json()
            elif mark and mark != "]":
                raise self._not_json()
        if not mark:
            raise broken("数组没有结束", "the array does not end", line=self.line)
        self.move(self.at + 1)

    def _not_json(self) -> Refusal:
        return broken(f"第{self.line}行不是正确的JSON", f"line {self.line} is not correct JSON", line=self.line)

    def _tail(self) -> None:
        """After `"rows": […]` other members may follow; they are not read, but must be there whole, and none of them may be rows again."""
        while (mark := self.skip()) == ",":
            self.move(self.at + 1)
            name = self.value() if self.skip() == '"' else None
            if not isinstance(name, str) or self.skip() != ":":
                raise self._not_json()
            if name == "rows":
                raise _shape(self.line, "rows出现了两次", "there are rows twice")
            self.move(self.at + 1)
            self.skip()
            self.value()
        if mark != "}":
            raise broken("对象没有结束", "the object does not end", line=self.line)
        self.move(self.at + 1)
        if self.skip():
            raise _shape(self.line, "对象之后还有内容", "something follows after the object")

    def _lines(self) -> Iterator[tuple[int, dict[str, Any]]]:
        last = 0
        while self.skip():
            line = last = max(self.line, last + 1)
            one = self._one()
            rows = one.get("rows") if len(one) < MOST_COLUMNS else None
            if isinstance(rows, list) and isinstance(one, _Twice):
                raise _shape(line, "rows等名称出现了两次", "rows, or another name, is there twice")
            if isinstance(rows, list):
                if not all(isinstance(row, dict) for row in rows):
                    raise _shape(line, "rows中有不是对象的元素", "rows holds something that is no object")
                yield from enumerate(rows, 1)
            else:
                yield line, one

    def _one(self) -> dict[str, Any]:
        line = self.line
        found = self.value()
        if not isinstance(found, dict):
            raise _shape(line, "有不是对象的元素", "there is an element that is no object")
        return found


def _whole(data: bytes) -> tuple[bytes, bytes]:
    """Cut before a character that is not complete yet."""
    for back in range(1, min(4, len(data)) + 1):
        byte = data[-back]
        if byte >= 0xC0:
            need = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return (data[:-back], data[-back:]) if need > back else (data, b"")
        if byte < 0x80:
            break
    return data, b""


def _chunks(
    first: list[tuple[int, dict[str, Any]]], rest: Iterator[tuple[int, dict[str, Any]]], keys: _Keys, header: Header,
) -> Iterator[Chunk]:
    batch = first
    while batch:
        rows: list[tuple[int, list[str | None]]] = []
        faults: list[tuple[object, ...]] = []
        for line, one in batch:
            if isinstance(one, _Twice):
                faults.append(cell_fault(line, keys.schema.names[0], "", "CELL-KIND"))
            cells = [_cell(one.get(spec.name), spec, line, faults) for spec in keys.schema.fields]
            if any(c and not c.isspace() for c in cells) or isinstance(one, _Twice):
                rows.append((line, cells))
        if rows:
            yield mark_control_characters(chunk_of(rows, header, faults))
        batch = _batch(rest, keys)


def _cell(value: Any, spec: FieldSpec, line: int, faults: list[tuple[object, ...]]) -> str | None:
    if value is None:
        return None
    if isinstance(value, str):
        if len(value) > MOST_CELL:
            faults.append(cell_fault(line, spec.name, "…", "FIELD-LONG", str(MOST_CELL)))
            return value[:MOST_CELL]
        return _exponent(value) if type(value) is _Number else value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list) and spec.separator and all(isinstance(v, str) for v in value):
        return spec.separator.join(value)
    faults.append(cell_fault(line, spec.name, "", "CELL-KIND"))
    return None


def row_chunk(rows: Sequence[Mapping[str, Any]], schema: ItemSchema) -> Chunk:
    """Rows that a program pushes, keys by name, as the same rows in a file would be read; numbered from 1."""
    faults: list[tuple[object, ...]] = []
    cells = [(line, [_cell(_pushed(row.get(spec.name)), spec, line, faults) or None for spec in schema.fields])
             for line, row in enumerate(rows, 1)]
    header = Header(0, schema.names, schema.names, (), ())
    return mark_control_characters(chunk_of(cells, header, faults))


def _pushed(value: Any) -> Any:
    """A number that was read already, in its digits."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return value
    return _Number(value) if isinstance(value, int) or math.isfinite(value) else [value]


def _exponent(number: str) -> str:
    """1E3 as 1000, where that is sane; else as it stands."""
    if "e" not in number.lower() or len(number) > 24:
        return number
    value = Decimal(number)
    whole = -20 < value.adjusted() < 15 and value == value.to_integral_value()
    return str(int(value)) if whole else number
