"""The parts of the staff shell that depend on who asks."""

from __future__ import annotations

from typing import Any

from django import template

from ximu.faces.console import menu
from ximu.foundation.templatetags.ximu import say
from ximu.ideas.accounts import queries
from ximu.kernel.actor import Actor

register = template.Library()


@register.inclusion_tag("console/menu.html", takes_context=True)
def console_menu(context: dict[str, Any]) -> dict[str, Any]:
    return {"groups": menu.groups_for(context["actor"], context["request"].path)}


@register.inclusion_tag("console/crumbs.html", takes_context=True)
def console_crumbs(context: dict[str, Any], heading: str = "") -> dict[str, Any]:
    """Home › group › page › this heading, as far as they differ."""
    for group in menu.groups_for(context["actor"], context["request"].path):
        for page in group.pages:
            if page.here:
                return {"group": group.title, "page": page, "last": "" if say(page.name) == heading else heading}
    return {"last": heading}


@register.simple_tag
def roles_of(actor: Actor) -> str:
    known = queries.roles()
    return "、".join(sorted({say(known[g.role].name) for g in actor.grants if g.role in known}))
