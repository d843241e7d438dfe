"""Days, months and codes as people read them, in the page's language."""

from __future__ import annotations

import pytest
from django.utils import translation

from ximu.foundation.templatetags.ximu import dated, named, period, spoken
from ximu.kernel.words import Text

TEXT = "按来电月份归属。\nD13-1 先行联系率。\nMethod: tickets count in the month of the call.\nFirst contact (联系) in time."


@pytest.mark.parametrize(("kept", "zh", "en"), [
    ("2019-02-04", "2019年2月4日", "4 Feb 2019"), ("2019-02", "2019年2月", "Feb 2019"), ("2018-12/2019-02", "2018年12月—2019年2月", "Dec 2018—Feb 2019"),
    ("2018-07-18T10:00:00+08:00", "2018年7月18日 10:00", "18 Jul 2018 10:00"), ("2018-02-31", "2018-02-31", "2018-02-31"),
    ("2018", "2018", "2018"), ("3/5", "3/5", "3/5"), ("示环罚〔2018〕3号", "示环罚〔2018〕3号", "示环罚〔2018〕3号"), (None, "", ""), (7, "7", "7"),
    ("2018-13", "2018-13", "2018-13"),
])
def test_what_is_kept_as_a_day_or_month_is_said_as_one_and_nothing_else_is(kept: object, zh: str, en: str) -> None:
    with translation.override("zh-hans"):
        assert period(kept) == zh
    with translation.override("en"):
        assert period(kept) == en


def test_of_a_method_in_two_languages_the_page_shows_its_own() -> None:
    with translation.override("zh-hans"):
        assert spoken(TEXT) == "按来电月份归属。\nD13-1 先行联系率。"
        assert spoken("Only English.") == "Only English."
    with translation.override("en"):
        assert spoken(TEXT).startswith("Method: tickets") and spoken(TEXT).endswith("in time.")
        assert spoken("只有中文。") == "只有中文。"


def test_a_code_is_named_where_somebody_named_it() -> None:
    with translation.override("en"):
        assert (named({"a": Text("甲", "A")}, "a"), named({}, "b")) == ("A", "b")


def test_a_day_within_a_sentence_is_said_as_a_day() -> None:
    with translation.override("zh-hans"):
        assert dated("期限2018-03-31已过，见OCDS-2018-03-31-7。") == "期限2018年3月31日已过，见OCDS-2018-03-31-7。"
        assert dated("2018-02-31起") == "2018-02-31起"
    with translation.override("en"):
        assert dated("due 2018-03-31 has passed") == "due 31 Mar 2018 has passed"
