"""The list of parts (SBOM, CycloneDX 1.5) of what serving needs, from the lock: `python scripts/sbom.py > docs/sbom.json`."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PINNED = re.compile(r"^([A-Za-z0-9_.-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", re.MULTILINE)


def parts(lock: str) -> list[dict[str, str]]:
    """Each package of the lock, by name."""
    found = sorted({(re.sub(r"[-_.]+", "-", name).lower(), version) for name, version in PINNED.findall(lock)})
    return [{"type": "library", "bom-ref": f"pkg:pypi/{n}@{v}", "name": n, "version": v, "purl": f"pkg:pypi/{n}@{v}"} for n, v in found]


def sbom(root: Path = ROOT) -> str:
    name, version = "ximu", re.search(r'^version = "([^"]+)"', (root / "pyproject.toml").read_text("utf-8"), re.MULTILINE)
    head = {"type": "application", "bom-ref": name, "name": name, "version": version[1] if version else "0"}
    listed = parts((root / "requirements.txt").read_text("utf-8"))
    return json.dumps({"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "metadata": {"component": head}, "components": listed,
                       "dependencies": [{"ref": name, "dependsOn": [one["bom-ref"] for one in listed]}]}, indent=1) + "\n"


if __name__ == "__main__":
    sys.stdout.write(sbom())
