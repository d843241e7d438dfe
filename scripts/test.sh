#!/usr/bin/env bash
# All tests: style, the house, rules and SQLite, the database tests again on PostgreSQL, then real servers and a browser.
# Each part runs though another failed; the last lines say which did.
set -euo pipefail
cd "$(dirname "$0")/.."
python=.venv/bin/python
failed=()
unset PYTHONDONTWRITEBYTECODE  # hundreds of processes begin here: each source is compiled once, not by each
say() { printf '\n\033[1m── %s\033[0m\n' "$*"; }
took() { say "$1: $2, ${SECONDS} s 秒"; [ "$2" = 0 ] || failed+=("$1"); }
scratch=$(mktemp -d)
stop() { kill $(jobs -p) 2>/dev/null || true; [ -x "$python" ] && "$python" scripts/postgres_stop.py "$scratch/pg" >/dev/null 2>&1 || true; rm -rf "$scratch"; }
trap stop EXIT

say "style 代码风格"
.venv/bin/ruff check . || failed+=(style)
say "types of the pure parts, beside the next 纯函数部分的类型（与下一步同时）"
(.venv/bin/mypy src/ximu/kernel src/ximu_verify --exclude tests && XIMU_HOME="$scratch" .venv/bin/mypy --config-file scripts/types.ini) \
  >"$scratch/types.log" 2>&1 &
types=$!
say "rules, house, SQLite 规则、结构与 SQLite"
got=0
"$python" -m pytest -n 2 --dist worksteal --ignore tests/journeys -m "not journey and not load" || got=$?
took SQLite "$got"
got=0
wait "$types" || got=$?
cat "$scratch/types.log"
took types "$got"
say "the same on PostgreSQL, beside it real servers and a browser 同一套测试在 PostgreSQL 上，同时用真实服务器与浏览器"
DATABASE_URL=$("$python" scripts/postgres.py "$scratch/pg" ximu --throwaway) "$python" -m pytest -n 2 --dist worksteal --ignore tests/journeys \
  -m "database and not journey and not load and not walk" \
  >"$scratch/postgres.log" 2>&1 &
second=$!
"$python" -m pytest -m "journey and not city and not load" tests/journeys tests/conformance >"$scratch/worlds.log" 2>&1 &
third=$!
got=0
"$python" -m pytest -m "journey and city and not load" tests/journeys tests/conformance || got=$?
took "journeys in one city" "$got"
got=0
wait "$third" || got=$?
say "what journeys in worlds of their own said 各自造城的流程测试结果"
cat "$scratch/worlds.log"
took "journeys in own worlds" "$got"
got=0
wait "$second" || got=$?
say "what PostgreSQL said PostgreSQL 上的结果"
cat "$scratch/postgres.log"
took PostgreSQL "$got"
if [ ${#failed[@]} -gt 0 ]; then say "failed 未通过: ${failed[*]}"; exit 1; fi
say "all passed 全部通过"
