"""What is wrong with a parameter? pydantic's kinds of error in one sentence of each language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

KINDS = {
    "missing": "缺少", "string_type": "应为文字", "int_type": "应为整数", "int_parsing": "应为整数", "int_from_float": "应为整数",
    "int_parsing_size": "整数过大", "float_type": "应为数字", "float_parsing": "应为数字", "finite_number": "应为有限的数字",
    "decimal_type": "应为数字", "decimal_parsing": "应为数字", "bool_type": "应为true或false", "bool_parsing": "应为true或false",
    "date_type": "应为日期", "date_parsing": "应为日期，如2018-05-07", "date_from_datetime_parsing": "应为日期，如2018-05-07",
    "date_from_datetime_inexact": "应为日期，不带时刻", "datetime_type": "应为时间", "datetime_parsing": "应为时间",
    "datetime_from_date_parsing": "应为时间", "list_type": "应为列表", "dict_type": "应为对象", "model_type": "应为对象",
    "model_attributes_type": "应为对象", "json_invalid": "不是正确的JSON", "extra_forbidden": "不在参数之内",
    "string_too_long": "不得超过{max_length}个字符", "string_too_short": "不得少于{min_length}个字符", "too_long": "不得超过{max_length}项",
    "too_short": "不得少于{min_length}项", "string_pattern_mismatch": "格式应为{pattern}", "greater_than": "应大于{gt}",
    "greater_than_equal": "不得小于{ge}", "less_than": "应小于{lt}", "less_than_equal": "不得大于{le}",
    "literal_error": "应为{expected}之一", "tuple_type": "应为列表", "decimal_max_digits": "位数过多", "decimal_max_places": "小数位数过多",
    "decimal_whole_digits": "位数过多", "date_from_datetime": "应为日期", "time_parsing": "应为时刻",
    "enum": "应为{expected}之一", "string_unicode": "含有不能保存的字符",
}


def in_chinese(error: Mapping[str, Any]) -> str:
    """Kinds that are not listed are told without their reason, which stands in `rule` and in the English sentence."""
    said = KINDS.get(error["type"], "不符合要求")
    given = {name: str(value).replace(" or ", "、") for name, value in (error.get("ctx") or {}).items()}
    try:
        return said.format_map(given)
    except KeyError:
        return "不符合要求"
