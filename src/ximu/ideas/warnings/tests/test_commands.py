"""`ximu detect` answers as other offices script against it."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from ximu.ideas.warnings.commands.detect import METHODS, detect_command
from ximu.kernel.refusal import Refusal

TABLE = "t,observed\n" + "".join(f"{i},{v}\n" for i, v in enumerate((3, 5, 4, 6, 5, 4, 5, 20, 4), start=1))


def run(*args: str, stdin: str = "") -> str:
    result = CliRunner().invoke(detect_command, args, input=stdin)
    if isinstance(result.exception, Refusal):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


def test_json_holds_every_time_with_its_numbers_and_reason() -> None:
    answer = json.loads(run("-", "--method", "ears-c1", "--param", "min_sigma=1", "--json", stdin=TABLE))
    assert [row["t"] for row in answer["results"]] == list(range(1, 10))
    assert (answer["alarms"], answer["results"][7]["alarm"], answer["results"][0]["upperbound"]) == (1, True, None)
    assert answer["parameters"]["minSigma"] == 1


def test_several_parameters_may_follow_one_option(tmp_path: Path) -> None:
    place = tmp_path / "s.csv"
    place.write_text(TABLE, "utf-8")
    one = run(str(place), "--method", "cusum", "--param", "m=4", "k=0.5", "h=3")
    other = run(str(place), "--method", "cusum", "--param", "m=4", "--param", "k=0.5", "--param", "h=3")
    assert one == other
    rows = list(csv.DictReader(io.StringIO(one)))
    assert (rows[7]["alarm"], rows[0]["alarm"], rows[0]["expected"]) == ("true", "false", "4")


@pytest.mark.parametrize(("args", "stdin", "code"), [
    (("-", "--method", "ears-c1", "--param", "baseline"), TABLE, "DET-PARAM"),
    (("-", "--method", "ears-c1", "--param", "baseline=0"), TABLE, "DET-PARAM"),
    (("-", "--method", "holt"), TABLE, "DET-PARAM"),
    (("-", "--method", "ears-c3"), TABLE, "DET-SHORT"),
    (("-", "--method", "ears-c1"), "t,observed\n1,x\n", "DET-INPUT"),
    (("no-such-file.csv", "--method", "ears-c1"), "", "DET-INPUT"),
])
def test_a_refusal_names_its_code(args: tuple[str, ...], stdin: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        run(*args, stdin=stdin)
    assert refused.value.code == code


def test_the_methods_page_names_every_method_and_parameter() -> None:
    page = (Path(__file__).parents[5] / "docs" / "methods" / "detectors.md").read_text("utf-8")
    missing = {f"{method}.{p.name}" for method, known in METHODS.items() for p in known if f"`{p.name}`" not in page}
    assert missing <= {f"{m}.{name}" for m in METHODS for name in ("range", "from", "to")}
    assert all(f"`{method}`" in page for method in METHODS)


def test_the_worked_example_of_the_methods_page_holds() -> None:
    root = Path(__file__).parents[5]
    page = (root / "docs" / "methods" / "detectors.md").read_text("utf-8")
    rows = run(str(root / "examples/detect/weekly.csv"), "--method", "farrington-flexible",
               "--param", "b=4", "no_periods=10", "past_weeks_not_included=26", "range=286:293").splitlines()
    shown = [line.removesuffix(",…") for line in page.splitlines() if line.startswith(("286,", "287,"))]
    assert len(shown) == 2
    for line in shown:
        t, _, observed, expected, upper, alarm, *_ = line.split(",")
        row = next(r for r in csv.DictReader(rows) if r["t"] == t)
        assert (row["observed"], row["alarm"]) == (observed, alarm)
        assert float(row["expected"]) == pytest.approx(float(expected), rel=1e-9)
        assert float(row["upperbound"]) == pytest.approx(float(upper), rel=1e-9)
