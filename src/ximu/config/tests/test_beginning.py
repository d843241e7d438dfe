"""A first load that was cut off is thrown away by the next start; anything that was ever shown is kept."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from ximu.foundation.rooms import SRC

WORK = """
import django; django.setup()
from django.core.management import call_command
from django.db import connection
from ximu.config import beginning
said = []
def tables(): return len(connection.introspection.table_names())
beginning.begin(said.append)
call_command("migrate", "foundation", verbosity=0)
assert tables() > 3 and not said
(beginning._home() / "files").mkdir()
beginning.begin(said.append)
assert tables() == 0 and len(said) == 1, said
assert not (beginning._home() / "files").exists()
call_command("migrate", "foundation", verbosity=0)
beginning.finish()
beginning.begin(said.append)
assert tables() > 3 and len(said) == 1
assert not (beginning._home() / beginning.MARK).exists()
print("whole")
"""


def test_a_load_that_was_cut_off_is_done_again_and_a_finished_one_is_kept(tmp_path: Path) -> None:
    env = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
    env |= {"XIMU_HOME": str(tmp_path), "PYTHONPATH": str(SRC.parent), "DJANGO_SETTINGS_MODULE": "ximu.config.settings"}
    ran = subprocess.run([sys.executable, "-c", WORK], env=env, capture_output=True, text=True)
    assert ran.stdout.strip() == "whole", ran.stderr[-2000:]

