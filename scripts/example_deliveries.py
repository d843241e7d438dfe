"""Writes examples/deliveries: what the offices of the made-up city deliver, with planted faults and their known answers.

    python scripts/example_deliveries.py

Everything is invented (示例数据). The same files come out each time; `answers.toml` says what intake must find in them.
"""

from __future__ import annotations

import csv
import io
import json
import random
import tomllib
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import xlsxwriter

ROOT = Path(__file__).resolve().parents[1]
CITY = ROOT / "src" / "ximu" / "config" / "cities" / "example" / "registry"
TARGET = ROOT / "examples" / "deliveries"
ITEMS = ROOT / "src" / "ximu" / "ideas" / "catalogue" / "library" / "items"
REWARD = "XW-S-1"
WHEN = date(2018, 7, 5)
rng = random.Random(20180213)


def units() -> dict[str, dict[str, str]]:
    lines = [line for line in (CITY / "units.csv").read_text("utf-8").splitlines() if not line.startswith("#")]
    return {row["key"]: row for row in csv.DictReader(lines)}


UNITS = units()
KIND = {"government": "1", "department": "2", "street": "3", "town": "3", "township": "3", "institution": "4"}
BODIES = [u for u in UNITS.values() if u["kind"] in KIND and u["code"] and (u["since"] or "2010") < "2018" and "中和" not in u["full"]]
COURT = UNITS["gy"]
FACTS = [
    ("XW-D04-2", "D04", "一般", "未按投资协议约定的期限兑现厂房租金补贴"), ("XW-D01-1", "D01", "一般", "验收合格后逾期未支付采购合同尾款"),
    ("XW-D02-1", "D02", "严重", "未按合作合同支付运营补贴，经催告仍未支付"), ("XW-D04-3", "D04", "严重", "以负责人更替为由不履行已签订的合同"),
]


def day(first: date = date(2018, 5, 2), last: date = date(2018, 6, 25)) -> date:
    return first + timedelta(days=rng.randrange((last - first).days))


def judgment(number: int, unit: dict[str, str]) -> dict[str, Any]:
    behaviour, area, grade, words = FACTS[number % len(FACTS)]
    decided = day()
    acted = max(date(2018, 5, 1), decided - timedelta(days=rng.randrange(1, 30)))
    return {
        "ZTLX": KIND[unit["kind"]], "ZTMC": unit["full"], "ZTDM": unit["code"], "LY": area, "XWDM": behaviour, "DJ": grade, "SSZY": words,
        "FSRQ": acted.isoformat(), "ZZRQ": decided.isoformat(), "WSWH": f"（2018）示01行初{100 + number}号", "WSJG": COURT["full"],
        "WSJGDM": COURT["code"], "WSRQ": decided.isoformat(), "SXRQ": (decided + timedelta(days=15)).isoformat(), "SSZT": "未上诉",
        "LXQK": rng.choice(["已履行", "部分履行", "未履行"]), "LXBD": f"{rng.randrange(5, 400) * 10000:,}", "BZ": "",
    }


def judgments() -> tuple[list[dict[str, Any]], dict[str, Any]]:
    rows = [judgment(n, u) for n, u in enumerate(rng.sample(BODIES, 44))]
    rows[3]["ZTDM"] = rows[3]["ZTDM"][:-1] + ("1" if rows[3]["ZTDM"][-1] != "1" else "2")
    rows[7]["WSRQ"] = "2028年6月1日"
    rows[11]["XWDM"] = ""
    rows[15] |= {"ZTMC": "中和街道", "ZTDM": "", "ZTLX": "3"}
    rows[19] |= {"ZTMC": "示例市月球开发有限公司", "ZTDM": ""}
    for place in (23, 27):
        rows[place] |= {"SSZT": "上诉中", "SXRQ": ""}
    rows[31]["ZTMC"] = UNITS["fgw"]["aliases"].split("|")[0]
    rows[31] |= {"ZTDM": "", "ZTLX": "2"}
    rows[35]["FSRQ"] = "20180503"
    lost = {3, 7, 11, 15, 19}
    held = sum(r["SSZT"] == "上诉中" or r["SXRQ"] > WHEN.isoformat() for place, r in enumerate(rows) if place not in lost)
    refused = {"ID-USCC": 1, "TIME-FUTURE": 1, "DATE-ORDER": 1, "FIELD-NEED": 1, "SUBJ-NONE": 1}
    return rows, {"rows": 44, "refused": refused, "waiting": 1, "held": held}


def penalties() -> tuple[list[dict[str, Any]], dict[str, Any]]:
    office, rows = UNITS["hbj"], []
    for number, unit in enumerate(rng.sample([b for b in BODIES if b["kind"] in {"street", "town", "institution"}], 18)):
        decided = day()
        rows.append({
            "行政相对人名称": unit["full"], "行政相对人类别": "法人及非法人组织", "行政相对人代码_1(统一社会信用代码)": unit["code"],
            "法定代表人": "示例负责人", "行政处罚决定书文号": f"示环罚〔2018〕{300 + number}号", "违法行为类型": "未按规定处置污水",
            "违法事实": "所属泵站雨天向河道排放未经处理的污水", "处罚依据": "《中华人民共和国水污染防治法》第八十三条", "处罚类别": "罚款",
            "处罚内容": "责令改正，罚款", "罚款金额(万元)": f"{rng.randrange(10, 60)}.{rng.randrange(0, 99):02}",
            "处罚决定日期": f"{decided.year}/{decided.month:02}/{decided.day:02}", "处罚有效期": "2099/12/31",
            "处罚机关": office["full"], "处罚机关统一社会信用代码": office["code"], "数据来源单位": office["full"],
            "数据来源单位统一社会信用代码": office["code"], "政务失信行为代码": "XW-D08-1", "失信等级": "一般",
        })
    rows[4]["罚款金额(万元)"] = ""
    rows[9]["行政相对人类别"] = "机关"
    return rows, {"rows": 18, "refused": {"FIELD-NEED": 1, "FIELD-CODE": 1}, "waiting": 0, "held": 0}


def fresh(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A file that the city has not received when it starts, for a newcomer to deliver: three of its six rows are refused."""
    made = [row | {"行政处罚决定书文号": f"示环罚〔2019〕{101 + n}号", "处罚决定日期": f"2019/02/{on}"}
            for n, (row, on) in enumerate(zip(rows, (11, 13, 15, 20, 22, 26), strict=False))]
    made[1]["行政相对人代码_1(统一社会信用代码)"] = made[1]["行政相对人代码_1(统一社会信用代码)"][:-1] + "A"
    made[3]["处罚决定日期"] = "2019/06/30"
    made[4]["违法事实"] = ""
    return made


def accountability() -> tuple[list[dict[str, Any]], dict[str, Any]]:
    office = UNITS["jiancha"]
    rows = []
    for number, person in enumerate(["SL00004", "SL00007", "SL00009", "SL00012", "SL00015", "SL00020"]):
        decided = day()
        rows.append({
            "ZTLX": "5", "ZTMC": "", "ZTDM": person, "LY": "D06", "XWDM": "XW-D06-1", "DJ": "一般", "SSZY": "分管水体长期未达标，督办不力",
            "FSRQ": max(date(2018, 5, 1), decided - timedelta(days=20)).isoformat(), "ZZRQ": decided.isoformat(),
            "WSWH": f"示监问〔2018〕{number + 1}号", "WSJG": office["full"], "WSJGDM": office["code"], "WSRQ": decided.isoformat(),
            "WZFS": "诫勉", "BZ": "",
        })
    people = {r["number"]: r["name"] for r in csv.DictReader(
        line for line in (CITY / "officials.csv").read_text("utf-8").splitlines() if not line.startswith("#"))}
    for row in rows:
        row["ZTMC"] = people[row["ZTDM"]]
    rows[5] |= {"ZTMC": "王伟", "ZTDM": ""}
    return rows, {"rows": 6, "refused": {}, "waiting": 1, "held": 0}


def rewards() -> tuple[list[dict[str, Any]], dict[str, Any]]:
    office, rows = UNITS["fgw"], []
    for number, unit in enumerate(rng.sample([b for b in BODIES if b["kind"] in {"street", "town", "government"}], 12)):
        rows.append({
            "ZTLX": KIND[unit["kind"]], "ZTMC": unit["full"], "ZTDM": unit["code"], "XWDM": REWARD, "RYMC": "2018年度守信践诺示范单位",
            "WSWH": f"示发改信〔2018〕{40 + number}号", "WSJG": office["full"], "WSJGDM": office["code"], "WSRQ": day().isoformat(),
            "YXQZ": "2020-12-31", "BZ": "",
        })
    return rows, {"rows": 12, "refused": {}, "waiting": 0, "held": 0}


def titled(item: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same rows under the columns' Chinese titles, as clerks write them."""
    schema = json.loads((ITEMS / f"{item}.json").read_text("utf-8"))
    titles = {f["name"]: f["title"] for f in schema.get("schema", schema)["fields"]}
    return [{titles.get(k, k): v for k, v in row.items()} for row in rows]


def write_xlsx(path: Path, title: str, rows: list[dict[str, Any]]) -> None:
    """As an office saves it: a merged title row above the header."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    book.set_properties({"created": None, "author": ""})
    sheet, bold = book.add_worksheet("报送"), book.add_format({"bold": True, "align": "center"})
    sheet.merge_range(0, 0, 0, len(rows[0]) - 1, title, bold)
    for column, name in enumerate(rows[0]):
        sheet.write_string(1, column, name, bold)
        for number, row in enumerate(rows):
            sheet.write_string(number + 2, column, str(row[name]))
    book.close()
    path.write_bytes(target.getvalue())


def write_csv(path: Path, rows: list[dict[str, Any]], encoding: str) -> None:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    path.write_bytes(out.getvalue().encode(encoding))


def main() -> None:
    TARGET.mkdir(parents=True, exist_ok=True)
    made = {}
    rows, made["judgments-2018-06.xlsx"] = judgments()
    write_xlsx(TARGET / "judgments-2018-06.xlsx", "2018年6月司法判决报送表（示例数据）", titled("SF-PJ", rows))
    rows, made["penalties-2018-06.csv"] = penalties()
    write_csv(TARGET / "penalties-2018-06.csv", rows, "gb18030")
    write_csv(TARGET / "penalties-2019-02.csv", fresh(rows), "gb18030")
    rows, made["accountability-2018-06.csv"] = accountability()
    write_csv(TARGET / "accountability-2018-06.csv", titled("WZ-CL", rows), "utf-8-sig")
    rows, made["rewards-2018-06.json"] = rewards()
    (TARGET / "rewards-2018-06.json").write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", "utf-8")
    described = {
        "judgments-2018-06.xlsx": ("SF-PJ", "gy", "court"), "penalties-2018-06.csv": ("CF", "hbj", "hbj-entry"),
        "accountability-2018-06.csv": ("WZ-CL", "jiancha", "discipline"), "rewards-2018-06.json": ("SX-BZ", "fgw", "coordinator"),
    }
    lines = ["# Deliveries of the made-up city and what intake must find in them; written by scripts/example_deliveries.py.", ""]
    for place, (name, answer) in enumerate(made.items()):
        item, source, login = described[name]
        lines += [f'["{name}"]', f'item = "{item}"', f'source = "{source}"', f'login = "{login}"',
                  f"at = {(WHEN + timedelta(days=place)).isoformat()}T10:00:00+08:00"]
        for key in ("rows", "waiting", "held"):
            lines.append(f"{key} = {answer[key]}")
        refused = ", ".join(f'"{code}" = {number}' for code, number in answer["refused"].items())
        lines += [f"refused = {{{refused}}}", ""]
    text = "\n".join(lines)
    tomllib.loads(text)
    (TARGET / "answers.toml").write_text(text, "utf-8")


if __name__ == "__main__":
    main()
