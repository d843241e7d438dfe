"""What does this room announce? Changes of rights, for the log; no names of people."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class AccountOpened:
    account: str
    unit: str
    by: str


@dataclass(frozen=True)
class AccountClosed:
    account: str
    by: str


@dataclass(frozen=True)
class RoleGranted:
    grant: str
    account: str
    role: str
    unit: str
    by: str


@dataclass(frozen=True)
class RoleRevoked:
    grant: str
    account: str
    role: str
    unit: str
    by: str
