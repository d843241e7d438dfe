"""A setting that is misspelt stops the start with its name; it does not quietly mean its contrary."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ximu.config import values
from ximu.foundation.rooms import SRC
from ximu.kernel.refusal import Refusal


@pytest.mark.parametrize(("read", "name", "value"), [
    (lambda n, v: values.one_of(n, v, "required", "optional"), "XIMU_MFA", "Required"), (values.whole, "XIMU_API_PACE", "-1"),
    (lambda n, v: values.one_of(n, v, "", "1"), "XIMU_HTTPS", "true"), (values.whole, "XIMU_API_PACE", "１"), (values.whole, "XIMU_API_PACE", ""),
    (values.networks, "XIMU_NETWORKS", "10.20.0.0/33"), (values.networks, "XIMU_NETWORKS", "intranet"),
    (values.whole, "XIMU_API_PACE", "9" * 5000), (values.moment, "XIMU_CLOCK", "yesterday"), (values.moment, "XIMU_CLOCK", "2018-02-30"),
    *((values.database, "DATABASE_URL", text) for text in ("", "garbage", "mysql://a@b/c", "postgres:name", "/var/x.sqlite3", "postgres://h:port/n",
                                                           "postgres://h:99999/n", "postgres://[h/n", "sqlite:/x", "SQLITE", "://")),
])
def test_what_no_setting_can_be_is_refused_by_name(read: Callable[[str, str], object], name: str, value: str) -> None:
    with pytest.raises(Refusal) as refused:
        read(name, value)
    assert (refused.value.code, refused.value.field) == ("SETTING-BAD", name)


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///tmp/a b.sqlite3", "postgres://u:p%40@h:5432/n", "postgresql:///n", "sqlite:///tmp/[x]/%20"])
def test_addresses_of_both_engines_are_taken(url: str) -> None:
    assert values.database("DATABASE_URL", url).scheme == url.partition(":")[0]
    assert values.moment("XIMU_CLOCK", "") == ""
    assert values.moment("XIMU_CLOCK", "2019-03-20T09:00:00") == "2019-03-20T09:00:00"
    assert values.whole("XIMU_API_PACE", "0") == 0
    assert [str(one) for one in values.networks("XIMU_NETWORKS", "10.20.0.0/16, fd12:3456::/32,")] == ["10.20.0.0/16", "fd12:3456::/32"]


@pytest.mark.parametrize("name", ["DATABASE_URL", "XIMU_CLOCK", "XIMU_MFA", "XIMU_PASSWORDS", "XIMU_API_PACE", "XIMU_LOG_LEVEL", "XIMU_HTTPS",
                                  "XIMU_NETWORKS"])
def test_the_command_tells_which_setting_it_is_and_leaves_nothing_behind(tmp_path: Path, name: str) -> None:
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(SRC.parent), "XIMU_HOME": str(tmp_path / "home"), name: "mysql://secret"}
    ran = subprocess.run([sys.executable, "-m", "ximu", "log", "key", "--json"], env=env, cwd=tmp_path, capture_output=True, check=False)
    told = json.loads(ran.stdout)
    assert (ran.returncode, told["code"], told["field"]) == (2, "SETTING-BAD", name)
    assert ("secret" in ran.stdout.decode()) is (name != "DATABASE_URL")
    assert b"Traceback" not in ran.stderr
    assert not list(tmp_path.glob("mysql*"))
