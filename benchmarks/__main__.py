"""Runs the benchmarks one after another; each prints its own ratios. `python -m benchmarks log index` runs some of them.

`docs/performance.md` has the figures with the command that made them.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
ALL = ("log", "index", "detect", "commitments", "events", "plan", "intake", "intake_load", "exchange", "exchange_killed", "complaints",
       "casework", "portal", "tiles")


def main(names: list[str]) -> int:
    env = {**os.environ, "PYTHONPATH": f"{HERE.parent / 'src'}:{HERE}:{HERE.parent}"}
    failed = 0
    for name in names or ALL:
        sys.stdout.write(f"\n── {name}\n")
        sys.stdout.flush()
        failed += subprocess.run([sys.executable, HERE / f"{name}.py"], env=env, cwd=HERE.parent).returncode != 0
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
