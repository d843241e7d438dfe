"""Where does a point lie beside a line, how long is the line, how fast was somebody? Plain numbers on the ellipsoid.

Degrees of WGS84 (CGCS2000 is the same to centimetres; what maps show as GCJ-02 lies hundreds of metres off and is turned back first).
A difference of degrees becomes metres by the radii of curvature in the meridian and in the prime vertical at the middle latitude
(NIMA TR8350.2, WGS 84; Torge, Geodesy, 4.1): within a few parts in 100,000 of the geodesic over the length of a river or a road.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import pairwise
from typing import NamedTuple

from ximu.kernel.refusal import Refusal

AXIS, FLATTENING = 6_378_137.0, 1 / 298.257223563
E2 = FLATTENING * (2 - FLATTENING)
MOST_POINTS, MOST_FIXES = 5_000, 2_000
WANDER = 50.0
"""So many metres a receiver wanders while it stands still: no way."""


class Point(NamedTuple):
    lng: float
    lat: float


Polyline = Sequence[Point]


class Fix(NamedTuple):
    """Where somebody was at a time of the day."""

    at: time
    point: Point


class Beside(NamedTuple):
    """How far a point is from a line, and how far along the line its foot lies."""

    away: float
    along: float


@dataclass(frozen=True, slots=True)
class Walk:
    """A way that somebody says to have gone on a day."""

    uid: str
    who: str
    on: date
    fixes: Sequence[Fix]


@dataclass(frozen=True, slots=True)
class Seen:
    """A track against a line: the share of points within the corridor, the farthest, how much of the line was walked, the highest speed."""

    inside: float
    farthest: float
    covered: float
    fastest: float


def _scales(lat: float) -> tuple[float, float]:
    """Metres per degree of longitude and of latitude."""
    sine = math.sin(math.radians(lat))
    root = math.sqrt(1 - E2 * sine * sine)
    return math.radians(AXIS / root * math.cos(math.radians(lat))), math.radians(AXIS * (1 - E2) / root**3)


def metres(one: Point, other: Point) -> float:
    across, up = _scales((one.lat + other.lat) / 2)
    return math.hypot((other.lng - one.lng) * across, (other.lat - one.lat) * up)


def length(line: Polyline) -> float:
    return sum(metres(a, b) for a, b in pairwise(line))


def beside(point: Point, line: Polyline) -> Beside:
    """The nearest place of the line; segments are straight on the plane that touches the ellipsoid at the point."""
    across, up = _scales(point.lat)
    best, walked = Beside(math.inf, 0.0), 0.0
    for a, b in pairwise(line):
        ax, ay = (a.lng - point.lng) * across, (a.lat - point.lat) * up
        dx, dy = (b.lng - a.lng) * across, (b.lat - a.lat) * up
        square = dx * dx + dy * dy
        share = min(1.0, max(0.0, -(ax * dx + ay * dy) / square)) if square else 0.0
        away, piece = math.hypot(ax + share * dx, ay + share * dy), metres(a, b)
        if away < best.away:
            best = Beside(away, walked + share * piece)
        walked += piece
    return best


def box(line: Polyline) -> tuple[float, float, float, float]:
    """West, south, east, north."""
    lngs, lats = [p.lng for p in line], [p.lat for p in line]
    return min(lngs), min(lats), max(lngs), max(lats)


def point_of(text: str) -> Point | None:
    """`121.4712 31.2312`: longitude, latitude. None for anything else, also for what lies nowhere on Earth."""
    parts = text.replace(",", " ").split()
    try:
        lng, lat = (float(part) for part in parts)
    except ValueError:
        return None
    return Point(lng, lat) if -180 <= lng <= 180 and -90 <= lat <= 90 else None


def pieces(text: str) -> list[str]:
    return [piece.strip() for piece in text.replace("；", ";").split(";") if piece.strip()]


def line_of(text: str, *, field: str = "line") -> tuple[Point, ...]:
    """`lng lat; lng lat; …`, from the source down. Errors: `GEO-LINE`."""
    found = [point_of(piece) for piece in pieces(text)]
    line = tuple(point for point in found if point is not None)
    if len(line) < len(found) or not 2 <= len(line) <= MOST_POINTS or not length(line):
        bad = next((piece for piece, point in zip(pieces(text), found, strict=True) if point is None), text)
        raise Refusal("GEO-LINE", field=field, value=bad[:40], rule="lng lat; lng lat; …",
                      zh=f"线须写作“经度 纬度; 经度 纬度; …”（WGS84，2至{MOST_POINTS}个点，不能全部重合）。",
                      en=f"A line is “longitude latitude; …” (WGS84, 2 to {MOST_POINTS} points that are not all one).")
    return line


def must_measure(line: Polyline, stated: float | None, *, percent: float) -> float:
    """The length in metres; a stated one may be off by so many per cent. Errors: `GEO-LENGTH`."""
    found = length(line)
    if stated is not None and abs(stated - found) > found * percent / 100:
        raise Refusal("GEO-LENGTH", field="length_m", value=f"{stated:.0f}", rule=f"{found:.0f} ± {percent:g} %",
                      zh=f"所报长度与中心线长度（{found:.0f}米）相差超过{percent:g}%。",
                      en=f"The length differs from that of the centre line ({found:.0f} m) by more than {percent:g} %.")
    return found


def track_of(text: str) -> tuple[Fix, ...]:
    """`08:30:00 121.4712 31.2312; …` in the order of time. Errors: `GEO-TRACK`, `TIME-ORDER`."""
    found = []
    for piece in pieces(text):
        head, _, rest = piece.partition(" ")
        point, at = point_of(rest), _time(head)
        if point is None or at is None:
            raise _track(piece)
        found.append(Fix(at, point))
    if not 2 <= len(found) <= MOST_FIXES:
        raise _track(text)
    for one, other in pairwise(found):
        if other.at < one.at:
            raise Refusal("TIME-ORDER", field="track", value=f"{other.at}", rule=f"≥ {one.at}", zh="轨迹各点的时间须依次向后。",
                          en="The times of a track run forwards.")
    return tuple(found)


def _time(text: str) -> time | None:
    try:
        at = time.fromisoformat(text)
    except ValueError:
        return None
    return None if at.tzinfo else at


def _track(value: str) -> Refusal:
    return Refusal("GEO-TRACK", field="track", value=value[:40], rule="HH:MM:SS lng lat; …",
                   zh=f"轨迹须写作“时:分:秒 经度 纬度; …”（WGS84，2至{MOST_FIXES}个点）。",
                   en=f"A track is “HH:MM:SS longitude latitude; …” (WGS84, 2 to {MOST_FIXES} points).")


def speed(one: Fix, other: Fix) -> float:
    """Kilometres an hour; no time and some way is infinite."""
    seconds, way = _seconds(other.at) - _seconds(one.at), metres(one.point, other.point)
    return 0.0 if way <= WANDER else way / seconds * 3.6 if seconds > 0 else math.inf


def _seconds(at: time) -> float:
    return at.hour * 3600 + at.minute * 60 + at.second + at.microsecond / 1e6


def seen(fixes: Sequence[Fix], line: Polyline, *, corridor: float) -> Seen:
    """`corridor`: metres on either side of the line."""
    places = [beside(fix.point, line) for fix in fixes]
    near = [place.along for place in places if place.away <= corridor]
    return Seen(len(near) / len(places), max(place.away for place in places),
                (max(near) - min(near)) / length(line) if near else 0.0, max(speed(a, b) for a, b in pairwise(fixes)))


def must_be_past(day: date, fixes: Sequence[Fix], *, now: datetime) -> None:
    """`now` in the city's time. Errors: `TIME-FUTURE`."""
    if datetime.combine(day, fixes[-1].at) > now.replace(tzinfo=None):
        raise Refusal("TIME-FUTURE", field="track", value=f"{day} {fixes[-1].at}", rule=f"≤ {now:%Y-%m-%d %H:%M:%S}",
                      zh="轨迹的时间不能晚于现在。", en="A track cannot be later than now.")


def must_be_there(found: Seen, name: str, *, corridor: float, percent: float) -> None:
    """Errors: `GEO-OUT`."""
    if found.inside * 100 < percent:
        raise Refusal("GEO-OUT", field="track", value=f"{found.inside:.0%}", rule=f"≥ {percent:g} % ≤ {corridor:g} m",
                      zh=f"轨迹只有{found.inside:.0%}的点在“{name}”两侧{corridor:g}米之内（最远{found.farthest:.0f}米），"
                         "不能作为到过该处的轨迹；坐标须为WGS84。",
                      en=f"Only {found.inside:.0%} of the points lie within {corridor:g} m of “{name}” "
                         f"(the farthest {found.farthest:.0f} m away); coordinates are WGS84.")


def flagged(walks: Iterable[Walk], *, fastest: float, travelling: float) -> dict[str, set[str]]:
    """Walk → `speed` (faster than `fastest` km/h within its track), `jump` (than `travelling` between walks of the same on one day: all
    places of a day in the order of time, whichever walk they belong to)."""
    found: dict[str, set[str]] = {}
    by_who: dict[tuple[str, date], list[tuple[Fix, str]]] = {}
    for walk in walks:
        if max(speed(a, b) for a, b in pairwise(walk.fixes)) > fastest:
            found.setdefault(walk.uid, set()).add("speed")
        if walk.who:
            by_who.setdefault((walk.who, walk.on), []).extend((fix, walk.uid) for fix in walk.fixes)
    for places in by_who.values():
        for (one, mine), (other, its) in pairwise(sorted(places, key=lambda place: (place[0].at, place[1]))):
            if mine != its and speed(one, other) > travelling:
                for uid in (mine, its):
                    found.setdefault(uid, set()).add("jump")
    return found


def drawn(line: Polyline, others: Sequence[Polyline], *, width: float, height: float, margin: float = 12
          ) -> Iterator[list[tuple[float, float]]]:
    """The lines on a sheet of that size, north up, one scale for both ways."""
    west, south, east, north = box([*line, *(p for one in others for p in one)])
    across, up = _scales((south + north) / 2)
    scale = min((width - 2 * margin) / max((east - west) * across, 1), (height - 2 * margin) / max((north - south) * up, 1))
    for one in (line, *others):
        yield [(round(margin + (p.lng - west) * across * scale, 1), round(height - margin - (p.lat - south) * up * scale, 1)) for p in one]
