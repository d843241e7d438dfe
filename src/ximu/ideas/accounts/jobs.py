"""The accounts of a city profile, and their first passwords."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from ximu.foundation.profiles import city_of, rows_of, uid_of
from ximu.ideas.accounts import queries, services
from ximu.kernel.actor import Actor


def load_profile(folder: Path, *, by: Actor, at: datetime) -> dict[str, int]:
    """Opens the accounts of `accounts/accounts.csv` with their roles, without passwords. A second load adds nothing."""
    city = city_of(folder)["code"]
    known = set(queries.accounts().values_list("login", flat=True))
    fresh = [row for row in rows_of(folder / "accounts" / "accounts.csv") if row["login"] not in known]
    for row in fresh:
        unit = uid_of(city, row["unit"]) if row["unit"] else ""
        user = services.open_account(row["login"], name=row["name"], staff_number=row["number"], unit=unit, by=by, at=at)
        for role in row["roles"].split():
            services.grant(user.uid, role, unit=_scope(city, row), by=by, at=at)
    return {"accounts": len(fresh)}


def _scope(city: str, row: dict[str, str]) -> str:
    """`city`, `unit` (the account's own), or the profile's key of another unit or civil servant (`official:NUMBER`)."""
    return {"city": "", "unit": uid_of(city, row["unit"])}.get(row["scope"], uid_of(city, row["scope"]))


def first_passwords(*, by: Actor, at: datetime) -> list[dict[str, str]]:
    """A one-time password for each account that never had one; told once, to be printed or handed over."""
    known = queries.roles()
    found = []
    for user in queries.accounts().filter(is_active=True, password_set_at=None):
        roles = [known[r].name.zh for r in sorted(queries.roles_held(user, at=at)) if r in known]
        found.append({"login": user.login, "password": services.issue_password(user.uid, by=by, at=at), "name": user.display_name,
                      "roles": "、".join(roles)})
    return found
