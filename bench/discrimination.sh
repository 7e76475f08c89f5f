#!/bin/sh
# AUC of a million scores, the same with DeLong's 95% interval, and a thousand bootstrap
# resamples: ours beside scikit-learn and numpy, on one thread each: medians and ratios.
#
#   bench/discrimination.sh [WORK:CASES…] [--rounds 5] [--json]      WORK: auc, delong, bootstrap
#   bench/discrimination.sh --help
#
# Needs Python 3.10 or later and, the first time, a network: numpy, scipy and scikit-learn go
# into a virtual environment outside the repository ($TRANSFUSION_BENCH_VENV, by default
# ~/.cache/transfusion/bench-venv).
set -eu
cd "$(dirname "$0")/.."

venv=${TRANSFUSION_BENCH_VENV:-${XDG_CACHE_HOME:-$HOME/.cache}/transfusion/bench-venv}
if ! "$venv/bin/python" -c 'import numpy, scipy, sklearn' 2>/dev/null; then
    [ -x "$venv/bin/python" ] || python3 -m venv "$venv" >&2
    "$venv/bin/pip" install --quiet numpy scipy scikit-learn >&2
fi

cargo build --release --locked --quiet -p bench --bin discrimination >&2
TRANSFUSION_BENCH=${CARGO_TARGET_DIR:-target}/release/discrimination
export TRANSFUSION_BENCH
exec "$venv/bin/python" bench/discrimination.py "$@"
