"""After a lawful erasure the planted strings are in no file of the home: database pages, WAL, deliveries, answers, keys."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from ximu.foundation.rooms import SRC


def test_planted_strings_are_nowhere_and_every_other_proof_holds(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    env = {**os.environ, "XIMU_HOME": str(tmp_path / "home"), "DATABASE_URL": f"sqlite://{tmp_path / 'home' / 'ximu.sqlite3'}", "PYTHONPATH": str(SRC.parent)}
    ran = subprocess.run([sys.executable, "-m", "ximu.config.tests.canary"], env=env, capture_output=True, text=True, timeout=300)
    assert ran.returncode == 0, ran.stderr[-3000:]
    told = json.loads(ran.stdout.splitlines()[-1])
    assert "ximu.sqlite3" in told["before"]
    assert any(path.startswith("files/cases/") for path in told["before"]), "a paper of a case about the record"
    assert (told["file"], told["other_file"]) == (False, True)
    assert told["after"] == []
    assert told["ok"], told["findings"]
    assert told["old_bundle"]
    assert told["new_bundle"]
    assert (told["delivery"], told["other_delivery"]) == ("refused", "received")
    assert "database" in told["in_backup"], "the backup from before the erasure holds them"
    assert told["restored"] == [], "and its restore has erased again, in pages, files and indexes, before the service opens"
    assert told["restored_ok"], told["restored_findings"]
