#!/usr/bin/env bash
# Writes requirements.txt and requirements-dev.txt (hashes, no address of any registry) from pyproject.toml.
set -euo pipefail
cd "$(dirname "$0")/.."
uv=${UV:-.venv/bin/uv}
"$uv" lock -q
"$uv" export -q --locked --no-header --no-emit-project --no-default-groups -o requirements.txt >/dev/null
"$uv" export -q --locked --no-header --no-emit-project --all-groups -o requirements-dev.txt >/dev/null
