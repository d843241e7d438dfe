#!/usr/bin/env bash
# All tests: style, the house, rules and SQLite, the database tests again on PostgreSQL, then real servers and a browser.
set -euo pipefail
cd "$(dirname "$0")/.."
python=.venv/bin/python
say() { printf '\n\033[1m── %s\033[0m\n' "$*"; }
scratch=$(mktemp -d)
stop() { [ -z "${second:-}" ] || kill "$second" 2>/dev/null || true; [ -x "$python" ] && "$python" scripts/postgres_stop.py "$scratch/pg" >/dev/null 2>&1 || true; rm -rf "$scratch"; }
trap stop EXIT

say "style 代码风格"
.venv/bin/ruff check .
say "types of the pure parts 纯函数部分的类型"
.venv/bin/mypy src/ximu/kernel src/ximu_verify --exclude tests
XIMU_HOME="$scratch" .venv/bin/mypy --config-file scripts/types.ini
say "rules, house, SQLite 规则、结构与 SQLite"
"$python" -m pytest -n 2 --dist worksteal -m "not journey and not load"
say "the same on PostgreSQL, beside it real servers and a browser 同一套测试在 PostgreSQL 上，同时用真实服务器与浏览器"
DATABASE_URL=$("$python" scripts/postgres.py "$scratch/pg" ximu --throwaway) "$python" -m pytest -n 2 --dist worksteal -m "database and not journey and not load and not walk" \
  >"$scratch/postgres.log" 2>&1 &
second=$!
journeys=0
"$python" -m pytest -m "journey and not load" || journeys=$?
postgres=0
wait "$second" || postgres=$?
say "what PostgreSQL said PostgreSQL 上的结果"
cat "$scratch/postgres.log"
[ "$journeys" = 0 ] && [ "$postgres" = 0 ]
