"""Words, dates and numbers as people here write them.

`{% load ximu %}{% t "查询" "Search" %}` shows the page's language; both must be given, so no page can be
half translated. With variables: `{% t "共{n}件" "{n} records" n=total %}`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.utils import translation
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from ximu.foundation import clock
from ximu.kernel.pack import UNITS
from ximu.kernel.words import Text

register = template.Library()
HAN = re.compile(r"[\u4e00-\u9fff]")
DAY, MONTH = re.compile(r"\d{4}-\d{2}-\d{2}"), re.compile(r"\d{4}-(0[1-9]|1[0-2])")
DAY_IN = re.compile(r"(?<![\d-])\d{4}-\d{2}-\d{2}(?![\d-])")
MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?([+-]\d{2}:\d{2}|Z)$")


def english() -> bool:
    return (translation.get_language() or "zh-hans").startswith("en")


@register.simple_tag
def t(zh: str, en: str, **values: Any) -> str:
    if not zh or not en:
        raise template.TemplateSyntaxError("t needs Chinese and English")
    words = en if english() else zh
    if not values:
        return mark_safe(words)  # noqa: S308  literals of our own templates
    return format_html(words, **values)


@register.filter
def say(value: Any) -> str:
    """A `Text` (or any pair with `zh`, `en`) in the page's language."""
    if value is None:
        return ""
    if isinstance(value, dict) and "zh" in value:
        return str(value["en"] if english() and value.get("en") else value["zh"])
    zh, en = getattr(value, "zh", None), getattr(value, "en", None)
    if zh is None:
        return str(value)
    return str(en if english() and en else zh)


@register.filter
def day(value: date | datetime | None) -> str:
    """2018年2月13日 / 13 Feb 2018."""
    if value is None or value == "":
        return "—"
    if isinstance(value, str):
        value = date.fromisoformat(value[:10])
    if isinstance(value, datetime):
        value = clock.city_day(value)
    return f"{value:%-d %b %Y}" if english() else f"{value.year}年{value.month}月{value.day}日"


@register.filter
def moment(value: datetime | None) -> str:
    """2018年2月13日 09:05 / 13 Feb 2018 09:05, city time."""
    if value is None or value == "":
        return "—"
    return f"{day(value)} {value.astimezone(clock.CITY):%H:%M}"


@register.filter
def period(value: object) -> str:
    """A day, a month, a moment or a span of them as it is kept (2019-02, 2018-12/2019-02) in words: 2019年2月 / Feb 2019."""
    text = str("" if value is None else value)
    found = [_span(one) for one in text.split("/")]
    return text if "".join(found) == text.replace("/", "") else "—".join(found)


def _span(text: str) -> str:
    try:
        if DAY.fullmatch(text):
            return day(text)
        if MOMENT.match(text):
            return moment(datetime.fromisoformat(text))
        first = date.fromisoformat(f"{text}-01") if MONTH.fullmatch(text) else None
    except ValueError:  # 2018-02-31: shown as it was written
        return text
    if first is None:
        return text
    return f"{first:%b %Y}" if english() else f"{first.year}年{first.month}月"


@register.filter
def dated(text: str) -> str:
    """A sentence whose days were written by a machine, with them as people write them: 期限2018年3月31日已过."""
    return DAY_IN.sub(lambda found: _span(found[0]), str(text))


@register.filter
def spoken(text: str) -> str:
    """Of a text whose Chinese lines stand before its English ones, those in the page's language."""
    lines = text.splitlines()
    turn = next((n for n, line in enumerate(lines) if line.strip() and not HAN.search(line)), len(lines))
    return "\n".join(lines[turn:] if english() and turn < len(lines) else lines[:turn] or lines)


@register.filter
def choice(row: Any, name: str) -> str:
    """What the column's code means: its Chinese label, in English the word by which the code is named."""
    value = getattr(row, name)
    if english():
        return str(getattr(type(row), name.capitalize())(value).name).lower().replace("_", " ")
    return str(getattr(row, f"get_{name}_display")())


@register.filter
def number(value: int | Decimal | float | str | None) -> str:
    """1,234; what is not known (also a file that was refused before its rows were counted) is a dash, never a zero."""
    return "—" if value is None or value == "" else f"{value:,}"


@register.filter
def cell(value: Any) -> str:
    """A cell of a table that knows nothing of its column: words, days, numbers, yes and no; a dash for what is not known."""
    if isinstance(value, bool):
        return t("是", "yes") if value else t("否", "no")
    if hasattr(value, "zh"):
        return say(value)
    return day(value) if isinstance(value, date) else number(value) if numeric(value) else str("—" if value in (None, "") else value)


@register.filter
def plain(value: Decimal | Text | None, unit: str = "") -> str:
    """A figure with its unit: shares keep two decimals, what counts things has none that say nothing; a dash where there is none."""
    if value is None or hasattr(value, "zh"):
        return "—" if value is None else say(value)
    whole = unit != "%" and value == value.to_integral_value()
    return f"{int(value):,}" if whole else f"{value:,}"


@register.filter
def unit(name: str) -> str:
    """What a figure is counted in, in words: “件”, “items”."""
    return say(UNITS[name]) if name in UNITS else name


@register.filter
def measured(value: Decimal | Text | None, name: str = "") -> str:
    """A figure with its unit behind it; a dash where there is none."""
    words = "" if value is None or hasattr(value, "zh") else unit(name)
    return f"{plain(value, name)}{' ' if words[:1].isalpha() and english() else ''}{words}"


@register.filter
def numeric(value: Any) -> bool:
    return isinstance(value, int | Decimal | float) and not isinstance(value, bool)


@register.filter
def wan(value: Decimal | int | None) -> str:
    """Money held in 元, shown in 万元 with two decimals."""
    if value is None:
        return "—"
    amount = Decimal(value) / 10000
    return f"{amount:,.2f} ×10⁴ CNY" if english() else f"{amount:,.2f}万元"


@register.simple_tag(takes_context=True)
def query(context: dict[str, Any], **changes: Any) -> str:
    """The present query string with some parameters changed; None removes one."""
    params = context["request"].GET.copy()
    for key, value in changes.items():
        if value is None:
            params.pop(key, None)
        else:
            params[key] = value
    return "?" + params.urlencode()


@register.simple_tag(takes_context=True)
def can(context: dict[str, Any], permission: str, unit: str | None = None) -> bool:
    """`{% can "records.admit" as may %}`: shows or hides a button; the service asks again."""
    return context["actor"].can(permission, unit)


@register.simple_tag
def named(words: Mapping[str, Any], code: str) -> str:
    """What a code is called in the page's language; the code itself when nobody named it."""
    return say(words.get(code, code))


@register.simple_tag(takes_context=True)
def faulty(context: dict[str, Any], *names: str) -> SafeString:
    """Ties a field to the refusal that names it, which the page shows with `id="refused"`: a screen reader tells both together."""
    refusal = context.get("refusal")
    return mark_safe(' aria-invalid="true" aria-describedby="refused" autofocus' if refusal and refusal.field in names else "")  # noqa: S308  our own words


@register.simple_tag
def light(state: str, zh: str, en: str) -> SafeString:
    """A status as a shape, a colour and a word: never by colour alone."""
    return format_html('<span class="light light-{}">{}</span>', state, conditional_escape(en if english() else zh))


class KeepNode(template.Node):
    """Holds what it renders under a name: a page's title serves the window and the headline."""

    child_nodelists = ("nodelist",)

    def __init__(self, name: str, nodelist: template.NodeList) -> None:
        self.name, self.nodelist = name, nodelist

    def render(self, context: template.Context) -> str:
        context[self.name] = mark_safe(self.nodelist.render(context).strip())  # noqa: S308  rendered by the engine
        return ""


@register.tag
def keep(parser: template.base.Parser, token: template.base.Token) -> KeepNode:
    name = token.split_contents()[1]
    nodelist = parser.parse(("endkeep",))
    parser.delete_first_token()
    return KeepNode(name, nodelist)
