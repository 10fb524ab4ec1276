#!/usr/bin/env bash
# Start the whole portal on this machine: web, workers, clock, embedded services. Ctrl+C or closing the terminal stops everything.
set -euo pipefail
cd "$(dirname "$0")/.."

deploy/install.sh requirements.txt

export PORT="${PORT:-8000}"
export SITE_URL="${SITE_URL:-http://localhost:$PORT}"
export DJANGO_SETTINGS_MODULE="${DJANGO_SETTINGS_MODULE:-portal.settings.dev}"
export VAR_DIR="${VAR_DIR:-$PWD/var}"
export PATH="$PWD/.venv/bin:$PATH"
umask 077

python deploy/port.py "${BIND_ADDRESS:-127.0.0.1}" "$PORT"

# Celery warns about root on every start; on a trial machine that is no news.
export PYTHONWARNINGS="ignore:You're running the worker"

procfiles=(Procfile)
# A demonstration brings the gateway, the bank and the postal service along; SIMULATOR_URL= leaves them out.
if [ "$DJANGO_SETTINGS_MODULE" = portal.settings.dev ] && [ -z "${SIMULATOR_URL+given}" ]; then
  settings="$(python -m simulator prepare)"
  while IFS= read -r line; do export "${line?}"; done <<<"$settings"
  procfiles+=(deploy/simulator.procfile)
fi

python manage.py prepare --announce
exec python deploy/supervise.py "${procfiles[@]}"
