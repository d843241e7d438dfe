"""The documents cannot lie: settings, rooms, rows and commands that exist are written down, and no others."""

from __future__ import annotations

import json
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from ximu.foundation.rooms import SRC, room_paths
from ximu.ideas.assessment.commands.index import index_command
from ximu.ideas.assessment.rules.normalise import METHODS as NORMALISATIONS
from ximu.ideas.warnings.rules.detectors import METHODS
from ximu.notice.domains.d01_procurement.commands.flags import d01_flags
from ximu.notice.domains.d01_procurement.rules.settings import KNOWN

ROOT = Path(__file__).parents[2]
ROOMS = [p.relative_to(SRC).as_posix() for p in room_paths()]


def test_every_setting_is_documented() -> None:
    read = set()
    for path in (SRC / "config").rglob("*.py"):
        read |= set(re.findall(r"environ(?:\.get|\.setdefault)?[\(\[]\"(XIMU_\w+|DATABASE_URL)\"", path.read_text("utf-8")))
    written = set(re.findall(r"^\| `(\w+)`", (ROOT / "docs" / "settings.md").read_text("utf-8"), flags=re.M))
    assert read == written

ENVIRONMENT = re.compile(r"\b(os\.environ|getenv|import environ)\b")
"""The process's; a WSGI request has an environment of its own."""


def test_only_config_reads_the_environment() -> None:
    readers = {p.relative_to(SRC).as_posix() for p in SRC.rglob("*.py") if ENVIRONMENT.search(p.read_text("utf-8"))
               and "tests" not in p.parts and p.relative_to(SRC).parts[0] != "config"}
    assert readers <= {"faces/cli/__init__.py"}


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_is_on_the_map(room: str) -> None:
    assert f"`{room}`" in (ROOT / "docs" / "map.md").read_text("utf-8")


def test_the_rows_are_fresh() -> None:
    ran = subprocess.run([sys.executable, ROOT / "scripts" / "rows.py", "--check"], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr


def test_rows_name_rooms_that_exist() -> None:
    named = set(re.findall(r"\"((?:ideas|notice)/[\w/]+)\"", (ROOT / "docs" / "rows.toml").read_text("utf-8")))
    assert named <= set(ROOMS) | {"ideas/catalogue", "ideas/intake", "ideas/records", "ideas/registry", "ideas/disclosure", "ideas/ledger",
                                  "ideas/assessment", "ideas/warnings", "notice/domains/d01_procurement"}


def test_every_detector_and_normalisation_has_a_fresh_page_with_equation_source_and_figure() -> None:
    """Numbers and figures are made by the engine: a page that is not as `docs/methods/pages.py` writes it is stale."""
    home = ROOT / "docs" / "methods"
    made = runpy.run_path(str(home / "pages.py"))["pages"]()
    assert {f"detect-{name}.md" for name in METHODS} | {f"normalise-{name}.md" for name in NORMALISATIONS} == {n for n in made if n.endswith(".md")}
    for name, text in made.items():
        assert (home / name).read_text("utf-8") == text, f"{name} is stale: python docs/methods/pages.py"
        if name.endswith(".md"):
            [figure] = re.findall(r"!\[[^]]*\]\(([^)]+)\)", text)
            assert (home / figure).exists(), figure
            assert "Source 出处: " in text and "\n    " in text, name


def test_the_worked_example_of_procurement_flags_is_what_the_tool_says() -> None:
    page = (ROOT / "docs" / "procurement.md").read_text("utf-8")
    ran = CliRunner().invoke(d01_flags, [str(ROOT / "examples/procurement/releases.jsonl"),
                                         "--settings", str(ROOT / "examples/procurement/settings.ini")])
    assert ran.exit_code == 0
    assert ran.stdout in page
    assert all(f"| `{code}` |" in page for code in KNOWN), "every flag is described"
    here = ROOT / "examples/procurement"
    ran = CliRunner().invoke(d01_flags, [str(here / "releases.jsonl"), "--settings", str(here / "indicators.ini"), "--as-of", "2018-12-31",
                                         "--challenges", str(here / "challenges.csv")])
    assert ran.exit_code == 0 and ran.stdout in page and "D01-4" in ran.stdout


def test_the_worked_example_of_the_index_is_what_the_tool_says(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "methods" / "index.md").read_text("utf-8")
    [method] = re.findall(r"```toml\n(.*?)```", page, re.S)
    [told] = re.findall(r"\nwith (`unit.*?)\n\n", page, re.S)
    (tmp_path / "m.toml").write_text(method, "utf-8")
    (tmp_path / "d.csv").write_text("\n".join(re.findall(r"`([^`]+)`", told)), "utf-8")
    ran = CliRunner().invoke(index_command, [str(tmp_path / "m.toml"), str(tmp_path / "d.csv"), "--json"])
    assert ran.exit_code == 0, ran.output
    scores = json.loads(ran.stdout)
    assert {unit: f"{float(seen['score']):.1f}" for unit, seen in scores["published"].items()} == {
        "A": "90.0", "B": "69.0", "C": "48.0"}
    assert all(f"**{value}**" in told for value in ("90.0", "69.0", "48.0"))
