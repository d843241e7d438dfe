"""Stops the PostgreSQL that `scripts/postgres.py` started in a folder (fast shutdown: SIGINT)."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

pidfile = Path(sys.argv[1]).resolve() / "postmaster.pid"
if pidfile.exists():
    os.kill(int(pidfile.read_text().splitlines()[0]), signal.SIGINT)
