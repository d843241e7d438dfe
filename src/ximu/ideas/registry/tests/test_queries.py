"""Names are found as of a day; nothing is guessed; duties and phrases follow the reforms."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from ximu.foundation.profiles import uid_of
from ximu.ideas.registry import queries
from ximu.ideas.registry.tests.factories import load
from ximu.kernel.refusal import Refusal

BEFORE, AFTER = date(2018, 2, 13), date(2019, 3, 1)
pytestmark = pytest.mark.django_db


def example(key: str) -> str:
    return uid_of("example", key)


@pytest.fixture(autouse=True)
def city(db: None) -> None:
    load()


@pytest.mark.parametrize(("text", "on", "key"), [
    ("示例市财政局", BEFORE, "czj"), ("市财政局", BEFORE, "czj"), ("  示例市 财政局", BEFORE, "czj"), ("示例市发改委", BEFORE, "fgw"),
    ("示例市发展改革委", BEFORE, "fgw"), ("甲区政府", BEFORE, "q01"), ("示例市甲区人民政府", BEFORE, "q01"), ("甲区中和街道", BEFORE, "q01j1"),
    ("示例市甲区中和街道办事处", BEFORE, "q01j1"), ("示例市政府", BEFORE, "shi"), ("ｓｈｉｃａｉｚｈｅｎｇｊｕ", BEFORE, "czj"), ("sczj", BEFORE, "czj"),
    ("市政务公开与\"互联网+政务服务\"领导小组", BEFORE, "zwgk"), ("市环保局", BEFORE, "hbj"), ("市环保局", AFTER, "hj"), ("市生态环境局", BEFORE, "hbj"),
    ("市卫生计生委", AFTER, "wjw"), ("示例市卫生健康委员会", AFTER, "wjw"), ("临江街道", AFTER, "q02j9"),
])
def test_a_name_is_found_as_of_a_day(text: str, on: date, key: str) -> None:
    found = queries.resolve(text, as_of=on)
    assert (found.status, found.uid) == ("exact", example(key))
    assert found.candidates[0].reasons


@pytest.mark.parametrize(("text", "on", "keys"), [
    ("中和街道", BEFORE, {"q01j1", "q04j1"}), ("市食药监局", AFTER, {"scjg", "ypj"}), ("江畔街道", date(2018, 1, 1), {"q02j2", "q02j3"}),
    ("市规划国土资源局", AFTER, {"gzj", "cxgh"}),
])
def test_what_may_be_two_is_never_guessed(text: str, on: date, keys: set[str]) -> None:
    found = queries.resolve(text, as_of=on)
    assert (found.status, found.uid) == ("ambiguous", "")
    assert {c.uid for c in found.candidates} == {example(k) for k in keys}


def test_units_stand_in_the_order_of_the_register() -> None:
    mixed = [example(key) for key in ("q03", "czj", "q01", "shi", "q02")]
    assert queries.in_order({*mixed, "unknown"}) == [u.uid for u in queries.units(as_of=BEFORE) if u.uid in mixed] + ["unknown"]
    assert [uid for uid in queries.in_order(mixed) if uid in {example("q01"), example("q02"), example("q03")}] == [
        example("q01"), example("q02"), example("q03")]


def test_the_sign_of_a_level_is_no_name() -> None:
    assert queries.resolve("市", as_of=BEFORE).status == "none"
    assert queries.resolve("示例市", as_of=BEFORE).uid == example("shi")


def test_a_likeness_is_only_a_suggestion() -> None:
    found = queries.resolve("示例市财证局", as_of=BEFORE)
    assert (found.status, found.candidates[0].uid) == ("none", example("czj"))
    assert queries.resolve("完全不相干", as_of=BEFORE).candidates == []


def test_a_name_of_another_day_says_so() -> None:
    reasons = " ".join(r.zh for r in queries.resolve("市卫生计生委", as_of=AFTER).candidates[0].reasons)
    assert "2018-11-30" in reasons


def test_code_and_name_must_agree() -> None:
    czj, tjj = (queries.unit(example(k), as_of=BEFORE) for k in ("czj", "tjj"))
    assert queries.resolve(czj.code, as_of=BEFORE).uid == czj.uid
    assert queries.resolve("市财政局", as_of=BEFORE, code=czj.code).uid == czj.uid
    assert queries.resolve("市财政局", as_of=BEFORE, code=tjj.code).status == "ambiguous"
    assert queries.resolve("市财政局", as_of=BEFORE, code="11310000003100007Y").status == "ambiguous"
    wrong = queries.resolve("市财政局", as_of=BEFORE, code=czj.code[:17] + ("0" if czj.code[17] != "0" else "1"))
    assert (wrong.uid, wrong.note is not None) == (czj.uid, True)


def test_many_are_answered_in_order_and_like_one() -> None:
    asked = [("市财政局", "", BEFORE), ("没有这个", "", BEFORE), ("中和街道", "", AFTER), ("市财政局", "", BEFORE)]
    answers = queries.resolve_many(asked)
    assert [a.status for a in answers] == ["exact", "none", "ambiguous", "exact"]
    assert answers == [queries.resolve(t, as_of=on, code=c) for t, c, on in asked]


@pytest.mark.parametrize(("text", "on", "code"), [
    ("市财证局", BEFORE, "ORG-UNKNOWN"), ("市食药监局", AFTER, "ORG-ENDED"), ("中和街道", BEFORE, "SUBJ-AMBIG"), ("市环保局", AFTER, "ORG-ENDED"),
])
def test_a_certain_unit_or_a_refusal_that_helps(text: str, on: date, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        queries.find(text, as_of=on)
    assert refused.value.code == code
    if code == "ORG-UNKNOWN":
        assert "示例市财政局" in refused.value.zh
    if text == "市环保局":
        assert refused.value.extra["successor"] == example("hj")


def test_two_officials_of_one_name_are_told_apart_by_their_unit() -> None:
    assert queries.resolve_official("王伟", as_of=BEFORE).status == "ambiguous"
    found = queries.resolve_official("王伟", as_of=BEFORE, unit=example("czj"))
    assert found.status == "exact"
    assert queries.resolve_official("王伟", as_of=BEFORE, unit=example("tjj")).status == "none"
    number = queries.official(found.uid).number
    assert queries.resolve_official(number, as_of=AFTER).uid == found.uid


def test_a_number_decides_between_namesakes_and_one_that_contradicts_the_name_leaves_nobody_certain() -> None:
    """The number was not looked at where a name stood beside it: a row with another person's number went to the namesake."""
    def asked(name: str, number: str) -> tuple[str, list[tuple[str, list[str]]]]:
        [found] = queries.resolve_persons([(name, number, BEFORE)])
        numbers = {c.uid: queries.official(c.uid).number for c in found.candidates}
        return found.status, [(numbers[c.uid], [r.zh for r in c.reasons]) for c in found.candidates]

    assert asked("王伟", "SL00110") == ("exact", [("SL00110", ["内部编号相同", "姓名相同"])])
    status, both = asked("王伟", "")
    assert (status, {number for number, _ in both}) == ("ambiguous", {"SL00017", "SL00110"})
    assert all(said[0].startswith("姓名相同") and said[1] == "未报内部编号，无从核对" for _, said in both)
    status, [by_number, *by_name] = asked("王伟", "SL00004")
    assert (status, by_number) == ("ambiguous", ("SL00004", ["内部编号相同", "姓名不符"]))
    assert [said[-1] for _, said in by_name] == ["所报内部编号不符"] * 2
    assert asked("张志刚", "SL99999")[0] == "ambiguous" and asked("张志刚", "")[0] == "exact" and asked("", "SL00004")[0] == "exact"
    assert asked("无此人", "SL99999") == ("none", [])


def test_the_search_finds_by_part_pinyin_and_former_name() -> None:
    assert queries.search("财政", as_of=BEFORE)[0].uid == example("czj")
    assert queries.search("huanbaoju", as_of=AFTER, limit=50)
    assert queries.search("sczj", as_of=BEFORE)[0].uid == example("czj")
    former = [f for f in queries.search("计划生育", as_of=AFTER) if f.uid == example("wjw")]
    assert (former[0].name, former[0].matched) == ("示例市卫生健康委员会", "示例市卫生和计划生育委员会")
    assert queries.search("", as_of=BEFORE) == []


@pytest.mark.parametrize("typed", ["财证局", "財政局", "市才政局", "caizhegnju", "财政居"])
def test_words_with_a_slip_find_what_sounds_or_looks_alike_and_say_so(typed: str) -> None:
    found = queries.search(typed, as_of=BEFORE)
    assert example("czj") in {f.uid for f in found}
    assert all(f.near for f in found)
    assert not any(f.near for f in queries.search("财政", as_of=BEFORE))


@pytest.mark.parametrize("typed", ["%", "'", "qqqq", "不存在的东西", "王伟"])
def test_words_that_are_like_no_name_find_nothing(typed: str) -> None:
    assert queries.search(typed, as_of=BEFORE) == []


def test_duties_and_archives_follow_the_reforms() -> None:
    assert queries.owner_of(example("syj"), BEFORE) == example("syj")
    assert queries.owner_of(example("syj"), AFTER) == example("scjg")
    assert queries.owner_of(example("jrb"), AFTER) == example("fgw")
    assert set(queries.forebears(example("scjg"), AFTER)) == {example(k) for k in ("scjg", "gsj", "zjj", "syj")}
    assert [uid for uid, _ in queries.successors(example("syj"), on=AFTER)] == [example("scjg"), example("ypj")]
    assert {e.kind for e in queries.lineage(example("syj"))} >= {"merge"}


def test_exactly_the_two_planted_gaps_are_vacant() -> None:
    for on in (BEFORE, AFTER):
        assert {v.unit for v in queries.vacancies(on)} == {example("q05tjj"), example("q11j2")}
    above = queries.responsible(example("q05tjj"), BEFORE)
    assert (above.answering, above.code) == (example("q05"), "APPT-VACANT")
    assert queries.responsible(example("syj"), AFTER).answering == example("scjg")


def test_phrases_mean_the_units_of_the_day() -> None:
    assert len(queries.expand("各区人民政府", as_of=BEFORE)) == 16
    all_departments = queries.expand("市政府委、办、局", as_of=BEFORE)
    others = queries.expand("其他市有关部门", as_of=BEFORE, named=[example("fgw"), example("czj")])
    assert set(all_departments) - set(others) == {example("fgw"), example("czj")}
    members = queries.expand("市政务公开与“互联网+政务服务”领导小组成员单位", as_of=AFTER)
    assert example("scjg") in members
    assert example("gsj") not in members
    assert queries.is_phrase("各有关单位")
    assert not queries.is_phrase("市财政局")
    with pytest.raises(Refusal) as refused:
        queries.expand("有些单位", as_of=BEFORE)
    assert refused.value.code == "PHRASE-NONE"


def test_set_wise_answers_are_those_of_each_single_question_on_every_day_around_a_change(city: None) -> None:
    names = ["示例市人社局", "市人社局", "示例市发展改革委", "市工商局", "没有的局"]
    days = [day for day in queries.book().turning_days if date(2016, 1, 1) < day < date(2020, 1, 1)]
    asked = [(name, "", on + timedelta(days=shift)) for name in names for on in days for shift in (-2, -1, 0, 1)]
    together = queries.resolve_many(asked)
    assert [(r.status, r.candidates) for r in together if r.status != "none"] == [
        (alone.status, alone.candidates) for alone in (queries.resolve(t, as_of=d, code=c) for t, c, d in asked) if alone.status != "none"]
    assert {r.status for r in together} >= {"exact", "none"}
