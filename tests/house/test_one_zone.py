"""The city's clock stands in one place; a second one forgets a summer."""

from __future__ import annotations

import re

from ximu.foundation.rooms import SRC

ZONE = re.compile(r"""Asia/Shanghai|ZoneInfo\(["']|timezone\(timedelta\(hours=8""")


def test_the_zone_of_the_city_is_said_once() -> None:
    said = {str(path.relative_to(SRC)) for path in SRC.rglob("*.py") if "tests" not in path.parts and ZONE.search(path.read_text("utf-8"))}
    assert said == {"kernel/zone.py"}
