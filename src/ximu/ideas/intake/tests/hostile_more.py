"""More hostile files by name: values at the borders in each kind of file, sheets that lie, zips and XML that bend their rules."""

from __future__ import annotations

import io
import json
import struct
import warnings
import zipfile
from collections.abc import Iterator
from datetime import date
from typing import Any

import xlsxwriter

from ximu.ideas.intake.tests.factories import TITLES, csv_text, row, xlsx_bytes
from ximu.ideas.intake.tests.hostile import BOOK, CSV, JSON, SHEET, XLSX, Expected, rezip, sheet

REST = [row(n) for n in range(2, 6)]
VALUES: dict[str, list[tuple[Any, bool | None]]] = {
    "CF_JDRQ": [
        ("0000-00-00", False), ("2018-00-10", False), ("2018-13-01", False), ("2018-02-29", False), ("2016-02-29", None), ("9999-12-31", False),
        ("10000-01-01", False), ("-2018-01-01", False), ("-1", False), ("0", False), ("2958466", False), ("1e5", False), ("43223.5", None),
        ("20180503T000000", None), ("2018-05-03 24:00:00", None), ("２０１８-０５-０３", None), ("٢٠١٨-٠٥-٠٣", None), ("昨天", False), ("NaN", False),
        ("2018年5月3", None), ("民国107年5月3日", False), ("1900-02-29", False), ("60", None), ("05/03/2018", None), ("2018-5-3-1", False),
    ],
    "CF_NR_FK": [
        ("-0", None), ("1e308", None), ("1e400", None), ("NaN", False), ("Infinity", False), ("-inf", False), ("0x10", False), ("1_000", False),
        ("1,0,0", None), ("1.5.5", False), ("１．５", None), ("٣", None), ("1" * 400, False), ("0." + "1" * 400, None), ("壹拾万", None), ("--1", False),
        ("1e-400", None), ("+1.5", None), (".", False), ("1.", None), ("½", False), ("¥1.5", None), ("1.5万", None), ("1.5亿", None),
    ],
    "CF_XDR_SHXYM": [
        ("9" * 18, False), ("9135010", False), ("９１３５０１００Ｍ０００１００Ｙ４３", None), ("91350100m000100y43", None), ("91350100I000100Y43", False),
        ("9.13501E+17", False), ("'91350100M000100Y43", None), ("91350100M000100Y44", False), ("91350100M000100Y43" * 50, False),
    ],
    "ZJHM": [
        ("1" * 18, False), ("110105194912310021", False), ("11010519491231002x", None), ("110105199902300027", False), ("110105490231002", None),
        ("1.10105E+17", False), ("99010519491231002X", None), ("11010529991231002X", False), ("１１０１０５１９４９１２３１００２Ｘ", None),
    ],
    "CF_WSH": [("", False), ("字" * 65, False), ("=1+1", None), ("\u202e〔2018〕1号", None), ("〔2018〕", None), ("示〔12018〕1号", None)],
    "CF_CFLB": [("", False), ("罚款;罚款", None), (";;;", False), ("罚 款", None), ("罚款；警告", None), ("其它", False)],
    "CF_XDR_MC": [("", False), ("名" * 21, False), ("<script>alert(1)</script>", None), ("' OR 1=1--", None), ("${jndi:ldap://x}", None)],
}


def filled(field: str, value: Any) -> list[str]:
    return row(1, **{field: value})


def values() -> Iterator[tuple[str, bytes, Expected]]:
    """The same value as text of a CSV, as a cell and as a member: refused alike, and the other four rows stay."""
    for field, cases in VALUES.items():
        for n, (value, good) in enumerate(cases):
            expected = None if good is None else 5 if good else 4
            rows = [filled(field, value), *REST]
            yield f"csv-{field}-{n}", csv_text(rows).encode(), expected
            if n % 2 == 0:
                yield f"xlsx-{field}-{n}", xlsx_bytes(rows), expected
            else:
                yield f"json-{field}-{n}", json.dumps([dict(zip(TITLES, one)) for one in rows], ensure_ascii=False).encode(), expected


def numbers() -> Iterator[tuple[str, bytes, Expected]]:
    """Real numbers and dates in cells: serials that are no day, cached values that are no number."""
    at = TITLES.index("处罚决定日期")
    for name, value in {"negative": -1, "zero": 0, "leap": 60, "far": 2958466, "huge": 10**15, "tiny": 1e-300, "half": 43223.5}.items():
        rows: list[list[Any]] = [list(row(1)), *REST]
        rows[0][at] = value
        yield f"serial-{name}", xlsx_bytes(rows), None
        yield f"serial-1904-{name}", xlsx_bytes(rows, date_1904=True), None
    dated: list[list[Any]] = [list(row(1)), *REST]
    dated[0][at] = date(2018, 5, 3)
    yield "real-date", xlsx_bytes(dated), 5
    for n, text in enumerate((b"NaN", b"1e999", b"-INF", b"", b" 1 ", b"0x1", b"1,5", "\u0663".encode(), b"1" * 5000)):
        yield f"cached-{n}", sheet(b"<v>1</v>", b"<v>" + text + b"</v>"), None
        yield f"cached-number-{n}", sheet(b't="s"><v>1</v>', b'><v>' + text + b"</v>"), None


def books() -> Iterator[tuple[str, bytes, Expected]]:
    for state in (b"hidden", b"veryHidden", b"secret"):
        yield f"sheet-{state.decode()}", rezip(edit=lambda n, d, s=state: d.replace(b"<sheet ", b'<sheet state="' + s + b'" ', 1) if n == BOOK else d), None
    for n, ref in enumerate((b"A1:J1", b"A2:A6", b"A1:XFD1048576", b"B2:B2", b"Z9:A1", b"", b"A0", b"A2:J2 A3:J3")):
        merged = b'</sheetData><mergeCells count="1"><mergeCell ref="' + ref + b'"/></mergeCells>'
        yield f"merged-{n}", sheet(b"</sheetData>", merged), None
    for n, (old, new) in enumerate((
        (b'<row r="2"', b'<row r="0"'), (b'<row r="2"', b'<row r="-5"'), (b'<row r="2"', b'<row r="99999999999"'), (b'<row r="2"', b'<row r="1048576"'),
        (b'<row r="3"', b'<row r="2"'), (b'<row r="2"', b'<row r="two"'), (b'<row r="2"', b"<row"), (b'r="A2"', b'r="2A"'), (b'r="A2"', b'r=""'),
        (b'r="B2"', b'r="A2"'), (b'r="A2"', b""), (b'r="C2"', b'r="AAAA2"'), (b'<c r="A2"', b'<c r="A2" r="A3"'), (b"<sheetData>", b"<sheetData><sheetData>"),
        (b"</sheetData>", b""), (b"<sheetData>", b"<!-- x --><sheetData>"), (b"<sheetData>", b"<?php x ?><sheetData>"),
        (b"<sheetData>", b"<sheetData>" + b"<a>" * 5000), (b"<sheetData>", b"<sheetData " + b" ".join(b'a%d="1"' % i for i in range(9000)) + b">"),
        (b"<v>1</v>", b"<v><![CDATA[1]]></v>"), (b"<v>1</v>", b"<v>&x;</v>"), (b"<v>1</v>", b"<v>&#0;</v>"), (b"<v>1</v>", b"<v>&#xD800;</v>"),
        (b"<v>1</v>", b"<v>1</v><v>2</v>"), (b't="s"><v>1</v>', b't="inlineStr"><is><t>x</t></is>'), (b't="s"><v>1</v>', b't="inlineStr"><is/>'),
        (b't="s"><v>1</v>', b't="b"><v>7</v>'), (b't="s"><v>1</v>', b't="d"><v>2018-02-30</v>'), (b't="s"><v>1</v>', b't="str"><v>x</v>'),
        (b"?>", b"?><?xml version='1.0'?>"), (b"UTF-8", b"UTF-7"), (b"UTF-8", b"utf-16"), (b"UTF-8", b"no-such"), (b'version="1.0"', b'version="9.9"'),
    )):
        yield f"sheet-{n}", sheet(old, new), None
    for n, (part, old, new) in enumerate((
        (BOOK, b'r:id="rId1"', b'r:id="rId99"'), (BOOK, b'sheetId="1"', b'sheetId="-1"'), (BOOK, b"<sheets>", b"<sheets/><sheets>"),
        ("xl/_rels/workbook.xml.rels", b"worksheets/sheet1.xml", b"../../../etc/passwd"), ("xl/_rels/workbook.xml.rels", b"worksheets/sheet1.xml", b"worksheets/none.xml"),
        ("xl/_rels/workbook.xml.rels", b"worksheets/sheet1.xml", b"file:///etc/passwd"), ("xl/sharedStrings.xml", b"<t>", b"<t><t>"),
        ("xl/sharedStrings.xml", b"<sst", b'<sst count="4294967295" uniqueCount="4294967295" x="'), ("xl/sharedStrings.xml", b"<si>", b"<si><rPh><t>x</t></rPh>"),
        ("xl/styles.xml", b"<cellXfs", b"<cellXfs><xf numFmtId='99999'/></cellXfs><cellXfs"), ("[Content_Types].xml", b"spreadsheetml.sheet.main", b"spreadsheetml.template.main"),
        ("[Content_Types].xml", b"sheet.main+xml", b"sheet.macroEnabled.main+xml"),
    )):
        yield f"book-{n}", rezip(edit=lambda name, d, p=part, o=old, w=new: d.replace(o, w, 1) if name == p else d), None


def zips() -> Iterator[tuple[str, bytes, Expected]]:
    entries = {n: zipfile.ZipFile(io.BytesIO(XLSX)).read(n) for n in zipfile.ZipFile(io.BytesIO(XLSX)).namelist()}

    def made(**how: Any) -> bytes:
        out = io.BytesIO()
        with warnings.catch_warnings(), zipfile.ZipFile(out, "w", how.get("method", zipfile.ZIP_DEFLATED)) as new:
            warnings.simplefilter("ignore")  # a name that is there twice is meant
            for name, data in entries.items():
                info = zipfile.ZipInfo(name)
                info.external_attr, info.compress_type = how.get("attr", 0), how.get("method", zipfile.ZIP_DEFLATED)
                new.writestr(info, data)
                if how.get("twice") == name:
                    new.writestr(info, b"<x/>")
            new.comment = how.get("comment", b"")
        return out.getvalue()

    yield "zip-bzip2", made(method=zipfile.ZIP_BZIP2), None
    yield "zip-lzma", made(method=zipfile.ZIP_LZMA), None
    yield "zip-stored", made(method=zipfile.ZIP_STORED), 5
    yield "zip-comment", made(comment=b"PK\x05\x06" * 500), None
    yield "zip-symlink", made(attr=0o120777 << 16), None
    yield "zip-device", made(attr=0o060666 << 16), None
    for name in (SHEET, BOOK, "[Content_Types].xml"):
        yield f"zip-twice-{name}", made(twice=name), None
    yield "zip-before", b"MZ" + bytes(500) + XLSX, "FILE-KIND"
    yield "zip-after", XLSX + bytes(70_000), None
    for n, (mark, at, new) in enumerate((
        (b"PK\x01\x02", 10, b"\x63\x00"), (b"PK\x01\x02", 16, b"\0\0\0\0"), (b"PK\x01\x02", 20, b"\xff\xff\xff\xff"), (b"PK\x01\x02", 24, b"\xff\xff\xff\xff"),
        (b"PK\x01\x02", 28, b"\xff\xff"), (b"PK\x01\x02", 42, b"\xff\xff\xff\x7f"), (b"PK\x05\x06", 8, b"\xff\xff"), (b"PK\x05\x06", 10, b"\0\0"),
        (b"PK\x05\x06", 12, b"\xff\xff\xff\xff"), (b"PK\x05\x06", 16, b"\0\0\0\0"), (b"PK\x05\x06", 20, b"\xff\xff"), (b"PK\x03\x04", 4, b"\xff"),
        (b"PK\x03\x04", 8, b"\x0c\x00"), (b"PK\x03\x04", 26, b"\xff\xff"), (b"PK\x01\x02", 8, b"\x00\x08"), (b"PK\x01\x02", 34, b"\x09\x00"),
    )):
        data = bytearray(XLSX)
        place = data.find(mark)
        data[place + at:place + at + len(new)] = new
        yield f"zip-field-{n}", bytes(data), None
    yield "zip64-claim", XLSX[:-22] + b"PK\x06\x06" + struct.pack("<Q", 2**60) + bytes(40) + b"PK\x06\x07" + bytes(16) + XLSX[-22:], None
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as nested:
        nested.writestr("xl/media/zeros.bin", bytes(60 << 20))
    yield "zip-nested-bomb", rezip({"xl/media/bomb.zip": inner.getvalue()}), None


def forms() -> Iterator[tuple[str, bytes, Expected]]:
    """The same rows in encodings and with marks that somebody's program writes."""
    text = CSV.decode()
    for name in ("utf-8-sig", "utf-16-le", "utf-16-be", "utf-16", "gbk", "gb18030", "hz", "utf-7", "cp1252", "shift_jis", "big5", "iso2022_jp", "utf-32-le"):
        yield f"encoding-{name}", text.encode(name, "replace"), None
    for name, mark in {"tab": "\t", "semicolon": ";", "pipe": "|", "caret": "^", "wide": "，"}.items():
        yield f"delimiter-{name}", csv_text([row(n) for n in range(1, 6)], delimiter=mark).encode(), None
    yield "sep-line", b"sep=,\n" + CSV, None
    yield "two-boms", b"\xef\xbb\xbf\xef\xbb\xbf" + CSV, None
    yield "bom-inside", CSV.replace(b"\n", b"\n\xef\xbb\xbf", 2), None
    yield "half-utf16", text.encode("utf-16")[:-1], None
    yield "utf16-swapped", b"\xff\xfe" + text.encode("utf-16-be"), None
    yield "gb-then-utf8", text[:200].encode("gb18030") + text[200:].encode(), None
    yield "nul-between", b"\0".join(CSV[i:i + 1] for i in range(300)), None
    yield "header-formula", CSV.replace(TITLES[0].encode(), b"=cmd|' /C calc'!A0", 1), "FILE-HEADER"
    yield "header-long", CSV.replace(TITLES[0].encode(), b"x" * 100_000, 1), None
    yield "header-newline", CSV.replace(TITLES[0].encode(), b'"a\nb"', 1), "FILE-HEADER"
    yield "header-spaces", CSV.replace(TITLES[0].encode(), b" " + TITLES[0].encode() + "\u3000".encode(), 1), None
    yield "only-quotes", b'""\n' * 50, None
    yield "many-columns-million", b",".join([b"a"] * 1_000_000) + b"\n1\n", None
    yield "many-empty-lines", CSV + b"\n" * 500_000, None
    yield "nine-copies", CSV + CSV.split(b"\n", 1)[1] * 9, None
    for n, (old, new) in enumerate((
        (b"[{", b"\xef\xbb\xbf[{"), (b"[{", b"\x1e[{"), (b"[{", b"[{\"__proto__\":{\"x\":1},"), (b"[{", b"[{\"\":\"\","), (b"[{", b"[{\"\\u0000\":\"x\","),
        (b"[{", b"[{\"\\ud83d\":\"x\","), (b'"1.5"', b"-0"), (b'"1.5"', b"1E5"), (b'"1.5"', b"01"), (b'"1.5"', b"+1"), (b'"1.5"', b".5"), (b'"1.5"', b"1."),
        (b'"1.5"', b"9007199254740993"), (b'"1.5"', b"1e-9999"), (b'"1.5"', b"null"), (b'"1.5"', b"[]"), (b'"1.5"', b"{}"), (b'"1.5"', b"[[[[1]]]]"),
        (b'"1.5"', b"undefined"), (b'"1.5"', b"'1.5'"), (b'"1.5"', b'"\\x41"'), (b'"1.5"', b'"\\u12"'), (b'"1.5"', b'"\t"'), (b"}, {", b"},, {"),
    )):
        yield f"json-{n}", JSON.replace(old, new, 1), None
    for name in ("utf-16", "utf-16-le", "utf-32", "utf-8-sig", "gbk"):
        yield f"json-encoding-{name}", JSON.decode().encode(name), None


def wide() -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    page = book.add_worksheet()
    for c in range(16_384):
        page.write_string(0, c, f"c{c}")
    book.close()
    return out.getvalue()


def more() -> list[tuple[str, bytes, Expected]]:
    return [*values(), *numbers(), *books(), *zips(), *forms(), ("xlsx-16384-columns", wide(), "FILE-SIZE")]
