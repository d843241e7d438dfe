"""Identity numbers in what was delivered lie sealed: opened here, for who may read the record."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
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


def closed_up(payload: dict[str, Any], names: Sequence[str], number: str, version: int, salt: bytes) -> tuple[str, bytes]:
    """Payload and salt as they are kept, the named values sealed for this version of this record."""
    sealer = vault.Sealer()
    text = _hidden(payload, names, partial(_token, sealer, number, version))
    return text.decode(), sealer.raw(salt, about=salt_about(number, version))


def closed_texts(
    texts: Sequence[bytes], names: Sequence[str], rows: Iterable[tuple[str, int]], salts: Sequence[bytes],
) -> tuple[list[bytes], list[bytes]]:
    """The same for many rows that are written together: texts and salts as they are kept. `rows` are (number, version)."""
    sealer, marks = vault.Sealer(len(texts) * (len(names) + 1)), [(name, orjson.dumps(name) + b":") for name in names]
    made, kept = [], []
    for text, (number, version), salt in zip(texts, rows, salts):
        token = partial(_token, sealer, number, version)
        made.append(_spliced(text, marks, token) or _slowly(text, names, token))
        kept.append(sealer.raw(salt, about=salt_about(number, version)))
    return made, kept


def _token(sealer: vault.Sealer, number: str, version: int, name: str, value: bytes) -> bytes:
    return b'{"' + MARK.encode() + b'":"' + sealer.text(value, about=about(number, version, name)) + b'"}'


def _spliced(text: bytes, marks: Sequence[tuple[str, bytes]], token: Callable[[str, bytes], bytes]) -> bytes | None:
    """A flat object without blanks, as intake writes it, needs no parser: a quotation mark within a text is never bare there.

    None where that does not hold.
    """
    if text.count(b"{") != 1 or any(name == MARK for name, _ in marks):
        return None
    for name, mark in marks:
        at = text.find(mark)
        if at < 0:
            if mark[:-1] in text:
                return None
            continue
        begin = at + len(mark)
        if text[at - 1] not in b"{," or text[begin:begin + 1] not in (b'"', b"n"):
            return None
        end = text.find(b'"', begin + 1) + 1
        value = text[begin:end]
        if b"\\" in value:
            return None
        if value[:1] == b'"' and value != b'""':
            text = text[:begin] + token(name, value) + text[end:]
    return text


def _slowly(text: bytes, names: Sequence[str], token: Callable[[str, bytes], bytes]) -> bytes:
    payload = orjson.loads(text)
    return _hidden(payload, [name for name in names if payload.get(name) not in (None, "")], token)


def _hidden(payload: dict[str, Any], names: Sequence[str], token: Callable[[str, bytes], bytes]) -> bytes:
    return orjson.dumps(payload | {name: orjson.Fragment(token(name, orjson.dumps(payload[name]))) for name in names})
