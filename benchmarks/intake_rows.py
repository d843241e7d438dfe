"""Makes the delivery of the benchmark: rows of 18 columns, 3.4 % of them bad, in the manner of 行政处罚."""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from ximu.kernel import resident_id, uscc

SCHEMA: dict[str, Any] = {
    "fields": [
        {
            "name": "CF_XDR_MC",
            "title": "行政相对人名称",
            "ximu:kind": "name",
            "constraints": {"required": True, "maxLength": 200},
        },
        {
            "name": "CF_XDR_LB",
            "title": "行政相对人类别",
            "ximu:kind": "code",
            "constraints": {"required": True, "enum": ["法人及非法人组织", "自然人", "个体工商户"]},
        },
        {"name": "CF_XDR_SHXYM", "title": "统一社会信用代码", "ximu:kind": "uscc"},
        {"name": "CF_FRDB", "title": "法定代表人", "constraints": {"maxLength": 50}},
        {"name": "CF_XDR_ZJHM", "title": "证件号码", "ximu:kind": "resident-id", "ximu:personal": True},
        {
            "name": "CF_WSH",
            "title": "行政处罚决定书文号",
            "ximu:kind": "document-number",
            "constraints": {"required": True, "maxLength": 64},
        },
        {"name": "CF_WFXW", "title": "违法行为类型", "constraints": {"required": True, "maxLength": 2000}},
        {"name": "CF_SY", "title": "违法事实", "constraints": {"required": True, "maxLength": 5000}},
        {"name": "CF_YJ", "title": "处罚依据", "constraints": {"required": True, "maxLength": 2048}},
        {
            "name": "CF_CFLB",
            "title": "处罚类别",
            "ximu:kind": "code",
            "constraints": {"required": True, "enum": ["警告", "罚款", "其他"]},
        },
        {"name": "CF_NR", "title": "处罚内容", "constraints": {"required": True, "maxLength": 4000}},
        {"name": "CF_NR_FK", "title": "罚款金额", "type": "number", "ximu:kind": "money-wan"},
        {"name": "CF_JDRQ", "title": "处罚决定日期", "type": "date", "constraints": {"required": True}},
        {"name": "CF_YXQ", "title": "处罚有效期", "type": "date", "constraints": {"required": True}},
        {"name": "CF_CFJG", "title": "处罚机关", "constraints": {"required": True, "maxLength": 200}},
        {"name": "CF_CFJGDM", "title": "处罚机关代码", "ximu:kind": "organ-uscc", "constraints": {"required": True}},
        {"name": "CF_SJLY", "title": "数据来源单位", "constraints": {"required": True, "maxLength": 200}},
        {"name": "BZ", "title": "备注", "constraints": {"maxLength": 512}},
    ],
    "primaryKey": ["CF_WSH"],
    "ximu:roles": {
        "subject_name": "CF_CFJG",
        "subject_code": "CF_CFJGDM",
        "event_date": "CF_JDRQ",
        "end_date": "CF_YXQ",
        "document_number": "CF_WSH",
    },
    "ximu:rules": [
        {"check": "not-future", "field": "CF_JDRQ"},
        {"check": "not-after", "fields": ["CF_JDRQ", "CF_YXQ"]},
        {"check": "required-if", "field": "CF_NR_FK", "when": {"field": "CF_CFLB", "in": ["罚款"]}},
    ],
}
NAMES = [f["name"] for f in SCHEMA["fields"]]
BAD_SHARE = 0.034
DAY = date(2018, 6, 1)


def code(chance: random.Random, head: str) -> str:
    body = "".join(chance.choice("0123456789ABCDEFGH") for _ in range(8))
    first = head + body + uscc.inner_check_character(body)
    return first + uscc.check_character(first)


def organs() -> list[tuple[str, str]]:
    """Name and code of the made-up bodies that decided, the same in every file."""
    chance = random.Random(0)
    return [(f"示例市甲区第{n}监督管理局", code(chance, "11990000")) for n in range(200)]


def write(path: Path, rows: int, *, seed: int = 1, bad_share: float = BAD_SHARE) -> int:
    """Write the file; the number of rows that are bad."""
    chance, bad = random.Random(seed), 0
    codes = [code(chance, "91310115") for _ in range(5000)]
    bodies = organs()
    people = []
    for n in range(5000):
        body = "310101" + (date(1950, 1, 1) + timedelta(days=n * 3)).strftime("%Y%m%d") + f"{n % 1000:03}"
        people.append(body + resident_id.check_character(body))
    facts = ["当事人未按照规定的期限公示年度报告，经责令改正仍未改正，事实清楚，证据确凿。" * k for k in (1, 2, 3)]
    with path.open("w", encoding="utf-8") as out:
        out.write(",".join(NAMES) + "\n")
        for n in range(rows):
            organ, organ_code = bodies[n % 200]
            day = date(2017, 1, 1) + timedelta(days=chance.randrange(500))
            row = [
                f"示例第{n}号商贸有限公司",
                "法人及非法人组织",
                codes[n % 5000],
                f"王{n % 97}",
                people[n % 5000],
                f"示市监罚〔{day.year}〕{n + 1}号",
                "违反企业信息公示规定",
                facts[n % 3],
                "《企业信息公示暂行条例》第十七条第一款",
                "罚款",
                "罚款人民币若干元，责令于十日内缴纳。",
                f"{chance.randrange(1, 99999) / 100}",
                day.isoformat(),
                (day + timedelta(days=365)).isoformat(),
                organ,
                organ_code,
                organ,
                "",
            ]
            if chance.random() < bad_share:
                bad += 1
                _spoil(row, chance)
            out.write(",".join(row) + "\n")
    return bad


def _spoil(row: list[str], chance: random.Random) -> None:
    match chance.randrange(6):
        case 0:
            row[2] = row[2][:17] + chance.choice([c for c in uscc.ALPHABET if c != row[2][17]])
        case 1:
            row[4] = row[4][:17] + chance.choice([c for c in resident_id.CHECK if c != row[4][17]])
        case 2:
            row[12] = "2018-02-30"
        case 3:
            row[0] = ""
        case 4:
            row[9] = "批评"
        case 5:
            row[11] = "若干"
