"""What may never be collected? The categories that the law names, found in any name or title.

上海市社会信用条例 (2017) art 14; 征信业管理条例 (国务院令第631号) art 14 forbids the same categories.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from ximu.kernel.refusal import Refusal

OUTRIGHT = {
    "宗教信仰": ("宗教信仰", "信教", "religio"),
    "基因": ("基因", "遗传信息", "genetic", "genome", "dna"),
    "指纹": ("指纹", "fingerprint"),
    "血型": ("血型", "bloodtype", "bloodgroup"),
    "疾病": ("疾病", "患病", "disease", "illness"),
    "病史": ("病史", "病历", "medicalhistory", "medicalrecord"),
}
"""Forbidden whatever the person says. Latin words are compared without spaces."""
WITHOUT_CONSENT = {
    "收入": ("收入", "工资", "薪酬", "personalincome", "salary"),
    "存款": ("存款", "bankdeposit"),
    "有价证券": ("有价证券", "securities"),
    "商业保险": ("商业保险", "commercialinsurance"),
    "不动产": ("不动产", "realestate", "realproperty"),
    "纳税数额": ("纳税数额", "纳税额", "taxpaid"),
}
"""Forbidden unless the person was told the bad effects and agreed in writing."""
_FILLERS = "\u200b\u200c\u200d\ufeff·-_"
NOT_PERSONAL = re.compile("财政收入|预算收入|非税收入|基金收入|政府收入|罚没收入|不动产登记机构")
"""Money and offices of government: not what the article protects."""


def found(text: str) -> tuple[str, bool]:
    """(the legal category that `text` names, whether written consent could allow it); ("", False) when none."""
    plain = "".join(c for c in unicodedata.normalize("NFKC", text).lower() if not c.isspace() and c not in _FILLERS)
    plain = NOT_PERSONAL.sub("", plain)
    for table, consent in ((OUTRIGHT, False), (WITHOUT_CONSENT, True)):
        for category, words in table.items():
            if any(word in plain for word in words):
                return category, consent
    return "", False


def must_not_be_forbidden(texts: Iterable[tuple[str, str, bool]]) -> None:
    """`texts` are (where, words, consent in writing is part of the item). Errors: `LIST-FORBIDDEN`."""
    for where, words, consented in texts:
        category, consent_helps = found(words)
        if category and not (consent_helps and consented):
            rule = f"{category}：未经本人书面同意不得采集" if consent_helps else f"{category}：禁止采集"
            raise Refusal(
                "LIST-FORBIDDEN", field=where, value=words, rule=rule,
                zh=f"“{words}”属于法律不得采集的“{category}”，不能列入清单。",
                en=f"“{words}” belongs to “{category}”, which the law does not allow to be collected.",
            )


def names_in(code: str, body: Mapping[str, Any]) -> Iterable[tuple[str, str, bool]]:
    """Every name and title in an item body, with the consent mark of its field."""
    for language, words in body.get("name", {}).items():
        yield f"{code}.name.{language}", words, False
    for field in body.get("schema", {}).get("fields", ()):
        consented = field.get("ximu:consent", False)
        for key in ("name", "title", "title_en"):
            yield f"{code}.{field['name']}.{key}", field[key], consented
        for alias in field.get("ximu:aliases", ()):
            yield f"{code}.{field['name']}.alias", alias, consented
