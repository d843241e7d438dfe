# Two commands are all that a newcomer needs: `make run` and `make test`.
CITY ?= example
DB ?= sqlite
PORT ?= 8000

.PHONY: help run test long setup pack bench spark

help:            ## what there is to do
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

run:             ## install what is needed, load CITY=example (or shanghai) into DB=sqlite (or postgresql), serve it
	@bash scripts/setup.sh run
	@CITY=$(CITY) DB=$(DB) PORT=$(PORT) bash scripts/run.sh

test:            ## install what is needed, then all tests: rules, both databases, a real browser
	@bash scripts/setup.sh test
	@bash scripts/test.sh

long:            ## the tests that take long: kills, full disks and faults of the disk at many points, a restore under writes
	@bash scripts/setup.sh long
	@bash scripts/long.sh

pack:            ## a new pack from the pattern: make pack NAME=d05_debt
	@python3 scripts/pack.py $(NAME)

spark:           ## the same definitions on Apache Spark (installs pyspark, half a gigabyte, and needs Java 17)
	@bash scripts/setup.sh test
	@bash scripts/spark.sh

setup:           ## only install
	@bash scripts/setup.sh test

bench:           ## the benchmarks, as ratios
	@bash scripts/setup.sh test
	@.venv/bin/python -m benchmarks
