"""The engine agrees with published composite indicators and their methods."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ximu.ideas.assessment.rules import loading, meta, weights
from ximu.ideas.assessment.rules.data import Table, read
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
