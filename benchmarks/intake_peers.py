"""Peers that are no dependencies of Ximu: django-import-export, pandera (on polars), frictionless.

`uv pip install django-import-export tablib "pandera[polars]" frictionless` brings them; a peer that is absent is left out and said so.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from intake_rows import SCHEMA

Valid = Callable[[str], bool]


def import_by_resource(path: Path, *, look_up: bool) -> Callable[[], Any]:
    """A table of the same columns with its ModelResource; the work to be timed imports `path` in bulk.

    With `look_up` each row is sought by its key first, so that a replay adds nothing, as intake does; without, a replay would double it.
    """
    import tablib
    from django.db import connection, models
    from import_export.resources import modelresource_factory

    kinds: dict[str, Callable[[int], models.Field[Any, Any]]] = {
        "date": lambda most: models.DateField(),
        "number": lambda most: models.DecimalField(max_digits=20, decimal_places=6),
    }
    columns = {
        f["name"]: kinds.get(f.get("type", ""), lambda most: models.CharField(max_length=most, blank=True))(
            f.get("constraints", {}).get("maxLength", 200))
        for f in SCHEMA["fields"]
    }
    columns["CF_WSH"] = models.CharField(max_length=64, unique=True)
    meta = type("Meta", (), {"app_label": "bench", "db_table": f"bench_row_{look_up}".lower()})
    model = type(f"BenchRow{look_up}", (models.Model,), {"__module__": __name__, "Meta": meta, **columns})
    with connection.schema_editor() as editor:
        editor.create_model(model)
    options = {"use_bulk": True, "batch_size": 1000, "skip_diff": True, "clean_model_instances": True,
               "import_id_fields": ["CF_WSH"], "force_init_instance": not look_up}
    resource = modelresource_factory(model, meta_options=options)()

    def work() -> None:
        data = tablib.Dataset().load(path.read_text("utf-8"), format="csv")
        result = resource.import_data(data, dry_run=False, raise_errors=True, use_transactions=True)
        assert result.totals["new"] == data.height, result.totals

    return work


def by_pandera(path: Path, valid: dict[str, Valid]) -> int:
    """The same constraints as a pandera schema over polars, codes by a function per value, all faults told; the bad rows."""
    import pandera.errors
    import pandera.polars as pa
    import polars as pl

    def each(check: Valid) -> Any:
        return pa.Check(lambda data: data.lazyframe.select(
            pl.col(data.key).map_elements(lambda value: not value or check(value), return_dtype=pl.Boolean, skip_nulls=True)))

    def fits(read: Callable[[str], pl.Expr]) -> Any:
        return pa.Check(lambda data: data.lazyframe.select(read(data.key).is_not_null()))

    def column(field: dict[str, Any]) -> Any:
        limits, name = field.get("constraints", {}), field["name"]
        checks = []
        if "maxLength" in limits:
            checks.append(pa.Check.str_length(1 if limits.get("required") else 0, limits["maxLength"]))
        if "enum" in limits:
            checks.append(pa.Check.isin(limits["enum"]))
        if name in valid:
            checks.append(each(valid[name]))
        if field.get("type") == "date":
            checks.append(fits(lambda name: pl.col(name).str.to_date("%Y-%m-%d", strict=False)))
        if field.get("type") == "number":
            checks.append(fits(lambda name: pl.col(name).cast(pl.Decimal(20, 6), strict=False)))
        return pa.Column(pl.String, checks, nullable=not limits.get("required"))

    schema = pa.DataFrameSchema({field["name"]: column(field) for field in SCHEMA["fields"]})
    frame = pl.read_csv(path, infer_schema=False)
    try:
        schema.validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as error:
        told = error.failure_cases
        return int(told["index"].drop_nulls().n_unique())
    return 0


def by_frictionless(path: Path, valid: dict[str, Valid]) -> int:
    """The item's own Table Schema under `frictionless validate`, codes by a row check of its kind, all faults told; the bad rows."""
    from frictionless import Check, Checklist, Resource, errors, system
    from frictionless import Schema as TableSchema

    class Codes(Check):
        type = "codes"
        Errors = [errors.RowConstraintError]

        def validate_row(self, row: Any) -> Any:
            for name, check in valid.items():
                if row[name] and not check(row[name]):
                    yield errors.RowConstraintError.from_row(row, note=name)

    known = {"name", "title", "type", "constraints"}
    fields = [{"type": "string", **{k: w for k, w in field.items() if k in known}} for field in SCHEMA["fields"]]
    with system.use_context(trusted=True):
        resource = Resource(str(path), schema=TableSchema.from_descriptor({"fields": fields}))
        report = resource.validate(Checklist(checks=[Codes()]), limit_errors=10 ** 9)
    return len({row for [row] in report.flatten(["rowNumber"]) if row})
