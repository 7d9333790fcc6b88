# NetJac: `make demo` shows what it does, `make test` tests everything; both install what is missing.
#
#   setup      installs through apt what this machine lacks
#   all        builds build/lib/libnetjac.so (also called build)
#   mex        builds build/octave for Octave, and build/lib/netjac_thunk.so for MATLAB without a compiler
#   demo       builds both and the simulator, and runs examples/octave/foot_demo.m and examples/granular/foot_loop.m
#   test       runs the Swift, C, Octave and corpus tests
#   bench      times every workload through the C interface and from Octave (Benchmarks/run tells the settings)
#   bench-compare  A=… B=…: compares two results of bench
#   check      runs what a change must pass: format, layers, header, tests
#   install    copies library, header, netjac.pc, the MATLAB folder with what mex builds, examples and licence below
#              PREFIX (default /usr/local)
#   uninstall  removes what install copied
#   clean      removes everything built

PREFIX ?= /usr/local
DESTDIR ?=

VERSION := $(shell scripts/version)
LIBRARY := build/lib/libnetjac.so.$(VERSION)
MEX := build/octave/netjac_mex.mex
EVALUATOR := build/octave/netjac_evaluator.oct
THUNK := build/lib/netjac_thunk.so
FOOTSIM := build/granular/footsim

# Folders are listed too: their dates tell that a file has gone.
SOURCES := $(shell find Sources include -not -name '.*') Package.swift scripts/build-library \
  scripts/single_threaded_blas.c scripts/environment.c scripts/writable_constants.ld

.PHONY: all build setup mex demo test bench bench-compare check install uninstall clean
.DELETE_ON_ERROR:

all build: setup
	@$(MAKE) --no-print-directory --silent $(LIBRARY)

setup:
	@scripts/setup

$(LIBRARY): $(SOURCES)
	@scripts/build-library

mex: all
	@$(MAKE) --no-print-directory --silent $(MEX) $(EVALUATOR) $(THUNK)

$(MEX): matlab/mex/netjac_mex.c matlab/mex/netjac_mex_stores.h matlab/mex/netjac_commands.h include/netjac.h $(LIBRARY)
	@echo "== Building the MEX file for Octave"
	@mkdir -p $(@D)
	@mkoctfile --mex -Iinclude $< -Lbuild/lib -lnetjac '-Wl,-rpath,\$$ORIGIN/../lib:\$$ORIGIN/..' -o $@
	@rm -f netjac_mex.o

$(EVALUATOR): matlab/mex/netjac_evaluator.cc include/netjac.h $(LIBRARY)
	@echo "== Building the evaluators for Octave"
	@mkdir -p $(@D)
	@mkoctfile -Wall -Wextra -Iinclude $< -Lbuild/lib -lnetjac '-Wl,-rpath,\$$ORIGIN/../lib:\$$ORIGIN/..' -o $@
	@rm -f netjac_evaluator.o

$(THUNK): matlab/library/netjac_thunk.c
	@mkdir -p $(@D)
	@$(CC) -Wall -Wextra -O2 -fPIC -shared $< -o $@

# Contraction to fused multiply-adds is off so that every processor computes the same bits.
$(FOOTSIM): $(wildcard examples/granular/*.[ch])
	@mkdir -p $(@D)
	@$(CC) -std=c11 -Wall -Wextra -Werror -O3 -ffp-contract=off $(filter %.c,$^) -o $@ -lm

demo: mex $(FOOTSIM)
	@echo "== Running examples/octave/foot_demo.m"
	@octave-cli --norc examples/octave/foot_demo.m
	@echo
	@echo "== Running examples/granular/foot_loop.m"
	@octave-cli --norc --path examples/granular --eval 'foot_loop;'

test: mex
	@scripts/test

bench: mex
	@Benchmarks/run

bench-compare:
	@Benchmarks/compare "$(A)" "$(B)"

check: mex
	@scripts/check

install: mex
	@PREFIX="$(PREFIX)" DESTDIR="$(DESTDIR)" scripts/install

uninstall:
	@PREFIX="$(PREFIX)" DESTDIR="$(DESTDIR)" scripts/uninstall

clean:
	rm -rf build .build
