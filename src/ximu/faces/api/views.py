"""The API's own page: every operation, without anything from another host."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ximu.faces.api.shell import ABOUT, api


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    groups: dict[str, list[dict[str, Any]]] = {}
    for address, item in api.get_openapi_schema()["paths"].items():
        for method, operation in item.items():
            tag = (operation.get("tags") or [""])[0]
            groups.setdefault(tag, []).append({
                "method": method.upper(), "address": address, "summary": operation.get("summary", ""),
                "about": operation.get("description", ""),
                "parameters": [p for p in operation.get("parameters", []) if p["in"] != "header"],
            })
    return render(request, "api/docs.html", {"groups": sorted(groups.items()), "about": ABOUT.replace("**", "").replace("`", "")})
