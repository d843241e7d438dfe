"""What stands in a report? Only with its key, which opens with the handler's ring or the reporter's code."""

from __future__ import annotations

import json
from typing import Any

from ximu.kernel.refusal import absent
from ximu.notice.mechanisms.m3_complaints import rules
from ximu.notice.mechanisms.m3_complaints.models import Attachment, Report
from ximu.notice.mechanisms.m3_complaints.rules import keys


def text_of(row: Report, key: bytes) -> str:
    return keys.unseal(row.sealed, key, about=f"report:{row.uid}")


def talk_of(row: Report, key: bytes) -> list[dict[str, Any]]:
    return [{"sender": m.sender, "day": m.day, "text": keys.unseal(m.sealed, key, about=f"message:{m.uid}")} for m in row.messages.all()]


def files_of(row: Report) -> list[Attachment]:
    return list(row.attachments.only("uid", "kind", "day"))


def attachment(row: Report, uid: str, key: bytes) -> tuple[str, bytes]:
    """(kind, cleaned bytes). Errors: `REPORT-NONE`."""
    found = row.attachments.filter(uid=uid).first()
    if found is None:
        raise absent("REPORT-NONE", field="file", value=uid[:16], zh="个附件", en="file")
    return found.kind, keys.unseal_bytes(bytes(found.sealed), key, about=f"file:{found.uid}")


def told_by_reporter(row: Report, key: bytes) -> str:
    return "\n".join([text_of(row, key), *(m["text"] for m in talk_of(row, key) if m["sender"] == "reporter")])


def mask_of(row: Report, key: bytes) -> dict[str, list[str]]:
    return json.loads(keys.unseal(row.masked, key, about=f"mask:{row.uid}")) if row.masked else {"passages": [], "files": []}


def extension_of(row: Report, key: bytes) -> str:
    """Why more time was asked for, while nobody has decided."""
    return keys.unseal(row.extend_why, key, about=f"extend:{row.uid}") if row.extend_why else ""


def content(row: Report, key: bytes, *, original: bool = False) -> dict[str, Any]:
    """What the handler's page shows: masked where somebody masked, the `original` after `services.original` only."""
    mask = mask_of(row, key)
    passages, hidden = ([], []) if original else (mask["passages"], mask["files"])
    talk = [m | {"text": rules.masked(m["text"], passages)} for m in talk_of(row, key)]
    return {"text": rules.masked(text_of(row, key), passages), "talk": talk, "files": [f for f in files_of(row) if f.uid not in hidden],
            "hidden": len(hidden), "masked": bool(passages or hidden)}
