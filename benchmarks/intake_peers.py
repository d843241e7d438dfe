"""The peer that is no dependency of Ximu: django-import-export."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from intake_rows import SCHEMA


def import_by_resource(path: Path) -> Callable[[], Any]:
    """A table of the same columns with its ModelResource; the work to be timed imports `path` in bulk."""
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
    meta = type("Meta", (), {"app_label": "bench", "db_table": "bench_row"})
    model = type("BenchRow", (models.Model,), {"__module__": __name__, "Meta": meta, **columns})
    with connection.schema_editor() as editor:
        editor.create_model(model)
    options = {"use_bulk": True, "batch_size": 1000, "skip_diff": True, "clean_model_instances": True,
               "import_id_fields": ["CF_WSH"], "force_init_instance": True}
    resource = modelresource_factory(model, meta_options=options)()

    def work() -> None:
        data = tablib.Dataset().load(path.read_text("utf-8"), format="csv")
        result = resource.import_data(data, dry_run=False, raise_errors=True, use_transactions=True)
        assert result.totals["new"] == data.height, result.totals

    return work
