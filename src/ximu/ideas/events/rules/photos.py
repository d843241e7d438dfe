"""Photos stand in a row by their digests; one that was shown before shows nothing new."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from ximu.kernel.refusal import Refusal

DIGEST = re.compile(r"[0-9a-f]{64}")


def photos_of(text: str) -> list[str]:
    """SHA-256 of each photo. Errors: `PHOTO-FORM`."""
    found = [piece.strip().lower() for piece in text.replace("；", ";").split(";") if piece.strip()]
    if bad := [one for one in found if not DIGEST.fullmatch(one)]:
        raise Refusal("PHOTO-FORM", field="photos", value=bad[0][:20], rule="SHA-256",
                      zh="照片以其SHA-256摘要（64位十六进制）报送，用分号隔开。",
                      en="Photos are named by their SHA-256 (64 hexadecimal digits), with semicolons between.")
    return found


def must_be_new(uid: str, photos: Sequence[str], held: Mapping[str, str]) -> None:
    """`held`: digest → the number of the row that showed it. Errors: `DUP-PHOTO`."""
    twice = next((one for place, one in enumerate(photos) if one in photos[:place] or held.get(one, uid) != uid), "")
    if twice:
        raise Refusal("DUP-PHOTO", status=409, field="photos", value=twice[:12], rule="once", extra={"shown": held.get(twice, uid)},
                      zh=f"同一照片已用于记录“{held.get(twice, uid)}”，不能再用。",
                      en=f"The same photo belongs to “{held.get(twice, uid)}”; it cannot be shown twice.")
