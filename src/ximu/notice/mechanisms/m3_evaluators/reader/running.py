"""Starts the sandbox, waits for it, and turns its end into bytes or a refusal.

Its folder lies where the next start clears away what a killed server left (`foundation/scratch`).
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ximu.foundation import scratch
from ximu.kernel.refusal import Refusal

SECONDS = 120
_SOURCE = str(Path(__file__).resolve().parents[5])
_MODULE = "ximu.notice.mechanisms.m3_evaluators.reader"
_SURROUNDINGS = {"PYTHONPATH": _SOURCE, "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1",
                 "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "PYTHONHASHSEED": "0"}


@dataclass(frozen=True, slots=True)
class Job:
    """Data, method text and pins of one computation."""

    content: Mapping[str, Any]
    method: str
    pins: Mapping[str, Any]
    seconds: int = SECONDS


def run(job: Job) -> bytes:
    """The inner result's bytes. Errors: every refusal of the computation; `EVAL-RUN` when the process ended without one."""
    with scratch.folder() as made:
        place = made.resolve()
        (place / "content.json").write_text(json.dumps(job.content, ensure_ascii=False), "utf-8")
        (place / "order.json").write_text(json.dumps({
            "content": str(place / "content.json"), "method": job.method, "pins": dict(job.pins), "out": str(place / "out.json"),
        }, ensure_ascii=False), "utf-8")
        try:
            ended = subprocess.run([sys.executable, "-m", _MODULE, str(place / "order.json"), str(job.seconds)], cwd=place,
                                   stdin=subprocess.DEVNULL, capture_output=True, env=_SURROUNDINGS, timeout=job.seconds + 5, check=False)
        except subprocess.TimeoutExpired:
            raise _broken("timeout") from None
        if ended.returncode == 0:
            return (place / "out.json").read_bytes()
        raise _told(ended.stdout)


def _told(answer: bytes) -> Refusal:
    try:
        found = json.loads(answer)["refusal"]
    except (ValueError, KeyError):
        return _broken("ended")
    known = {"code", "message_zh", "message_en", "field", "value", "rule", "see", "status"}
    return Refusal(found["code"], zh=found["message_zh"], en=found["message_en"], field=found["field"], value=found["value"],
                   rule=found["rule"], status=found["status"], extra={k: v for k, v in found.items() if k not in known})


def _broken(how: str) -> Refusal:
    return Refusal("EVAL-RUN", field="method", value=how, rule=f"≤ {SECONDS} s, ≤ 4 GiB",
                   zh="方法在隔离环境中未能算完（超时、超内存或异常）。",
                   en="The method did not come to an end in the sandbox (time, memory or an error).")


def closed_to_network(host: str, port: int, how: str = "both") -> bool:
    """Whether a connection out of the sandbox fails: asked by the doctor."""
    ended = subprocess.run([sys.executable, "-m", _MODULE, "probe", host, str(port), how], stdin=subprocess.DEVNULL,
                           capture_output=True, env=_SURROUNDINGS, timeout=30, check=False)
    return ended.returncode == 0
