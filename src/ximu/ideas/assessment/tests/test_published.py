"""The engine agrees with published composite indicators and their methods."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ximu.ideas.assessment.rules import loading, meta, quality, weights
from ximu.ideas.assessment.rules.data import Table, read
from ximu.ideas.assessment.rules.method import Step
from ximu.ideas.assessment.rules.normalise import Column, apply
from ximu.ideas.assessment.rules.report import as_json
from ximu.ideas.assessment.rules.score import score

EXAMPLES = Path(__file__).parents[5] / "examples" / "methods"


def table(name: str, **columns: str) -> Table:
    return read((EXAMPLES / name).read_text("utf-8"), **columns)


def run(method: str, data: str, head: str = "") -> dict:
    loaded = loading.load((EXAMPLES / method).read_text("utf-8") + head)
    return as_json(score(loaded, table(data, unit=loaded.columns.unit, label=loaded.columns.label)))


def test_human_development_index_2022() -> None:
    """UNDP, Human Development Report 2023/24, Table 1: value and rank."""
    told = run("hdi_2022.toml", "hdi_2022.csv")["published"]
    printed = {"CHE": ("0.967", 1), "NOR": ("0.966", 2), "ISL": ("0.959", 3), "HKG": ("0.956", 4), "DNK": ("0.952", 5),
               "SWE": ("0.952", 5), "DEU": ("0.950", 7), "IRL": ("0.950", 7), "SGP": ("0.949", 9), "AUS": ("0.946", 10),
               "NLD": ("0.946", 10), "USA": ("0.927", 20), "CHN": ("0.788", 75), "SOM": ("0.380", 193)}
    assert {k: (told[k]["score"], told[k]["rank"]) for k in printed} == printed


def test_technology_achievement_index_of_undp() -> None:
    """UNDP, Human Development Report 2001, Table A2.1 (data of the Handbook's Table A.2)."""
    told = run("tai_2001_undp.toml", "tai_2001.csv")["published"]
    assert [told[k]["rank"] for k in ("Finland", "United States", "Sweden", "Japan")] == [1, 2, 3, 4]
    printed = {"Finland": 0.744, "United States": 0.733, "Sweden": 0.703, "Japan": 0.698}
    assert {k: float(told[k]["score"]) for k in printed} == pytest.approx(printed, abs=0.0015)


def test_handbook_table_15_normalises_years_of_school() -> None:
    """OECD/JRC Handbook (2008), Table 15: rank, z, min–max, distances to the mean, best and worst, percentile, category."""
    data = table("tai_2001.csv")
    x, _ = data.numbers("SCHOOLING")
    finland, states, japan, norway = (data.units.index(c) for c in ("Finland", "United States", "Japan", "Norway"))
    bands = {"bands": [[0, 0], [5, 20], [15, 40], [35, 50], [65, 60], [85, 80], [95, 100]], "on": "percentile"}
    printed = [
        ("rank", {}, [15, 23, 12, 22]), ("zscore", {}, [0.26, 1.52, -0.06, 1.46]), ("minmax", {"range": [0, 1]}, [0.59, 1.0, 0.49, 0.98]),
        ("ratio", {"reference": "mean"}, [1.04, 1.25, 0.99, 1.24]), ("ratio", {"reference": "best"}, [0.83, 1.0, 0.79, 0.99]),
        ("ratio", {"reference": "worst"}, [1.41, 1.69, 1.34, 1.68]), ("difference", {"reference": "mean"}, [0.04, 0.25, -0.01, 0.24]),
        ("difference", {"reference": "worst"}, [0.41, 0.69, 0.34, 0.68]), ("abovebelow", {"p": 0.2}, [0, 1, 0, 1]),
        ("percentile", {}, [65.2, 100, 52.2, 95.7]), ("bands", bands, [60, 100, 50, 100]),
    ]
    for name, params, wanted in printed:
        got = apply(name, Column(x, 1, data.units), params)[[finland, states, japan, norway]]
        assert got == pytest.approx(wanted, abs=0.051 if name == "percentile" else 0.0051), name


ORDER = ("Finland", "United States", "Sweden", "Japan", "Korea, Rep. of", "Netherlands", "United Kingdom", "Singapore", "Canada", "Australia",
         "Germany", "Norway", "Ireland", "Belgium", "New Zealand", "Austria", "France", "Israel", "Spain", "Italy", "Czech Republic",
         "Hungary", "Slovenia")


def test_handbook_table_38_ranks_by_linear_and_geometric_aggregation() -> None:
    """Columns LIN (UNDP's goalposts, arithmetic) and GME (raw values, geometric), equal weights, all 23 countries."""
    linear = run("tai_2001_undp.toml", "tai_2001.csv")["ranks"]
    assert [linear[c]["TAI"] for c in ORDER] == list(range(1, 24))
    text = (EXAMPLES / "tai_2001.toml").read_text("utf-8").replace('"minmax"\nrange = [0, 1]', '"none"') + 'aggregate = "geometric"\n'
    told = as_json(score(loading.load(text), table("tai_2001.csv")))["ranks"]
    printed = [2, 1, 3, 4, 16, 5, 6, 18, 13, 14, 8, 11, 7, 9, 17, 12, 10, 15, 19, 21, 23, 22, 20]
    assert [told[c]["TAI"] for c in ORDER] == printed


TABLE_35 = """unit,PATENTS,ROYALTIES,INTERNET,EXPORTS,TELEPHONES_LOG,ELECTRICITY_LOG,SCHOOLING,UNIVERSITY
Finland,187,125.6,200.2,50.7,3.080,4.150,10,27.4
USA,289,130,179.1,66.2,2.997,4.073,12,13.9
Sweden,271,156.6,125.8,59.7,3.096,4.145,11.4,15.3
Japan,994,64.6,49,80.8,3.003,3.865,9.5,10
Korea,779,9.8,4.8,66.7,2.972,3.653,10.8,23.2
"""


def test_handbook_table_36_outranks_five_countries() -> None:
    """Tables 35 and 36 (outranking matrix, here its row sums) and 37 (three winning rankings, Japan and Korea last)."""
    text, five = (EXAMPLES / "tai_2001.toml").read_text("utf-8"), read(TABLE_35)
    for rule in ("copeland", "a_copeland"):
        rows = score(loading.load(text + f'aggregate = "{rule}"\n'), five).scores["TAI"]
        assert rows == pytest.approx([2.25, 2.25, 2.5, 1.625, 1.375])
    kemeny = score(loading.load(text + 'aggregate = "kemeny"\n'), five).scores["TAI"]
    assert kemeny[3:].tolist() == [1, 0]
    assert set(kemeny[:3]) == {4, 3, 2}
    net = score(loading.load(text + 'aggregate = "copeland-net"\n'), five).scores["TAI"]
    assert net.tolist() == [1, 2, 3, -2, -4]


def test_handbook_factor_weights() -> None:
    """Table 18, column PC: weights of the eight indicators from four rotated factors."""
    data = table("tai_2001.csv")
    x = np.column_stack([data.numbers(c)[0] for c in data.header[1:]])
    assert weights.pca(x, 4) == pytest.approx([0.17, 0.15, 0.11, 0.07, 0.08, 0.12, 0.14, 0.16], abs=0.011)


TABLE_11 = {   # deleted indicator: correlation with the total, alpha of the others
    "PATENTS": (0.261, 0.704), "ROYALTIES": (0.527, 0.645), "INTERNET": (0.566, 0.636), "EXPORTS": (-0.108, 0.774),
    "TELEPHONES_LOG": (0.701, 0.603), "ELECTRICITY_LOG": (0.614, 0.624), "SCHOOLING": (0.451, 0.662), "UNIVERSITY": (0.249, 0.706),
}


def test_handbook_table_11_says_how_the_indicators_hang_together() -> None:
    """Section 4.3: alpha .70 of the standardised indicators, and without each of them (data printed to two decimals)."""
    loaded = loading.load((EXAMPLES / "tai_2001.toml").read_text("utf-8"))
    told = quality.quality(score(loaded, table("tai_2001.csv")))["nodes"]["TAI"]
    assert told["alpha_standardised"] == pytest.approx(0.70, abs=0.005)
    assert told["alpha_pairwise"] == pytest.approx(told["alpha"], abs=1e-9), "without gaps it is the same"
    for code, (with_total, others) in TABLE_11.items():
        assert told["without"][code]["correlation"] == pytest.approx(with_total, abs=0.008), code
        assert told["without"][code]["alpha"] == pytest.approx(others, abs=0.002), code


CODES = ("PATENTS", "ROYALTIES", "INTERNET", "EXPORTS", "TELEPHONES_LOG", "ELECTRICITY_LOG", "SCHOOLING", "UNIVERSITY")


@pytest.mark.parametrize(("given", "printed", "off"), [   # Table 22 prints weights to two decimals: those who are close may change places
    ((1, 1, 1, 1, 1, 1, 1, 1), range(1, 24), 0),
    ((11, 11, 11, 18, 10, 6, 15, 18), (1, 2, 3, 5, 4, 8, 7, 6, 10, 11, 9, 13, 12, 14, 17, 15, 16, 18, 19, 21, 22, 20, 23), 0),
    ((17, 15, 11, 6, 8, 13, 13, 17), (1, 2, 3, 4, 5, 6, 8, 11, 10, 7, 12, 9, 14, 15, 13, 16, 17, 18, 19, 20, 21, 23, 22), 1),
    ((9, 10, 7, 21, 5, 6, 18, 25), (1, 3, 4, 5, 2, 11, 7, 6, 10, 9, 8, 16, 12, 13, 18, 15, 14, 17, 19, 21, 22, 20, 23), 2),
], ids=["equal", "budget", "factors", "ahp"])
def test_handbook_table_23_ranks_by_four_weightings(given: tuple[int, ...], printed: Any, off: int) -> None:
    loaded = loading.load((EXAMPLES / "tai_2001_undp.toml").read_text("utf-8"))
    worth = dict(zip(CODES, given, strict=True))
    flat = replace(loaded, weighting=Step("relative"), nodes=tuple(n for n in loaded.nodes if n.code == "TAI"),
                   indicators=tuple(replace(i, parent="TAI", weight=Fraction(worth[i.code])) for i in loaded.indicators))
    told = as_json(score(flat, table("tai_2001.csv", unit=loaded.columns.unit, label=loaded.columns.label)))["ranks"]
    apart = [abs(told[c]["TAI"] - p) for c, p in zip(ORDER, printed, strict=True)]
    assert max(apart) <= off and sum(a > 0 for a in apart) <= 4


def test_handbook_table_20_compares_in_pairs_consistently() -> None:
    """Eight indicators in pairs: the eigenvector's weights add up to 1, patents and schooling lead, CR is far below 0.1."""
    rows = ["1 2 3 2 5 5 1 3", "1/2 1 2 1/2 4 4 1/2 3", "1/3 1/2 1 1/4 2 2 1/5 1/2", "1/2 2 4 1 4 4 1/2 3", "1/5 1/4 1/2 1/4 1 1 1/5 1/2",
            "1/5 1/4 1/2 1/4 1 1 1/5 1/2", "1 2 5 2 5 5 1 4", "1/3 1/3 2 1/3 2 2 1/4 1"]
    share, ratio = weights.ahp(np.array([[float(Fraction(cell)) for cell in row.split()] for row in rows]))
    assert share.sum() == pytest.approx(1) and set(np.argsort(share)[-2:]) == {0, 6}
    assert share[4] == pytest.approx(share[5]) and 0 < ratio < 0.05


def test_saatys_random_index_and_a_worked_ratio() -> None:
    """Saaty (1980): RI 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49 for 3 to 10; CR = (λ − n)/(n − 1)/RI of [1 3 5; 1/3 1 3; 1/5 1/3 1]."""
    assert [weights.RANDOM_INDEX[n] for n in range(3, 11)] == [0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49]
    share, ratio = weights.ahp(np.array([[1, 3, 5], [1 / 3, 1, 3], [1 / 5, 1 / 3, 1]]))
    assert share == pytest.approx([0.6370, 0.2583, 0.1047], abs=5e-5)
    assert ratio == pytest.approx(0.0193 / 0.58, abs=2e-4)


COINR_PRINTS = {   # vignette("results") of COINr 1.1: Index, Conn, Sust, Physical, ConEcFin, Political, Instit, P2P, Environ
    "CHE": (1, 68.38, 62.79, 73.98, 63.41, 32.87, 74.78, 85.94, 56.93, 77.21),
    "NLD": (2, 64.82, 61.94, 67.70, 64.87, 46.62, 84.55, 71.74, 41.92, 58.73),
    "DNK": (3, 64.80, 57.10, 72.51, 50.52, 30.43, 78.13, 75.35, 51.04, 69.83),
    "NOR": (4, 64.47, 57.44, 71.50, 58.18, 25.70, 80.03, 89.46, 33.80, 70.90),
    "BEL": (5, 63.54, 63.99, 63.09, 71.97, 48.22, 80.84, 75.60, 43.32, 53.01),
    "SWE": (6, 63.00, 53.87, 72.12, 51.51, 23.87, 80.98, 74.51, 38.50, 66.37),
}
SHOWN = ("Index", "Conn", "Sust", "Physical", "ConEcFin", "Political", "Instit", "P2P", "Environ")


def test_asem_example_of_coinr() -> None:
    told = run("asem_2018.toml", "asem_idata.csv")
    for unit, (rank, *printed) in COINR_PRINTS.items():
        assert told["ranks"][unit]["Index"] == rank
        assert [told["scores"][unit][code] for code in SHOWN] == pytest.approx(printed, abs=0.0051)
    assert told["levels"]["4"] == ["Index"]


def test_the_tree_may_come_from_an_imeta_table() -> None:
    tables = meta.tables((EXAMPLES / "asem_imeta.csv").read_text("utf-8"), denominate=True)
    filled = {**tables, "missing": {"rule": "i_mean_grp", "group": "EurAsia_group"}, "treatment": "winsorise"}
    told = as_json(score(loading.build(filled), table("asem_idata.csv")))
    assert told["scores"] == run("asem_2018.toml", "asem_idata.csv")["scores"]
