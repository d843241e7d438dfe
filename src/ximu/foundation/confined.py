"""The process that looks at papers: `python -m ximu.foundation.confined SECONDS`; one line of JSON and the paper in, the answer out.

No network, no file that is written, limits that the kernel keeps; exit code 0 done, 2 not to be taken, 3 too much, 4 no such page.
"""

from __future__ import annotations

import ctypes
import json
import resource
import sys

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
ADDRESS_BYTES = 2 << 30
BROKEN, MUCH, NO_PAGE = 2, 3, 4


def confine(seconds: int) -> None:
    for what, most in ((resource.RLIMIT_AS, ADDRESS_BYTES), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_CORE, 0),
                       (resource.RLIMIT_CPU, seconds)):
        resource.setrlimit(what, (most, most))
    ctypes.CDLL(None).unshare(CLONE_NEWUSER | CLONE_NEWNET)


if __name__ == "__main__":
    confine(int(sys.argv[1]))

from ximu.foundation import pixels  # noqa: E402


def answer(wanted: dict[str, object], content: bytes) -> bytes:
    """`{"count": true}` → how many pages; `{"page": n}` → that page as PNG; `{"boxes": [[…]]}` → the PDF with these boxes blacked."""
    if "page" in wanted:
        return pixels.picture(content, int(str(wanted["page"])))
    boxes = wanted.get("boxes")
    if isinstance(boxes, list):
        return pixels.rebuilt(content, [pixels.Box(*one) for one in boxes])
    return str(len(pixels.document(content))).encode()


def main() -> int:
    head, _, content = sys.stdin.buffer.read().partition(b"\n")
    try:
        made = answer(json.loads(head), content)
    except (pixels.TooMuchError, MemoryError):
        return MUCH
    except IndexError:
        return NO_PAGE
    except ValueError:
        return BROKEN
    sys.stdout.buffer.write(made)
    return 0


if __name__ == "__main__":
    sys.exit(main())
