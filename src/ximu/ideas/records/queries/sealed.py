"""Identity numbers in what was delivered lie sealed: opened here, for who may read the record."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import orjson
import polars as pl
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


def closed_rows(rows: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """The same for many rows: `number`, `version`, `payload`, `salt` in, `payload` and `salt` out.

    A flat object without blanks, as intake writes it, needs no parser: a quotation mark within a text is never bare there. Other rows
    go one by one.
    """
    sealer, texts = vault.Sealer(), rows["payload"]
    odd = (texts.str.count_matches("{", literal=True) != 1) | (MARK in names)
    for name in names:
        texts, strange = _spliced(texts, rows, name, ~odd, sealer)
        odd = odd | strange
    if odd.any():
        texts = texts.clone().scatter(odd.arg_true(), [
            _slowly(text, names, partial(_token, sealer, number, version))
            for text, number, version in rows.filter(odd).select("payload", "number", "version").iter_rows()
        ])
    salts = [sealer.head + one for one in sealer.many(rows["salt"].to_list(), _abouts(rows, pl.lit("record-salt:")).to_list())]
    return pl.DataFrame({"payload": texts, "salt": pl.Series(salts, dtype=pl.Binary)})


def _abouts(rows: pl.DataFrame, before: pl.Expr, *behind: pl.Expr) -> pl.Series:
    """`rules.sealed.about` and `salt_about` of every row, as bytes."""
    return rows.select(pl.concat_str(before, "number", pl.lit(":"), pl.col("version").cast(pl.String), *behind).cast(pl.Binary)).to_series()


def _token(sealer: vault.Sealer, number: str, version: int, name: str, value: bytes) -> bytes:
    return b'{"' + MARK.encode() + b'":"' + sealer.text(value, about=about(number, version, name)) + b'"}'


def _spliced(
    texts: pl.Series, rows: pl.DataFrame, name: str, flat: pl.Series, sealer: vault.Sealer,
) -> tuple[pl.Series, pl.Series]:
    """The texts with this value sealed where that is sure to be right, and where it is not."""
    mark = orjson.dumps(name).decode() + ":"
    halves = texts.str.splitn(mark, 2).struct
    before, after = halves.field("field_0"), halves.field("field_1")
    thirds = after.str.splitn('"', 3).struct
    value, rest = thirds.field("field_1"), thirds.field("field_2")
    quoted = after.str.starts_with('"') & rest.is_not_null()
    here = after.is_not_null()
    named = before.str.ends_with("{") | before.str.ends_with(",")
    plain = (quoted & ~value.str.contains("\\", literal=True)) | after.str.starts_with("null")
    strange = (here & ~(named & plain)) | (~here & texts.str.contains(mark[:-1], literal=True))
    full = (flat & here & ~strange & quoted & (value != "")).fill_null(value=False)
    if not full.any():
        return texts, strange.fill_null(value=True)
    parts = pl.DataFrame({"before": before, "value": value, "rest": rest}).filter(full)
    contents = parts.select(pl.concat_str(pl.lit('"'), "value", pl.lit('"')).cast(pl.Binary)).to_series()
    sealed = sealer.many(contents.to_list(), _abouts(rows.filter(full), pl.lit("record:"), pl.lit(":" + name)).to_list())
    head, tokens = f'{mark}{{"{MARK}":"{sealer.mark}', pl.Series(sealed, dtype=pl.Binary).bin.encode("base64")
    made = parts.select(pl.concat_str("before", pl.lit(head), pl.lit(tokens), pl.lit('"}'), "rest")).to_series()
    return made if full.all() else texts.clone().scatter(full.arg_true(), made), strange.fill_null(value=True)


def _slowly(text: str, names: Sequence[str], token: Callable[[str, bytes], bytes]) -> str:
    payload = orjson.loads(text)
    return _hidden(payload, [name for name in names if payload.get(name) not in (None, "")], token).decode()


def _hidden(payload: dict[str, Any], names: Sequence[str], token: Callable[[str, bytes], bytes]) -> bytes:
    return orjson.dumps(payload | {name: orjson.Fragment(token(name, orjson.dumps(payload[name]))) for name in names})
