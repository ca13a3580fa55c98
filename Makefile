# Two commands do it all: `make run` and `make test`. Only Python 3.11+ and make are needed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
.PHONY: run test check clean

$(VENV)/runtime: requirements.lock
	@echo "Setting up (first time only) …"
	@$(PYTHON) -c 'import sys; assert sys.version_info >= (3, 11), "Python 3.11 or newer is needed"'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -q --disable-pip-version-check uv 2>/dev/null || true
	@if $(BIN)/python -m uv --version >/dev/null 2>&1; then $(BIN)/python -m uv pip install -q --python $(BIN)/python --require-hashes -r requirements.lock; \
	  else $(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock; fi
	@$(BIN)/python -c "import site, pathlib; pathlib.Path(site.getsitepackages()[0], 'riskwatch-src.pth').write_text(str(pathlib.Path('src').resolve()))"
	@touch $@

$(VENV)/development: requirements-dev.lock $(VENV)/runtime
	@if $(BIN)/python -m uv --version >/dev/null 2>&1; then $(BIN)/python -m uv pip install -q --python $(BIN)/python --require-hashes -r requirements-dev.lock; \
	  else $(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock; fi
	@if [ "$$(id -u)" = 0 ] && ! command -v chromium >/dev/null 2>&1 && command -v apt-get >/dev/null 2>&1; then \
	  (apt-get update -qq && apt-get install -y -qq chromium fonts-noto-cjk) >/dev/null 2>&1 || true; fi
	@if [ "$$(id -u)" = 0 ] && ! command -v java >/dev/null 2>&1 && command -v apt-get >/dev/null 2>&1; then \
	  (apt-get update -qq && apt-get install -y -qq default-jre-headless) >/dev/null 2>&1 || true; fi
	@touch $@

run: $(VENV)/runtime
	@$(BIN)/pybabel -q compile -f -d src/riskwatch/locale -D django
	@$(BIN)/python -m riskwatch up

test: $(VENV)/development
	@$(BIN)/pybabel -q compile -f -d src/riskwatch/locale -D django
	@$(BIN)/python -m pytest -q -n 2; status=$$?; command -v chromium >/dev/null 2>&1 || echo "No browser could be had: the browser stories were skipped."; command -v java >/dev/null 2>&1 || echo "No Java could be had: the tests on Spark were skipped."; exit $$status

check: $(VENV)/development
	@$(BIN)/ruff format --check src tests benchmarks
	@$(BIN)/ruff check src tests benchmarks
	@$(BIN)/mypy src
	@$(BIN)/lint-imports
	@$(BIN)/python -m pytest -q tests/house

clean:
	@rm -rf $(VENV)
