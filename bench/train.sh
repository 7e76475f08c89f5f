#!/bin/sh
# Our training step beside PyTorch's on the same work: medians, ratio, peak memory.
#
#   bench/train.sh [WORK…] [--json] [--infer] [--no-best] [--isa avx2]
#   bench/train.sh --many [WORK [RUNS [ROUNDS]]]    many small runs side by side, ours alone
#   bench/train.sh --help
#
# Needs Python 3.10 or later and, the first time, a network: PyTorch, torchvision and
# timm go into a virtual environment outside the repository ($TRANSFUSION_BENCH_VENV, by
# default ~/.cache/transfusion/bench-venv). `--many` needs neither, nor does building,
# testing and using the project.
set -eu
cd "$(dirname "$0")/.."

cargo build --release --locked --quiet -p bench >&2
programs=${CARGO_TARGET_DIR:-target}/release
if [ "${1:-}" = --many ]; then
    shift
    exec "$programs/side_by_side" "$@"
fi

venv=${TRANSFUSION_BENCH_VENV:-${XDG_CACHE_HOME:-$HOME/.cache}/transfusion/bench-venv}
if ! "$venv/bin/python" -c 'import torch, torchvision, timm' 2>/dev/null; then
    [ -x "$venv/bin/python" ] || python3 -m venv "$venv" >&2
    "$venv/bin/pip" install --quiet torch torchvision timm numpy >&2
fi

TRANSFUSION_BENCH=$programs/step
export TRANSFUSION_BENCH
exec "$venv/bin/python" bench/train.py "$@"
