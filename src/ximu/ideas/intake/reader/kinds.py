"""What kind of file is it? By its first bytes, never by its name."""

from __future__ import annotations

import zipfile
from pathlib import Path

from ximu.ideas.intake.reader.limits import broken, wrong_kind
from ximu.kernel.refusal import Refusal

HEAD_BYTES = 8192
CSV, XLSX, JSON = "csv", "xlsx", "json"
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_OTHERS = (
    (b"%PDF", "这是PDF文件", "This is a PDF file"),
    (b"\x89PNG", "这是图片", "This is a picture"),
    (b"\xff\xd8\xff", "这是图片", "This is a picture"),
    (b"GIF8", "这是图片", "This is a picture"),
    (b"\x1f\x8b", "这是压缩文件", "This is a compressed archive"),
    (b"7z\xbc\xaf\x27\x1c", "这是压缩文件", "This is a compressed archive"),
    (b"Rar!", "这是压缩文件", "This is a compressed archive"),
    (b"BZh", "这是压缩文件", "This is a compressed archive"),
    (b"\xfd7zXZ", "这是压缩文件", "This is a compressed archive"),
    (b"\x28\xb5\x2f\xfd", "这是压缩文件", "This is a compressed archive"),
    (b"SQLite format 3", "这是数据库文件", "This is a database file"),
    (b"PAR1", "这是Parquet文件", "This is a Parquet file"),
    (b"\x7fELF", "这是程序文件", "This is a program"),
    (b"MZ", "这是程序文件", "This is a program"),
    (b"{\\rtf", "这是RTF文件", "This is an RTF file"),
)
_MARKUP = (b"<?xml", b"<html", b"<!doctype", b"<table", b"<svg", b"<workbook")


def kind_of(path: Path) -> str:
    """Errors: `FILE-KIND` for anything but CSV, XLSX and JSON; `FILE-EMPTY`; `FILE-BROKEN`."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if not head:
        raise empty_file()
    if head.startswith(b"PK"):
        return _zip_kind(path)
    if head.startswith(OLD_OFFICE):
        raise _old_office(path)
    for magic, zh, en in _OTHERS:
        if head.startswith(magic):
            raise wrong_kind(zh, en)
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text[:16].lower().startswith(_MARKUP):
        raise wrong_kind("这是网页或XML文件", "This is a web page or an XML file")
    wide = head.replace(b"\x00", b"").removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff").lstrip()
    return JSON if (text[:1] in (b"{", b"[") or wide[:1] in (b"{", b"[")) and not _bracket_title(text) else CSV


def _bracket_title(text: bytes) -> bool:
    """A CSV whose title begins with a bracket, such as `[2018]年汇总`: no JSON opens so."""
    rest = text[1:].lstrip()
    return bool(rest) and rest[:1] not in b'"{}[]' and text[:1] == b"[" and rest[:1] not in b"0123456789-tfn\x00"


def empty_file() -> Refusal:
    return Refusal("FILE-EMPTY", field="file", rule="", zh="文件中没有数据行。", en="The file has no data rows.")


def _old_office(path: Path) -> Refusal:
    with path.open("rb") as file:
        if _ENCRYPTED in file.read(4 << 20):
            return wrong_kind("文件设有打开密码", "The file is protected by a password")
    return wrong_kind("这是旧版二进制格式（.xls、.doc）", "This is an old binary format (.xls, .doc)")


def _zip_kind(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, IndexError, UnicodeDecodeError) as error:
        raise broken("压缩目录不完整", "its zip directory is not complete") from error
    if "xl/workbook.xml" in names or any(n.lower().replace("\\", "/") == "xl/workbook.xml" for n in names):
        return XLSX
    if "xl/workbook.bin" in names:
        raise wrong_kind("这是二进制工作簿（.xlsb）", "This is a binary workbook (.xlsb)")
    if "word/document.xml" in names:
        raise wrong_kind("这是Word文件", "This is a Word file")
    if "content.xml" in names:
        raise wrong_kind("这是OpenDocument文件（.ods等）", "This is an OpenDocument file (.ods …)")
    if "[Content_Types].xml" in names:
        raise broken("缺少工作簿部件", "its workbook part is missing")
    raise wrong_kind("这是压缩文件", "This is a compressed archive")
