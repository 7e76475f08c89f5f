#!/usr/bin/env bash
# Builds the wheel of the Python package: the program and the extension module, for every Linux with
# glibc 2.17 or newer (manylinux2014).
#
#   python/build.sh [x86_64|aarch64]     writes target/wheels/transfusion_study-*.whl
#
# Needs Rust and python3; the linker and C compiler for old systems (zig) come as Python packages, into
# target/wheel-venv. For a quick try, WHEEL_PROFILE=release takes what is built already, WHEEL_NATIVE=1
# links with the machine's own compiler, for this machine and newer ones, and WHEEL_PROGRAM=FILE takes that
# program instead of building one.
set -euo pipefail
cd "$(dirname "$0")/.."

arch=${1:-x86_64}
target=$arch-unknown-linux-gnu
profile=${WHEEL_PROFILE:-dist}
limit=$((25 * 1000 * 1000))
root=${CARGO_TARGET_DIR:-target}
venv=${WHEEL_VENV:-$root/wheel-venv}
out=$root/wheels

if [ ! -x "$venv/bin/maturin" ] || [ ! -x "$venv/bin/cargo-zigbuild" ]; then
    [ -x "$venv/bin/python" ] || python3 -m venv "$venv"
    "$venv/bin/python" -m pip install --quiet 'maturin>=1.9,<2' 'cargo-zigbuild>=0.20' ziglang auditwheel
fi
PATH=$(cd "$venv/bin" && pwd):$PATH
export PATH
# The extension is for any Python from 3.9 on: none of this machine's is looked at.
export PYO3_NO_PYTHON=1

if [ "${WHEEL_NATIVE:-}" = 1 ]; then
    built=$root/$profile
    [ -n "${WHEEL_PROGRAM:-}" ] || cargo build --profile "$profile" --locked --workspace --bin transfusion
    how=(--auditwheel skip)
else
    built=$root/$target/$profile
    [ -n "${WHEEL_PROGRAM:-}" ] || cargo zigbuild --profile "$profile" --locked --workspace --bin transfusion --target "$target.2.17"
    how=(--zig --target "$target" --compatibility manylinux2014)
fi

scripts=python/wheel.data/scripts
rm -rf python/wheel.data
mkdir -p "$scripts"
install -m 755 "${WHEEL_PROGRAM:-$built/transfusion}" "$scripts/transfusion"
if [ "$arch" = "$(uname -m)" ] && command -v strip >/dev/null; then
    strip "$scripts/transfusion"
fi

rm -f "$out"/transfusion_study-*"$arch".whl
maturin build --manifest-path python/Cargo.toml --profile "$profile" --locked --out "$out" "${how[@]}"

wheel=$(ls -t "$out"/transfusion_study-*"$arch".whl | head -1)
size=$(stat -c %s "$wheel")
echo "$wheel: $size bytes of $limit at most"
[ "$size" -le "$limit" ] || { echo "the wheel is too large" >&2; exit 1; }
if [ "${WHEEL_NATIVE:-}" != 1 ]; then
    auditwheel show "$wheel"
fi
