# Everything from a bare clone, with nothing but Python (3.11 or newer), pip and make.
#   make demo    three worked cases: what the shipped model writes with and without constraints
#   make test    the whole test suite
#   make check   ruff and mypy --strict
#   make train   train the shipped model again (well under an hour on two idle cores), and print its figures

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: demo test check train install clean

install: $(STAMP)

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.11 ...")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev,bench]'
	touch $@

demo: $(STAMP)
	$(BIN)/constrain demo

# Two workers, one thread each: the tests run many small tensors, on which torch's own threads only get into each other's way.
test: $(STAMP)
	$(BIN)/constrain warm-up
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 --dist loadfile

check: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

train: $(STAMP)
	$(BIN)/python -m training.train_tokenizer
	$(BIN)/python -m training.train_model
	$(BIN)/python -m training.evaluate

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
