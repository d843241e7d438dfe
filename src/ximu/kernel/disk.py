"""Was nothing written because there was no room? Of the file system, of a quota or of a limit on one file."""

from __future__ import annotations

import errno
import re

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_TOLD = re.compile(r"os error (\d+)")


def is_full(error: OSError) -> bool:
    """By the number of the error; Polars tells it in words only."""
    told = _TOLD.search(str(error))
    return (error.errno or (int(told[1]) if told else 0)) in FULL
