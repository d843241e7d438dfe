"""A hundred records, each from its file alone, verified by the offline verifier on a machine without network; one changed byte is refused."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.journeys.conftest import ROOT, City

pytestmark = [pytest.mark.journey, pytest.mark.row("M1.2")]
RECORDS = 100
WRITE = """
import sys, random, django; django.setup()
from pathlib import Path
import orjson
from ximu.ideas.ledger import queries as log
from ximu.ideas.records.models import Version
from ximu.ideas.records.rules.evidence import COLUMNS, evidence_value
out, most = Path(sys.argv[1]), int(sys.argv[2])
found = list(Version.objects.filter(payload__isnull=False))
random.Random(31).shuffle(found)
for v in found[:most]:
    payload = evidence_value({name: getattr(v, name) for name in COLUMNS}, orjson.loads(v.payload))
    (out / f"{v.log_index}.json").write_bytes(log.bundle_bytes(log.bundle(v.log_index, payload=payload, salt=bytes(v.salt))))
for index in range(most):  # a small city: the rest are other entries of its log
    if len(list(out.glob("*.json"))) < most and not (out / f"{index}.json").exists():
        (out / f"{index}.json").write_bytes(log.bundle_bytes(log.bundle(index)))
(out / "log.pub").write_text(log.key_lines())
"""
READ = """
import contextlib, io, json, socket, sys
from pathlib import Path
from ximu_verify.__main__ import main
try:
    socket.create_connection(("127.0.0.1", 9), 1); reached = True
except OSError as error:
    reached = error.strerror
told = {}
for path in sorted(Path(sys.argv[1]).glob("*.json")):
    code = 0
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        try:
            code = main([str(path), "--key", str(path.with_name("log.pub")), "--json"]) or 0
        except SystemExit as end:
            code = end.code or 0
    told[path.name] = code
print(json.dumps({"reached": reached, "told": told, "modules": "django" in sys.modules}))
"""


def offline(folder: Path) -> dict[str, object]:
    alone = ["unshare", "-n"] if os.geteuid() == 0 else ["unshare", "-rn"]
    ran = subprocess.run([*alone, sys.executable, "-S", "-c", READ, str(folder)], capture_output=True, text=True, cwd="/",
                         env={"PYTHONPATH": f"{ROOT / 'src'}:{site()}"})
    assert ran.returncode == 0, ran.stderr
    return dict(json.loads(ran.stdout))


def site() -> str:
    return next(path for path in sys.path if path.endswith("site-packages"))


def test_a_hundred_records_are_proved_from_their_files_alone(city: City, tmp_path: Path) -> None:
    whole, changed = tmp_path / "pack", tmp_path / "changed"
    whole.mkdir()
    env = city.env | {"DJANGO_SETTINGS_MODULE": "ximu.config.settings"}
    made = subprocess.run([sys.executable, "-c", WRITE, str(whole), str(RECORDS)], cwd=ROOT, env=env, capture_output=True, text=True)
    assert made.returncode == 0, made.stderr
    shutil.copytree(whole, changed)
    chance = random.Random(31)
    for path in changed.glob("*.json"):
        data = bytearray(path.read_bytes())
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        path.write_bytes(data)
    good, bad = offline(whole), offline(changed)
    assert good["reached"] == "Network is unreachable"
    assert good["modules"] is False
    assert set(good["told"].values()) == {0}
    assert len(good["told"]) == RECORDS
    assert 0 not in bad["told"].values()
