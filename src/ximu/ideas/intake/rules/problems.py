"""How is a fault told? One row per bad cell: where, what, which rule, and one sentence in each language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from ximu.ideas.intake.rules.schema import FieldSpec, ItemSchema
from ximu.kernel.words import Text

FRAME = {
    "line": pl.Int64, "field": pl.String, "value": pl.String, "code": pl.String, "reason": pl.String,
    "expected": pl.String, "rule": pl.String, "severity": pl.String,
}
SHOWN_CHARACTERS = 200
PLACES = re.compile(r"\{[a-z]+\}")
ERROR, WARNING, HELD = "error", "warning", "held"

USCC_REASONS = {
    "length": Text("长度应为18位", "it must have 18 characters"),
    "character": Text("含有不允许的字符（不用I、O、Z、S、V）", "it contains a character that is not allowed (no I, O, Z, S, V)"),
    "region": Text("第3至8位行政区划代码不是数字", "its region code (positions 3–8) is not numeric"),
    "check": Text("校验码错误，第18位应为{expected}", "its check character is wrong; position 18 should be {expected}"),
}
RIC_REASONS = {
    "length": Text("长度应为18位", "it must have 18 characters"),
    "character": Text("含有不允许的字符", "it contains a character that is not allowed"),
    "region": Text("前两位省级代码不存在", "its province code does not exist"),
    "date": Text("其中的出生日期不存在", "the date of birth in it does not exist"),
    "future": Text("其中的出生日期在今天之后", "the date of birth in it lies in the future"),
    "check": Text("校验码错误，第18位应为{expected}", "its check character is wrong; position 18 should be {expected}"),
}
SENTENCES: Mapping[str, Text] = {
    "FIELD-NEED": Text("必填，未填写", "is required but empty"),
    "FIELD-EMPTY": Text("在此情形下应为空，却填了“{value}”", "must be empty in this case but holds “{value}”"),
    "FIELD-LONG": Text("超过{rule}个字符", "is longer than {rule} characters"),
    "FIELD-SHORT": Text("少于{rule}个字符", "is shorter than {rule} characters"),
    "FIELD-CODE": Text("“{value}”不在代码集内", "“{value}” is not in the code set"),
    "FIELD-PATTERN": Text("“{value}”不符合规定格式", "“{value}” does not have the prescribed form"),
    "NUM-FORM": Text("“{value}”不是数字", "“{value}” is not a number"),
    "NUM-RANGE": Text("“{value}”超出允许范围（{rule}）", "“{value}” is out of range ({rule})"),
    "BOOL-FORM": Text("“{value}”不是“是”或“否”", "“{value}” is neither yes nor no"),
    "MONEY-FORM": Text("“{value}”不是金额", "“{value}” is not an amount of money"),
    "MONEY-SCALE": Text("“{value}”超过6位小数", "“{value}” has more than 6 decimal places"),
    "MONEY-ZERO": Text("“{value}”应大于零", "“{value}” should be more than zero"),
    "DATE-FORM": Text("“{value}”不是日期", "“{value}” is not a date"),
    "DATE-NONE": Text("“{value}”这一天不存在", "the day “{value}” does not exist"),
    "DATE-RANGE": Text("“{value}”早于1900年或晚于2199年", "“{value}” is before 1900 or after 2199"),
    "DATE-ORDER": Text("“{value}”晚于“{rule}”", "“{value}” is later than “{rule}”"),
    "TIME-FUTURE": Text("“{value}”在今天之后", "“{value}” lies in the future"),
    "TIME-LATE": Text("迟报：超过规定的{rule}个工作日（应于{expected}前报送）",
                      "delivered late: more than {rule} working days (was due by {expected})"),
    "ID-USCC": Text("“{value}”不是有效的统一社会信用代码：{reason}", "“{value}” is not a valid unified social credit code: {reason}"),
    "ID-USCC-INNER": Text("“{value}”内含的组织机构代码校验位不符（仅提示）",
                          "the organisation code inside “{value}” does not check (warning only)"),
    "ID-ORGAN": Text("“{value}”不是机关或事业单位的代码（应以11、12、13或19开头）",
                     "“{value}” is not the code of a public body (it should begin with 11, 12, 13 or 19)"),
    "ID-RIC": Text("“{value}”不是有效的公民身份号码：{reason}", "“{value}” is not a valid resident identity number: {reason}"),
    "DOC-FORM": Text("文号“{value}”不是“机关代字〔年份〕序号号”的形状（仅提示）",
                     "the document number “{value}” does not have the usual shape (warning only)"),
    "KEY-DUP": Text("与第{expected}行主键相同而内容不同", "has the same key as line {expected} but other content"),
    "KEY-NEED": Text("主键字段未填写，无法识别此行", "the key field is empty, so the row cannot be identified"),
    "ROW-WIDTH": Text("本行有{value}列，表头有{rule}列", "the row has {value} cells but the header has {rule}"),
    "ROW-HEADER": Text("这一行又是表头，不是数据", "is the header again, not data"),
    "CELL-MERGED": Text("与相邻单元格合并，各行的值不能确定；请取消合并并逐格填写",
                        "is merged with its neighbours, so the value of each row is not certain; unmerge and fill in every cell"),
    "CELL-CHAR": Text("含有控制字符、改变书写方向的字符或残缺字符", "contains control, direction-turning or broken characters"),
    "CELL-DIGITS": Text("以数字存储，超过15位的部分已被表格软件改成0；请改为文本后重填",
                        "was stored as a number, so digits beyond the 15th were lost; enter it again as text"),
    "CELL-KIND": Text("应为单个值，却是嵌套内容", "must be a single value but holds nested content"),
    "CELL-ERROR": Text("单元格是公式错误值“{value}”", "the cell holds the formula error “{value}”"),
    "FIN-OPEN": Text("文书尚未生效，暂存待生效，不产生任何效果", "the decision is not final: held, without any effect"),
    "LIST-NONE": Text("“{value}”当天没有有效的清单收录此数据项", "no edition of the list in force on “{value}” holds this item"),
    "SUBJ-NONE": Text("“{value}”在当日的机构名录中查无此单位", "“{value}” is not in the registry on that day"),
    "SUBJ-KIND": Text("“{value}”不是政务诚信的记录主体", "“{value}” is not a government body or official in office"),
    "RESTATE-BASIS": Text("此行已报送过：更正须写明与原报不同的更正依据文号",
                          "the row was delivered before: a restatement names a document of its own"),
    "PERM-DENIED": Text("此行属于您无权代为报送的单位", "the row belongs to a unit for which you may not deliver"),
    "SUBJ-AMBIG": Text("“{value}”对应多个单位，转待辨认队列", "“{value}” matches several units; it waits in the queue"),
}

OWN_RULE = Text("“{value}”不符合规定（{rule}）", "“{value}” breaks a rule of the item ({rule})")
"""For codes that an item's schema gives itself."""


def empty() -> pl.DataFrame:
    return pl.DataFrame(schema=FRAME)


def frame_of(
    rows: pl.DataFrame, field: str, code: str, *, reason: str = "", rule: str = "", severity: str = ERROR,
    expected: pl.Expr | str = "",
) -> pl.DataFrame:
    """Faults of one kind from rows that hold `line` and `value`."""
    return rows.select(
        pl.col("line").cast(pl.Int64), pl.lit(field).alias("field"),
        pl.col("value").cast(pl.String).str.slice(0, SHOWN_CHARACTERS).fill_null("").alias("value"),
        pl.lit(code).alias("code"), pl.lit(reason).alias("reason"),
        (pl.lit(expected) if isinstance(expected, str) else expected.cast(pl.String)).alias("expected"),
        pl.lit(rule).alias("rule"), pl.lit(severity).alias("severity"),
    )


def told_apart(
    cells: Sequence[tuple[int, str]], field: str, code: str, *, reason: str = "", rule: str = "", severity: str = ERROR, expected: str = "",
) -> pl.DataFrame:
    """Faults of one kind from line and value of each cell."""
    n = len(cells)
    lines, values = [line for line, _ in cells], [value[:SHOWN_CHARACTERS] for _, value in cells]
    alike = [[one] * n for one in (code, reason, expected, rule, severity)]
    return pl.DataFrame([lines, [field] * n, values, *alike], schema=FRAME, orient="col")


def from_rows(rows: Iterable[tuple[Any, ...]]) -> pl.DataFrame:
    """Rows in the order of `FRAME`."""
    columns = [list(column) for column in zip(*rows)]
    return pl.DataFrame(columns, schema=FRAME, orient="col") if columns else empty()


def told(problems: pl.DataFrame, schema: ItemSchema) -> Iterator[dict[str, Any]]:
    """Each fault with its two sentences, in the order of the file."""
    specs = {f.name: f for f in schema.fields}
    shapes: dict[tuple[str, ...], tuple[str, list[str], list[str]]] = {}
    for line, field, value, code, reason, expected, rule, severity in problems.sort("line", maintain_order=True).iter_rows():
        kind = (field, code, reason, expected, rule)
        if kind not in shapes:
            shapes[kind] = _shape(specs.get(field), code, reason, expected=expected, rule=rule)
        title, zh, en = shapes[kind]
        yield {
            "line": line, "column": title, "field": field, "value": value, "code": code, "rule": rule, "expected": expected,
            "severity": severity, "message_zh": f"第{line}行{value.join(zh)}。", "message_en": f"Line {line}: {value.join(en)}.",
        }


def _shape(spec: FieldSpec | None, code: str, reason: str, *, expected: str, rule: str) -> tuple[str, list[str], list[str]]:
    """Title and both sentences of a kind of fault, cut where the value belongs."""
    shape = SENTENCES.get(code, OWN_RULE)
    why = (RIC_REASONS if code == "ID-RIC" else USCC_REASONS).get(reason)
    filled = []
    for language in ("zh", "en"):
        text = shape.of(language).replace("{reason}", why.of(language) if why else "")
        filled.append(text.replace("{rule}", rule.replace("{", "｛")).replace("{expected}", expected))
    if spec is None:
        return "", _cut("：" + filled[0]), _cut(filled[1])
    return spec.title, _cut(f"“{spec.title}”：{filled[0]}"), _cut(f"“{spec.title_en}” {filled[1]}")


def _cut(sentence: str) -> list[str]:
    return sentence.split("{value}")


def worded(faults: Iterable[Mapping[str, Any]], item: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Faults (line, field, code) for a page: column and sentence in both languages, without the value; a pack's own codes have theirs
    beside the schema of its item (`faults`)."""
    own = {code: Text(*words) for code, words in item.get("faults", {}).items()}
    titles = {one["name"]: Text(one["title"], one.get("title_en", one["title"])) for one in item["schema"]["fields"]}
    found = []
    for one in faults:
        words = own.get(one["code"]) or SENTENCES.get(one["code"], OWN_RULE)
        blank = [PLACES.sub("…", words.of(language)) for language in ("zh", "en")]
        found.append({**one, "title": titles.get(one["field"], Text(one["field"], one["field"])), "words": Text(*blank)})
    return found
