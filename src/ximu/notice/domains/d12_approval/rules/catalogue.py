"""What does an item of the catalogue say, what is wrong with it, what changed, and is a demand covered by it?"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from ximu.kernel.given import NO, YES, many_of, text_of, yuan_of
from ximu.kernel.listed import found_in
from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text

Item = Mapping[str, Any]
WORDS = {name: {code: Text(*both) for code, both in some.items()}
         for name, some in tomllib.loads((Path(__file__).parents[1] / "words.toml").read_text("utf-8")).items()}
LEVELS, FIELDS, ASKED, STATES, VALUES = (WORDS[name] for name in ("levels", "fields", "asked", "states", "values"))
MAY_PERMIT = ("法律", "行政法规", "国务院决定", "地方性法规", "省级政府规章")
"""行政许可法 第十四条、第十五条、第十七条: nothing else may set up a permit."""
MAY_CHARGE = ("法律", "行政法规")
"""行政许可法 第五十八条: a fee for a permit rests on a law or an administrative regulation."""
ACTIVE, CLOSING = "受理", "停止受理"
KINDS = ("行政许可", "行政确认", "其他审批")
LISTS = ("basis", "materials", "conditions", "services")
NO_TIE, BY_SIGN = "无", "比对发现的线索"
LONGEST_TERM = 366
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,23}")
NUMBER = re.compile(r"(20\d{2})-([1-9]\d{0,2})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Verdict:
    """`state`: listed, off (not on the catalogue of that day) or unclear (a person must look)."""

    state: str
    why: Text


def must_be_number(number: str, after: str = "", *, latest: int = 2099) -> tuple[int, int]:
    """Year (at most `latest`) and serial number, later than the version before. Errors: `CAT-NUMBER`."""
    found = NUMBER.fullmatch(number)
    pair = (int(found[1]), int(found[2])) if found else (0, 0)
    if not found or pair[0] > latest or (after and pair <= must_be_number(after)):
        raise Refusal("CAT-NUMBER", field="number", value=number[:20], rule=f"2018-1{f' > {after}' if after else ''}",
                      zh=f"版本号应为“年份-序号”{f'，且在{after}之后' if after else ''}。",
                      en=f"A version is numbered YEAR-N{f', after {after}' if after else ''}.")
    return pair


def unit_of(row: Mapping[str, Any]) -> str:
    """The body's name, as an export or a list of one's own has it."""
    return text_of(row.get("unit_name") or row.get(FIELDS["unit"].zh) or row.get("unit"))


def read_item(row: Mapping[str, Any], units: Mapping[str, str], services: Iterable[str]) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """A row of a file (columns named in Chinese or as in `FIELDS`; lists by `|`) as an item, and its faults as (field, code).

    `units`: uids by name."""
    given = {name: row.get(name, row.get(words.zh)) for name, words in FIELDS.items()}
    item: dict[str, Any] = {name: text_of(given[name]) for name in ("code", "name", "kind", "fee_basis")}
    item |= {name: many_of(given[name]) for name in LISTS}
    item |= {"unit": units.get(unit_of(row), ""), "fee": text_of(given["fee"]) or "0", "state": text_of(given["state"]) or ACTIVE}
    item |= {name: text_of(given[name]) or NO for name in ("joint", "pledge")}
    faults = [(name, "CAT-FIELD") for name in ("code", "name", "basis", "materials", "conditions") if not item[name]]
    if item["code"] and not CODE.fullmatch(item["code"]):
        faults.append(("code", "CAT-FIELD"))
    allowed = {"kind": KINDS, "joint": (YES, NO), "pledge": (YES, NO), "state": (ACTIVE, CLOSING)}
    faults += [(name, "CAT-FIELD") for name, some in allowed.items() if item[name] not in some]
    if not item["unit"]:
        faults.append(("unit", "SUBJ-NONE"))
    for name in ("statutory", "promised"):
        text = text_of(given[name]).removesuffix("个工作日")
        item[name] = int(text) if text.isascii() and text.isdigit() and len(text) < 5 else -1
    if not 0 <= item["promised"] <= item["statutory"] <= LONGEST_TERM:
        faults.append(("promised", "CAT-TERM"))
    faults += [("services", "CAT-SERVICE")] if set(item["services"]) - set(services) else []
    return item, faults + _basis_faults(item) + _fee_faults(item)


def _basis_faults(item: dict[str, Any]) -> list[tuple[str, str]]:
    """Each basis is `level：title and article`; a permit rests on nothing beneath what the law allows."""
    levels = [level_of(one) for one in item["basis"]]
    if not all(level in LEVELS and re.split("[：:]", one, maxsplit=1)[1].strip() for level, one in zip(levels, item["basis"], strict=True)):
        return [("basis", "CAT-LEVEL")]
    return [("basis", "CAT-BASIS")] if item["kind"] == "行政许可" and levels and not set(levels) & set(MAY_PERMIT) else []


def _fee_faults(item: dict[str, Any]) -> list[tuple[str, str]]:
    fee = yuan_of(item["fee"])
    if fee is None:
        return [("fee", "CAT-FEE")]
    item["fee"] = f"{fee:f}"
    unfounded = level_of(item["fee_basis"]) not in (MAY_CHARGE if item["kind"] == "行政许可" else LEVELS)
    return [("fee_basis", "CAT-FEE")] if fee and unfounded else []


def level_of(basis: str) -> str:
    return re.split("[：:]", basis, maxsplit=1)[0].strip() if re.search("[：:]", basis) else ""


def cell(item: Item, name: str) -> str:
    value = item[name]
    return "|".join(value) if isinstance(value, list | tuple) else str(value)


def table_of(items: Sequence[Item], names: Mapping[str, str]) -> list[list[str]]:
    """A row of plain text for each item, its body by name: what `read_item` reads again."""
    return [[names.get(item["unit"], item["unit"]) if name == "unit" else cell(item, name) for name in FIELDS] for item in items]


def checked(kind: str, words: str, item: Item | None, services: Mapping[str, str]) -> Verdict:
    """Was what was asked for listed in the version of that day? `services` are names by code."""
    if kind == "designated":
        return Verdict("off", Text("行政机关不得指定中介机构。", "No body may name the intermediary."))
    if item is None or item["state"] == CLOSING:
        why = Text("当日有效的目录中没有这个事项。", "The catalogue in force that day has no such item.") if item is None else Text(
            "当日有效的目录已停止受理这个事项。", "The catalogue in force that day takes no more applications for this item.")
        return Verdict("off", why)
    if kind == "approval":
        return Verdict("listed", Text(f"该事项在目录之内，依据：{item['basis'][0]}。", f"On the catalogue, by {item['basis'][0]}."))
    if kind == "fee":
        return _fee_checked(words, Decimal(item["fee"]))
    listed = item["materials"] if kind == "material" else [services.get(code, code) for code in item["services"]]
    return _list_checked(words, listed)


def _fee_checked(words: str, fee: Decimal) -> Verdict:
    asked = yuan_of(words)
    if fee and asked is None:
        return Verdict("unclear", Text(f"目录载明收费{fee}元，由牵头部门核实。", f"A fee of {fee} CNY is listed; the office looks."))
    if asked is not None and asked <= fee:
        return Verdict("listed", Text(f"目录载明收费{fee}元。", f"The catalogue has a fee of {fee} CNY."))
    return Verdict("off", Text(f"目录载明收费{fee}元，所要求的超出目录。", f"More than the {fee} CNY of the catalogue."))


def _list_checked(words: str, listed: Sequence[str]) -> Verdict:
    same, like = found_in(words, listed)
    if same:
        return Verdict("listed", Text(f"目录载明：“{same}”。", f"The catalogue lists “{same}”."))
    if like:
        return Verdict("unclear", Text(f"与目录载明的“{like}”相近，由牵头部门核实。", f"Close to “{like}”; the office looks."))
    return Verdict("off", Text(f"目录载明{len(listed)}项，没有这一项。", f"None of the {len(listed)} of the catalogue."))
