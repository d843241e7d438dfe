"""Who opens Apache Spark? Only this module: the same SELECT over the same Parquet parts, on one machine or on a cluster.

`XIMU_SPARK` names the master: `local[2]` (default) or `spark://host:7077`, `yarn`, `k8s://…`. On a cluster `XIMU_HOME` must lie on a
disk that every worker sees under the same path. Spark and Java are not needed otherwise: `pip install ximu[distributed]`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from importlib import import_module
from typing import Any

import polars as pl
from django.conf import settings

from ximu.foundation.columns import spark_sql
from ximu.kernel.refusal import Refusal

SETTINGS = {
    "spark.sql.session.timeZone": "UTC", "spark.ui.enabled": "false", "spark.sql.ansi.enabled": "true",
    "spark.sql.shuffle.partitions": "8", "spark.driver.memory": "1g",
}
TYPES = {"bigint": pl.Int64, "int": pl.Int64, "double": pl.Float64, "string": pl.String, "date": pl.Date, "boolean": pl.Boolean}


def _module(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError as error:
        raise Refusal("SPARK-NONE", field="pyspark", value="", rule="pip install ximu[distributed]; Java 17",
                      zh="没有安装 Apache Spark（pip install ximu[distributed]，另需 Java 17）。",
                      en="Apache Spark is not installed (pip install ximu[distributed]; it needs Java 17).") from error


@cache
def session(master: str) -> Any:
    """One session per process and master. Errors: `SPARK-NONE`."""
    builder = _module("pyspark.sql").SparkSession.builder.appName("ximu").master(master)
    for name, value in SETTINGS.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


def query(
    sql: str, params: Mapping[str, Any], *, files: Mapping[str, Sequence[str]], views: Mapping[str, str],
    frames: Mapping[str, pl.DataFrame],
) -> pl.DataFrame:
    """Run one SELECT written for DuckDB: `files` are Parquet parts by name, `views` SELECTs over them, `frames` small tables.

    Errors: `SPARK-NONE`; `sqlglot.errors.SqlglotError` for what Spark cannot say.
    """
    spark = session(settings.XIMU_SPARK)
    for name, paths in files.items():
        if paths:
            spark.read.parquet(*paths).createOrReplaceTempView(name)
    for name, frame in frames.items():
        spark.createDataFrame(frame.rows(), _schema(frame)).createOrReplaceTempView(name)
    for name, text in views.items():
        spark.sql(spark_sql(text)).createOrReplaceTempView(name)
    literal = _module("pyspark.sql.functions").lit
    found = spark.sql(spark_sql(sql), args={name: _value(value, literal) for name, value in params.items()})
    columns = [(one.name, one.dataType.simpleString()) for one in found.schema.fields]
    rows = [tuple(row) for row in found.collect()]
    return pl.DataFrame(rows, schema={name: TYPES.get(kind, pl.Object if kind.startswith("array") else None) for name, kind in columns},
                        orient="row")


def _schema(frame: pl.DataFrame) -> str:
    kinds: dict[Any, str] = {pl.Int64: "bigint", pl.Float64: "double", pl.String: "string", pl.Date: "date", pl.Boolean: "boolean"}
    return ", ".join(f"{name} {kinds[kind.base_type()]}" for name, kind in frame.schema.items())


def _value(value: Any, literal: Any) -> Any:
    return literal(value) if value is None or isinstance(value, date | datetime | str | int | float | bool) else value
