"""The process: `python -m ximu.notice.mechanisms.m3_complaints.reader SECONDS`, a file on standard input, its kind and bytes on output.

The kernel keeps the limits; exit code 0 made anew, 2 not to be taken, 3 too much. Nothing is written to a disk.
"""

from __future__ import annotations

import ctypes
import resource
import sys

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
ADDRESS_BYTES = 1 << 30
RISK, MUCH = 2, 3


def confine(seconds: int) -> None:
    for what, most in ((resource.RLIMIT_AS, ADDRESS_BYTES), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_CORE, 0),
                       (resource.RLIMIT_CPU, seconds)):
        resource.setrlimit(what, (most, most))
    ctypes.CDLL(None).unshare(CLONE_NEWUSER | CLONE_NEWNET)


if __name__ == "__main__":
    confine(int(sys.argv[1]))

from ximu.foundation import pixels  # noqa: E402
from ximu.notice.mechanisms.m3_complaints.reader import office  # noqa: E402
from ximu.notice.mechanisms.m3_complaints.rules import packages  # noqa: E402


def main() -> int:
    content = sys.stdin.buffer.read()
    try:
        kind, made = ("pdf", pixels.rebuilt(content)) if content[:5] == b"%PDF-" else office.rebuilt(content)
    except (packages.TooMuchError, pixels.TooMuchError, MemoryError):
        return MUCH
    except ValueError:
        return RISK
    sys.stdout.buffer.write(kind.encode("ascii").ljust(8) + made)
    return 0


if __name__ == "__main__":
    sys.exit(main())
