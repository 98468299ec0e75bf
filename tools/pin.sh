#!/bin/sh
# Make requirements/*.txt anew: the newest versions that pyproject.toml allows. Run it with the oldest Python we support.
set -eu
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/run"
"${PYTHON:-python3}" -m venv "$work/build"
pip="$work/run/bin/python -m pip --disable-pip-version-check --quiet"

pinned() { # what is installed, without ourselves and without where it came from
	echo "# Made by 'make pin'."
	"$1/bin/python" -m pip --disable-pip-version-check freeze --exclude stammkunde
}

$pip install ".[app]"
pinned "$work/run" > "$work/run.txt"
$pip install --constraint "$work/run.txt" ".[app,dev]"
pinned "$work/run" > "$work/test.txt"
$pip install --constraint "$work/test.txt" ".[app,dev,spark]"
pinned "$work/run" > "$work/spark.txt"
"$work/build/bin/python" -m pip --disable-pip-version-check --quiet install --constraint "$work/run.txt" "hatchling>=1.26" "babel>=2.17" editables
pinned "$work/build" > "$work/build.txt"
for part in build run test spark; do cp "$work/$part.txt" "requirements/$part.txt"; done
