"""Codes: the outer check is an error that names the digit, the inner one a warning; the class of body counts."""

from __future__ import annotations

import pytest

from ximu.ideas.registry.rules.codes import findings


@pytest.mark.parametrize(("code", "kind", "expected"), [
    ("", "department", []), ("11310000003100007Y", "department", []), ("11310000003100007A", "department", [("ID-USCC", "error", "Y")]),
    ("1131", "department", [("ID-USCC", "error", "")]), ("11310000003100007Y", "institution", [("ID-USCC-KIND", "error", "12")]),
    ("11310000003100007Y", "other", []),
])
def test_what_is_wrong_with_a_code(code: str, kind: str, expected: list[tuple[str, str, str]]) -> None:
    assert [(f.code, f.severity, f.expected) for f in findings(code, kind)] == expected


def test_the_wrong_class_is_only_a_warning_for_a_street_and_the_inner_check_for_all() -> None:
    assert [(f.code, f.severity) for f in findings("91350100M000100Y43", "street")] == [("ID-USCC-KIND", "warning")]
    assert [(f.code, f.severity, f.expected) for f in findings("11310000999999980X", "department")] == [("ID-USCC", "warning", "X")]
