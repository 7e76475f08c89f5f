#!/bin/sh
# A whole study beside a careful PyTorch script: wall seconds of both, and their ratio.
#
#   bench/study.sh DATA.npz [--network cbr-small|resnet18] [--steps N] [--rounds 1] [--json]
#   bench/study.sh --help
#
# DATA.npz is MedMNIST's retinamnist.npz, which `transfusion data fetch retinamnist` gets.
# Needs Python 3.10 or later and, the first time, a network: PyTorch, torchvision and
# scikit-learn go into a virtual environment outside the repository
# ($TRANSFUSION_BENCH_VENV, by default ~/.cache/transfusion/bench-venv).
set -eu
# Paths of arguments are those of whoever calls, so the directory stays.
here=$(cd "$(dirname "$0")" && pwd)

venv=${TRANSFUSION_BENCH_VENV:-${XDG_CACHE_HOME:-$HOME/.cache}/transfusion/bench-venv}
if ! "$venv/bin/python" -c 'import torch, torchvision, sklearn' 2>/dev/null; then
    [ -x "$venv/bin/python" ] || python3 -m venv "$venv" >&2
    "$venv/bin/pip" install --quiet torch torchvision scikit-learn >&2
fi

target=${CARGO_TARGET_DIR:-$here/../target}
cargo build --release --locked --quiet --manifest-path "$here/../Cargo.toml" \
    --target-dir "$target" -p transfusion >&2
TRANSFUSION=$target/release/transfusion
export TRANSFUSION
exec "$venv/bin/python" "$here/study.py" "$@"
