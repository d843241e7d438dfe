#!/usr/bin/env bash
# What takes long: kills, full disks, faults of the disk, a restore under writes; and every door by every role on PostgreSQL.
set -euo pipefail
cd "$(dirname "$0")/.."
python=.venv/bin/python
scratch=$(mktemp -d)
trap '"$python" scripts/postgres_stop.py "$scratch/pg" >/dev/null 2>&1 || true; rm -rf "$scratch"' EXIT
"$python" -m pytest -m load
DATABASE_URL=$("$python" scripts/postgres.py "$scratch/pg" ximu --throwaway) XIMU_WALK=all "$python" -m pytest -n 2 -m walk
