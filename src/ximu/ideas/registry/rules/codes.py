"""Is this code the right one for such a unit? GB 32100-2015 table 1: an organ begins 11, a public institution 12."""

from __future__ import annotations

from dataclasses import dataclass

from ximu.kernel import uscc
from ximu.kernel.words import Text

ORGANS = frozenset({"government", "department", "court"})
PREFIXES = {**dict.fromkeys((*ORGANS, "street", "town", "township"), "11"), "institution": "12"}
WHY = {
    "length": Text("长度应为18位", "must have 18 characters"),
    "character": Text("含有不允许的字符", "contains a character that is not allowed"),
    "region": Text("第3至8位应为行政区划代码", "characters 3 to 8 must be a region code"),
    "check": Text("校验码错误", "the check character is wrong"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """`severity` is `error` or `warning`; `expected` names the right character where one is known."""

    code: str
    severity: str
    words: Text
    expected: str = ""


def findings(code: str, kind: str) -> list[Finding]:
    """What is wrong with this code for a unit of that kind; nothing for an empty code.

    The outer check is an error and names the expected digit, the inner one (GB 11714) a warning. A wrong class
    of body is an error for an organ or institution and a warning for a street or town.
    """
    if not code:
        return []
    verdict = uscc.check(code)
    if not verdict.valid:
        why = WHY[verdict.reason]
        hint = Text(f"，末位应为{verdict.expected}", f"; the last must be {verdict.expected}") if verdict.expected else Text("。", ".")
        return [Finding("ID-USCC", "error", Text(f"统一社会信用代码{why.zh}{hint.zh}", f"The credit code {why.en}{hint.en}"),
                        verdict.expected)]
    found = []
    if verdict.warning:
        inner = uscc.inner_check_character(verdict.code[8:16])
        found.append(Finding(
            "ID-USCC", "warning",
            Text(f"主体标识码校验码不符，第17位应为{inner}（仅提示）",
                 f"the inner organisation code does not check: character 17 would be {inner} (a warning only)"), inner,
        ))
    wanted = PREFIXES.get(kind)
    if wanted and not verdict.code.startswith(wanted):
        severity = "error" if kind in ORGANS or kind == "institution" else "warning"
        found.append(Finding(
            "ID-USCC-KIND", severity,
            Text(f"此类单位的代码应以{wanted}开头", f"the code of such a unit must begin with {wanted}"), wanted,
        ))
    return found
