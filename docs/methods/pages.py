"""Write one page per detector and per normalisation, numbers and figures from the engine itself: python docs/methods/pages.py"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "src"))

import numpy as np  # noqa: E402

from ximu.ideas.assessment.rules import normalise  # noqa: E402
from ximu.ideas.warnings.rules import reading  # noqa: E402
from ximu.ideas.warnings.rules.detectors import METHODS, detect  # noqa: E402

HOME = Path(__file__).resolve().parent
COLUMN = [3.0, 8.0, 8.0, 12.0, 20.0, 31.0]
HANDBOOK = "OECD/JRC, *Handbook on Constructing Composite Indicators* (2008), {}"
COINR = "W. Becker et al., COINr, *JOSS* 7(78) (2022), reference manual, `{}`"
NORMALISATIONS: dict[str, tuple[str, str, str, dict[str, Any], str]] = {
    "minmax": ("最小—最大", "Min–max", "y = (x − min)/(max − min) · (u − l) + l", {}, HANDBOOK.format("§5.3") + "; " + COINR.format("n_minmax")),
    "scaled": ("固定界线性", "Fixed scaling", "y = (x − l)/(u − l) · 100", {"bounds": [0, 40]}, COINR.format("n_scaled")),
    "zscore": ("标准分", "z-score", "y = (x − mean)/sd · s + m, sd over n − 1", {}, HANDBOOK.format("§5.2") + "; " + COINR.format("n_zscore")),
    "rank": ("名次", "Rank", "y = rank of x, the best highest; ties share the lowest rank", {}, HANDBOOK.format("§5.1") + "; " + COINR.format("n_rank")),
    "prank": ("百分位名次", "Percentile rank", "y = (rank − 1)/(n − 1)", {}, COINR.format("n_prank")),
    "percentile": ("百分位", "Percentile", "y = rank/n · 100", {}, HANDBOOK.format("Table 15")),
    "borda": ("博尔达分", "Borda score", "y = rank − 1", {}, COINR.format("n_borda")),
    "dist2max": ("距最优", "Distance to the best", "y = 1 − (max − x)/(max − min)", {}, COINR.format("n_dist2max")),
    "dist2ref": ("距参照单位", "Distance to a reference", "y = 1 − (ref − x)/(ref − min)", {"reference": 5}, COINR.format("n_dist2ref")),
    "dist2targ": ("距目标", "Distance to a target", "y = 1 − (target − x)/(target − min), at most 1 with cap", {"target": 25, "cap": True},
                  COINR.format("n_dist2targ")),
    "fracmax": ("占最大值", "Fraction of the largest", "y = x/max", {}, COINR.format("n_fracmax")),
    "ratio": ("与参照之比", "Ratio to a reference", "y = x/ref; for direction −1: ref/x", {"reference": "mean"}, HANDBOOK.format("§5.4")),
    "difference": ("与参照之差", "Difference to a reference", "y = (x − ref)/ref", {"reference": "mean"}, HANDBOOK.format("§5.4")),
    "abovebelow": ("高于或低于均值", "Above or below the mean", "y = 1, 0, −1 where x is above, within, below (1 ± p) · mean", {"p": 0.2},
                   HANDBOOK.format("§5.5")),
    "goalposts": ("目标区间", "Goalposts", "y = (x − l)/(u − l), for direction −1: (u − x)/(u − l), cut to [0, 1], onto the range",
                  {"goalposts": [5, 25]}, "UNDP, *Human Development Report*, Technical note 1; " + COINR.format("n_goalposts")),
    "bands": ("分档", "Band table", "y = points of the band that x has reached", {"bands": [[0, 20], [10, 60], [20, 100]]}, HANDBOOK.format("Table 15")),
    "yesno": ("是否", "Yes or no", "y = u where x ≠ 0, else l", {"range": [0, 10]}, HANDBOOK.format("§5.1, categorical scales")),
    "deduction": ("扣分", "Deduction", "y = full − min(cap, each · x), not below 0", {"full": 100, "each": 4, "cap": 60},
                  "deduction scales of Chinese assessment rules (考核扣分), here with a cap"),
    "none": ("不归一", "None", "y = x", {}, "the value itself"),
}
DETECTORS: dict[str, tuple[str, str, str, str]] = {
    "ears-c1": ("早期偏离 C1", "EARS C1", "C1 = (y_t − m)/s, baseline t−B … t−1;  U = m + z(1−alpha) · max(s, minSigma);  alarm y_t > U",
                "Hutwagner, Thompson, Seeman, Treadwell, *J Urban Health* 80 (2003) i89–i96"),
    "ears-c2": ("早期偏离 C2", "EARS C2", "C2 = (y_t − m)/s, baseline t−B−2 … t−3 (two times of guard);  U = m + z · max(s, minSigma);  alarm y_t > U",
                "Hutwagner, Thompson, Seeman, Treadwell, *J Urban Health* 80 (2003) i89–i96"),
    "ears-c3": ("早期偏离 C3", "EARS C3", "C3 = C2(t) + max(0, C2(t−1) − 1) + max(0, C2(t−2) − 1);  "
                "U = max(0, base + s (z − max(0, C2(t−1) − 1) − max(0, C2(t−2) − 1))), base = y_t (`c3bound=reference`) or m (`derived`)",
                "Hutwagner, Thompson, Seeman, Treadwell, *J Urban Health* 80 (2003) i89–i96; the bound as in R surveillance"),
    "cusum": ("累积和", "CUSUM for counts", "C_t = max(0, C_{t−1} + z_t − k), C_0 = 0;  alarm C_t ≥ h;  z_t the count made standard normal "
              "(`trans`: standard (y−m)/√m, rossi (y−3m+2√(ym))/(2√m), anscombe 3/2 (y^{2/3}−m^{2/3})/m^{1/6}, …)",
              "Rossi, Lampugnani, Marchi, *Statist. Med.* 18 (1999) 2111–2122"),
    "ewma": ("指数加权移动平均", "EWMA", "Z_t = λ y_t + (1−λ) Z_{t−1}, Z_0 = m;  limit_t = m + L √(λ/(2−λ) (1−(1−λ)^{2t}) v), v = max(m, s²);  "
             "alarm Z_t > limit_t", "Borror, Champ, Rigdon, *J. Quality Technology* 30 (1998) 352–361"),
    "farrington": ("法林顿法", "Farrington", "log μ_i = α + β t_i over the same week of b years ± w, quasi-Poisson, reweighted by Anscombe residuals above 1;  "
                   "τ = φ + se(μ)²/μ;  U = (μ^p + z(1−alpha/2) p μ^{p−1} √(μτ))^{1/p};  alarm y_t > U and enough cases (`limit54`)",
                   "Farrington, Andrews, Beale, Catchpole, *JRSS A* 159 (1996) 547–563"),
    "farrington-flexible": ("改进的法林顿法", "Farrington flexible", "log μ_i = α_{g(i)} + β t_i over all weeks of b years in `noPeriods` seasonal levels g, the last "
                            "`pastWeeksNotIncluded` weeks left out, residuals above `weightsThreshold` weighed down;  bound by delta method "
                            "(z(1−alpha)) or as (1−alpha) quantile of a negative binomial (`nbPlugin`, `muan`)",
                            "Noufaily et al., *Statist. Med.* 32 (2013) 1206–1222; Salmon, Schumacher, Höhle, *J. Stat. Software* 70 (2016) 10"),
}
WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 460, 200, 48, 28, 14


def number(value: float) -> str:
    return "—" if np.isnan(value) else f"{value:.4f}".rstrip("0").rstrip(".")


def curve(name: str, params: dict[str, Any]) -> str:
    """The six example values as dots, and what the method makes of them."""
    out = normalise.apply(name, normalise.Column(np.array(COLUMN)), params)
    low, high = min(0.0, float(np.nanmin(out))), float(np.nanmax(out))
    span = (high - low) or 1.0

    def x(value: float) -> float:
        return round(LEFT + value / 32 * (WIDTH - LEFT - 10), 1)

    def y(value: float) -> float:
        return round(HEIGHT - BOTTOM - (value - low) / span * (HEIGHT - BOTTOM - TOP), 1)

    dots = "".join(f'<circle cx="{x(a)}" cy="{y(b)}" r="4" fill="#1f4e8c"/>' for a, b in zip(COLUMN, out, strict=True))
    line = " ".join(f"{x(a)},{y(b)}" for a, b in zip(COLUMN, out, strict=True))
    axis = "".join(f'<text x="2" y="{y(v) + 4}" font-size="11">{number(v)}</text>' for v in (low, (low + high) / 2, high))
    axis += "".join(f'<text x="{x(v) - 6}" y="{HEIGHT - 8}" font-size="11">{v}</text>' for v in (0, 10, 20, 30))
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" role="img">'
            f"<title>{name}: from a value (across) to its normalised value (up)</title>"
            f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/><line x1="{LEFT}" y1="{HEIGHT - BOTTOM}" x2="{WIDTH - 10}" '
            f'y2="{HEIGHT - BOTTOM}" stroke="#9aa7b4"/><polyline points="{line}" fill="none" stroke="#9aa7b4" stroke-dasharray="3 3"/>'
            f"{dots}{axis}</svg>\n")


def normalisation(name: str) -> tuple[str, str]:
    zh, en, equation, params, source = NORMALISATIONS[name]
    told = [normalise.apply(name, normalise.Column(np.array(COLUMN), way), params) for way in (1, -1)]
    rows = "\n".join(f"| {number(v)} | {number(a)} | {number(b)} |" for v, a, b in zip(COLUMN, *told, strict=True))
    takes = "、".join(f"`{p}`" for p in sorted(normalise.PARAMS[name])) or "—"
    given = "、".join(f"`{k} = {v}`" for k, v in params.items()) or "defaults 默认值"
    command = f"ximu index METHOD.toml DATA.csv --normalise {name}" + "".join(f" --param {k}={v}" for k, v in params.items())
    return (f"# {zh} {en}: `{name}`\n\n    {equation}\n\nx is the column times its direction; minimum, maximum, mean and ranks are over the known values; a missing\n"
            f"value stays missing; where all values are alike the method gives none (`DATA-FLAT`).\n\nParameters 参数: {takes}\n\n"
            f"## Worked example 算例\nWith {given}:\n\n| x | direction 1 | direction −1 |\n| --- | --- | --- |\n{rows}\n\n```\n{command}\n```\n\n"
            f"![{en}](normalise-{name}.svg)\n\nSource 出处: {source}\n\n[All normalisations](index.md#normalisation)\n", curve(name, params))


def detector(name: str) -> str:
    zh, en, equation, source = DETECTORS[name]
    param = {"farrington": {"b": 4}, "farrington-flexible": {"b": 4, "noPeriods": 10, "pastWeeksNotIncluded": 26}}.get(name, {})
    found = detect(reading.series_of((ROOT / "examples/detect/weekly.csv").read_text("utf-8").splitlines()), name, {**param, "range": "286:289"})
    rows = "\n".join(f"| {r['t']} | {r['observed']} | {r['expected']:.4f} | {r['upperbound']:.4f} | {str(r['alarm']).lower()} | {r['score']:.4f} |"
                     for r in found.rows()[285:289])
    takes = "\n".join(f"| `{p.name}` | {'—' if p.default is None else str(p.default).lower() if isinstance(p.default, bool) else p.default if not isinstance(p.default, tuple) else ','.join(f'{v:g}' for v in p.default)} "
                      f"| {p.rule if isinstance(p.rule, str) else p.rule.zh + ' / ' + p.rule.en} |".replace("2/3 | 1/2 | none", "2/3, 1/2, none")
                      for p in METHODS[name])
    extra = "".join(f" --param {k}={v}" for k, v in param.items())
    return (f"# {zh} {en}: `{name}`\n\n    {equation}\n\nA time without data is null, never zero; times without enough history are not judged.\n\n"
            f"## Parameters 参数\n| name | default | rule |\n| --- | --- | --- |\n{_escaped(takes)}\n\n## Worked example 算例\n```\n"
            f"ximu detect examples/detect/weekly.csv --method {name}{extra} --param range=286:289\n```\n\n"
            f"| t | observed | expected | upperbound | alarm | score |\n| --- | --- | --- | --- | --- | --- |\n{rows}\n\n"
            f"![{en}]({name}.svg)\n\nBars: counts (red: alarm). Line: upper bound. Dashes: expected.\n\nSource 出处: {source}\n\n[All detectors](detectors.md)\n")


def _escaped(table: str) -> str:
    """A bar inside a cell would end it."""
    lines = []
    for line in table.splitlines():
        head, default, rule = line.removeprefix("| ").removesuffix(" |").split(" | ", 2)
        lines.append(f"| {head} | {default} | {rule.replace(' | ', ', ')} |")
    return "\n".join(lines)


def pages() -> dict[str, str]:
    """File name → content, of every page and figure of this script."""
    made: dict[str, str] = {f"detect-{name}.md": detector(name) for name in METHODS}
    for name in normalise.METHODS:
        made[f"normalise-{name}.md"], made[f"normalise-{name}.svg"] = normalisation(name)
    return made


if __name__ == "__main__":
    for place, text in pages().items():
        (HOME / place).write_text(text, "utf-8")
