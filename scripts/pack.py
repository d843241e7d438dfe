"""Makes a new pack from the pattern: a folder that keeps the rules of the house and measures one thing.

    python scripts/pack.py d05_debt        (or: make pack NAME=d05_debt)

The pattern is `notice/domains/d04_investment`; the new pack takes its shape, its pages and one indicator of each file kind,
under its own name in nine places. What it measures is then written by hand: see CONTRIBUTING.md, “A pack”.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NOTICE = ROOT / "src" / "ximu" / "notice"
PATTERN = NOTICE / "domains" / "d04_investment"
STOREYS = {"d": "domains", "m": "mechanisms", "s": "safeguards"}
NAME = re.compile(r"([dms])(\d{1,2})_([a-z][a-z0-9_]*)")
COPIED = ("indicators/D04-1.toml", "golden/D04-1.json", "queries.py", "api.py", "views.py", "urls.py", "menu.toml", "permissions.toml",
          "templates/d04/tried.html")
TEST = '''"""Golden cases of every indicator: true positives and each exclusion, to the last digit."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from ximu.ideas.commitments.rules import Judged, compute, read_spec
from {module} import queries

pytestmark = pytest.mark.row("{row}")
CASES = [
    pytest.param(path.stem, case, id=path.stem)
    for path in sorted((queries.HERE / "golden").glob("*.json")) for case in json.loads(path.read_text("utf-8"))["cases"]
]


def judged(raw: dict[str, Any]) -> Judged:
    return Judged(**{{**raw, **{{name: date.fromisoformat(raw[name]) for name in ("made_on", "due")}}}})


@pytest.mark.parametrize(("code", "case"), CASES)
def test_golden(code: str, case: dict[str, Any]) -> None:
    figure = compute(read_spec(queries.pack().indicators[code].params), [judged(raw) for raw in case["input"]],
                     first=date(2018, 1, 1), last=date(2018, 12, 31))
    wanted = case["expected"]
    assert (None if figure.value is None else str(figure.value)) == wanted["value"]
    assert (list(figure.counted), dict(figure.excluded)) == (wanted["counted"], wanted["excluded"])
'''


def words(row: str) -> tuple[str, str]:
    """What the notice calls this row."""
    rows = tomllib.loads((ROOT / "docs" / "rows.toml").read_text("utf-8"))
    if row not in rows:
        raise SystemExit(f"docs/rows.toml knows no row {row}")
    return rows[row]["zh"], rows[row]["en"]


def make(name: str, *, home: Path | None = None) -> Path:
    """The new pack's folder, beneath `home` or in its storey."""
    found = NAME.fullmatch(name)
    if not found:
        raise SystemExit(f"a pack is called like d05_debt, not {name}")
    code, row = f"{found[1]}{found[2]}", f"{found[1].upper()}{int(found[2])}"
    zh, en = words(row)
    folder = (home or NOTICE / STOREYS[found[1]]) / name
    if folder.exists():
        raise SystemExit(f"{name} is there already")
    for copied in COPIED:
        target = folder / _renamed(copied, code, row, name)
        target.parent.mkdir(parents=True, exist_ok=True)
        text = _renamed((PATTERN / copied).read_text("utf-8"), code, row, name)
        target.write_text(text.replace("招商引资", zh).replace("Investment promotion", en).replace("investment promotion", en), "utf-8")
    _written(folder, code, row, name, zh, en)
    return folder


def _renamed(text: str, code: str, row: str, name: str) -> str:
    for old, new in (("d04_investment", name), ("d04", code), ("D04", code.upper()), ("(D4)", f"({row})"), ('"D4"', f'"{row}"')):
        text = text.replace(old, new)
    return text


def _written(folder: Path, code: str, row: str, name: str, zh: str, en: str) -> None:
    """The files that a pack does not copy but writes: door plate, card, manifest, rules, tests."""
    files = {
        "__init__.py": f'"""{en} ({row})."""\n',
        "README.md": f"# {name}: {en} ({row})\n**Keeps** nothing of its own yet: promises of the area lie in `ideas/commitments`.\n"
                     "**Invariants** an indicator's text is the method that is published; every figure opens to what lies behind it.\n"
                     f"**Pages** `/console/{code}/`. **Public** provider `{code}`.\n**Never** names to whom something was promised.\n",
        "pack.toml": f'row = "{row}"\ncode = "{code}"\nzh = "{zh}"\nen = "{en}"\nitems = []\nindicators = ["{code.upper()}-1"]\n'
                     'promises = ["policy_promise"]\nprocedures = []\n' f'pages = ["/console/{code}/"]\npublic = ["{code}"]\n',
        "warnings.toml": f'[[rule]]\ncode = "{code.upper()}-W1"\nzh = "兑现率偏低"\nen = "Few promises kept"\nlevel = "orange"\n'
                         f'figure = "{code.upper()}-1"\nbelow = "60"\nsource = "预警下限由部署方核定（待确认）"\n',
        "tests/__init__.py": "",
        "tests/test_golden.py": TEST.format(module=f"ximu.notice.{STOREYS[name[0]]}.{name}", row=row),
    }
    for path, text in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")


if __name__ == "__main__":
    if len(sys.argv) != len(("script", "name")):
        raise SystemExit("usage: python scripts/pack.py d05_debt")
    sys.stdout.write(json.dumps({"made": make(sys.argv[1]).relative_to(ROOT).as_posix(), "next": "docs/map.md, docs/rows.toml, README.md"}) + "\n")
