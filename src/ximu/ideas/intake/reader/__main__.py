"""The reading process: `python -m ximu.ideas.intake.reader JOB.json SECONDS`. Tells progress and result as JSON lines."""

from __future__ import annotations

import ctypes
import json
import resource
import sys
from datetime import date
from pathlib import Path
from typing import Any

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
ADDRESS_BYTES = WRITTEN_BYTES = 8 << 30


def confine(seconds: int) -> None:
    """Limits that the kernel keeps: address space, time, size of files; and no network where the machine allows it."""
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_BYTES, ADDRESS_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
    resource.setrlimit(resource.RLIMIT_FSIZE, (WRITTEN_BYTES, WRITTEN_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    ctypes.CDLL(None).unshare(CLONE_NEWUSER | CLONE_NEWNET)


if __name__ == "__main__":
    confine(int(sys.argv[2]))  # before Polars starts its threads: a process with threads cannot leave the network

from ximu.ideas.intake.reader.reading import read_file, read_parts  # noqa: E402
from ximu.ideas.intake.rules.schema import read_schema  # noqa: E402
from ximu.kernel.disk import is_failed, is_full  # noqa: E402
from ximu.kernel.refusal import Refusal  # noqa: E402


def tell(**what: object) -> None:
    sys.stdout.write(json.dumps(what, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def main(job_path: str) -> int:
    job = json.loads(Path(job_path).read_text("utf-8"))
    try:
        path, schema, today, out = Path(job["path"]), read_schema(job["schema"]), date.fromisoformat(job["today"]), Path(job["out"])
        if job["parts"]:
            result: dict[str, Any] = {"parts": read_parts(path, schema, today=today, out=out)}
        else:
            result = read_file(path, schema, today=today, out=out, records=job["records"], progress=lambda rows: tell(progress=rows))
    except Refusal as refusal:
        tell(refusal={**refusal.envelope(), "status": refusal.status})
        return 2
    except MemoryError:
        tell(memory=True)
        return 3
    except OSError as error:
        if not is_full(error) and not is_failed(error):
            raise
        tell(full=is_full(error), failed=is_failed(error))
        return 4
    tell(result={k: v for k, v in result.items() if k != "dropped_lines"})
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
