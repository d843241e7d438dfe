"""Is what the environment holds a value that this setting can have? A misspelt word is refused, never taken for its contrary."""

from __future__ import annotations

from datetime import datetime
from ipaddress import IPv4Network, IPv6Network, ip_network
from urllib.parse import SplitResult, urlsplit

from ximu.kernel.refusal import Refusal

DATABASES = ("postgres", "postgresql", "sqlite")
MOST_DIGITS = 9


def one_of(name: str, value: str, *allowed: str) -> str:
    """Errors: `SETTING-BAD`."""
    if value not in allowed:
        raise _bad(name, value, " | ".join(one or "（空 empty）" for one in allowed))
    return value


def whole(name: str, value: str) -> int:
    """Errors: `SETTING-BAD`."""
    if not (value.isascii() and value.isdigit() and len(value) <= MOST_DIGITS):
        raise _bad(name, value, "0–999999999")
    return int(value)


def moment(name: str, value: str) -> str:
    """Empty, or an ISO date or date-time. Errors: `SETTING-BAD`."""
    try:
        if value:
            datetime.fromisoformat(value)
    except ValueError as error:
        raise _bad(name, value, "YYYY-MM-DD | YYYY-MM-DDTHH:MM:SS") from error
    return value


def database(name: str, value: str) -> SplitResult:
    """An address of PostgreSQL or SQLite: any other word would quietly become the name of a new, empty file. Errors: `SETTING-BAD`."""
    try:
        parts = urlsplit(value)
        known = "://" in value and parts.scheme in DATABASES and (parts.scheme == "sqlite" or (parts.port or 0) >= 0)
    except ValueError:
        known = False
    if not known:
        raise _bad(name, "", "postgres://user:password@host:port/name | sqlite:///path")  # it may hold a password
    return parts


def networks(name: str, value: str) -> tuple[IPv4Network | IPv6Network, ...]:
    """Networks with commas between them, or none. Errors: `SETTING-BAD`."""
    try:
        return tuple(ip_network(one.strip()) for one in value.split(",") if one.strip())
    except ValueError as error:
        raise _bad(name, value, "10.20.0.0/16,fd12:3456::/32") from error


def _bad(name: str, value: str, rule: str) -> Refusal:
    return Refusal("SETTING-BAD", status=503, field=name, value=value[:40], rule=rule, zh=f"设置{name}的值无效，应为：{rule}。",
                   en=f"The setting {name} has no valid value; it is to be: {rule}.")
