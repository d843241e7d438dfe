"""Starts the reading process, watches its memory and time, and turns its end into an answer or a refusal."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from ximu.ideas.intake.reader.limits import MEMORY_BYTES, SECONDS, broken, disk_failed, disk_full, too_large
from ximu.kernel.refusal import Refusal

WATCH_SECONDS = 0.05
KEPT_PAGES = {"_RJEM_MALLOC_CONF": "dirty_decay_ms:-1,muzzy_decay_ms:-1"}
"""Polars' memory is not given back between two blocks: fetching it anew cost more than parsing."""
_PAGE = os.sysconf("SC_PAGE_SIZE")
_SOURCE = str(Path(__file__).resolve().parents[4])


@dataclass(frozen=True, slots=True)
class Job:
    """What to read: a file, by which schema, on which day, and where results go."""

    path: Path
    schema: Mapping[str, Any]
    today: date
    out: Path
    records: bool = False
    parts: bool = False
    """Good rows and faults block by block, for what is no record (`reading.read_parts`)."""
    seconds: int = SECONDS
    memory_bytes: int = MEMORY_BYTES
    handed: tuple[int, ...] = ()
    """Descriptors that the reading process inherits; `path` may name one of them."""


def run(job: Job, *, progress: Callable[[int], None] = lambda rows: None) -> dict[str, Any]:
    """The reader's summary. Errors: every `FILE-*` code; `FILE-SIZE` when time or memory ran out."""
    order = job.out / "job.json"
    order.write_text(json.dumps({
        "path": str(job.path), "schema": job.schema, "today": job.today.isoformat(), "out": str(job.out), "records": job.records,
        "parts": job.parts,
    }, ensure_ascii=False), "utf-8")
    with (job.out / "stderr.txt").open("wb") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "ximu.ideas.intake.reader", str(order), str(job.seconds)], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=errors, cwd=job.out, pass_fds=job.handed,
            env={"PYTHONPATH": _SOURCE, "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1", **KEPT_PAGES},
        )
    watch = _Watch(process, job)
    watch.start()
    answer: dict[str, Any] = {}
    with process:
        for line in process.stdout or ():
            told = json.loads(line)
            if "progress" in told:
                progress(told["progress"])
            else:
                answer = told
    watch.join()
    return _answer(answer, watch.reason, job)


class _Watch(threading.Thread):
    """Ends the process when its resident memory or its time goes over the limit; says which."""

    def __init__(self, process: subprocess.Popen[bytes], job: Job) -> None:
        super().__init__(daemon=True)
        self.process, self.job, self.reason = process, job, ""

    def run(self) -> None:
        statm, until = Path(f"/proc/{self.process.pid}/statm"), time.monotonic() + self.job.seconds
        while self.process.poll() is None:
            try:
                resident = int(statm.read_text("ascii").split()[1]) * _PAGE
            except (OSError, IndexError):
                resident = 0
            over = "memory" if resident > self.job.memory_bytes else "time" if time.monotonic() > until else ""
            if over:
                self.reason = over
                self.process.kill()
                return
            time.sleep(WATCH_SECONDS)


def _answer(told: dict[str, Any], reason: str, job: Job) -> dict[str, Any]:
    if "result" in told:
        return told["result"]
    if found := told.get("refusal"):
        known = {"code", "message_zh", "message_en", "field", "value", "rule", "see", "status"}
        raise Refusal(
            found["code"], zh=found["message_zh"], en=found["message_en"], field=found["field"], value=found["value"],
            rule=found["rule"], see=found["see"], status=found["status"], extra={k: v for k, v in found.items() if k not in known},
        )
    if reason == "memory" or told.get("memory"):
        raise too_large("展开后占用内存过多", "needs too much memory when it is opened", rule=f"{job.memory_bytes >> 20} MiB")
    if told.get("full"):
        raise disk_full()
    if told.get("failed"):
        raise disk_failed()
    if reason == "time":
        raise too_large("读取时间过长", "takes too long to read", rule=f"{job.seconds} s")
    raise broken("读取程序不能处理此文件", "the reading program could not handle it")
