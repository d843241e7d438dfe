"""What the machine says no to is told with a code, also on the command line."""

from __future__ import annotations

import csv
import errno
from pathlib import Path

import pytest
from django.db import OperationalError, ProgrammingError

from ximu.faces.cli import house, main
from ximu.faces.cli.trouble import trouble_of
from ximu.foundation.apart import PartlyError

TROUBLES = [
    (OSError(errno.ENOSPC, "No space left on device"), "DISK-FULL"), (OSError(errno.EIO, "Input/output error"), "DISK-FAULT"),
    (PermissionError(errno.EACCES, "Permission denied", "x"), "FILE-OPEN"), (OperationalError("database is locked"), "DB-BUSY"),
    (OperationalError("database or disk is full"), "DISK-FULL"), (OperationalError("no such table: x"), "DB-EMPTY"),
    (ProgrammingError('relation "x" does not exist'), "DB-EMPTY"), (OperationalError("connection refused"), "DB-AWAY"),
    (csv.Error("field larger than field limit (131072)"), "FILE-SHAPE"), (ValueError("words that are not told"), "CLI-FAULT"),
    (PartlyError("exchange: 1/4 sweep EXCH-KEY", 3), "JOB-PARTLY"),
]


@pytest.mark.parametrize(("error", "code"), TROUBLES, ids=[c for _, c in TROUBLES])
def test_each_trouble_has_its_code(error: Exception, code: str) -> None:
    told = trouble_of(error)
    assert told.code == code
    assert told.zh
    assert told.en
    assert "not told" not in str(told.envelope())


def test_no_trace_is_shown_unless_it_is_asked_for(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    def broken(**_: object) -> None:
        raise ValueError("words that are not told")

    monkeypatch.setattr(house, "main", broken)
    with pytest.raises(SystemExit) as ended:
        main(["due"])
    assert ended.value.code == 2
    assert "[CLI-FAULT]" in capsys.readouterr().err
    monkeypatch.setenv("XIMU_DEBUG", "1")
    with pytest.raises(ValueError, match="not told"):
        main(["due"])
