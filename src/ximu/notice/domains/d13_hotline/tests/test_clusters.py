"""Streets side by side with too many tickets are one cluster; a street that cannot be judged is named."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from ximu.ideas.events import services as events
from ximu.ideas.events.tests.factories import frame, ticket
from ximu.kernel.actor import SYSTEM
from ximu.kernel.refusal import Refusal
from ximu.notice.domains.d13_hotline.commands import d13_group
from ximu.notice.domains.d13_hotline.rules.places import places_of

pytestmark = [pytest.mark.django_db, pytest.mark.row("D13")]
AT = datetime(2019, 7, 1, 1, tzinfo=UTC)
TABLE = "street,x,y\n" + "".join(f"街{n},{1.3 if n == 6 else n % 4},{n // 4}\n" for n in range(16)) + "新街,9,9\n"


def test_two_streets_side_by_side_are_found(settings: Any, tmp_path: Path) -> None:
    settings.XIMU_HOME = tmp_path
    rows = [ticket(f"y{n}-{k}", street=f"街{n}", called_on=date(2018, 6, 1) + timedelta(days=k)) for n in range(16) for k in range(20)]
    rows += [ticket(f"n{n}-{k}", street=f"街{n}", called_on=date(2019, 6, 3 + k)) for n in range(16) for k in range(12 if n in (5, 6) else 2)]
    events.append("hotline", frame(*rows), batch="b", by=SYSTEM, at=AT)
    file = tmp_path / "places.csv"
    file.write_text(TABLE, "utf-8")
    given = ["clusters", str(file), "--on=2019-06-30", "--json"]
    found = json.loads(CliRunner().invoke(d13_group, given).stdout)
    first = found["clusters"][0]
    assert (set(first["streets"]), first["observed"], first["p_value"] <= 0.01) == ({"街5", "街6"}, 24.0, True)
    assert found["left_out"] == ["新街"], "without any usual number a street cannot be judged"
    assert found["missing_days"] == 28 - 12
    assert found == json.loads(CliRunner().invoke(d13_group, given).stdout), "same seed, same answer"
    assert "街5、街6" in CliRunner().invoke(d13_group, given[:-1]).stdout.replace("街6、街5", "街5、街6")


@pytest.mark.parametrize("table", ["", "street,x\nA,1\n", "street,x,y\nA,1,2\n", "street,x,y\nA,1,2\nA,3,4\n", "street,x,y\nA,1,2\nB,x,4\n",
                                   "street,x,y\nA,1,2\nB,nan,4\n", "street,x,y,population\nA,1,2,0\nB,3,4,5\n"])
def test_a_table_that_cannot_be_used_is_refused(table: str) -> None:
    with pytest.raises(Refusal) as refused:
        places_of(table.splitlines())
    assert refused.value.code == "D13-PLACES"
