"""The process that looks at papers: `python -m ximu.foundation.confined SECONDS`; one line of JSON and the paper in, the answer out.

No network, no file that is written, limits that the kernel keeps; exit code 0 done, 2 not to be taken, 3 too much, 4 no such page,
5 refused with words.
"""

from __future__ import annotations

import ctypes
import importlib
import json
import resource
import sys

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
ADDRESS_BYTES = 2 << 30
BROKEN, MUCH, NO_PAGE, REFUSED = 2, 3, 4, 5


def confine(seconds: int) -> None:
    for what, most in ((resource.RLIMIT_AS, ADDRESS_BYTES), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_CORE, 0),
                       (resource.RLIMIT_CPU, seconds)):
        resource.setrlimit(what, (most, most))
    ctypes.CDLL(None).unshare(CLONE_NEWUSER | CLONE_NEWNET)


if __name__ == "__main__":
    confine(int(sys.argv[1]))

from ximu.foundation import bared, pixels  # noqa: E402
from ximu.kernel.refusal import Refusal  # noqa: E402

KEPT = ("code", "zh", "en", "field", "value", "rule", "see", "status", "extra")


def answer(wanted: dict[str, object], content: bytes) -> bytes:
    """`{"count": true}` → how many pages; `{"page": n}` → that page as PNG; `{"boxes": [[…]]}` → the PDF with these boxes blacked;
    `{"bare": true}` → the file without metadata; `{"call": "module:function"}` → what that function of ours says of it, as JSON."""
    if "call" in wanted:
        module, _, name = str(wanted["call"]).partition(":")
        return json.dumps(getattr(importlib.import_module(module), name)(content)).encode()
    if "bare" in wanted:
        return bared.bare(content)
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
    except Refusal as refusal:
        sys.stdout.write(json.dumps({name: getattr(refusal, name) for name in KEPT}, default=str))
        return REFUSED
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
