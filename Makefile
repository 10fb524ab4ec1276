# Every day's commands. `make help` lists them; CI calls the same ones (.ci/run).
VENV := .venv
BIN := $(VENV)/bin
export DJANGO_SETTINGS_MODULE ?= portal.settings.dev
# The suite has its own settings, whatever the environment says.
PYTEST := env -u DJANGO_SETTINGS_MODULE $(BIN)/python -m pytest

.DEFAULT_GOAL := help
.PHONY: help run test journeys pictures check fix bench proof messages lock install install-dev

help:  ## Show these commands
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run:  ## Start the whole portal on this machine (PORT=8000)
	@deploy/run.sh

install:  ## Create .venv and install the locked packages
	@deploy/install.sh requirements.txt

install-dev:
	@deploy/install.sh requirements-dev.txt

test: install-dev  ## Run the suite without the browser (DATABASE_URL, REDIS_URL choose the services)
	@$(PYTEST) -n 2 --dist loadfile $(ARGS)

journeys: install-dev  ## Drive the running portal in Chromium
	@$(PYTEST) -m journey -n 3 --dist loadscope $(ARGS) tests/journeys

pictures: journeys  ## Renew the pictures of README and guides from those the journeys take
	$(BIN)/python docs/take_pictures.py

check: install-dev  ## Look at style, types, floors, migrations, templates, translations and words
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python .ci/check_house.py
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/djlint --lint --quiet templates
	$(BIN)/python .ci/check_templates.py
	$(BIN)/python .ci/check_messages.py
	$(BIN)/python .ci/check_words.py

fix: install-dev  ## Mend what can be mended without thinking
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: install-dev  ## Compare pages with a bare Django app, in one run
	@$(BIN)/python -m bench.run $(ARGS)

proof: install-dev  ## Make the long runs that CI does not make (PostgreSQL; ARGS="--scale 20000" makes them short)
	@$(BIN)/python -m bench.proof $(ARGS)

messages: install-dev  ## Collect texts to translate into locale/ and compile them
	$(BIN)/python manage.py makemessages -l vi -i .venv -i var --add-location file --no-wrap --no-obsolete
	$(BIN)/pybabel compile -d locale -D django

lock: install-dev  ## Renew requirements*.txt from requirements*.in
	@for name in requirements requirements-dev; do \
	  $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	    --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" -o $$name.txt $$name.in; \
	done
