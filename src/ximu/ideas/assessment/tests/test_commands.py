"""`ximu index` answers outsiders: JSON, standard input, refusals."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from ximu.ideas.assessment.commands.index import index_command
from ximu.kernel.refusal import Refusal

EXAMPLES = Path(__file__).parents[5] / "examples" / "methods"
HDI = (str(EXAMPLES / "hdi_2022.toml"), str(EXAMPLES / "hdi_2022.csv"))


def told(*args: str, stdin: str | None = None) -> dict:
    ran = CliRunner().invoke(index_command, [*args, "--json"], input=stdin, catch_exceptions=False)
    assert ran.exit_code == 0, ran.output
    return json.loads(ran.stdout)


def test_data_may_come_by_standard_input() -> None:
    assert told(HDI[0], "-", stdin=Path(HDI[1]).read_text("utf-8")) == told(*HDI)


def test_flags_replace_steps_of_the_file() -> None:
    out = told(str(EXAMPLES / "asem_imeta.csv"), str(EXAMPLES / "asem_idata.csv"), "--normalise", "n_minmax",
               "--param", "l_u=[1,100]", "--aggregate", "a_gmean,a_amean,a_hmean")
    values = [row["LPI"] for row in out["normalised"].values()]
    assert (min(values), max(values)) == (1, 100)


def test_several_periods_and_whole_tables_by_flags(tmp_path: Path) -> None:
    data = "code,year,LPI,Flights\nx,1,1,2\ny,1,3,4\nx,2,5,6\ny,2,2,2\n"
    method = str(EXAMPLES / "tai_2001_undp.toml")
    ran = CliRunner().invoke(index_command, [method, HDI[1], "--unit", "nobody"])
    assert isinstance(ran.exception, Refusal)
    meta = "iCode,Parent,Type,Weight,Direction\nLPI,I,Indicator,1,1\nFlights,I,Indicator,1,-1\nI,,Aggregate,1,1\n"
    (tmp_path / "meta.csv").write_text(meta, "utf-8")
    flags = ["--unit", "code", "--time", "year", "--panel", "each", "--threshold", "1", "--show", "ranks"]
    ran = CliRunner().invoke(index_command, [str(tmp_path / "meta.csv"), "-", *flags], input=data, catch_exceptions=False)
    assert ran.stdout.splitlines()[:2] == ["unit\tLPI\tFlights\tI", "x@1\t2\t1\t1"]


def test_people_read_a_table_best_first() -> None:
    ran = CliRunner().invoke(index_command, list(HDI), catch_exceptions=False)
    assert ran.stdout.splitlines()[1].split("\t")[:4] == ["1", "CHE", "Switzerland", "0.967"]


def test_a_file_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(Refusal) as refused:
        index_command.main(["nowhere.toml", HDI[1]], standalone_mode=False)
    assert refused.value.code == "FILE-READ"
