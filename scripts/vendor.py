"""Copies the pinned outside files from `node_modules` into the house: `npm ci --ignore-scripts && python scripts/vendor.py`.

Only minimised files and their licences are kept in git. Tabler goes into a cascade layer of its own, so that our
style sheet always wins without a fight of selectors; source maps are not kept, so their names are cut off.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FROM = ROOT / "node_modules"
TO = ROOT / "src" / "ximu" / "foundation" / "static" / "vendor"
PLAIN = {
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "echarts/dist/echarts.common.min.js": "echarts.min.js",
    "htmx.org/LICENSE": "htmx.LICENSE.txt",
    "echarts/LICENSE": "echarts.LICENSE.txt",
    "echarts/NOTICE": "echarts.NOTICE.txt",
}
SOURCE_MAP = re.compile(r"(/\*|//)[#@] sourceMappingURL=.*?(\*/|$)", re.M)


def main() -> None:
    TO.mkdir(parents=True, exist_ok=True)
    for source, target in PLAIN.items():
        if source.endswith(".js"):
            (TO / target).write_text(SOURCE_MAP.sub("", (FROM / source).read_text("utf-8")), "utf-8")
        else:
            shutil.copyfile(FROM / source, TO / target)
    css = (FROM / "@tabler/core/dist/css/tabler.min.css").read_text("utf-8")
    css = SOURCE_MAP.sub("", css).removeprefix("\ufeff").replace('@charset "UTF-8";', "", 1)
    (TO / "tabler.min.css").write_text("@layer tabler{" + css + "}\n", "utf-8")


if __name__ == "__main__":
    main()
