# make run       the main job on the built-in replica; ends by saying where the report is
# make test      every check: fast tests, browser tests, ruff, mypy
# make messages  update the French catalogue after a message was changed
# make office    the presentations in LibreOffice, which is installed if it is missing
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: run test messages screen office clean

run: $(READY)
	$(BIN)/tutofrais run --site 2026 --exit-zero

# Each free process takes the next test; bytecode is kept, as many tests start Python.
test: $(READY) screen
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	PYTHONDONTWRITEBYTECODE= $(BIN)/pytest -n 4 --dist loadgroup

messages: $(READY)
	$(BIN)/python -m report.i18n.messages

# A screen that nobody sees, for the test of a visible Firefox.
screen:
	@command -v Xvfb >/dev/null || \
	  { [ "$$(id -u)" = 0 ] && apt-get -q update && apt-get -q install -y --no-install-recommends xvfb; } || \
	  { echo "Xvfb is missing; type: sudo apt install xvfb" >&2; exit 1; }

# The presentations, opened in LibreOffice; not a part of “make test”, because LibreOffice takes 200 MB.
office: $(READY)
	@command -v soffice >/dev/null || \
	  { [ "$$(id -u)" = 0 ] && apt-get -q update && apt-get -q install -y --no-install-recommends libreoffice-impress; } || \
	  { echo "LibreOffice is missing; type: sudo apt install libreoffice-impress" >&2; exit 1; }
	$(BIN)/pytest -m office tests/report/publish/test_documents.py

# A virtual environment with the project, and a Firefox: found, or installed.
$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "tutofrais needs Python 3.11 or later: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	  { [ "$$(id -u)" = 0 ] && apt-get -q update && apt-get -q install -y python3-venv && $(PYTHON) -m venv $(VENV); } || \
	  { echo "Python's venv is missing; type: sudo apt install python3-venv" >&2; exit 1; }; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	$(BIN)/tutofrais doctor --install
	@touch $@

clean:
	rm -rf $(VENV) runs published
