#!/usr/bin/env bash
# Creates the database, loads the city through the ordinary services, serves it. A second run keeps the data.
set -euo pipefail
cd "$(dirname "$0")/.."
export XIMU_HOME=${XIMU_HOME:-$PWD/var/${CITY:-example}-${DB:-sqlite}} XIMU_CITY=${CITY:-example}
export XIMU_DEMO=${XIMU_DEMO:-1}
mkdir -p "$XIMU_HOME"
case ${DB:-sqlite} in
  sqlite) ;;
  postgresql)
    if [ -z "${DATABASE_URL:-}" ]; then
      [ -f .venv/.installed-test ] || bash scripts/setup.sh test
      DATABASE_URL=$(.venv/bin/python scripts/postgres.py "$XIMU_HOME/postgres" ximu)
      export DATABASE_URL
    fi ;;
  *) echo "DB must be sqlite or postgresql"; exit 2 ;;
esac
[ "$XIMU_CITY" = example ] && export XIMU_CLOCK=${XIMU_CLOCK:-2019-03-20T09:00:00}
printf '其他命令用同一套设置 other commands need the same settings:\n  export XIMU_HOME=%q XIMU_CITY=%q XIMU_DEMO=%q' "$XIMU_HOME" "$XIMU_CITY" "$XIMU_DEMO"
[ -z "${XIMU_CLOCK:-}" ] || printf ' XIMU_CLOCK=%q' "$XIMU_CLOCK"
case ${DATABASE_URL:-} in '') ;; *:*@*) [[ $DATABASE_URL =~ ://[^/@:]*: ]] && printf ' DATABASE_URL=…' || printf ' DATABASE_URL=%q' "$DATABASE_URL" ;; esac
printf '\n  .venv/bin/ximu doctor\n\n'
exec .venv/bin/ximu up --city "$XIMU_CITY" --port "${PORT:-8000}"
