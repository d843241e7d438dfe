"""Identity numbers in what was delivered lie sealed: opened here, for who may read the record."""

from __future__ import annotations

from typing import Any

import orjson
from django.db.models import Q

from ximu.foundation import vault
from ximu.foundation.resealing import Place
from ximu.ideas.catalogue import queries as catalogue
from ximu.ideas.records.models import Version
from ximu.ideas.records.rules.sealed import HINT, MARK, SALT_BYTES, about, salt_about
from ximu.kernel.refusal import Refusal


def sealed_names(item: str, edition: str) -> tuple[str, ...]:
    """The fields of an item that hold an identity number, or that are about a person and closed: numbers of other papers, contacts."""
    try:
        found = catalogue.items_of(edition).get(item)
    except Refusal:
        return ()
    fields = found.body.get("schema", {}).get("fields", []) if found else []
    return tuple(f["name"] for f in fields if f.get("ximu:kind") == "resident-id"
                 or (f.get("ximu:personal") and f.get("ximu:level", "shared") == "closed"))


def payload_of(version: Version) -> dict[str, Any]:
    """What was delivered, in the clear. Errors: `InvalidTag` where it is not as it was sealed; `JSONDecodeError`."""
    text = version.payload
    if text is None:
        return {}
    found: dict[str, Any] = orjson.loads(text)
    if HINT in text:
        found |= {name: orjson.loads(vault.unseal(value[MARK], about=about(version.number, version.version, name)))
                  for name, value in found.items() if isinstance(value, dict) and MARK in value}
    return found


def salt_of(version: Version) -> bytes:
    """Beside sealed values the salt is sealed, too: with it, the entry in the log would confirm a number that is tried."""
    salt = bytes(version.salt)
    return salt if len(salt) == SALT_BYTES else vault.unseal_bytes(salt, about=salt_about(version.number, version.version))


def sealed_places() -> list[Place]:
    def stale(versions: list[int]) -> Q:
        found = Q(pk__in=[])
        for version in versions:
            found |= Q(payload__contains=f'{HINT}"{vault.mark(version)}')
        return found

    return [Place(Version._meta.db_table, Version.objects.all, stale, _renewed)]


def _renewed(version: Version) -> dict[str, Any]:
    payload, text = payload_of(version), orjson.loads(version.payload or "{}")
    names = [name for name, value in text.items() if isinstance(value, dict) and MARK in value]
    made, salt = closed_up(payload, names, version.number, version.version, salt_of(version))
    return {"payload": made, "salt": salt}


def closed_up(payload: dict[str, Any], names: list[str], number: str, version: int, salt: bytes) -> tuple[str, bytes]:
    """Payload and salt as they are kept, the named values sealed for this version of this record."""
    hidden = {name: {MARK: vault.seal(orjson.dumps(payload[name]).decode(), about=about(number, version, name))} for name in names}
    return orjson.dumps(payload | hidden).decode(), vault.seal_bytes(salt, about=salt_about(number, version))
