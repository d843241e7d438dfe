"""The policy decides by its first rule that fits; masks tell nothing; personal data in text is found."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ximu.ideas.catalogue.rules import FAMILIES
from ximu.ideas.disclosure import rules
from ximu.ideas.disclosure.queries import policies
from ximu.ideas.disclosure.rules import Ask, decide, masked, personal_data
from ximu.ideas.records.rules import LIVE, STATES

POLICY = policies()[0]
DAY = date(2018, 5, 1)


def ask(audience: str = "public", **changes: object) -> Ask:
    words = {"family": "penalty", "kind": "body", "status": "effective", "level": "public", "personal": False, "purpose": "", "on": DAY}
    return Ask(audience, **{**words, **changes})  # type: ignore[arg-type]


@given(st.sampled_from(sorted(FAMILIES)), st.sampled_from(["body", "official"]), st.sampled_from(sorted(STATES)),
       st.sampled_from(["public", "shared", "authorised", "closed"]), st.booleans())
def test_what_is_personal_of_an_official_of_discipline_or_without_effect_is_never_public(
    family: str, kind: str, status: str, level: str, personal: bool,
) -> None:
    made = decide(ask(family=family, kind=kind, status=status, level=level, personal=personal), POLICY)
    closed = kind == "official" or family in {"discipline", "accountability"} or status not in LIVE or level != "public" or personal
    assert made.outcome == ("absent" if closed else "shown")
    assert made.rule
    assert made.law


@given(st.sampled_from(sorted(FAMILIES)), st.sampled_from(["body", "official"]), st.sampled_from(sorted(STATES)),
       st.sampled_from(["public", "shared", "authorised", "closed"]), st.booleans(), st.sampled_from(["joint", "handling", ""]))
def test_what_is_shared_by_channel_is_in_effect_about_a_body_and_masked_where_personal(
    family: str, kind: str, status: str, level: str, personal: bool, purpose: str,
) -> None:
    made = decide(ask("sharing", family=family, kind=kind, status=status, level=level, personal=personal, purpose=purpose), POLICY)
    closed = kind == "official" or family in {"discipline", "accountability"} or status not in LIVE
    closed = closed or level not in {"public", "shared"} or purpose != "joint"
    assert made.outcome == ("absent" if closed else "masked" if personal else "shown")


def test_what_no_rule_opens_is_closed() -> None:
    assert decide(ask("nobody"), POLICY).rule == "D0"
    assert decide(ask("personnel", kind="official", purpose="handling"), POLICY).outcome == "absent"
    assert decide(ask("personnel", kind="official", purpose="award"), POLICY).outcome == "shown"


def test_a_rule_may_have_its_own_days_and_policies_follow_each_other() -> None:
    row = {"id": "X", "audience": ["public"], "outcome": "shown", "law": "l", "zh": "字", "en": "w", "since": date(2018, 1, 1),
           "until": date(2018, 6, 1)}
    data = {"version": "v", "since": DAY, "source": "s", "purposes": {}, "stages": {}, "core": {}, "period": [], "rule": [row],
            "audience": {"public": {"zh": "众", "en": "p", "roles": [], "reach": "city", "implied": "", "purposes": []}}}
    policy = rules.policy_of(data)
    seen = [decide(ask(on=day), policy).outcome for day in (date(2017, 12, 31), date(2018, 1, 1), date(2018, 5, 31), date(2018, 6, 1))]
    assert seen == ["absent", "shown", "shown", "absent"]
    assert rules.in_force([policy, POLICY], date(2018, 4, 30)) == POLICY
    assert rules.in_force([policy, POLICY], DAY) == policy
    for change in ({"oucome": "shown"}, {"outcome": "open"}, {"audience": ["pubic"]}):
        with pytest.raises(ValueError, match="rule X"):
            rules.policy_of({**data, "rule": [{**row, **change}]})
    with pytest.raises(ValueError, match="same id"):
        rules.policy_of({**data, "rule": [row, row]})


def test_masks_tell_neither_length_nor_digit() -> None:
    assert [masked("name", n) for n in ("王伟", "欧阳娜娜", "阿卜杜拉·买买提", "Anna Smith", "𠮷田")] == ["王**", "欧**", "阿**", "A**", "𠮷**"]
    assert masked("resident-id", "11010519491231002X") == masked("text", "x") == "******"
    assert masked("address", "示例市甲区某路1号") == "示例市甲区**"
    assert (masked("name", ""), masked("name", " 龘 ")) == ("", "******")


@pytest.mark.parametrize(("text", "kind"), [
    ("其身份证11010519491231002X。", "resident-id"), ("证件号 110105 19491231 0021", "resident-id"),
    ("１１０１０５１９４９１２３１００２Ｘ", "resident-id"), ("110105491231002", "resident-id"), ("11010519491231002*", "resident-id"),
    ("电话13812345678", "mobile"), ("+86 138-1234-5678", "mobile"), ("１３８１２３４５６７８", "mobile"), ("021-12345678", "telephone"),
    ("卡号6222 0200 1234 5678 901", "bank-card"), ("写信a.b@example.cn", "email"), ("车牌沪A12345", "plate"), ("沪AD12345", "plate"),
])
def test_personal_data_in_free_text_is_found(text: str, kind: str) -> None:
    assert kind in {hit.kind for hit in personal_data(text)}


@pytest.mark.parametrize("text", [
    "示例市某局于2018年3月1日作出罚款50000元的决定", "示罚〔2018〕123号", "统一社会信用代码11310000003100007Y", "共计12345678.90元",
    "自2018-03-01至2018-12-31", "（2018）示01行初123号",
])
def test_ordinary_words_of_decisions_are_no_personal_data(text: str) -> None:
    assert personal_data(text) == []
