"""A file that was handed in comes back as a download that a clerk's machine opens, under its digest."""

from __future__ import annotations

import io
from datetime import date

import openpyxl
import pytest

from ximu.foundation import documents, files, web
from ximu.foundation.tests import planted
from ximu.kernel.refusal import Refusal


@pytest.mark.django_db
def test_the_ending_follows_from_the_bytes_and_the_name_from_the_digest() -> None:
    table, letter = io.BytesIO(), documents.Letter("甲", "乙", "丙", "", (documents.Paragraph("丁"),), "甲", date(2018, 5, 2))
    openpyxl.Workbook().save(table)
    for content, ending in ((documents.docx(letter), "docx"), (table.getvalue(), "xlsx"), (b"PK\x05\x06", "zip"), (b"%PDF-1.7", "pdf"),
                            (b"\x89PNG\r\n", "png"), (b"\xff\xd8\xff\xe0", "jpg"), ("纪要".encode(), "txt"), (b"a\0b", "bin")):
        digest, _ = files.keep([content])
        answer = web.kept_file(digest)
        assert answer["Content-Disposition"] == f'attachment; filename="{digest[:12]}.{ending}"'
        if not content.startswith(b"PK\x03"):
            assert b"".join(answer.streaming_content) == content  # type: ignore[arg-type]
        assert b"".join(web.kept_file(digest, issued=True).streaming_content) == content  # type: ignore[arg-type]
    digest, _ = files.keep([planted.pdf()])
    assert b"/Author" not in b"".join(web.kept_file(digest).streaming_content)  # type: ignore[arg-type]
    sealed = planted.pdf(trailer="/ByteRange[0 1 2 3]")
    digest, _ = files.keep([sealed])
    assert b"".join(web.kept_file(digest).streaming_content) == sealed, "a seal is not broken"  # type: ignore[arg-type]
    for gone in ("0" * 64, "", "../../etc/passwd"):
        with pytest.raises(Refusal, match="FILE-NONE"):
            web.kept_file(gone)
