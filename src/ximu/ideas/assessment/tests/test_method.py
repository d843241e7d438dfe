"""A method file that does not hold together is refused, by code and place."""

from __future__ import annotations

import pytest

from ximu.ideas.assessment.rules import loading, meta
from ximu.ideas.assessment.rules.data import read
from ximu.ideas.assessment.rules.score import score
from ximu.kernel.refusal import Refusal

TWO = '[[indicator]]\ncode="a"\nparent="I"\n{a}\n[[indicator]]\ncode="b"\nparent="I"\n{b}\n[[node]]\ncode="I"\n{node}\n'


def file(head: str = "", a: str = "", b: str = "", node: str = "") -> str:
    return head + "\n" + TWO.format(a=a, b=b, node=node)


@pytest.mark.parametrize(("text", "code", "field"), [
    (file("[method"), "METH-FORM", ""),
    (file("method = 3"), "METH-FORM", "method"),
    (file("[method]\nofficial = 1"), "METH-FORM", "method.official"),
    (file("[method]\ndecimals = 99"), "METH-NUM", "method.decimals"),
    (file("[method]\nnome = 'x'"), "METH-KEY", "method.nome"),
    (file(a="colour = 3"), "METH-KEY", "indicator.a.colour"),
    (file(a="weight = 0.5", b="weight = 0.6"), "METH-SUM", "I"),
    (file(a="weight = 0.5"), "METH-SUM", "I"),
    (file(a="weight = 1.5", b="weight = -0.5"), "METH-SUM", "I"),
    (file(a='weight = "half"', b="weight = 0.5"), "METH-NUM", "indicator.a.weight"),
    (file(a='weight = "1/0"', b="weight = 0.5"), "METH-NUM", "indicator.a.weight"),
    (file(a="weight = 1e999999", b="weight = 0.5"), "METH-NUM", "indicator.a.weight"),
    (file("[method]\nofficial = true"), "METH-SRC", "a"),
    (file(a="direction = 0"), "METH-DIR", "indicator.a.direction"),
    (file(node='parent = "J"'), "METH-TREE", ""),
    (file(a='[[indicator]]\ncode="a"\nparent="I"'), "METH-TREE", "a"),
    (file(node='[[node]]\ncode="J"\nparent="J"'), "METH-TREE", "J"),
    (file(node='[[node]]\ncode="J"\nparent="I"'), "METH-TREE", "J"),
    (file(node='[[veto]]\ncolumn="a"\nnode="K"'), "METH-TREE", "K"),
    (file(a="goalposts = [9, 2]"), "METH-POST", "a"),
    (file('[normalisation]\nmethod = "magic"'), "METH-NORM", "normalisation"),
    (file('[normalisation]\nmethod = "rank"\nties = "first"'), "METH-NORM", "normalisation.ties"),
    (file('[normalisation]\nmethod = "minmax"\nm_sd = [0, 1]'), "METH-KEY", "normalisation.mean_sd"),
    (file(a='normalise = "dist2targ"'), "METH-NORM", "a.target"),
    (file('[aggregation]\nmethod = "magic"'), "METH-AGG", "aggregation"),
    (file('[missing]\nrule = "guess"'), "METH-MISS", "missing.rule"),
    (file('[missing]\nrule = "mean-group"'), "METH-MISS", "missing"),
    (file('[weights]\nmethod = "magic"'), "METH-WEIGHT", "weights.method"),
    (file('[weights]\nmethod = "budget"\n[weights.budget.I]\na = [60, 50]'), "METH-WEIGHT", "weights.I"),
    (file('[weights]\nmethod = "ahp"\n[weights.ahp.I]\norder = ["a", "b"]\nmatrix = [[1, 3], [3, 1]]'), "METH-WEIGHT", "weights.I"),
])
def test_an_unsound_method_is_refused(text: str, code: str, field: str) -> None:
    with pytest.raises(Refusal) as refused:
        loading.load(text)
    assert (refused.value.code, refused.value.field) == (code, field)


def test_weights_may_be_exact_thirds_or_points_of_a_hundred() -> None:
    assert loading.load(file(a='weight = "1/3"', b='weight = "2/3"')).indicators[0].weight.denominator == 3
    loading.load(file("[weights]\ntotal = 100", a="weight = 40", b="weight = 60"))
    loading.load(file('[weights]\nmethod = "relative"', a="weight = 3", b="weight = 1"))


def test_a_missing_source_is_only_a_warning_where_the_method_is_not_official() -> None:
    assert [w.code for w in loading.load(file()).warnings] == ["METH-SRC"]


CLIPS = file("[method]\nofficial = {official}\n{accept}", a="goalposts = [0, 10]\nsource='s'\nowner='o'", b="source='s'\nowner='o'")
FAR = read("unit,a,b\nx,5,1\ny,12,2\n")


def test_an_official_method_must_accept_that_goalposts_cut_values() -> None:
    with pytest.raises(Refusal) as refused:
        score(loading.load(CLIPS.replace("{official}", "true").replace("{accept}", "")), FAR)
    assert refused.value.code == "METH-CLIP"
    accepted = score(loading.load(CLIPS.replace("{official}", "true").replace("{accept}", 'accept = ["METH-CLIP"]')), FAR)
    assert [(w.code, w.accepted) for w in accepted.warnings] == [("METH-CLIP", True)]
    free = score(loading.load(CLIPS.replace("{official}", "false").replace("{accept}", "")), FAR)
    assert [(w.code, w.accepted) for w in free.warnings] == [("METH-CLIP", False)]


@pytest.mark.parametrize(("text", "code", "line"), [
    ("", "DATA-EMPTY", None), ("unit,a,b\n", "DATA-EMPTY", None), ("unit,a,a\nx,1,2\n", "DATA-HEAD", None),
    ("unit,a,b\nx,1\n", "DATA-ROW", 2), ("unit,a,b\n,1,2\n", "DATA-UNIT", 2), ("unit,a,b\nx,1,2\nx,3,4\n", "DATA-DUP", 3),
    ("unit,a,b\nx,1,2\ny,many,4\n", "DATA-NUM", 3), ("unit,a,b\nx,1,2\ny,inf,4\n", "DATA-NUM", 3), ("unit,a\nx,1\n", "DATA-COL", None),
    ("unit,a,b\nx,1,1e999\n", "DATA-NUM", 2),
])
def test_bad_data_are_refused_by_line(text: str, code: str, line: int | None) -> None:
    with pytest.raises(Refusal) as refused:
        score(loading.load(file()), read(text))
    assert (refused.value.code, refused.value.extra.get("line")) == (code, line)


@pytest.mark.parametrize(("text", "code"), [
    (file(a='denominator = "b"'), "DATA-DENOM"), (file(a='transform = "log"'), "DATA-LOG"),
    (file('[aggregation]\nmethod = "harmonic"'), "DATA-SIGN"), (file('[normalisation]\nmethod = "dist2ref"\nreference = "z"'), "METH-REF"),
])
def test_steps_that_the_data_do_not_allow_are_refused(text: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        score(loading.load(text), read("unit,a,b\nx,0,0\ny,2,1\n"))
    assert refused.value.code == code


def test_a_table_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ximu.ideas.assessment.rules.data.MOST_CELLS", 5)
    with pytest.raises(Refusal) as refused:
        read("unit,a,b\nx,1,2\n")
    assert refused.value.code == "DATA-SIZE"


def test_an_imeta_table_without_its_columns_is_refused() -> None:
    with pytest.raises(Refusal) as refused:
        meta.tables("iCode,Parent\na,b\n")
    assert refused.value.code == "METH-META"


def test_contradicting_comparisons_are_refused_where_official_and_told_elsewhere() -> None:
    wild = '[weights]\nmethod = "ahp"\n[weights.ahp.I]\norder = ["a", "b", "c"]\nmatrix = [[1, 9, "1/9"], ["1/9", 1, 9], [9, "1/9", 1]]\n'
    text = file(wild, a='source="s"\nowner="o"', b='source="s"\nowner="o"') + '[[indicator]]\ncode="c"\nparent="I"\nsource="s"\nowner="o"\n'
    data = read("unit,a,b,c\nx,1,2,3\ny,2,1,1\n")
    assert [w.code for w in score(loading.load(text), data).warnings] == ["METH-AHP"]
    with pytest.raises(Refusal) as refused:
        score(loading.load("[method]\nofficial = true\n" + text), data)
    assert refused.value.code == "METH-AHP"


def test_ranking_by_kemeny_has_its_limit() -> None:
    data = "unit,a,b\n" + "".join(f"u{n},{n},{n}\n" for n in range(61))
    with pytest.raises(Refusal) as refused:
        score(loading.load(file('[aggregation]\nmethod = "kemeny"')), read(data))
    assert refused.value.code == "METH-AGG"
