"""Without pyspark this folder is not collected (docs/decisions/0060); `make spark` installs it and runs it."""

from __future__ import annotations

from importlib.util import find_spec

collect_ignore = [] if find_spec("pyspark") else ["test_spark.py"]
