"""What have servers and jobs that were killed left on the disk? Cleared each hour, when the service starts and after a restore.

Passing files and folders of the dead, files whose end was decided but not carried out, and sealed files that no row names.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import connection, models

from ximu.foundation import clock, doomed, files, scratch, whole

SETTLED_SECONDS = 3600.0
"""A younger file may belong to a transaction that is still open."""
AT_ONCE = 200


def clear() -> dict[str, int]:
    home = Path(settings.XIMU_HOME)
    deep = [home / name for name in ("keys", "checkpoints", "events")]
    passing = [home, files.root(), *deep, *(path for folder in deep for path in folder.rglob("*/"))]
    return {"parts": whole.sweep(passing), "folders": scratch.sweep(), "doomed": doomed.sweep(), "orphans": sum(map(_drop, orphans()))}


def _drop(path: Path) -> bool:
    path.unlink(missing_ok=True)
    return True


def orphans(*, settled: float = SETTLED_SECONDS) -> list[Path]:
    """Sealed files that no row of any table names: the server died between file and row. At most 200 are looked for at once."""
    before = clock.telephone().timestamp() - settled
    old = {path.stem: path for path in files.root().glob("*/*/*.sealed") if path.stat().st_mtime < before}
    unnamed = set(old)
    for model, field in _digest_columns():
        unnamed -= _named(model, field, unnamed)
    return [old[digest] for digest in sorted(unnamed)[:AT_ONCE] if not _mentioned(digest)]


def _digest_columns() -> Iterator[tuple[type[models.Model], str]]:
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if type(field) is models.CharField and field.max_length == 64 and "digest" in field.name:
                yield model, field.name


def _named(model: type[models.Model], field: str, digests: set[str]) -> set[str]:
    listed, found = sorted(digests), set[str]()
    for start in range(0, len(listed), AT_ONCE):
        found |= set(model.objects.filter(**{f"{field}__in": listed[start:start + AT_ONCE]}).values_list(field, flat=True))
    return found


def _mentioned(digest: str) -> bool:
    """In any text or bytes of any table: a file is thrown away only when nothing at all speaks of it."""
    with connection.cursor() as cursor:
        for model in apps.get_models():
            for field in model._meta.concrete_fields:
                if isinstance(field, models.CharField | models.TextField | models.JSONField | models.BinaryField):
                    cursor.execute(_asking(model, field), [digest])
                    if cursor.fetchone():
                        return True
    return False


def _asking(model: type[models.Model], field: models.Field) -> str:  # type: ignore[type-arg]
    table, column = (connection.ops.quote_name(name) for name in (model._meta.db_table, field.column))
    binary = isinstance(field, models.BinaryField)
    if connection.vendor == "sqlite":
        where = f"instr(CAST({column} AS BLOB), CAST(%s AS BLOB)) > 0"
    else:
        where = f"position(convert_to(%s, 'UTF8') in {column}) > 0" if binary else f"position(%s in {column}::text) > 0"
    return f"SELECT 1 FROM {table} WHERE {where} LIMIT 1"  # noqa: S608  names of our own tables
