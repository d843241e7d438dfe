"""Values, columns and rules between them: the vectorised road and the kernel agree."""

from __future__ import annotations

import random
from datetime import date

import polars as pl
import pytest

from ximu.ideas.intake.rules import digits, header, keys
from ximu.ideas.intake.rules.checking import check_chunk
from ximu.ideas.intake.rules.schema import read_schema
from ximu.ideas.intake.rules.values import EXCEL_1904, read_day, read_document_number, read_money
from ximu.ideas.intake.tests.factories import GOOD_CODE, GOOD_ID, GOOD_ORGAN, RAW, SCHEMA, TODAY, row
from ximu.kernel import resident_id, uscc
from ximu.kernel.refusal import Refusal


@pytest.mark.parametrize(
    "text",
    [
        "2018-2-13",
        "2018/02/13",
        "20180213",
        "2018年2月13日",
        "2018.2.13",
        "43144",
        "43144.0",
        "２０１８－０２－１３",
        "2018-02-13 00:00:00",
        "2018-02-13T08:30:00",
        " 2018-02-13 ",
    ],
)
def test_a_day_is_read_in_every_form_that_clerks_write(text: str) -> None:
    assert read_day(text).value == "2018-02-13"


def test_the_1904_date_system_counts_from_its_own_day() -> None:
    assert read_day("41682", serial_from=EXCEL_1904).value == "2018-02-13"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2018-02-30", "DATE-NONE"),
        ("20181301", "DATE-NONE"),
        ("2018年2月29日", "DATE-NONE"),
        ("去年", "DATE-FORM"),
        ("13/2/2018", "DATE-FORM"),
        ("0218-02-13", "DATE-RANGE"),
        ("2999-01-01", "DATE-RANGE"),
        ("999999", "DATE-FORM"),
    ],
)
def test_what_is_no_day_is_named(text: str, code: str) -> None:
    assert (read_day(text).value, read_day(text).code) == (None, code)


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("1.5", "万元", "1.5"),
        ("15,000", "元", "15000"),
        ("１５０００", "元", "15000"),
        ("1.5万元", "元", "15000"),
        ("15000元", "万元", "1.5"),
        ("￥15,000.00", "元", "15000"),
        ("0.000001", "万元", "0.000001"),
        ("0.10", "元", "0.1"),
        ("12345678901234567.89", "元", "12345678901234567.89"),
    ],
)
def test_money_is_exact_in_its_unit(text: str, unit: str, value: str) -> None:
    assert read_money(text, unit=unit).value == value


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1,50", "MONEY-FORM"),
        ("一万", "MONEY-FORM"),
        ("1e5", "MONEY-FORM"),
        ("0.0000001", "MONEY-SCALE"),
        ("NaN", "MONEY-FORM"),
        ("1元", ""),
    ],
)
def test_what_is_no_amount_is_named(text: str, code: str) -> None:
    assert read_money(text, unit="万元").code == code


@pytest.mark.parametrize(
    "text", ["沪市监罚[2018]5号", "沪市监罚【2018】5号", "沪市监罚(2018)5号", "沪市监罚（2018） 5 号", "沪市监罚〔2018〕5号"]
)
def test_document_numbers_get_their_brackets(text: str) -> None:
    assert (read_document_number(text).value, read_document_number(text).note) == ("沪市监罚〔2018〕5号", "")


@pytest.mark.parametrize("text", ["(2018)沪01行终5号", "（2018）沪01行终5号", "〔2018〕沪01行终 5号"])
def test_a_courts_case_number_keeps_its_own_shape(text: str) -> None:
    assert (read_document_number(text).value, read_document_number(text).note) == ("（2018）沪01行终5号", "")


def test_an_unusual_document_number_is_only_a_warning() -> None:
    assert read_document_number("第2120190001号").note == "DOC-FORM"


def test_vectorised_digits_agree_with_the_kernel() -> None:
    chance = random.Random(5)
    codes = [GOOD_CODE, GOOD_ORGAN, GOOD_ID]
    made: list[str | None] = [None, "", "x" * 18, "甲" * 6, "9" * 18]
    for _ in range(4000):
        letters = list(chance.choice(codes))
        for _ in range(chance.randrange(3)):
            letters[chance.randrange(18)] = chance.choice(uscc.ALPHABET + "X甲o")
        made.append("".join(letters))
    series = pl.Series(made, dtype=pl.String)
    right = digits.surely_uscc(series)
    alive = digits.surely_resident_id(series, today=TODAY)
    for value, is_code, is_id in zip(made, right, alive):
        verdict = uscc.check(value or "")
        assert is_code == (verdict.valid and not verdict.warning and verdict.code == value), value
        assert is_id == (resident_id.check(value or "", today=TODAY).valid and resident_id.normalise(value or "") == value), value


def chunk(*rows: list[str]) -> pl.DataFrame:
    columns = {name: [one[i] for one in rows] for i, name in enumerate(SCHEMA.names)}
    return pl.DataFrame({"line": range(2, 2 + len(rows)), **columns})


@pytest.mark.parametrize(
    ("changes", "code", "expected"),
    [
        ({"CF_XDR_SHXYM": "91350100M000100Y44"}, "ID-USCC", "3"),
        ({"CF_XDR_SHXYM": "9135"}, "ID-USCC", ""),
        ({"CF_CFJGDM": GOOD_CODE}, "ID-ORGAN", ""),
        ({"ZJHM": "110105194912310021"}, "ID-RIC", "X"),
        ({"ZJHM": "110105194902310021"}, "ID-RIC", ""),
        ({"CF_XDR_MC": " 　"}, "FIELD-NEED", ""),
        ({"CF_XDR_MC": "长" * 21}, "FIELD-LONG", ""),
        ({"CF_CFLB": "批评"}, "FIELD-CODE", ""),
        ({"CF_NR_FK": ""}, "FIELD-NEED", ""),
        ({"CF_NR_FK": "两万"}, "MONEY-FORM", ""),
        ({"CF_CFLB": "警告"}, "FIELD-EMPTY", ""),
        ({"CF_JDRQ": "2018-02-30"}, "DATE-NONE", ""),
        ({"CF_JDRQ": "2018-06-02"}, "TIME-FUTURE", ""),
        ({"CF_GSJZQ": "2018-01-01"}, "DATE-ORDER", ""),
        ({"CF_WSH": ""}, "FIELD-NEED", ""),
    ],
)
def test_each_fault_is_named_with_its_line(changes: dict[str, str], code: str, expected: str) -> None:
    checked = check_chunk(chunk(row(1), row(2, **changes)), SCHEMA, today=TODAY)
    errors = checked.faults.filter(pl.col("severity") == "error")
    assert errors.select("line", "code", "expected").rows() == [(3, code, expected)]
    assert checked.good["line"].to_list() == [2]


def test_values_are_put_into_their_normal_form() -> None:
    checked = check_chunk(
        chunk(
            row(
                1,
                CF_XDR_SHXYM=" 91350100m000100y43",
                CF_JDRQ="2018年5月3日",
                CF_NR_FK="１５０００元",
                CF_CFLB="罚款；其他-教育",
                CF_WSH="示市监罚[2018]1号",
            )
        ),
        SCHEMA,
        today=TODAY,
    )
    assert checked.faults.is_empty()
    assert checked.clean.select("CF_XDR_SHXYM", "CF_JDRQ", "CF_NR_FK", "CF_CFLB", "CF_WSH").row(0) == (
        GOOD_CODE,
        date(2018, 5, 3),
        "1.5",
        "罚款;其他-教育",
        "示市监罚〔2018〕1号",
    )


def test_payloads_are_canonical_and_keys_cannot_collide() -> None:
    good = check_chunk(chunk(row(1, BZ='引"号\n')), SCHEMA, today=TODAY).good
    made = keys.record_frame(good, SCHEMA)
    assert made["payload"][0].startswith('{"BZ":"引\\"号","CF_CFJGDM":null,"CF_CFLB":"罚款"')
    raw = {"fields": [{"name": "A"}, {"name": "B"}], "primaryKey": ["A", "B"]}
    frame = pl.DataFrame({"line": [1, 2], "A": ["x|", "x"], "B": ["y", "|y"]})
    assert keys.record_frame(frame, read_schema(raw))["natural_key"].n_unique() == 2


def test_the_header_is_found_by_alias_width_and_space() -> None:
    titles = ["序号", "当 事 人*", "ＣＦ＿ＷＳＨ", "处罚类别（必填）", "处罚决定日期"]
    found = header.find_header([["2018年汇总"], titles], SCHEMA)
    assert (found.row, found.columns) == (1, (None, "CF_XDR_MC", "CF_WSH", "CF_CFLB", "CF_JDRQ"))
    assert found.unknown == ("序号",)


@pytest.mark.parametrize(
    ("titles", "word"),
    [
        (["当事人", "处罚类别", "处罚决定日期"], "行政处罚决定书文号"),
        (["当事人", "行政相对人名称", "CF_WSH", "处罚类别", "处罚决定日期"], "2次"),
        (["a", "b"], "表头"),
    ],
)
def test_a_wrong_header_is_refused_and_says_what_is_missing(titles: list[str], word: str) -> None:
    with pytest.raises(Refusal, match=word) as refused:
        header.find_header([titles], SCHEMA)
    assert refused.value.code == "FILE-HEADER"


@pytest.mark.parametrize(
    "change",
    [
        {"fields": []},
        {"fields": [{"name": ""}]},
        {"fields": [{"name": "line"}]},
        {"fields": [{"name": "A", "type": "blob"}]},
        {"fields": [{"name": "A"}, {"name": "A"}]},
        {"fields": [{"name": "A", "constraints": {"pattern": "(?<=x)"}}]},
        {"primaryKey": ["NONE"]},
        {"ximu:rules": [{"check": "magic", "field": "BZ"}]},
    ],
)
def test_a_schema_that_cannot_be_used_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(Refusal) as refused:
        read_schema({**RAW, **change})
    assert refused.value.code == "SCHEMA-BAD"
