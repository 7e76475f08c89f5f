#!/bin/sh
# Decoding of pictures: ours beside Pillow (PNG, JPEG, TIFF …) and pydicom with pylibjpeg (DICOM),
# on one thread each, by turns in one run: medians and ratios.
#
#   bench/formats.sh NAME=FILE_OR_FOLDER… [--rounds 7] [--files 500] [--json]
#   bench/formats.sh --help
#
# Each NAME is a row: its files are read into memory, then decoded by both sides in turns. Needs
# Python 3.10 or later and, the first time, a network: the rivals go into a virtual environment
# outside the repository ($TRANSFUSION_BENCH_VENV, by default
# ~/.cache/transfusion/bench-venv).
set -eu
cd "$(dirname "$0")/.."

venv=${TRANSFUSION_BENCH_VENV:-${XDG_CACHE_HOME:-$HOME/.cache}/transfusion/bench-venv}
rivals="numpy pillow pydicom==3.0.2 pylibjpeg pylibjpeg-libjpeg pylibjpeg-openjpeg pylibjpeg-rle pyjpegls"
if ! "$venv/bin/python" -c 'import numpy, PIL, pydicom, pylibjpeg, libjpeg, openjpeg, rle, jpeg_ls' 2>/dev/null; then
    [ -x "$venv/bin/python" ] || python3 -m venv "$venv" >&2
    # shellcheck disable=SC2086
    "$venv/bin/pip" install --quiet $rivals >&2
fi

cargo build --release --locked --quiet -p formats --example picture_samples >&2
TRANSFUSION_BENCH=${CARGO_TARGET_DIR:-target}/release/examples/picture_samples
export TRANSFUSION_BENCH
exec "$venv/bin/python" bench/formats.py "$@"
