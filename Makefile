# make        the compiler, in release mode
# make demo   compile, train, evaluate and predict Examples/digits
# make test   everything that must hold
# make compare  outputs, gradients and losses against PyTorch's, the examples against scikit-learn and PyTorch
# make fuzz   RUNS inputs for each reader of files
# make bench   times beside PyTorch, Keras, JAX, ONNX Runtime and OpenVINO
# make golden rewrite Generated/ from the examples that it has, and the kernels of single operators

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.PHONY: all release tools demo test lint templates-test bench-test fuzz compare bench golden clean

DLC := .build/release/dlc
SWIFT_FILES := $(wildcard Sources Tests) Package.swift $(wildcard Templates/*.swift)

all: release

release: tools
	swift build -c release

# What a fresh Debian lacks: OpenBLAS, libpng and libjpeg-turbo with their headers, and both C compilers.
tools:
	@missing=; \
	if ! echo '#include <cblas.h>' | $$(command -v gcc || command -v clang || echo cc) -E -x c - > /dev/null 2>&1; then \
	  missing="$$missing libopenblas-dev"; fi; \
	for library in png.h:libpng-dev jpeglib.h:libjpeg62-turbo-dev; do \
	  printf '#include <stdio.h>\n#include <%s>\n' $${library%:*} | $$(command -v gcc || command -v clang || echo cc) -E -x c - > /dev/null 2>&1 \
	    || missing="$$missing $${library#*:}"; done; \
	for compiler in clang gcc; do command -v $$compiler > /dev/null || missing="$$missing $$compiler"; done; \
	python3 -c 'import ensurepip' 2> /dev/null || missing="$$missing python3 python3-venv"; \
	if [ -n "$$missing" ]; then \
	  root=; if [ "$$(id -u)" != 0 ]; then root=sudo; fi; \
	  echo "installing$$missing"; \
	  $$root apt-get update -q > /dev/null; \
	  DEBIAN_FRONTEND=noninteractive $$root apt-get install -y -q --no-install-recommends $$missing > /dev/null; \
	fi

# The last 300 rows of digits.csv are kept apart: training never sees them.
DEMO := build/demo
DIGITS := Examples/digits/digits.csv

demo: release
	mkdir -p $(DEMO)
	head -n 1201 $(DIGITS) > $(DEMO)/train.csv
	(head -n 1 $(DIGITS); tail -n 300 $(DIGITS)) > $(DEMO)/held_out.csv
	(head -n 1 $(DIGITS); tail -n 1 $(DIGITS)) | cut -d, -f2- > $(DEMO)/one_row.csv
	$(DLC) compile Examples/digits/model.swift --output $(DEMO)
	$(DEMO)/digits train --data $(DEMO)/train.csv --checkpoint $(DEMO)/digits.safetensors
	$(DEMO)/digits evaluate --weights $(DEMO)/digits.safetensors --data $(DEMO)/held_out.csv
	@echo "one row, a $$(tail -n 1 $(DIGITS) | cut -d, -f1):"
	$(DEMO)/digits predict --weights $(DEMO)/digits.safetensors --data $(DEMO)/one_row.csv

test: tools lint
	swift build
	swift test
	$(MAKE) --no-print-directory templates-test bench-test

lint:
	swift format lint --strict -r $(SWIFT_FILES)

# The C templates compile and are tested on their own.
templates-test:
	@for script in Tests/TemplatesTests/C/run*.sh; do \
	  if [ -e "$$script" ]; then echo "$$script"; bash "$$script"; fi; done

RUNS := 1000000

fuzz: tools
	bash Tests/TemplatesTests/C/run_fuzz.sh $(RUNS)

# What needs a framework is no part of the tests: build/peers is a virtual environment with them. One that has no wheel for
# this machine is left out.
PYTHON := build/peers/bin/python

$(PYTHON): Benchmarks/requirements.txt
	python3 -m venv build/peers
	$(PYTHON) -m pip install --quiet -r $< || grep -v '^#' $< | while read -r package; do \
	  $(PYTHON) -m pip install --quiet "$$package" || echo "without $$package"; done
	touch $(PYTHON)

compare: release $(PYTHON)
	$(PYTHON) Benchmarks/compare.py
	$(PYTHON) Benchmarks/compare_examples.py
	$(PYTHON) Benchmarks/compare_sequences.py

# Workloads, peers, numbers of threads and seconds for each line of the table: ONLY=w3,w5-train PEERS=torch/eager,ort THREADS=2 SECONDS=1
bench: release $(PYTHON)
	$(PYTHON) Benchmarks/bench $(if $(ONLY),--only $(ONLY)) $(if $(PEERS),--peers $(PEERS)) \
	  $(if $(THREADS),--threads $(THREADS)) $(if $(SECONDS),--seconds $(SECONDS))

bench-test:
	python3 Benchmarks/bench_test.py

# Golden output: what dlc makes of each example that has a folder in Generated, compared byte for byte by the tests.
Examples/shapes/shapes.idx: Examples/shapes/draw.swift
	mkdir -p build
	swiftc -O $< -o build/draw
	build/draw Examples/shapes

golden: release Examples/shapes/shapes.idx
	for name in $$(ls Generated); do \
	  $(DLC) compile Examples/$$name/model.swift --output Generated/$$name --emit c; done
	mkdir -p Tests/OperatorsTests/Kernels
	DLC_REWRITE=1 swift test --filter OperatorTests > build/golden.log 2>&1 || true
	@grep -c 'is written' build/golden.log
	@! grep 'recorded an issue' build/golden.log | grep -v KernelSnapshot

clean:
	rm -rf build .build
