"""Every door of the house, found by walking the URL resolver, so that a new route cannot be forgotten."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver


def routes(resolver: URLResolver | None = None, prefix: str = "/") -> Iterator[tuple[str, list[str]]]:
    """Every route as a format string, with the names of its parameters."""
    for entry in (resolver or get_resolver()).url_patterns:
        text = str(entry.pattern).lstrip("^").rstrip("$")
        if isinstance(entry, URLResolver):
            yield from routes(entry, prefix + text)
        elif isinstance(entry, URLPattern):
            names = list(entry.pattern.converters) if hasattr(entry.pattern, "converters") else []
            path = prefix + text
            for name in names:
                kind = next((k for k in ("str", "int", "slug", "path", "uuid") if f"<{k}:{name}>" in path), "")
                path = path.replace(f"<{kind}:{name}>" if kind else f"<{name}>", "{" + name + "}")
            yield path, names


def all_routes() -> list[tuple[str, tuple[str, ...]]]:
    return sorted({(path, tuple(names)) for path, names in routes() if "(?" not in path and "<" not in path})


def filled(path: str, names: tuple[str, ...], value: str) -> str:
    return path.format(**dict.fromkeys(names, value)) if names else path
