"""Cleans a file that came with a report: pictures and text here, PDF and office files in a process of their own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from ximu.kernel.refusal import Refusal
from ximu.notice.mechanisms.m3_complaints import rules

SECONDS, KIND_BYTES, MUCH = 30, 8, 3
MODULE = "ximu.notice.mechanisms.m3_complaints.reader"
SOURCE = str(Path(__file__).resolve().parents[5])
SURROUNDINGS = {"PYTHONPATH": SOURCE, "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1",
                "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


def clean(content: bytes) -> tuple[str, bytes]:
    """(kind, bytes without metadata): `jpeg`, `png`, `text`, `pdf`, `docx`, `xlsx`. Errors: `FILE-RISK`, `FILE-SIZE`, `FILE-EMPTY`."""
    rules.must_fit(content)
    if not content.startswith((b"%PDF-", b"PK\x03\x04")):
        return rules.clean(content)
    try:
        ended = subprocess.run([sys.executable, "-m", MODULE, str(SECONDS)], input=content, stdout=subprocess.PIPE, cwd="/",
                               stderr=subprocess.DEVNULL, env=SURROUNDINGS, timeout=SECONDS + 5, check=False)
    except subprocess.TimeoutExpired:
        raise _much() from None
    if ended.returncode in (MUCH, -9, -24):
        raise _much()
    if ended.returncode != 0:
        raise rules.risk()
    return ended.stdout[:KIND_BYTES].decode("ascii").strip(), ended.stdout[KIND_BYTES:]


def _much() -> Refusal:
    return Refusal("FILE-SIZE", status=413, field="file", value="", rule=f"60 pages, 80 MiB unpacked, {SECONDS} s",
                   zh="附件页数过多，或者展开后过大，未作任何保存；请分开上传或拍照。",
                   en="The file has too many pages or unfolds to too much; nothing was kept. Send it in parts, or as pictures.")
