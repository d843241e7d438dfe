"""Small deliveries for tests: a case, its steps, windows, people."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from ximu.foundation.profiles import uid_of
from ximu.ideas.events.services import NewPoint, open_point
from ximu.kernel.actor import SYSTEM, Actor, Grant
from ximu.kernel.refusal import Refusal
from ximu.notice.domains.d11_service import queries, services

AT = datetime(2018, 6, 20, 2, tzinfo=UTC)
GSJ, RSJ, FGW, SJJ = (uid_of("example", key) for key in ("gsj", "rsj", "fgw", "sjj"))
NAMES = {GSJ: "示例市工商行政管理局", RSJ: "示例市人力资源和社会保障局"}
SEEN = frozenset({"d11.see"})
CLERK = Actor("clerk", GSJ, (Grant("entry", SEEN | {"d11.deliver", "d11.rate", "d11.handle"}, GSJ),), "clerk")
KEY = Actor("key", GSJ, (Grant("entry", SEEN | {"d11.rate"}, GSJ),), "key", "api")
FIRST, SECOND = (Actor(name, unit, (Grant("reviewer", SEEN | {"d11.verify"}),), name) for name, unit in (("one", FGW), ("two", SJJ)))
BOSS = Actor("boss", GSJ, FIRST.grants, "boss")
OTHER = Actor("other", RSJ, (Grant("entry", CLERK.grants[0].permissions, RSJ),), "other")
STRANGER = Actor("stranger")
CASE = {"case_no": "BJ-1", "item": "SX-1", "item_name": "企业设立登记", "kind": "行政许可", "unit_name": NAMES[GSJ], "channel": "窗口", "online": "否",
        "accepted_on": "2018-06-04", "legal_days": 15, "promised_days": 5, "finished_on": "2018-06-08", "result": "办结"}
STEP = {"case_no": "BJ-1", "place": 1, "step": "受理", "unit_name": NAMES[GSJ], "started_on": "2018-06-04", "started_time": "09:00",
        "ended_on": "2018-06-04", "ended_time": "10:00", "promised_days": 1}


def write(folder: Path, name: str, *rows: dict[str, Any]) -> Path:
    heads = list(dict.fromkeys(key for row in rows for key in row))
    path = folder / f"{name}.csv"
    path.write_text("\n".join([",".join(heads), *(",".join(str(row.get(head, "")) for head in heads) for row in rows)]) + "\n", "utf-8")
    return path


def deliver(folder: Path, dataset: str, *rows: dict[str, Any], batch: str = "b", by: Actor = SYSTEM, at: datetime = AT) -> dict[str, Any]:
    return services.LOADERS[dataset](write(folder, f"{dataset}-{batch}", *rows), batch=batch, by=by, at=at)


def cases(folder: Path, count: int = 1, *, batch: str = "cases", **changes: Any) -> list[str]:
    rows = [{**CASE, "case_no": f"BJ-{n}", **changes} for n in range(1, count + 1)]
    assert deliver(folder, queries.CASES, *rows, batch=batch)["bad"] == 0
    return [row["case_no"] for row in rows]


def window(code: str = "W-01", unit: str = GSJ, since: date = date(2018, 1, 1)) -> str:
    open_point(queries.CASES, NewPoint(code, f"{code}号窗口", unit, since, "示府〔2018〕1号"), by=SYSTEM, at=AT)
    return code


def say(case: str = "BJ-1", level: Any = 5, window: str = "W-01", **more: Any) -> dict[str, Any]:
    return {"case": case, "window": window, "level": level, **more}


def push(*rows: dict[str, Any], by: Actor = KEY, at: datetime = AT) -> dict[str, Any]:
    return services.push(list(rows), by=by, at=at)


def faults(told: dict[str, Any]) -> list[tuple[int, str, str]]:
    return [(one["line"], one["field"], one["code"]) for one in told["faults"]]


def refused(code: str, act: Callable[..., Any], *args: Any, **values: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        act(*args, **values)
    assert caught.value.code == code
    assert caught.value.zh and caught.value.en
    return caught.value
