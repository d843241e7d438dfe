#!/usr/bin/env bash
# Runs every analysis definition on Apache Spark (local mode) and compares with DuckDB. Fails when pyspark or Java cannot be had.
set -euo pipefail
cd "$(dirname "$0")/.."
command -v java >/dev/null || { [ "$(id -u)" = 0 ] && apt-get install -y -qq --no-install-recommends openjdk-17-jre-headless >/dev/null; }
command -v java >/dev/null || { echo "Java 17 is needed 需要 Java 17" >&2; exit 1; }
.venv/bin/python -c 'import pyspark' 2>/dev/null || VIRTUAL_ENV=$PWD/.venv .venv/bin/uv pip install -q "pyspark>=4.3,<5"
.venv/bin/python -m pytest tests/distributed -m spark -n 0
