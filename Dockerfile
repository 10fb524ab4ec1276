# One image for the web process, the worker and the clock.
FROM python:3.11-slim-bookworm

RUN apt-get update \
 && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --create-home --uid 10001 portal \
 && install -d -o portal -g portal -m 0700 /data

WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir --require-hashes -r requirements.txt
COPY . .

ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=portal.settings.production \
    VAR_DIR=/data \
    BIND_ADDRESS=0.0.0.0 \
    PORT=8000

# Compiled here because /app belongs to root; tables and static files are made ready by `manage.py prepare`.
RUN pybabel compile -d locale -D django

USER portal
VOLUME /data
EXPOSE 8000
CMD ["gunicorn", "--config", "deploy/gunicorn.py", "portal.wsgi"]
