#!/usr/bin/env bash
# Installs what Ximu needs into .venv, saying what it does. Repeats in a second when nothing changed.
#   setup.sh run    what serving needs        setup.sh test    also what the tests need        setup.sh long    and a C compiler
set -euo pipefail
cd "$(dirname "$0")/.."
goal=${1:-run}
say() { printf '\033[1m·\033[0m %s\n' "$*"; }
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; elif command -v sudo >/dev/null; then sudo "$@"; else return 1; fi; }
apt_install() {  # packages of Debian, only the missing ones
  command -v apt-get >/dev/null || { say "no apt-get here: please install $* yourself"; return 0; }
  local missing=()
  for package in "$@"; do dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package"); done
  [ ${#missing[@]} = 0 ] && return 0
  say "Debian packages 安装系统软件包: ${missing[*]}"
  as_root apt-get update -qq || say "apt-get update did not work; trying with the lists at hand"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null \
    || say "could not install ${missing[*]}; 'ximu doctor' tells what will not work without"
}

python=${PYTHON:-python3}
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { say "Python 3.11 or newer is needed"; exit 1; }
stamp=".venv/.installed-$goal"
wanted=$(cat requirements*.txt pyproject.toml scripts/setup.sh | sha256sum)
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ]; then exit 0; fi

[ -x .venv/bin/python ] || { "$python" -c 'import ensurepip, venv' 2>/dev/null || apt_install python3-venv; say "virtual environment 建立虚拟环境 .venv"; "$python" -m venv .venv; }
[ -x .venv/bin/uv ] || { say "uv"; .venv/bin/python -m pip install -q --disable-pip-version-check uv; }
files=(-r requirements.txt)
[ "$goal" != run ] && files=(-r requirements-dev.txt)
say "Python packages 安装依赖 (${files[1]}, by hash)"
VIRTUAL_ENV=$PWD/.venv .venv/bin/uv pip install -q --require-hashes "${files[@]}"
VIRTUAL_ENV=$PWD/.venv .venv/bin/uv pip install -q --no-deps -e .
apt_install fonts-noto-cjk
if [ "$goal" != run ]; then
  command -v chromium-headless-shell >/dev/null || apt_install chromium-headless-shell  # chromium without the window nobody sees
  command -v chromium-headless-shell >/dev/null || command -v chromium >/dev/null || apt_install chromium
  apt_install libatomic1 openssh-client openssh-sftp-server
fi
if [ "$goal" = long ]; then command -v cc >/dev/null || apt_install gcc libc6-dev; fi
printf '%s' "$wanted" > "$stamp"
