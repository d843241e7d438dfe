"""The parts of the public shell: menu, search box, footer."""

from __future__ import annotations

from typing import Any

from django import template
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from ximu.faces.portal import menu
from ximu.faces.portal.marking import marked
from ximu.foundation import city
from ximu.foundation.templatetags.ximu import say
from ximu.kernel.words import Text

register = template.Library()
SEARCH = "portal-units"
"""The named URL that answers `?q=`."""


def _address(request: HttpRequest) -> str:
    """Where this page stands. Who asks under a name that is not ours is told so on a page like this, which repeats no such name."""
    try:
        return request.build_absolute_uri(request.path)
    except DisallowedHost:
        return request.path


@register.inclusion_tag("portal/menu.html", takes_context=True)
def portal_menu(context: dict[str, Any]) -> dict[str, Any]:
    return {"pages": menu.pages_at(context["request"].path)}


@register.inclusion_tag("portal/search.html", takes_context=True)
def portal_search(context: dict[str, Any]) -> dict[str, Any]:
    return {"search": menu.address(SEARCH), "q": context["request"].GET.get("q", "")[:100]}


@register.inclusion_tag("portal/footer.html", takes_context=True)
def portal_footer(context: dict[str, Any]) -> dict[str, Any]:
    """Who runs the site; on paper also where the page stands."""
    request = context["request"]
    site = city.site()
    pair = {name: Text(site[f"{name}_zh"],
                       site.get(f"{name}_en") or site[f"{name}_zh"]) for name in ("host", "keeper") if f"{name}_zh" in site}
    return {"site": site, "here": _address(request), **pair}


@register.simple_tag(takes_context=True)
def canonical(context: dict[str, Any]) -> SafeString:
    """The one address of a page, without the switches of language and text size."""
    request = context["request"]
    return format_html('<link rel="canonical" href="{}">', _address(request))


@register.simple_tag
def family(words: dict[str, Text] | None, code: str) -> str:
    """The name of a code in the page's language; the code itself when it is not known."""
    return say((words or {}).get(code, code))


@register.simple_tag(takes_context=True)
def hit(context: dict[str, Any], text: Any) -> SafeString:
    """The text with the words of the search marked."""
    pieces = marked(str(text), str(context.get("q") or ""))
    return format_html_join("", "{}", ((format_html("<mark>{}</mark>", piece) if found else piece,) for piece, found in pieces))


@register.simple_tag(takes_context=True)
def facet(context: dict[str, Any], name: str, value: Any) -> str:
    """The present search, narrowed by one more choice, from its first page."""
    return _search(context, **{name: str(value)})


@register.simple_tag(takes_context=True)
def facet_off(context: dict[str, Any], name: str) -> str:
    return _search(context, **{name: ""})


def _search(context: dict[str, Any], **changes: str) -> str:
    params = context["request"].GET.copy()
    params.pop("page", None)
    for name, value in changes.items():
        params[name] = value
        if not value:
            del params[name]
    return "?" + params.urlencode()
