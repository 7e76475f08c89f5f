#!/bin/sh
# Mean CCA of two views, ours beside google/svcca's own code and beside the best that
# numpy and scipy do: medians, ratios, peak memory.
#
#   SVCCA=path/to/svcca bench/similarity.sh [CHANNELSxDATAPOINTS…] [--rounds 5] [--json]
#   bench/similarity.sh --help
#
# SVCCA is a checkout of https://github.com/google/svcca; without it, the other two are
# compared. Needs Python 3.10 or later and, the first time, a network: numpy and scipy go
# into a virtual environment outside the repository ($TRANSFUSION_BENCH_VENV, by default
# ~/.cache/transfusion/bench-venv).
set -eu
cd "$(dirname "$0")/.."

venv=${TRANSFUSION_BENCH_VENV:-${XDG_CACHE_HOME:-$HOME/.cache}/transfusion/bench-venv}
if ! "$venv/bin/python" -c 'import numpy, scipy' 2>/dev/null; then
    python3 -m venv "$venv" >&2
    "$venv/bin/pip" install --quiet numpy scipy >&2
fi

cargo build --release --locked --quiet -p bench --bin mean_cca >&2
TRANSFUSION_BENCH=${CARGO_TARGET_DIR:-target}/release/mean_cca
export TRANSFUSION_BENCH
exec "$venv/bin/python" bench/similarity.py "$@"
