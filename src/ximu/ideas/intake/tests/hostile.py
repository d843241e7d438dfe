"""Hostile files by name, each with the class it must get: a refusal's code, or how many rows stay good."""

from __future__ import annotations

import io
import json
import random
import struct
import zipfile
from collections.abc import Callable, Iterator

import xlsxwriter

from ximu.ideas.intake.tests.factories import TITLES, csv_text, json_text, row, xlsx_bytes

ROWS = [row(n) for n in range(1, 6)]
CSV, XLSX, JSON = csv_text(ROWS).encode(), xlsx_bytes(ROWS), json_text(ROWS).encode()
SHEET, BOOK = "xl/worksheets/sheet1.xml", "xl/workbook.xml"
Expected = str | int | None
"""A code, a number of good rows, or None: any class, but a class."""


def rezip(changes: dict[str, bytes | None] | None = None, edit: Callable[[str, bytes], bytes] = lambda name, data: data) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(XLSX)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if (changes or {}).get(name, b"") is not None:
                new.writestr(name, (changes or {}).get(name) or edit(name, old.read(name)))
        for name, data in (changes or {}).items():
            if data is not None and name not in old.namelist():
                new.writestr(name, data)
    return out.getvalue()


def sheet(old: bytes, new: bytes) -> bytes:
    return rezip(edit=lambda name, data: data.replace(old, new, 1) if name == SHEET else data)


def zipped(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name, data in parts.items():
            new.writestr(name.replace("__", "/"), data)
    return out.getvalue()


def encrypted_flag() -> bytes:
    data = bytearray(XLSX)
    for mark, at in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        place = data.find(mark)
        while place >= 0:
            data[place + at] |= 1
            place = data.find(mark, place + 4)
    return bytes(data)


def lying_size() -> bytes:
    data = bytearray(XLSX)
    place = data.find(b"PK\x01\x02")
    while place >= 0:
        data[place + 24 : place + 28] = struct.pack("<I", 10)
        place = data.find(b"PK\x01\x02", place + 4)
    return bytes(data)


def cell(text: bytes) -> bytes:
    """The first row's note replaced by raw bytes."""
    lines = CSV.split(b"\n")
    lines[1] = lines[1].removesuffix(b",") + b"," + text
    return b"\n".join(lines)


MAGIC = {
    "pdf": b"%PDF-1.7\n%",
    "png": b"\x89PNG\r\n\x1a\n",
    "jpeg": b"\xff\xd8\xff\xe0",
    "gif": b"GIF89a",
    "gzip": b"\x1f\x8b\x08\x00",
    "7z": b"7z\xbc\xaf\x27\x1c",
    "rar": b"Rar!\x1a\x07",
    "bzip2": b"BZh91AY",
    "xz": b"\xfd7zXZ\x00",
    "zstd": b"\x28\xb5\x2f\xfd",
    "sqlite": b"SQLite format 3\x00",
    "parquet": b"PAR1",
    "elf": b"\x7fELF\x02",
    "exe": b"MZ\x90\x00",
    "rtf": b"{\\rtf1",
    "xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    "html": b"<html><table>",
    "doctype": b"<!DOCTYPE html>",
    "xml": b"<?xml version='1.0'?>",
    "svg": b"<svg onload=1>",
    "bom-html": b"\xef\xbb\xbf<html>",
    "table": b"  \n<table><tr>",
    "locked": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"),
}


def kinds() -> Iterator[tuple[str, bytes, Expected]]:
    for name, magic in MAGIC.items():
        for tail in (b"", b"\0" * 64, CSV):
            yield f"kind-{name}-{len(tail)}", magic + tail, "FILE-KIND"
    yield "empty", b"", "FILE-EMPTY"
    for name, text in {
        "spaces": b"   ",
        "newlines": b"\n\n\n",
        "commas": b",,,\n,,,\n",
        "nul": b"\0\0\0\0\0\0",
        "bom": b"\xef\xbb\xbf",
        "one": b"x",
        "minus": b"-",
        "quote": b'"',
        "quotes": b'""""',
        "utf16bom": b"\xff\xfe",
        "noise": b"\x80\x81",
    }.items():
        yield f"nothing-{name}", text, None
    yield "header-only", CSV.split(b"\n")[0] + b"\n", "FILE-EMPTY"
    yield "header-blank-rows", CSV.split(b"\n")[0] + b"\n\n,,,\n\n", "FILE-EMPTY"
    yield "utf32", csv_text(ROWS).encode("utf-32"), "FILE-ENC"
    yield "big5", b"\xa6\xe6\xacF\n\xff\xff\xff\n", "FILE-ENC"


def texts() -> Iterator[tuple[str, bytes, Expected]]:
    for control in [*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F]:
        yield f"control-{control:02x}", cell(b"a" + bytes([control]) + b"b"), 4
    for name, bad in {
        "c0": b"\xc0\xaf",
        "ff": b"\xff",
        "surrogate": b"\xed\xa0\x80",
        "f8": b"\xf8\x88\x80\x80\x80",
        "cut": b"\xe4\xb8",
        "f4": b"\xf4\x90\x80\x80",
        "80": b"\x80",
    }.items():
        yield f"utf8-{name}", cell(bad), "FILE-ENC"
    yield "replacement", cell("�".encode()), 4
    for start in "=+-@|%":
        yield f"formula-text-{ord(start):x}", cell(start.encode() + b"cmd"), 5
    yield "quote-open-end", CSV.rstrip(b"\n") + b'"never', None
    yield "quote-open-first", cell(b'"never closed'), "FILE-QUOTE"
    yield "quote-mid", cell(b'5" pipe'), 5
    yield "quote-after", cell(b'"ab"cd'), 5
    yield "quote-doubled", cell(b'"a ""b"" c"'), 5
    yield "quote-newline", cell(b'"a\nb\n\nc"'), 5
    yield "quote-crlf", cell(b'"a\r\nb"'), 5
    yield "huge-cell", cell(b"x" * (2 << 20)), None
    yield "huge-quoted", cell(b'"' + b"x" * (2 << 20) + b'"'), None
    yield "long-cell", cell(b"x" * 5000), 4
    yield "endless-line", CSV.split(b"\n")[0] + b"\n" + b"x" * (40 << 20), "FILE-SIZE"
    yield "endless-header", b"a," * (1 << 18), "FILE-HEADER"
    yield "many-columns", (",".join([*TITLES, *[f"c{i}" for i in range(600)]]) + "\n").encode() + CSV.split(b"\n", 1)[1], "FILE-SIZE"
    yield "twice-column", csv_text([[*r, "x"] for r in ROWS], titles=[*TITLES, TITLES[0]]).encode(), "FILE-HEADER"
    yield "alias-twice", csv_text([[*r, "x"] for r in ROWS], titles=[*TITLES, "当事人"]).encode(), "FILE-HEADER"
    yield "no-header", CSV.split(b"\n", 1)[1], "FILE-HEADER"
    for gone in (0, 2, 3, 5):
        yield (
            f"missing-{gone}",
            csv_text([r[:gone] + r[gone + 1 :] for r in ROWS], titles=TITLES[:gone] + TITLES[gone + 1 :]).encode(),
            "FILE-HEADER",
        )
    yield "unknown-column", csv_text([[*r, "x"] for r in ROWS], titles=[*TITLES, "密码"]).encode(), 5
    yield "shuffled", csv_text([r[::-1] for r in ROWS], titles=TITLES[::-1]).encode(), 5
    for short in range(1, 10):
        yield f"short-row-{short}", CSV + ",".join(row(9)[:short]).encode() + b"\n", 5
        yield f"long-row-{short}", CSV + ",".join([*row(9), *["y"] * short]).encode() + b"\n", 5
        yield f"trailing-{short}", CSV + ",".join(row(9)).encode() + b"," * short + b"\n", 6
    for end in (b"\n", b"\r\n", b"\r"):
        yield f"no-last-end-{end.hex()}", CSV.replace(b"\n", end).rstrip(b"\r\n"), 5
        yield f"blank-lines-{end.hex()}", CSV.replace(b"\n", end + end), 5
    yield "mixed-ends", CSV.replace(b"\n", b"\r\n", 3), 5
    yield "rtl", cell("\u202egnp.exe".encode()), 4
    yield "zero-width", cell("\u200b\u200d".encode()), 5
    yield "astral", cell("𠮷😀".encode()), 5


def jsons() -> Iterator[tuple[str, bytes, Expected]]:
    one = json.dumps(dict(zip(TITLES, ROWS[0])), ensure_ascii=False).encode()
    for depth in (100, 1000, 100_000):
        yield f"deep-array-{depth}", b"[" * depth, None
        yield f"deep-closed-{depth}", b"[" * depth + b"]" * depth, None
        yield f"deep-object-{depth}", b'{"a":' * depth, None
        yield f"deep-value-{depth}", b"[" + one[:-1] + b',"x":' + b"[" * depth + b"]" * depth + b"}]", None
    wrong: dict[str, tuple[bytes, Expected]] = {
        "numbers": (b"[1,2]", "FILE-SHAPE"),
        "strings": (b'["a"]', "FILE-SHAPE"),
        "nested": (b"[[" + one + b"]]", "FILE-SHAPE"),
        "null": (b"[null]", "FILE-SHAPE"),
        "empty": (b"[]", "FILE-EMPTY"),
        "empty-object": (b"{}", None),
        "rows-number": (b'{"rows":1}', None),
        "rows-strings": (b'{"rows":["a"]}', "FILE-SHAPE"),
        "cut": (JSON[:-3], "FILE-BROKEN"),
        "cut-string": (JSON[:3], "FILE-BROKEN"),
        "cut-character": (JSON[:30], "FILE-ENC"),
        "comma": (b"[" + one + b",]", "FILE-BROKEN"),
        "no-comma": (b"[" + one + one + b"]", "FILE-BROKEN"),
        "single-quote": (b"[{'a':1}]", "FILE-BROKEN"),
        "comment": (b"[/*x*/" + one + b"]", None),
        "tail": (JSON + b"x", "FILE-SHAPE"),
        "two-arrays": (JSON + JSON, "FILE-SHAPE"),
        "nan": (JSON.replace(b'"1.5"', b"NaN"), "FILE-BROKEN"),
        "infinity": (JSON.replace(b'"1.5"', b"-Infinity"), "FILE-BROKEN"),
        "huge-number": (JSON.replace(b'"1.5"', b"1" * 5000, 1), 4),
        "exponent": (JSON.replace(b'"1.5"', b"1e400", 1), 4),
        "surrogate": (JSON.replace('"备注": ""'.encode(), '"备注": "\\ud800"'.encode(), 1), 4),
        "nul": (JSON.replace('"备注": ""'.encode(), '"备注": "a\\u0000"'.encode(), 1), 4),
        "object-cell": (JSON.replace(b'"1.5"', b'{"a":1}', 1), 4),
        "list-cell": (JSON.replace(b'"1.5"', b"[1]", 1), 4),
        "bool-cell": (JSON.replace(b'"1.5"', b"true", 1), 4),
        "codes-list": (JSON.replace('"罚款"'.encode(), '["罚款"]'.encode(), 1), 5),
        "twice-key": (JSON.replace(b'{"', b'{"BZ":"1","BZ":"2","', 1), 4),
        "long-string": (JSON.replace('"备注": ""'.encode(), b'"BZ": "' + b"x" * (2 << 20) + b'"', 1), 4),
        "lines-cut": (one + b"\n" + one[:-4], "FILE-BROKEN"),
        "many-keys": (b"[{" + b",".join(b'"k%d":1' % i for i in range(5000)) + b"}]", "FILE-SIZE"),
        "endless-string": (b'[{"a":"' + b"x" * (9 << 20), None),
        "missing": (JSON.replace("行政相对人名称".encode(), b"nobody"), "FILE-HEADER"),
        "gb": (json_text(ROWS).encode("gb18030"), 5),
    }
    yield from ((f"json-{name}", data, expected) for name, (data, expected) in wrong.items())


def workbooks() -> Iterator[tuple[str, bytes, Expected]]:
    for part in (
        "xl/vbaProject.bin",
        "xl/externalLinks/externalLink1.xml",
        "xl/activeX/activeX1.xml",
        "xl/embeddings/oleObject1.bin",
        "xl/macrosheets/sheet1.xml",
        "xl/dialogsheets/sheet1.xml",
        "xl/connections.xml",
        "xl/queryTables/queryTable1.xml",
        "../../etc/passwd",
        "/etc/passwd",
        "xl/../../../x",
        "..\\x",
        "C:/x",
        "evil.exe",
        "META-INF/x",
        "a/b/c",
    ):
        yield f"part-{part}", rezip({part: b"<x/>"}), "FILE-RISK"
    for mark in (b"<!DOCTYPE x>", b'<!DOCTYPE x [<!ENTITY a "b">]>', b'<!DOCTYPE x SYSTEM "http://x.invalid/">'):
        for part in (SHEET, BOOK, "xl/sharedStrings.xml", "xl/styles.xml", "[Content_Types].xml", "docProps/core.xml"):
            yield (
                f"dtd-{part}-{len(mark)}",
                rezip(edit=lambda n, d, p=part, m=mark: d.replace(b"?>", b"?>" + m, 1) if n == p else d),
                "FILE-RISK",
            )
    for formula in (b"<f>1+1</f>", b"<f/>", b'<f t="shared" si="0"/>', b"<x:f>cmd|' /C calc'!A0</x:f>"):
        yield f"formula-{len(formula)}", sheet(b"<v>", formula + b"<v>"), "FILE-RISK"
    yield "external-target", rezip({"xl/_rels/x.xml.rels": b'<r Target="http://x.invalid" TargetMode="External"/>'}), "FILE-RISK"
    for part in (
        SHEET,
        BOOK,
        "[Content_Types].xml",
        "xl/sharedStrings.xml",
        "xl/_rels/workbook.xml.rels",
        "xl/styles.xml",
        "_rels/.rels",
    ):
        yield f"without-{part}", rezip({part: None}), None
        for name, junk in {
            "empty": b" ",
            "cut": b"<?xml version='1.0'?><a><b>",
            "noise": bytes(range(256)),
            "utf16": "<a/>".encode("utf-16"),
        }.items():
            yield f"{name}-{part}", rezip({part: junk}), None


def sheets() -> Iterator[tuple[str, bytes, Expected]]:
    yield "dimension-huge", sheet(b'<dimension ref="', b'<dimension ref="A1:XFD1048576" x="'), 5
    yield "dimension-small", sheet(b'<dimension ref="', b'<dimension ref="A1:A2" x="'), 5
    yield "dimension-bad", sheet(b'<dimension ref="', b'<dimension ref="ZZZZ0" x="'), None
    yield "far-column", sheet(b'r="B2"', b'r="XFD2"'), "FILE-SIZE"
    yield "string-index", sheet(b"<v>1</v>", b"<v>99999999</v>"), None
    yield "string-index-negative", sheet(b"<v>1</v>", b"<v>-1</v>"), None
    yield "cell-type", sheet(b't="s"', b't="zz"'), None
    yield "error-cell", sheet(b't="s"><v>1</v>', b't="e"><v>#REF!</v>'), None
    yield "encrypted-flag", encrypted_flag(), "FILE-KIND"
    yield "lying-size", lying_size(), None
    yield "bomb", rezip({"xl/media/a.xml": b" " * (80 << 20)}), "FILE-SIZE"
    yield "bomb-sheet", sheet(b"<sheetData>", b"<sheetData>" + b" " * (80 << 20)), "FILE-SIZE"
    yield "many-parts", zipped(**{BOOK.replace("/", "__"): b"<x/>", **{f"xl__p{i}": b"" for i in range(3100)}}), "FILE-SIZE"
    yield "zip-plain", zipped(a=b"b"), "FILE-KIND"
    yield "zip-empty", b"PK\x05\x06" + b"\0" * 18, "FILE-KIND"
    yield "docx", _named({"word/document.xml": b"x"}), "FILE-KIND"
    yield "ods", _named({"content.xml": b"x", "mimetype": b"y"}), "FILE-KIND"
    yield "xlsb", _named({"xl/workbook.bin": b"x"}), "FILE-KIND"
    yield "pk-only", b"PK", "FILE-BROKEN"
    yield "pk-noise", b"PK\x03\x04" + bytes(200), "FILE-BROKEN"
    for cut in range(10, len(XLSX), max(1, len(XLSX) // 25)):
        yield f"cut-{cut}", XLSX[:cut], "FILE-BROKEN"
    yield "two-sheets", _two_sheets(), "FILE-SHEET"


def _named(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as new:
        for name, data in parts.items():
            new.writestr(name, data)
    return out.getvalue()


def _two_sheets() -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    for name in ("甲", "乙"):
        page = book.add_worksheet(name)
        for r, one in enumerate([TITLES, *ROWS]):
            for c, value in enumerate(one):
                page.write_string(r, c, value)
    book.close()
    return out.getvalue()


def named() -> list[tuple[str, bytes, Expected]]:
    return [*kinds(), *texts(), *jsons(), *workbooks(), *sheets()]


def mutated(seed: int, number: int) -> Iterator[tuple[str, bytes]]:
    """Honest files with bytes flipped, cut out, doubled or swapped: any class will do, a crash will not."""
    chance = random.Random(seed)
    honest = {
        "csv": CSV,
        "gb": csv_text(ROWS).encode("gb18030"),
        "utf16": csv_text(ROWS).encode("utf-16"),
        "json": JSON,
        "xlsx": XLSX,
        "stored": _named({n: zipfile.ZipFile(io.BytesIO(XLSX)).read(n) for n in zipfile.ZipFile(io.BytesIO(XLSX)).namelist()}),
    }
    for n in range(number):
        name = chance.choice(list(honest))
        data = bytearray(honest[name])
        for _ in range(chance.choice((1, 1, 2, 8, 40))):
            at = chance.randrange(len(data))
            match chance.randrange(5):
                case 0:
                    data[at] = chance.randrange(256)
                case 1:
                    del data[at : at + chance.randrange(1, 30)]
                case 2:
                    data[at:at] = bytes(data[at : at + chance.randrange(1, 60)])
                case 3:
                    data[at:at] = chance.choice(
                        (b'"', b",", b"\n", b"\r", b"\0", b"\xff\xfe", b"{", b"]", b"<!--", b"&amp;", "中".encode())
                    )
                case 4:
                    data[at] ^= 1 << chance.randrange(8)
            if not data:
                break
        yield f"{name}-{seed}-{n}", bytes(data)
