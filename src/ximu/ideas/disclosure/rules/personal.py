"""Is there personal data in this text? Identity numbers, telephones, bank cards, e-mail, number plates.

Recall comes first: a hit only stops a publication until a person has looked. Full-width digits, spaces, hyphens and wrong check
digits do not hide a number.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text

_GAP = r"[\s\-–—·.]{0,2}"
_DATE = rf"(?:(?:1{_GAP}[89]|2{_GAP}0){_GAP}\d{_GAP}\d){_GAP}(?:0{_GAP}[1-9]|1{_GAP}[0-2]){_GAP}(?:[0-2]{_GAP}\d|3{_GAP}[01])"
_REGION = rf"[1-9]{_GAP}(?:\d{_GAP}){{5}}"
PATTERNS: dict[str, tuple[Text, re.Pattern[str]]] = {
    "resident-id": (Text("身份证件号码", "identity number"), re.compile(
        rf"(?<!\d){_REGION}{_DATE}{_GAP}(?:\d{_GAP}){{3}}[\dXx*×](?!\d)"
        r"|(?<!\d)[1-9]\d{5}\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{3}(?!\d)"
    )),
    "mobile": (Text("手机号码", "mobile number"), re.compile(
        rf"(?<!\d)(?:\+?86{_GAP})?1{_GAP}[3-9]{_GAP}(?:\d{_GAP}){{8}}\d(?!\d)")),
    "telephone": (Text("固定电话", "telephone number"), re.compile(
        r"(?<!\d)(?:\(0\d{2,3}\)\s?|0\d{2,3}[\s\-–—])[1-9]\d{6,7}(?!\d)")),
    "bank-card": (Text("银行卡号", "bank card number"), re.compile(rf"(?<!\d)[3-6]{_GAP}(?:\d{_GAP}){{14,17}}\d(?!\d)")),
    "email": (Text("电子邮箱", "e-mail address"), re.compile(r"[\w.+\-]+\s?@\s?[\w\-]+(?:\.[\w\-]+)+")),
    "plate": (Text("车牌号", "number plate"), re.compile(
        r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z]\s?[·.\-]?\s?[A-HJ-NP-Z0-9]{4,5}[A-HJ-NP-Z0-9挂学警港澳](?![A-Za-z0-9])")),
}


SECRET = re.compile(r"(?:绝\s*密|机\s*密|秘\s*密)\s*[★☆*]|^\s*(?:绝密|机密|秘密|内部文件|不予公开)\s*$")
"""A mark of state secrecy as GB/T 9704-2012 7.2.2 writes it (级别★期限), or alone in its field."""
MINOR = re.compile(r"未成年|未满\s*(?:十八|18)\s*周?岁|不满\s*(?:十八|18)\s*周?岁")


@dataclass(frozen=True, slots=True)
class Hit:
    """What kind was found and where; never the value itself, which must not reach a log line or an error."""

    kind: str
    name: Text
    start: int
    end: int


def plain(text: str) -> str:
    """Full-width forms folded one to one, so that places stay the same."""
    return "".join(
        folded if len(folded := unicodedata.normalize("NFKC", char)) == 1 else char for char in text
    )


def personal_data(text: str) -> list[Hit]:
    folded = plain(text)
    found = [Hit(kind, name, m.start(), m.end()) for kind, (name, pattern) in PATTERNS.items() for m in pattern.finditer(folded)]
    return sorted(found, key=lambda hit: (hit.start, hit.kind))


def secret_mark(text: str) -> bool:
    """Does the text bear a secrecy mark? Then nothing of its record goes to the public."""
    return SECRET.search(plain(text)) is not None


def of_minor(text: str) -> bool:
    return MINOR.search(plain(text)) is not None


def nobody_protected(values: Mapping[str, Any]) -> None:
    """A secrecy mark or a minor anywhere in the record keeps all of it closed. Errors: `DISC-SECRET`, `DISC-PII`."""
    for name, value in values.items():
        if isinstance(value, str) and secret_mark(value):
            raise Refusal("DISC-SECRET", field=name, value="", rule="保守国家秘密法 第九条、政府信息公开条例 第十四条",
                          zh=f"“{name}”带有密级标志，该记录不得公开。",
                          en=f"“{name}” bears a mark of secrecy: the record may not be published.")
        if isinstance(value, str) and of_minor(value):
            raise holds_personal(name, "未成年人保护法", "未成年人")


def holds_personal(name: str, rule: str, kind: str) -> Refusal:
    what = f"（疑似{kind}）" if kind else ""
    return Refusal("DISC-PII", field=name, value="", rule=rule or "P5", zh=f"“{name}”含个人信息{what}，不得公开。",
                   en=f"“{name}” holds personal data and may not be made public.")
