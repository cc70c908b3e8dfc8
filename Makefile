# make demo [BACKEND=jax|tensorflow|torch]   install one backend, train, draw, score
# make test                                  all tests, on each backend
# make lint | format | docs | clean

BACKEND ?= tensorflow
BACKENDS := jax tensorflow torch
ifeq ($(filter $(BACKEND),$(BACKENDS)),)
$(error BACKEND must be one of: $(BACKENDS). Received: BACKEND=$(BACKEND))
endif

# The first interpreter that is new enough; `make PYTHON=...` overrides.
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11 python; do \
	"$$python" -c '$(NEW_ENOUGH)' 2>/dev/null && echo "$$python" && break; done)

# The folder has another name on Windows (in a POSIX shell).
BIN := $(if $(filter Windows_NT,$(OS)),Scripts,bin)
PIP_INSTALL := -m pip install --quiet --constraint constraints.txt
DEMO := .venv-demo-$(BACKEND)
# The demo is small: TensorFlow's smaller wheel without CUDA is enough.
DEMO_EXTRA := $(if $(filter tensorflow,$(BACKEND)),tensorflow-cpu,$(BACKEND))
EVERYTHING := jax,tensorflow-cpu,torch,tfds,cv,demo,bench,dev
# The extra `reference`, without its requirement torchvision: tests do not need it.
REFERENCES := pytorch-fid torch-fidelity clean-fid prdc
# The extra `docs`, without this package: docstrings are read, not imported.
SITE := mkdocs-material mkdocstrings[python]

.PHONY: demo test lint format docs clean
.DELETE_ON_ERROR:

demo: $(DEMO)/.installed
	$(DEMO)/$(BIN)/keras-s3gan train demo_mnist5k --backend $(BACKEND) \
		--run-dir runs/demo-$(BACKEND)

test: .venv/.installed
	.venv/$(BIN)/python -m tests

lint: .venv/.ruff .venv/.mypy
	.venv/$(BIN)/python -m ruff check .
	.venv/$(BIN)/python -m ruff format --check .
	.venv/$(BIN)/python -m mypy

format: .venv/.ruff
	.venv/$(BIN)/python -m ruff check --fix .
	.venv/$(BIN)/python -m ruff format .

# Strict: a broken link is an error. Ruff formats long signatures.
docs: .venv/.docs .venv/.ruff
	NO_MKDOCS_2_WARNING=1 .venv/$(BIN)/python -m mkdocs build --quiet

# Runs are kept, as training took time.
clean:
	rm -rf .venv .venv-demo-* build dist *.egg-info .pytest_cache .ruff_cache \
		.mypy_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Stamp files are newer than their requirements, so that a second call installs nothing.
%/.created:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python"; exit 1; }
	test -x $*/$(BIN)/python || $(PYTHON) -m venv $*
	@touch $@

$(DEMO)/.installed: pyproject.toml constraints.txt | $(DEMO)/.created
	@echo "Installing into $(DEMO), once; this takes a few minutes."
	$(DEMO)/$(BIN)/python $(PIP_INSTALL) --editable ".[demo,$(DEMO_EXTRA)]"
	@touch $@

.venv/.installed: pyproject.toml constraints.txt | .venv/.created
	@echo "Installing into .venv, once; this takes a few minutes."
	.venv/$(BIN)/python $(PIP_INSTALL) --editable ".[$(EVERYTHING)]"
	.venv/$(BIN)/python $(PIP_INSTALL) --no-deps $(REFERENCES)
	@touch $@

.venv/.ruff: constraints.txt | .venv/.created
	.venv/$(BIN)/python $(PIP_INSTALL) ruff
	@touch $@

# Types are checked against those of NumPy; no other package is looked at.
.venv/.mypy: constraints.txt | .venv/.created
	.venv/$(BIN)/python $(PIP_INSTALL) mypy numpy
	@touch $@

.venv/.docs: constraints.txt | .venv/.created
	.venv/$(BIN)/python $(PIP_INSTALL) "$(firstword $(SITE))" "$(lastword $(SITE))"
	@touch $@
