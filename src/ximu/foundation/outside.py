"""A hostile file is opened by a process of its own, under limits, without network: here is asked, `foundation.confined` answers."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from ximu.kernel.refusal import Refusal

SECONDS, MUCH, REFUSED = 60, (3, -9, -24), 5
SURROUNDINGS = {"PYTHONPATH": str(Path(__file__).resolve().parents[2]), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8",
                "PYTHONDONTWRITEBYTECODE": "1", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "RAYON_NUM_THREADS": "1"}


def run(wanted: dict[str, Any], content: bytes, *, seconds: int = SECONDS) -> tuple[int, bytes]:
    """How it ended and what it said; who ran out of time ended like who took too much."""
    try:
        ended = subprocess.run([sys.executable, "-m", "ximu.foundation.confined", str(seconds)], env=SURROUNDINGS, cwd="/", check=False,
                               input=json.dumps(wanted).encode() + b"\n" + content, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                               timeout=seconds + 5)
    except subprocess.TimeoutExpired:
        return MUCH[0], b""
    return ended.returncode, ended.stdout


def call(function: str, content: bytes) -> Any:
    """What `module:function(content)` answers, as JSON, in a process of its own. Errors: its own refusals; `FILE-SIZE`, `FILE-KIND`."""
    code, said = run({"call": function}, content)
    if code == 0:
        return json.loads(said)
    if code == REFUSED:
        raise Refusal(**json.loads(said))
    if code in MUCH:
        raise Refusal("FILE-SIZE", status=413, field="file", value="", rule=f"2 GiB, {SECONDS} s",
                      zh="文件展开后过大，或者读取时间过长，拒绝读取。",
                      en="The file unfolds to too much, or takes too long to read; it was not read.")
    raise Refusal("FILE-KIND", field="file", value="", rule="xlsx docx csv", zh="文件已损坏，无法读取。",
                  en="The file is damaged and cannot be read.")
