"""A full disk is told from every other fault of a file."""

from __future__ import annotations

import errno

import pytest

from ximu.kernel.disk import is_full


@pytest.mark.parametrize(("error", "full"), [
    (OSError(errno.ENOSPC, "No space left on device"), True), (OSError(errno.EFBIG, "File too large"), True),
    (OSError("File too large (os error 27)"), True), (OSError(errno.EACCES, "Permission denied"), False), (OSError("odd"), False),
])
def test_a_full_disk_is_told_from_other_faults(error: OSError, full: bool) -> None:
    assert is_full(error) is full
