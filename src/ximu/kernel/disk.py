"""Was nothing written because there was no room (of the file system, of a quota, of a limit on one file), or because the disk failed?"""

from __future__ import annotations

import errno
import re

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
FAILED = frozenset({errno.EIO, errno.EROFS, errno.ESTALE, errno.ENODEV, errno.ENXIO})
_TOLD = re.compile(r"os error (\d+)")


def is_full(error: OSError) -> bool:
    """By the number of the error; Polars tells it in words only."""
    return _number(error) in FULL


def is_failed(error: OSError) -> bool:
    """The device or its file system, not the request, is at fault."""
    return _number(error) in FAILED


def _number(error: OSError) -> int:
    told = _TOLD.search(str(error))
    return error.errno or (int(told[1]) if told else 0)
