#!/usr/bin/env bash
# Create .venv and install a lock file into it; does nothing when that lock is installed already.
# Usage: deploy/install.sh requirements.txt|requirements-dev.txt
set -euo pipefail
cd "$(dirname "$0")/.."
lock=$1

say() { printf '%s\n' "$*" >&2; }

# Debian's packages: install them when this user may, else say in one line what to install.
need() {
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    say "Installing $* …"
    DEBIAN_FRONTEND=noninteractive apt-get update -qq >&2
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
  else
    say "This portal needs some system packages. Please run: sudo apt install $*"
    exit 1
  fi
}

find_python() {
  local candidate
  for candidate in ${PYTHON:+"$PYTHON"} /usr/bin/python3 python3 python3.13 python3.12 python3.11; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      command -v "$candidate"
      return
    fi
  done
  say "This portal needs Python 3.11 or newer. Please install it, or name it: PYTHON=/path/to/python3 make run"
  exit 1
}

if [ ! -x .venv/bin/python ] || ! .venv/bin/python -c '' 2>/dev/null; then
  python=$(find_python)
  "$python" -c 'import ensurepip, venv' 2>/dev/null || need python3-venv
  say "Creating .venv with $python …"
  "$python" -m venv --clear .venv
fi

# The development lock holds everything the other one holds, so its stamp serves both.
stamp() { sha256sum "$1" | cut -d' ' -f1; }
if ! grep -qsF -e "$(stamp "$lock")" -e "$(stamp requirements.txt) $(stamp requirements-dev.txt)" .venv/installed; then
  say "Installing $lock …"
  .venv/bin/python -m pip install -qq --disable-pip-version-check --require-hashes -r "$lock"
  if [ "$lock" = requirements-dev.txt ]; then
    printf '%s %s\n' "$(stamp requirements.txt)" "$(stamp "$lock")" >.venv/installed
  else
    stamp "$lock" >.venv/installed
  fi
fi

# PDF slips are drawn with Pango.
if ! .venv/bin/python - 2>/dev/null <<'PYTHON'
import ctypes

for library in ("libpango-1.0.so.0", "libpangoft2-1.0.so.0", "libharfbuzz-subset.so.0"):
    ctypes.CDLL(library)
PYTHON
then
  need libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0
fi
