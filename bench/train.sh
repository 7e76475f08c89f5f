#!/bin/sh
# Our training step beside PyTorch's on the same work: medians, ratio, peak memory.
#
#   bench/train.sh [WORK…] [--json] [--infer] [--no-best] [--isa avx2]
#   bench/train.sh --help
#
# Needs Python 3.10 or later and, the first time, a network: PyTorch goes into a
# virtual environment outside the repository ($TRANSFUSION_BENCH_VENV, by default
# ~/.cache/transfusion/bench-venv). Building, testing and using the project needs
# none of it.
set -eu
cd "$(dirname "$0")/.."

venv=${TRANSFUSION_BENCH_VENV:-${XDG_CACHE_HOME:-$HOME/.cache}/transfusion/bench-venv}
if ! "$venv/bin/python" -c 'import torch' 2>/dev/null; then
    python3 -m venv "$venv" >&2
    "$venv/bin/pip" install --quiet torch numpy >&2
fi

cargo build --release --locked --quiet -p bench >&2
TRANSFUSION_BENCH=${CARGO_TARGET_DIR:-target}/release/step
export TRANSFUSION_BENCH
exec "$venv/bin/python" bench/train.py "$@"
