#!/usr/bin/env bash
# Installs the newest wheel into an environment of its own and runs the tests of the Python package.
#
#   python/check.sh [WHEEL]     builds one first where there is none
set -euo pipefail
cd "$(dirname "$0")/.."

root=${CARGO_TARGET_DIR:-target}
wheel=${1:-$(ls -t "$root"/wheels/transfusion_study-*x86_64.whl 2>/dev/null | head -1 || true)}
if [ -z "$wheel" ]; then
    python/build.sh
    wheel=$(ls -t "$root"/wheels/transfusion_study-*x86_64.whl | head -1)
fi
venv=$root/wheel-check
[ -x "$venv/bin/python" ] || "${PYTHON:-python3}" -m venv "$venv"
"$venv/bin/python" -m pip install --quiet numpy pandas polars pyarrow pytest mypy
"$venv/bin/python" -m pip install --quiet --force-reinstall --no-deps "$wheel"
cd python
"$venv/bin/python" -m pytest --quiet --doctest-modules \
    --doctest-ignore-import-errors tests --pyargs transfusion "${@:2}"
"$venv/bin/python" -m mypy package/transfusion
