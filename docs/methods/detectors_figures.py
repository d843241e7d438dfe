"""Draw the figures of `detectors.md` from `examples/detect/weekly.csv`: python docs/methods/detectors_figures.py"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "src"))

from ximu.ideas.warnings.rules import reading  # noqa: E402
from ximu.ideas.warnings.rules.detectors import detect  # noqa: E402

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 720, 220, 40, 30, 20
FIGURES = {
    "ears-c1": {"from": 230}, "ears-c2": {"from": 230}, "ears-c3": {"from": 230},
    "cusum": {"from": 230, "trans": "anscombe", "m": "glm"}, "ewma": {"from": 230},
    "farrington": {"from": 260, "b": 4}, "farrington-flexible": {"from": 260, "b": 4, "noPeriods": 10, "pastWeeksNotIncluded": 26},
}


def drawn(method: str, param: dict[str, object]) -> str:
    found = detect(reading.series_of((ROOT / "examples/detect/weekly.csv").read_text("utf-8").splitlines()), method, param)
    rows = found.rows()[int(str(param["from"])) - 1:]
    top = max(max(row["observed"] or 0, row["upperbound"] or 0) for row in rows) or 1
    step = (WIDTH - LEFT - 10) / len(rows)

    def y(value: float) -> float:
        return round(HEIGHT - BOTTOM - value / top * (HEIGHT - BOTTOM - TOP), 1)

    parts, line, level = [], [], []
    for i, row in enumerate(rows):
        x = LEFT + i * step
        if row["observed"] is None:
            parts.append(f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM - 3}" font-size="9">?</text>')
        else:
            colour = "#b3261e" if row["alarm"] else "#9aa7b4"
            base = HEIGHT - BOTTOM
            parts.append(f'<rect x="{x:.1f}" y="{y(row["observed"])}" width="{step * 0.8:.1f}" '
                         f'height="{base - y(row["observed"]):.1f}" fill="{colour}"/>')
        for target, name in ((line, "upperbound"), (level, "expected")):
            if row[name] is not None:
                target.append(f"{x + step * 0.4:.1f},{y(row[name])}")
    axis = "".join(f'<text x="4" y="{y(v) + 4}" font-size="11">{v:.0f}</text>' for v in (0, top / 2, top))
    axis += "".join(f'<text x="{LEFT + i * step:.0f}" y="{HEIGHT - 10}" font-size="11">t={rows[i]["t"]}</text>'
                    for i in range(0, len(rows), max(1, len(rows) // 6)))
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" role="img">'
            f"<title>{method}: counts, expected value, upper bound, alarms</title>"
            f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>{"".join(parts)}'
            f'<polyline points="{" ".join(line)}" fill="none" stroke="#1f4e8c" stroke-width="1.6"/>'
            f'<polyline points="{" ".join(level)}" fill="none" stroke="#1f4e8c" stroke-width="1" stroke-dasharray="3 3"/>{axis}</svg>\n')


if __name__ == "__main__":
    for name, settings in FIGURES.items():
        (ROOT / "docs/methods" / f"{name}.svg").write_text(drawn(name, settings), "utf-8")
