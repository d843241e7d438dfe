"""How much may one file cost? And the refusals that say so."""

from __future__ import annotations

from ximu.kernel.refusal import Refusal

BLOCK_BYTES = 24 << 20
"""Text is read, cut at row ends and checked in blocks of this size: memory does not grow with the file."""
MOST_FILE_BYTES = 2 << 30
MOST_ROWS = 5_000_000
MOST_COLUMNS = 500
MOST_CELL = 1 << 20
"""A cell of more than a million characters is no datum."""
MOST_XML_BYTES = 1_200 << 20
MOST_XML_RATIO = 300
"""Honest sheets compress about tenfold; a bomb a thousandfold."""
MOST_SHEET_CELLS = 32 << 20
"""From the first cell to the last one, empty ones too: so many take all the memory there is (32 bytes each)."""
MOST_ENTRIES = 3_000
MOST_OBJECT_BYTES = 8 << 20
MEMORY_BYTES = 1 << 30
"""Resident memory after which the reading process is ended."""
ADDRESS_BYTES = 8 << 30
SECONDS = 900


def too_large(what_zh: str, what_en: str, *, rule: object, value: object = "") -> Refusal:
    return Refusal(
        "FILE-SIZE", field="file", value=str(value)[:60], rule=str(rule), status=413,
        zh=f"文件{what_zh}，超过上限（{rule}），未读取任何数据。", en=f"The file {what_en}, over the limit ({rule}); nothing was read.",
    )


def disk_full() -> Refusal:
    return Refusal("DISK-FULL", status=507, field="file", rule="", zh="存储空间不足，未作任何改动。",
                   en="The disk is full; nothing was changed.")


def disk_failed() -> Refusal:
    return Refusal("DISK-FAULT", status=503, field="file", rule="", zh="磁盘读写出错，未作任何改动；请稍后重新校验。",
                   en="The disk failed; nothing was changed. Check the delivery again later.")


def broken(zh: str, en: str, *, line: int | None = None) -> Refusal:
    where = {"line": line} if line else {}
    return Refusal(
        "FILE-BROKEN", field="file", value=str(line or ""), rule="", extra=where,
        zh=f"文件已损坏或不完整：{zh}。", en=f"The file is damaged or incomplete: {en}.",
    )


def risky(zh: str, en: str, *, rule: str = "") -> Refusal:
    return Refusal(
        "FILE-RISK", field="file", rule=rule, zh=f"文件含有不允许的内容：{zh}，未读取任何数据。",
        en=f"The file holds content that is not allowed: {en}; nothing was read.",
    )


def wrong_kind(zh: str, en: str) -> Refusal:
    return Refusal(
        "FILE-KIND", field="file", rule="CSV · XLSX · JSON",
        zh=f"{zh}；请另存为CSV、XLSX或JSON后重新报送。", en=f"{en}; save it as CSV, XLSX or JSON and deliver it again.",
    )
