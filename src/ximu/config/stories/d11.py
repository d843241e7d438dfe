"""A year of government service in the made-up city: cases and steps come in, people rate, poor ratings are followed, a burst is held."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path

from ximu.config.stories import CITIES, Story
from ximu.foundation import clock
from ximu.foundation.profiles import rows_of, uid_of
from ximu.ideas.casework import services as casework
from ximu.ideas.casework.rules import Given
from ximu.ideas.events import services as event_store
from ximu.kernel.actor import SYSTEM, Actor, Grant
from ximu.notice.domains.d11_service import queries, services

HOUR = timedelta(hours=1)
SAID = {
    "contact": "（示例）已联系并说明办理情况。", "fix": "（示例）已改正并告知窗口。",
    "verify": "（示例）回访核实，问题已经解决。", "send_back": "（示例）回访时仍要求重复提交材料。",
    "appeal": "（示例）叫号记录显示该件当日没有办理。", "uphold": "（示例）核对监控和叫号记录，申诉成立。",
    "propose_void": "（示例）十二件评价在六分钟内由同一终端提交，窗口当时无人办事。", "take_out": "",
}
FILED = ("fix", "verify", "appeal", "uphold")
TAKEN_OUT = "W-GAJ-1"


def tell(todo: Story, city: str) -> None:
    """Only where the profile has the year and nobody has told it yet."""
    home = CITIES / city / "d11"
    if home.exists() and not queries.ratings(SYSTEM).exists():
        _Year(todo, city, home).plan()


def _at(day: date, hour: int = 18) -> datetime:
    return clock.start_of(day) + timedelta(hours=hour)


def _actor(name: str, unit: str, *rights: str, whole: bool = False) -> Actor:
    """A made-up person of a unit; the right for it, or for the whole city."""
    return Actor(f"d11-{name}", unit, (Grant(name, frozenset(rights), None if whole else unit),), f"d11-{name}")


class _Year:
    """The files of the profile, each on its day."""

    def __init__(self, todo: Story, city: str, home: Path) -> None:
        self.todo, self.city, self.home, self.code = todo, city, home, ""
        self.checkers = [_actor(f"check{n}", self.uid(key), "d11.see", "d11.verify", whole=True) for n, key in enumerate(("fgw", "sjj"))]

    def uid(self, key: str) -> str:
        return uid_of(self.city, key)

    def plan(self) -> None:
        self.todo.add(_at(date(2018, 1, 2), 9), self.begin)
        for path in sorted(self.home.glob("cases-*.csv")):
            month = int(path.stem[-2:])
            at = _at(date(2018, month, 24) if month < 13 else date(2018, 12, 28))
            self.todo.add(at, partial(self.load, queries.CASES, path, at))
        for n in range(1, 5):
            at = _at(date(2018, 3 * n, 28))
            self.todo.add(at, partial(self.load, queries.STEPS, self.home / f"steps-q{n}.csv", at))
        at = _at(date(2018, 9, 20))
        self.todo.add(at, partial(self.load, "service_guides", self.home / "guides.csv", at))
        for path in sorted(self.home.glob("ratings-*.csv")):
            for day in sorted({row["rated_on"] for row in rows_of(path)}):
                at = max(_at(date.fromisoformat(day), 19), _at(date.fromisoformat(day).replace(day=25)))
                self.todo.add(at, partial(self.rate, path, day, at))
        for place, row in enumerate(rows_of(self.home / "acts.csv")):
            at = _at(date.fromisoformat(row["on"]), 10) + timedelta(minutes=place)
            self.todo.add(at, partial(self.act, row, at))
        self.todo.add(_at(date(2018, 5, 29)), partial(self.decide, _at(date(2018, 5, 29))))

    def begin(self) -> None:
        at = _at(date(2018, 1, 2), 9)
        for row in rows_of(self.home / "windows.csv"):
            new = event_store.NewPoint(row["code"], row["name"], self.uid(row["unit"]), date.fromisoformat(row["since"]), row["basis"])
            event_store.open_point(queries.CASES, new, by=SYSTEM, at=at)
        self.load("service_items", self.home / "items.csv", at)

    def load(self, dataset: str, path: Path, at: datetime) -> None:
        services.LOADERS[dataset](path, batch=f"{self.city}-{path.stem}", by=SYSTEM, at=at)

    def rate(self, path: Path, day: str, at: datetime) -> None:
        """Each day's ratings as the windows push them."""
        services.push([row for row in rows_of(path) if row["rated_on"] == day], by=SYSTEM, at=at)

    def act(self, row: dict[str, str], at: datetime) -> None:
        case, verb, said = row["case"], row["verb"], row["said"]
        if verb == "rate":
            self.code = services.issue_code(case, "W-RSJ-1", by=SYSTEM, at=at)
            told = {"level": said, "platform": "基本满意", "words": "（示例）页面打不开。"}
            services.rate_by_code(services.look(self.code, at=at), told, at=at)
            return
        if verb == "confirm":
            services.speak(services.look(self.code, at=at), verb, at=at)
            return
        rated = queries.ratings(SYSTEM, case=case).get()
        checking = verb in ("verify", "send_back", "uphold")
        by = self.checkers[0] if checking else _actor(f"clerk-{rated.unit}", rated.unit, "d11.see", "d11.handle")
        self.move(rated.followed, verb, at, by=by, ground=said if verb == "appeal" else "", way=said if verb == "contact" else "")

    def move(self, case: str, verb: str, at: datetime, *, by: Actor, ground: str = "", way: str = "") -> None:
        files = (hashlib.sha256(f"{case}{verb}".encode()).hexdigest(),) if verb in FILED else ()
        casework.move(case, verb, given=Given(SAID[verb], ground=ground, files=files, values={"way": way} if way else {}), by=by, at=at)

    def decide(self, at: datetime) -> None:
        """Two people take out the burst of one window; another burst is left for whoever looks at the demonstration."""
        burst = next(one for one in queries.bursts(SYSTEM) if one.window == TAKEN_OUT)
        for by, verb in zip(self.checkers, ("propose_void", "take_out"), strict=True):
            self.move(burst.case, verb, at, by=by)
