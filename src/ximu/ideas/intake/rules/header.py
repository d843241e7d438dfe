"""Which column is which field? Names, titles and aliases, whatever their width, case or spaces."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from ximu.ideas.intake.rules.schema import ItemSchema
from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text

LOOK_ROWS = 30
"""The header row is looked for among this many first rows."""
MOST_NAMED, LONGEST_NAMED = 50, 60
LONGEST = 500
"""No column has a longer name."""
_MARK = re.compile(r"(^[*＊]+)|([*＊]+$)|(\((必填|选填|必录|required|optional)\)$)")


@dataclass(frozen=True, slots=True)
class Header:
    """`columns[i]` is the field of column i, or None for a column that is kept out; `row` counts from 0."""

    row: int
    columns: tuple[str | None, ...]
    shown: tuple[str, ...]
    unknown: tuple[str, ...]
    absent: tuple[str, ...]

    @property
    def notes(self) -> list[Text]:
        said = []
        if self.row:
            said.append(Text(f"表头在第{self.row + 1}行，其上{self.row}行为标题，未作数据读取。",
                             f"The header is row {self.row + 1}; the {self.row} row(s) above it are titles and were not read."))
        return [*said, *kept_out(self.unknown)]

    @property
    def titled(self) -> int:
        """So many columns there are, up to the last one with a title: what stands beyond belongs to no column."""
        return max((i for i, title in enumerate(self.shown, 1) if title.strip()), default=0)


def some(names: Sequence[str]) -> str:
    """The first names, cut short: a file may have thousands, each as long as a page."""
    more = f" … ({len(names)})" if len(names) > MOST_NAMED else ""
    return "、".join(name[:LONGEST_NAMED] for name in names[:MOST_NAMED]) + more


def kept_out(unknown: Sequence[str]) -> list[Text]:
    listed = some(unknown)
    told = Text(f"以下列不在数据项中，未采集：{listed}。", f"These columns are not in the item and were kept out: {listed}.")
    return [told] if unknown else []


def plain(name: str) -> str:
    """The form under which names are compared."""
    if len(name) > LONGEST:
        return name
    text = "".join(c for c in unicodedata.normalize("NFKC", name).casefold() if not c.isspace() and unicodedata.category(c) != "Cf")
    while (shorter := _MARK.sub("", text)) != text:
        text = shorter
    return text


def names_of(schema: ItemSchema) -> dict[str, str]:
    """Plain form → field; names before titles before aliases."""
    found: dict[str, str] = {}
    for pick in (lambda f: (f.name,), lambda f: (f.title,), lambda f: (f.title_en,), lambda f: f.aliases):
        for field in schema.fields:
            for name in pick(field):
                found.setdefault(plain(name), field.name)
    return found


def matches(row: Sequence[str], known: dict[str, str]) -> int:
    return len({known[p] for cell in row if (p := plain(cell)) in known})


def find_header(rows: Sequence[Sequence[str]], schema: ItemSchema) -> Header:
    """The first row with the most known names; cells merged downwards are filled from above.

    Errors: `FILE-HEADER` naming the missing required column, a column given twice, or that no header was found.
    """
    known = names_of(schema)
    scores = [matches(_filled(rows, i, known), known) if matches(row, known) else 0 for i, row in enumerate(rows[:LOOK_ROWS])]
    most: int = max(scores, default=0)
    best = scores.index(most) if most else None
    if best is None:
        first = "、".join(c for c in (rows[0] if rows else ()) if c)[:120]
        raise _refuse("", f"没有找到表头行（首行为“{first}”），应含列：{_listed(schema)}",
                      f"No header row was found (first row “{first}”); expected columns: {_listed(schema)}")
    shown = _filled(rows, best, known)
    columns = tuple(known.get(plain(cell)) for cell in shown)
    for name in columns:
        if name and columns.count(name) > 1:
            spec = schema.field(name)
            twice = "”与“".join(s for s, c in zip(shown, columns) if c == name)
            raise _refuse(name, f"列“{spec.title}”出现了{columns.count(name)}次（“{twice}”）",
                          f"Column “{spec.title_en}” appears {columns.count(name)} times (“{twice}”)")
    missing = [f for f in schema.fields if f.required and f.name not in columns]
    if missing:
        raise _refuse(missing[0].name, "缺少必填列：" + "、".join(f"{f.title}（{f.name}）" for f in missing),
                      "Required columns are missing: " + ", ".join(f"{f.title_en} ({f.name})" for f in missing))
    last = max(i for i, name in enumerate(shown) if name.strip())
    unknown = tuple(s.strip() or f"（第{i}列，无标题）" for i, (s, c) in enumerate(zip(shown, columns), 1) if c is None and i <= last + 1)
    return Header(best, columns, tuple(shown), unknown, tuple(f.name for f in schema.fields if f.name not in columns))


def _filled(rows: Sequence[Sequence[str]], best: int, known: dict[str, str]) -> list[str]:
    width = max(len(row) for row in rows[:best + 1])
    head = [*rows[best], *[""] * (width - len(rows[best]))]
    for i, cell in enumerate(head):
        if cell.strip():
            continue
        for above in reversed(rows[:best]):
            if i < len(above) and above[i].strip():
                if plain(above[i]) in known:
                    head[i] = above[i]
                break
    return head if width == len(rows[best]) or any(c.strip() for c in head[len(rows[best]):]) else head[:len(rows[best])]


def _listed(schema: ItemSchema) -> str:
    return "、".join(f.title for f in schema.fields if f.required) or "、".join(f.title for f in schema.fields)


def again(line: int) -> Refusal:
    """Another header further below, whose columns stand in another order."""
    return Refusal("FILE-HEADER", field="file", value=str(line), rule="1", extra={"line": line},
                   zh=f"第{line}行又有一个表头，列的次序与前面的不同；请分为两个文件报送。",
                   en=f"Line {line} is another header with its columns in another order; deliver two files.")


def _refuse(field: str, zh: str, en: str) -> Refusal:
    return Refusal("FILE-HEADER", field=field, rule="数据项字段表 item schema", zh=zh + "。", en=en + ".")
