"""The parts of the public shell: menu, search box, footer."""

from __future__ import annotations

from typing import Any

from django import template

from ximu.faces.portal import menu
from ximu.foundation import city
from ximu.kernel.words import Text

register = template.Library()
SEARCH = "portal-units"
"""The named URL that answers `?q=`."""


@register.inclusion_tag("portal/menu.html", takes_context=True)
def portal_menu(context: dict[str, Any]) -> dict[str, Any]:
    return {"pages": menu.pages_at(context["request"].path)}


@register.inclusion_tag("portal/search.html", takes_context=True)
def portal_search(context: dict[str, Any]) -> dict[str, Any]:
    return {"search": menu.address(SEARCH), "q": context["request"].GET.get("q", "")[:100]}


@register.inclusion_tag("portal/footer.html")
def portal_footer() -> dict[str, Any]:
    site = city.site()
    pair = {name: Text(site[f"{name}_zh"],
                       site.get(f"{name}_en") or site[f"{name}_zh"]) for name in ("host", "keeper") if f"{name}_zh" in site}
    return {"site": site, **pair}
